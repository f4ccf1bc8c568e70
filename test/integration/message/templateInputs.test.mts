import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { WhatsCloudApi } from '../../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../../nodes/WhatsCloud/WhatsCloud.node';
import { addressOf, runNode } from '../../engine/engine.mts';
import { generations, locator } from '../account.mts';
import { item, KNOWN, sha256, useMessages } from './messaging.mts';

jest.setTimeout(30_000);

const autoMap: INodeParameters = { mappingMode: 'autoMapInputData', value: null };
const values = (value: IDataObject) => ({ mappingMode: 'defineBelow', value }) as INodeParameters;

function named(name: string, templateVariables: INodeParameters | string): INodeParameters {
	return { phoneNumber: KNOWN, template: locator('name', name), templateVariables };
}

describe.each(generations)('inputs, %s server', (server) => {
	const account = useMessages('sendTemplate', { server });
	const bodies = () => account.sandbox.messages.map(({ template }) => template?.body);

	test('columns with the names in the braces are mapped automatically', async () => {
		await account.send(named('appointment_named', autoMap), [
			item({ first_name: 'Ada', day: 'Monday', time: '9:00', email: 'ada@example.com' }),
			item({ first_name: 'Bo', day: 'Friday', time: 10, tags: ['VIP'], id: 7 }),
			item({ time: '11:00', field_1: 'Cleo', day: 'Sunday', note: { a: 1 } }),
		]);
		expect(bodies()).toEqual([
			['Ada', 'Monday', '9:00'],
			['Bo', 'Friday', '10'],
			['Cleo', 'Sunday', '11:00'],
		]);
	});

	test('an object of an expression may have the names in the braces, too', async () => {
		await account.send(named('appointment_named', '={{ $json }}'), [
			item({ first_name: 'Ada', day: 'Monday', time: '9:00', id: 1 }),
			item({ first_name: 'Bo', day: 'Friday', time: '10:00', id: 2 }),
			item({ first_name: 'Cleo', day: 'Sunday', time: '11:00', id: 3 }),
		]);
		expect(bodies().map((body) => body?.[0])).toEqual(['Ada', 'Bo', 'Cleo']);
	});

	test('values may come in a code fence, as models write them', async () => {
		const json = '{"first_name":"Ada","day":"Monday","time":"9:00"}';
		await account.send(named('appointment_named', '={{ $json.answer }}'), [
			item({ answer: `\`\`\`json\n${json}\n\`\`\`` }),
			item({ answer: `Here are the values:\n\`\`\`\n${json}\n\`\`\`\nShall I go on?` }),
			item({ answer: `\`\`\`${json}\`\`\`` }),
			item({ answer: ` ${json}\n` }),
			item({ answer: json.replace('Ada', '```Ada```') }),
		]);
		expect(bodies()).toEqual([
			...[1, 2, 3, 4].map(() => ['Ada', 'Monday', '9:00']),
			['```Ada```', 'Monday', '9:00'],
		]);
	});

	test('of a whole address the button takes the part that it lacks', async () => {
		const parameters = named(
			'track_parcel',
			values({ field_1: 'Ada', button_0: '={{ $json.link }}' }),
		);
		await account.attempt(
			parameters,
			['https://example.com/t/a1', 'http://example.com/t/b2?x=1', 'example.com/t/c3', 'd4'].map(
				(link) => item({ link }),
			),
			{ settings: { onError: 'continueRegularOutput' } },
		);
		expect(account.bodies().map(({ button_0: value }) => value)).toEqual([
			'a1',
			'b2?x=1',
			'c3',
			'd4',
		]);
		for (const link of [
			'https://other.example/t/a1',
			'https://example.com/t/',
			'https://x.example',
		]) {
			account.sandbox.reset();
			const items = ['a1', link, 'b2'].map((given) => item({ link: given }));
			expect(await account.refused(parameters, items)).toContain(
				'The button leads to https://example.com/t/…',
			);
		}
	});

	test.each([
		['90071992547409931', "WhatsCloud's own IDs have at most 15"],
		['999999999999999', 'no template with the ID'],
	])("WhatsApp's own ID %s is refused in words", async (id, words) => {
		const template = locator('id', id);
		const parameters = { phoneNumber: KNOWN, template, templateVariables: values({}) };
		expect(await account.refused(parameters)).toContain(words);
	});
});

