import { generations } from '../account.mts';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Template } from '../../../sandbox/server/sandbox.mts';
import { locator } from '../account.mts';
import { item, KNOWN, sha256, useFiles, useMessages } from './messaging.mts';

jest.setTimeout(30_000);

const PNG = { name: 'flyer.png', type: 'image/png', content: Buffer.from([137, 80, 78, 71, 0]) };
const JPG = { name: 'flyer.jpg', type: 'image/jpeg', content: Buffer.from([255, 216, 255, 3]) };

function values(value: IDataObject): INodeParameters {
	return { mappingMode: 'defineBelow', value } as INodeParameters;
}

const autoMap: INodeParameters = { mappingMode: 'autoMapInputData', value: null };

function named(name: string, variables: INodeParameters = values({})): INodeParameters {
	return {
		phoneNumber: KNOWN,
		template: locator('name', name),
		templateVariables: variables,
	};
}

describe.each(generations)('sendTemplate, %s server', (server) => {
	const account = useMessages('sendTemplate', { server });
	const idOf = (name: string, language: string) =>
		account.sandbox.data.templates.find(
			(template) => template.template_name === name && template.language === language,
		)?.id ?? 0;

	test('an image from binary data and three variables, all in place', async () => {
		const outputs = await account.send(
			{
				phoneNumber: '={{ $json.to }}',
				template: locator('list', String(idOf('spring_flyer', 'en_US'))),
				headerMediaSource: 'binary',
				headerBinaryPropertyName: 'flyer',
				templateVariables: values({
					field_1: '={{ $json.name }}',
					field_2: '={{ $json.percent }}',
					field_3: 'May "31"',
				}),
				contactIfNew: { firstName: '={{ $json.name }}' },
			},
			[
				item({ to: '15555557001', name: 'Ada', percent: '10 %' }, { flyer: PNG }),
				item({ to: '15555557002', name: 'Çağla 🎉', percent: 20 }, { flyer: JPG }),
				item({ to: '15555557003', name: 'Bo', percent: '30 %' }, { flyer: PNG }),
			],
		);
		const sent = outputs.map(({ message_id: id }) =>
			account.sandbox.messages.find(({ wamid }) => wamid === id),
		);
		expect(sent).toMatchObject([
			{ phone: '15555557001', template: { body: ['Ada', '10 %', 'May "31"'] } },
			{ phone: '15555557002', template: { body: ['Çağla 🎉', '20', 'May "31"'] } },
			{ phone: '15555557003', template: { body: ['Bo', '30 %', 'May "31"'] } },
		]);
		expect(sent.map((message) => message?.media?.sha256)).toEqual(
			[PNG, JPG, PNG].map(({ content }) => sha256(content)),
		);
		expect(
			account
				.files()
				.flat()
				.map(({ field }) => field),
		).toEqual(Array.from({ length: 3 }, () => 'header_image_file'));
		expect(outputs).toMatchObject(
			['15555557001', '15555557002', '15555557003'].map((phone, index) => ({
				phone,
				contact_id: account.contactWith(phone)?.id,
				contact_created: true,
				status: 'sent',
				template_name: 'spring_flyer',
				media_url: sent[index]?.media?.url,
			})),
		);
		expect(account.lookUps()).toEqual([`templates/${idOf('spring_flyer', 'en_US')}`]);
	});

	test('by name and language, values from the input fields, one look-up for all items', async () => {
		await account.send(
			{ ...named('order_update', autoMap), templateLanguage: '={{ $json.language }}' },
			[
				item({ language: 'es', header_field_1: '1', field_1: 'Ana', field_2: 11, note: 'x' }),
				item({ language: 'en', header_field_1: '2', field_1: 'Ada', field_2: 22, id: 5 }),
				item({ language: 'ES', header_field_1: '3', field_1: 'Eva', field_2: 33, field_3: '' }),
			],
		);
		expect(account.sandbox.messages.map(({ template }) => template)).toMatchObject([
			{ language: 'es', header: '1', body: ['Ana', '11'] },
			{ language: 'en', header: '2', body: ['Ada', '22'] },
			{ language: 'es', header: '3', body: ['Eva', '33'] },
		]);
		expect(account.lookUps()).toHaveLength(1);
	});

	test('a marker that occurs twice is asked once', async () => {
		const variables = values({ field_1: '={{ $json.name }}' });
		await account.send(
			named('reminder_twice', variables),
			['Ada', 'Bo', 'Cleo'].map((name) => item({ name })),
		);
		expect(account.sandbox.messages.map(({ text }) => text)).toEqual(
			['Ada', 'Bo', 'Cleo'].map(
				(name) => `Dear ${name}, this is a reminder. See you soon, ${name}!`,
			),
		);
	});

	test('codes made in the workflow go wherever servers look for them', async () => {
		const parameters = {
			...named('login_code', autoMap),
			phoneNumber: '={{ $json.to }}',
		};
		await account.attempt(
			parameters,
			[
				item({ to: KNOWN, field_1: '111111' }),
				item({ to: KNOWN, field_1: '222222', copy_code: '222222' }),
				item({ to: KNOWN, field_1: '333333' }),
			],
			{ settings: { onError: 'continueRegularOutput' } },
		);
		expect(account.bodies()).toMatchObject(
			['111111', '222222', '333333'].map((code) => ({
				field_1: code,
				button_0: code,
				copy_code: code,
			})),
		);
		expect(account.sandbox.messages).toHaveLength(['C', 'D', 'brand'].includes(server) ? 3 : 0);
	});

	test('codes made by WhatsCloud, or an error that says what to do', async () => {
		const run = await account.attempt({
			...named('login_code'),
			options: { autoGenerateOtp: true, otpLength: 8, fromPhoneNumberId: '106540352242922' },
		});
		expect(account.bodies()).toMatchObject([
			{ auto_generate_otp: true, otp_length: 8, from_phone_number_id: '106540352242922' },
		]);
		if (['C', 'D', 'brand'].includes(server)) {
			expect(account.sandbox.messages[0]?.template?.body[0]).toMatch(/^\d{8}$/);
			expect(account.sandbox.messages[0]?.fromPhoneNumberId).toBe('106540352242922');
		} else {
			expect(run.error?.description).toContain('make the code in the workflow');
		}
	});

	test('the value of a button reaches WhatsApp where the server passes it on', async () => {
		const variables = values({ field_1: 'Ada', button_0: '={{ $json.parcel }}' });
		const run = await account.attempt(
			named('track_parcel', variables),
			['a1', 'b2', 'c3'].map((parcel) => item({ parcel })),
			{ settings: { onError: 'continueRegularOutput' } },
		);
		expect(account.bodies().map(({ button_0: value }) => value)).toEqual(['a1', 'b2', 'c3']);
		if (server === 'brand') {
			expect(account.sandbox.messages.map(({ template }) => template?.buttons.button_0)).toEqual([
				'a1',
				'b2',
				'c3',
			]);
		} else {
			expect(run.outputs[0]?.[0]?.json.error).toContain('WhatsApp refused the template');
		}
	});

	test('the fields in the editor', async () => {
		const fields = async (parameters: INodeParameters) =>
			(await account.mapper(parameters)).fields.map(({ id }) => id);
		const order = locator('list', String(idOf('order_update', 'es')));
		expect(await fields({ template: order })).toEqual(['header_field_1', 'field_1', 'field_2']);
		const flyer = named('spring_flyer');
		const body = ['field_1', 'field_2', 'field_3'];
		expect(await fields(flyer)).toEqual(['header_image_url', ...body]);
		expect(await fields({ ...flyer, headerMediaSource: 'binary' })).toEqual(body);
		expect(await fields(named('login_code'))).toEqual(['field_1']);
		expect(await fields(named('reminder_twice'))).toEqual(['field_1']);
	});

	test('the list offers approved templates in alphabetical order, with the first words of each', async () => {
		const { results } = await account.search();
		const names = results.map(({ name }) => name);
		expect(names).toContain('order_update (es): Hola {{1}}, tu pedido {{2}} está en camino.');
		expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)));
		expect(names.join()).not.toMatch(/summer_sale|old_notice/);
		const id = String(idOf('order_update', 'es'));
		expect((await account.search('update (es)')).results).toMatchObject([{ value: id }]);
		expect((await account.search('tu pedido')).results).toMatchObject([{ value: id }]);
	});
});

describe('sendTemplate', () => {
	const account = useMessages('sendTemplate');
	const files = useFiles({
		'/flyer.png': { type: 'image/png', content: PNG.content },
		'/flyer.jpg': { type: 'image/jpeg', content: JPG.content },
		'/flyer': { type: 'image/jpeg', content: JPG.content },
	});

	test('an image by URL; one that the server would refuse is uploaded', async () => {
		const variables = values({
			header_image_url: '={{ $json.url }}',
			field_1: 'Ada',
			field_2: '10 %',
			field_3: 'May',
		});
		await account.send(
			named('spring_flyer', variables),
			['/flyer.png', '/flyer.jpg', '/flyer'].map((path) => item({ url: files.url(path) })),
		);
		expect(account.bodies().map(({ header_image_url: url }) => url)).toEqual([
			files.url('/flyer.png'),
			undefined,
			undefined,
		]);
		expect(account.files()).toMatchObject([
			[],
			[{ field: 'header_image_file', name: 'flyer.jpeg', sha256: sha256(JPG.content) }],
			[{ field: 'header_image_file', name: 'flyer.jpeg', sha256: sha256(JPG.content) }],
		]);
	});

	test.each<[string, IDataObject | string]>([
		['an object', { field_1: 'Ada', field_2: '1001', header_field_1: 'A' }],
		['JSON text', '{"field_1":"Ada","field_2":"1001","header_field_1":"A"}'],
	])('an expression may give all values as %s', async (_, variables) => {
		await account.send(
			{ ...named('order_update'), templateLanguage: 'en', templateVariables: '={{ $json.all }}' },
			[1, 2, 3].map(() => item({ all: variables })),
		);
		expect(account.sandbox.messages.map(({ template }) => template?.body)).toEqual(
			[1, 2, 3].map(() => ['Ada', '1001']),
		);
	});

	test.each<[string, INodeParameters, string]>([
		[
			'missing values',
			{ ...named('order_update', values({ field_1: 'Ada' })), templateLanguage: 'en' },
			'needs 2 more values',
		],
		['a blank value', named('reminder_twice', values({ field_1: ' ' })), 'needs one more value'],
		[
			'surplus values',
			named('reminder_twice', values({ field_1: 'Ada', field_7: 'x' })),
			'no variable named field_7',
		],
		['a template under review', named('summer_sale', values({ field_1: 'x' })), 'PENDING'],
		['a rejected template', named('old_notice'), 'REJECTED'],
		['more than ten variables', named('long_summary', values({ field_1: 'x' })), 'at most 10'],
		['a location', named('store_location', values({ field_1: 'x' })), 'location'],
		['an unknown name', named('order_updates'), 'no template named "order_updates"'],
		[
			'a name that an expression gives as a number',
			{ ...named('x'), template: locator('name', '={{ 2024 }}') },
			'no template named "2024"',
		],
		[
			'an unknown ID',
			{ ...named('x'), template: locator('id', '99999') },
			'no template with the ID',
		],
		['no ID', { ...named('x'), template: locator('id', '={{ "order_update" }}') }, 'only digits'],
		[
			'nothing chosen',
			{ ...named('x'), template: locator('name', '={{ $json.none }}') },
			'is empty',
		],
		['several languages', named('order_update'), 'several languages'],
		['no such language', { ...named('order_update'), templateLanguage: 'fr' }, 'en, es'],
		[
			'a value that is 0',
			named('reminder_twice', values({ field_1: '0' })),
			'would arrive as a blank',
		],
		[
			'a code for a template without one',
			{ ...named('hello_world'), options: { autoGenerateOtp: true } },
			'not for one-time codes',
		],
		[
			'too long a code',
			{ ...named('login_code'), options: { autoGenerateOtp: true, otpLength: 11 } },
			'a whole number from 4 to 10',
		],
		[
			'a wrong header file',
			{
				...named('invoice_document', values({ field_1: 'a', field_2: 'b' })),
				headerMediaSource: 'binary',
			},
			'Choose Image',
		],
		[
			'values that are a list',
			{ ...named('hello_world'), templateVariables: '={{ [1] }}' },
			'must be an object',
		],
	])('refused before sending: %s', async (_, parameters, words) => {
		const items = [1, 2, 3].map(() => item({}, { data: PNG }));
		expect(await account.refused(parameters, items)).toContain(words);
	});

	test('one item that lacks a value keeps all from being sent', async () => {
		const items = [{ field_1: 'Ada' }, { name: 'Bo' }, { field_1: 'Cleo' }].map((json) =>
			item(json),
		);
		const error = await account.refused(named('reminder_twice', autoMap), items);
		expect(error).toContain('{{1}}');
		expect(account.lookUps()).toHaveLength(1);
	});

	test('with Continue, the other items are sent', async () => {
		const items = [{ field_1: 'Ada' }, { name: 'Bo' }, { field_1: 'Cleo' }].map((json) =>
			item(json),
		);
		const run = await account.attempt(named('reminder_twice', autoMap), items, {
			settings: { onError: 'continueRegularOutput' },
		});
		expect(run.outputs[0]?.map(({ json }) => json.error)).toEqual([
			undefined,
			'The template "reminder_twice" needs one more value',
			undefined,
		]);
		expect(account.sandbox.messages).toHaveLength(2);
	});

	test('auto-mapped values are part of what tells writes apart', async () => {
		const items = (names: string[]) => names.map((field_1) => item({ field_1 }));
		account.sandbox.behaviour.whatsappConnected = false;
		const first = await account.attempt(named('reminder_twice', autoMap), items(['Ada', 'Bo']));
		expect(first.status).toBe('error');
		account.sandbox.behaviour.whatsappConnected = true;
		await account.send(named('reminder_twice', autoMap), items(['Ada', 'Bo', 'Cleo']));
		expect(account.sandbox.messages.map(({ template }) => template?.body[0])).toEqual([
			'Ada',
			'Bo',
			'Cleo',
		]);
	});

	test('as the tool of a model', async () => {
		const run = await account.attempt(
			named('reminder_twice', values({ field_1: '={{ $json.name }}' })),
			[item({ name: 'Ada' })],
			{ asTool: true },
		);
		expect(run.outputs[0]).toMatchObject([
			{ json: { message_id: account.sandbox.messages[0]?.wamid } },
		]);
	});

	test('of two with the same name and language, the approved one', async () => {
		const known = account.sandbox.data.templates.find(
			({ template_name: name }) => name === 'reminder_twice',
		) as Template;
		const draft = { ...known, id: undefined, status: 'PENDING', body_data: 'New {{2}}' };
		account.sandbox.data.templates.insert(draft);
		await account.send(named('reminder_twice', values({ field_1: 'Ada' })), [
			item({ n: 1 }),
			item({ n: 2 }),
			item({ n: 3 }),
		]);
		expect(account.sandbox.messages).toHaveLength(3);
	});

	test('before a template is chosen the editor says so', async () => {
		const unknown = { template: locator('name', '={{ $json.template }}') };
		expect((await account.mapper(unknown)).emptyFieldsNotice).toContain('If an expression');
		expect(await account.mapper({ template: locator('list', '') })).toMatchObject({
			fields: [],
			emptyFieldsNotice: expect.stringContaining('Choose a template first') as string,
		});
		expect(await account.mapper(named('hello_world'))).toMatchObject({
			fields: [],
			emptyFieldsNotice: expect.stringContaining('nothing to fill in') as string,
		});
	});

	test('the labels show the place and the words around', async () => {
		const { fields } = await account.mapper({ ...named('order_update'), templateLanguage: 'en' });
		expect(fields.map(({ displayName }) => displayName)).toEqual([
			'Header: Order {{1}}',
			'Body: Hello {{1}}, order {{2}} is on its way.',
			'Body: …order {{2}} is on its way.',
		]);
	});
});