describe('buttons and cards, as text and as values', () => {
	const account = useMessages('sendTemplate');
	const buttons = [{ type: 'URL', text: 'Track', url: 'https://example.com/t/{{1}}' }];
	const change = (name: string, fields: object) => {
		const found = account.sandbox.data.templates.find(({ template_name: n }) => n === name);
		if (found) Object.assign(found, fields);
	};

	test.each([['text', JSON.stringify(buttons)] as const, ['values', buttons] as const])(
		'%s',
		async (_, stored) => {
			change('track_parcel', { buttons_data: stored });
			change('spring_flyer', { buttons_data: stored });
			const fields = async (name: string) =>
				(await account.mapper(named(name, values({})))).fields.map(({ id }) => id);
			expect(await fields('track_parcel')).toEqual(['field_1', 'button_0']);
			const { outputs } = await runNode({
				node: WhatsCloud,
				credential: { type: WhatsCloudApi, data: addressOf(account.sandbox) },
				parameters: { resource: 'template', operation: 'getAll', returnAll: true },
				items: [item({})],
			});
			expect(
				outputs.flat().find(({ json }) => json.template_name === 'track_parcel')?.json.buttons,
			).toEqual(buttons);
		},
	);
});

describe.each(['default', 'filesystem', 'combined'] as const)(
	'the file itself in Header Binary Field, kept by n8n in mode %s',
	(binaryMode) => {
		const account = useMessages('sendTemplate');
		const jpeg = (text: string) =>
			Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.from(text)]);
		const contents = ['one', 'two', 'three'].map(jpeg);
		const flyer = {
			...named('spring_flyer', values({ field_1: 'Ada', field_2: '10 %', field_3: 'May' })),
			headerMediaSource: 'binary',
			headerBinaryPropertyName: {
				default: 'flyer',
				filesystem: '={{ $binary.flyer }}',
				combined: '={{ $json._files.flyer }}',
			}[binaryMode],
		};
		const withFlyer = (content: Buffer | string) =>
			item({}, { flyer: { name: 'flyer.jpg', type: 'image/jpeg', content } });

		test('three items', async () => {
			await account.send(flyer, contents.map(withFlyer), { binaryMode });
			expect(account.sandbox.messages.map(({ media }) => media?.sha256)).toEqual(
				contents.map(sha256),
			);
		});

		test.each([
			['<html>', 'is a web page (HTML)'],
			['{"error":1}', 'is JSON data'],
			['GIF89a', 'is a GIF image'],
		])('refused before anything is sent: %s', async (content, words) => {
			const items = [jpeg('one'), content, jpeg('two')].map(withFlyer);
			expect(await account.refused(flyer, items, { binaryMode })).toContain(words);
		});
	},
);

describe('sendTemplate', () => {
	const account = useMessages('sendTemplate');
	const order = {
		...named('order_update', autoMap),
		templateLanguage: 'en',
	};
	const whole = { header_field_1: '1', field_1: 'Ada', field_2: 'two' };

	test.each([
		['a calculation without a result', '={{ $json.price * $json.qty }}', 'contains NaN'],
		['NaN within a text', '=In all {{ $json.total }} €', 'contains NaN'],
		['an object', '={{ $json.o }}', 'must be text'],
		['an object within a text', '=Hi {{ $json.o }}', 'contains [object Object]'],
		['half an emoji', '={{ $json.wish.slice(0, 1) }}', 'contains half an emoji'],
		['half an emoji within a text', '=So {{ $json.wish.slice(0, 1) }}!', 'contains half an emoji'],
	])('refused before anything is sent: %s as a value', async (_what, field_1, words) => {
		const items = [1, 2, 3].map((price) =>
			item(
				price === 2
					? { total: 'NaN', o: { a: 1 }, wish: '🎉' }
					: { price, qty: 2, total: '2', o: 'Ada', wish: 'ab' },
			),
		);
		expect(await account.refused(named('reminder_twice', values({ field_1 })), items)).toContain(
			words,
		);
	});

	test('values up to the limits of WhatsApp arrive', async () => {
		await account.send(order, [
			item({ ...whole, header_field_1: 'x'.repeat(60) }),
			item({ ...whole, field_1: '🎉'.repeat(1024) }),
			item({ ...whole, field_2: `${'x'.repeat(1024)}\n\n ` }),
		]);
		await account.send(named('reminder_twice', autoMap), [item({ field_1: 'x'.repeat(1025) })]);
		expect(account.sandbox.messages).toHaveLength(4);
	});

	test.each([
		['header_field_1', 61, 'has 61 characters, but WhatsApp allows at most 60'],
		['field_1', 1025, 'has 1,025 characters, but WhatsApp allows at most 1,024'],
		['field_2', 2000, 'has 2,000 characters, but WhatsApp allows at most 1,024'],
	])('refused before anything is sent: %s with %i characters', async (id, length, words) => {
		const items = [whole, { ...whole, [id]: 'x'.repeat(length) }, whole].map((json) => item(json));
		expect(await account.refused(order, items)).toContain(words);
	});
});
