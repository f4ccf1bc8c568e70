import { type IExecuteFunctions, type INodeParameters, WAIT_INDEFINITELY } from 'n8n-workflow';

import { WhatsCloud } from '../../../nodes/WhatsCloud/WhatsCloud.node';
import type { Template } from '../../../sandbox/server/sandbox.mts';
import { type NodeRun, requestPage, timeIsUp } from '../../engine/engine.mts';
import { generations } from '../account.mts';
import { item, KNOWN, NEW_CONTACT, useMessages } from './messaging.mts';

const LINK =
	/http:\/\/localhost\/webhook-waiting\/\d+\/node-under-test\?question=\d+&signature=\w+/;
const linkIn = (text = '') => LINK.exec(text)?.[0] ?? '';
const PARAMETERS = { phoneNumber: KNOWN, message: 'May we?' };
const asked = {
	node: WhatsCloud,
	parameters: { resource: 'message', operation: 'sendAndWait', ...PARAMETERS },
};

/** The text that the page of the run repeats. */
async function textOnPage({ runData }: NodeRun, message: string): Promise<string> {
	const { page } = await requestPage(asked, runData, { link: linkIn(message) });
	const text = /<p class="question" dir="auto">([^<]*)<\/p>/.exec(page)?.[1] ?? '';
	return text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

const named = (template: string, values: Record<string, string>) => ({
	...{ sendAs: 'template', template: { __rl: true, mode: 'name', value: template } },
	...{ templateLanguage: 'en', templateVariables: { mappingMode: 'defineBelow', value: values } },
});

describe.each(generations)('%s server', (server) => {
	const account = useMessages('sendAndWait', { server });
	const ask = async (parameters: INodeParameters, json = {}) => {
		const run = await account.attempt({ phoneNumber: KNOWN, ...parameters }, [item(json)]);
		expect(run.error).toBeUndefined();
		expect(run.status).toBe('waiting');
		expect(account.sandbox.messages).toHaveLength(1);
		return { run, text: account.sandbox.messages[0]?.text ?? '' };
	};

	test.each([
		['where it is to stand', 'Look: {link} Thanks', /^Look: http\S+ Thanks$/],
		['at the end', 'May we?', /^May we\?\n\nhttp\S+$/],
		['twice', '{link} or {link}', /^(http\S+) or \1$/],
		['where it is written otherwise', '{{ link }}, { Link } or {LINK}', /^(http\S+), \1 or \1$/],
		['in an expression', '={{ "Look: {link}" }}', /^Look: http\S+$/],
		['only where it is typed', '={{ $json.note }}: {link}', /^\{link\} {{link}}: http\S+$/],
		['at the end of what an expression brings', '={{ $json.note }}', /^\{link\} {{link}}\n\nhttp/],
	])('the link stands %s', async (_, message, expected) => {
		const { run, text } = await ask({ message }, { note: '{link} {{link}}' });
		expect(text).toMatch(expected);
		expect(text).toMatch(LINK);
		expect(run.runData.waitTill).toEqual(WAIT_INDEFINITELY);
		const link = linkIn(text);
		expect(await textOnPage(run, text)).toBe(text.replaceAll(link, '').trim());
	});

	test.each([
		['in order', 'Hello {{1}}, {{2}}', { field_1: 'Ada', field_2: 'at {link}' }],
		['in another order', 'At {{2}}, {{1}}.', { field_1: 'Ada', field_2: '{link}' }],
		['repeated', '{{1}}, {{2}} and {{1}}!', { field_1: 'Ada', field_2: '{link}' }],
		['named', '{{who}}: {{where}}, {{who}}', { who: 'Ada', where: '{link}' }],
		[
			'with blanks and line breaks',
			'{{1}} {{2}}',
			{ field_1: ' Ada\n\n  Osei ', field_2: '{link}' },
		],
	])(
		'the page shows what WhatsApp shows of a template with variables %s',
		async (_, body, values) => {
			const { templates } = account.sandbox.data;
			const known = templates.find(
				({ template_name: name }) => name === 'reminder_twice',
			) as Template;
			const count = body.match(/{{/g)?.length ?? 0;
			templates.insert({
				...{ ...known, id: undefined, template_name: 'question_here' },
				...{ body_data: body, body_params_count: count },
			});
			const { run, text } = await ask(named('question_here', values));
			expect(await textOnPage(run, text)).toBe(text.replaceAll(linkIn(text), '').trim());
			expect(text).toContain('Ada');
			expect(text).not.toMatch(/[{}]/);
		},
	);

	test('a value of a template that comes with an expression holds no link', async () => {
		const values = { header_field_1: '17', field_1: '={{ $json.name }}', field_2: 'at {link}' };
		const { text } = await ask(named('order_update', values), { name: 'Ada {link}' });
		expect(text).toMatch(/^Hello Ada \{link\}, order at http\S+ is on its way\.$/);
	});

	test('the contact is made if it is new', async () => {
		await ask({ message: 'May we?', phoneNumber: '15557770001', ...NEW_CONTACT });
		expect(account.sandbox.messages.map(({ phone }) => phone)).toEqual(['15557770001']);
	});
});

describe('the wait', () => {
	const account = useMessages('sendAndWait');
	const waitTill = async (values: INodeParameters) => {
		const run = await account.attempt({
			phoneNumber: KNOWN,
			message: 'May we?',
			options: { limitWaitTime: { values } },
		});
		return run.runData.waitTill?.getTime() ?? NaN;
	};

	test.each([
		[{ resumeAmount: 2, resumeUnit: 'hours' }, 7_200_000],
		[{ limitType: 'afterTimeInterval', resumeAmount: 3, resumeUnit: 'days' }, 259_200_000],
		[{ resumeAmount: 1.5, resumeUnit: 'days' }, 129_600_000],
		[{ resumeAmount: '0.25', resumeUnit: 'hours' }, 900_000],
		[{ resumeAmount: 45 }, 2_700_000],
	])('ends after %j', async (values, milliseconds) => {
		const before = Date.now();
		const end = await waitTill(values);
		expect(end - before).toBeGreaterThanOrEqual(milliseconds);
		expect(end - Date.now()).toBeLessThanOrEqual(milliseconds);
	});

	test('ends at a moment', async () => {
		const maxDateAndTime = '2099-01-31T09:00:00.000Z';
		const end = await waitTill({ limitType: 'atSpecifiedTime', maxDateAndTime });
		expect(new Date(end).toISOString()).toBe(maxDateAndTime);
	});

	test('ends at a moment also where an expression chooses by the name in the editor', async () => {
		const maxDateAndTime = '2099-01-31T09:00:00.000Z';
		const end = await waitTill({ limitType: '={{ "At Specified Time" }}', maxDateAndTime });
		expect(new Date(end).toISOString()).toBe(maxDateAndTime);
	});

	test('is over at once when its end passes while the question is sent', async () => {
		account.sandbox.faults.add({ kind: 'delay', ms: 1_200, path: '/messages/send' });
		const maxDateAndTime = '={{ new Date(Date.now() + 600).toISOString() }}';
		const end = await waitTill({ limitType: 'atSpecifiedTime', maxDateAndTime });
		expect(account.sandbox.messages.length).toBe(1);
		expect(end).toBeLessThan(Date.now());
	});

	const approval = { approved: true, outcome: 'approved' };
	test.each([
		['an order', { order: 1 }, { order: 1 }],
		['an earlier answer', { data: approval, order: 2 }, { order: 2 }],
		['an approval', { approved: true, order: 3 }, { order: 3 }],
	])('without an answer leaves nothing of one, where the input holds %s', async (_, json, rest) => {
		const given = item(json, { file: { type: 'text/plain', content: 'as it came' } });
		const { runData } = await account.attempt(PARAMETERS, [given]);
		const [output, ...more] = await timeIsUp(asked, runData);
		expect(more).toEqual([]);
		expect(output?.json).toEqual({ ...rest, data: { outcome: 'noAnswer' } });
		expect(output?.binary?.file?.mimeType).toBe('text/plain');
		expect(runData.resultData.runData['Start']?.[0]?.data?.main?.[0]?.[0]?.json).toEqual(json);
	});

	test('that never begins, because the answer to the question got lost, makes its link a dead one, which the error says', async () => {
		account.sandbox.faults.add({ kind: 'reset', when: 'after', path: '/messages/send' });
		const run = await account.attempt(PARAMETERS, [item({})]);
		expect(run.error?.message).toContain('It is not known whether this message was sent');
		expect(run.error?.description).toContain('The link in it is dead in any case: ask once more.');
		expect(account.sandbox.messages).toHaveLength(1);
	});

	test('begins once, whatever the item that came in has beside', async () => {
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		for (const error of ['failed', '', { message: 'failed' }]) {
			const before = account.sandbox.messages.length;
			const run = await account.attempt(PARAMETERS, [item({ error })], { settings });
			expect([run.error, run.status]).toEqual([undefined, 'waiting']);
			expect(account.sandbox.messages).toHaveLength(before + 1);
		}
	});

	test('that never begins, because the question failed, leaves nothing of an answer either', async () => {
		const given = item({ order: 1, approved: true, data: approval });
		account.sandbox.faults.add({ kind: 'answer', status: 404, path: '/messages/send' });
		const run = await account.attempt(PARAMETERS, [given], {
			settings: { onError: 'continueRegularOutput' },
		});
		const words = expect.any(String) as string;
		expect(run.outputs.flat().map(({ json }) => json)).toEqual([
			{ order: 1, error: words, details: words },
		]);
	});

	test('without an answer ends with the one item that was asked about', async () => {
		const items = [1, 2, 3].map((order) => item({ order, approved: true }));
		const { runData } = await account.attempt(PARAMETERS, items, {
			settings: { executeOnce: true },
		});
		const outputs = await timeIsUp(asked, runData);
		expect(outputs.map(({ json }) => json)).toEqual([{ order: 1, data: { outcome: 'noAnswer' } }]);
	});
});

describe('the page', () => {
	const account = useMessages('sendAndWait');
	const open = async (parameters: INodeParameters) => {
		const { runData } = await account.attempt({
			phoneNumber: KNOWN,
			message: 'May we?',
			...parameters,
		});
		const link = linkIn(account.sandbox.messages.at(-1)?.text);
		return async (method: 'GET' | 'POST', answer = '') =>
			await requestPage(asked, runData, { link, method, body: { answer } });
	};

	test.each([
		[{}, 'true', { approved: true, outcome: 'approved' }],
		[{}, 'false', { approved: false, outcome: 'declined' }],
		[{ responseType: 'freeText' }, ' On Friday ', { text: 'On Friday', outcome: 'answered' }],
	])('%j takes the answer "%s"', async (parameters, given, data) => {
		const request = await open(parameters);
		expect(await request('GET')).not.toHaveProperty('items');
		const { items } = await request('POST', given);
		const respondedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
		expect(items).toEqual([{ json: { data: { ...data, respondedAt } } }]);
	});

	test.each([
		[{}, 'maybe'],
		[{ approvalOptions: { values: { approvalType: 'single' } } }, 'false'],
		[{ responseType: 'freeText' }, ' \r\n '],
		[{ responseType: 'freeText' }, 'x'.repeat(4097)],
	])('%j goes on waiting after "%.9s"', async (parameters, given) => {
		const request = await open(parameters);
		const refused = await request('POST', given);
		expect([refused.status, refused.items]).toEqual([400, undefined]);
		expect(refused.page).toContain('role="alert"');
	});

	test('of another question, or one that can not be made, answers nothing', async () => {
		const { runData } = await account.attempt(PARAMETERS);
		const link = linkIn(account.sandbox.messages[0]?.text);
		const press = async (at: string) =>
			await requestPage(asked, runData, { link: at, method: 'POST', body: { answer: 'true' } });
		const over = await press(link.replace(/question=\d+/, 'question=7'));
		expect([over.status, over.items]).toEqual([410, undefined]);
		for (const context of Object.values(runData.executionData?.contextData ?? {}))
			context['whatsCloudQuestion'] = { run: new URL(link).searchParams.get('question') };
		const broken = await press(link);
		expect([broken.status, broken.items]).toEqual([500, undefined]);
		expect(broken.page).toContain('Nothing was answered');
	});

	test('has the words that the user gave, and none of its own beside them', async () => {
		const words = { pageTitle: 'Ihr Auftrag', answerLabel: 'Ihr Wunsch', buttonLabel: 'Absenden' };
		const options = { ...words, thankYou: 'Danke, wir melden uns.' };
		const request = await open({ message: 'Wann?', responseType: 'freeText', options });
		const { page } = await request('GET');
		const texts = [...page.matchAll(/ dir="auto"[^>]*>([^<]+)/g)].map((match) => match[1]);
		expect(texts).toEqual(['Ihr Auftrag', 'Wann?', 'Ihr Wunsch', 'Absenden']);
		const thanks = (await request('POST', 'Freitag')).page;
		expect(thanks).toContain('<h1 dir="auto">Danke, wir melden uns.</h1>');
		expect(page + thanks).not.toMatch(/\blang=|Thank you|[Aa]nswer,|Send/);
	});
});

describe('refused before anything is sent', () => {
	const account = useMessages('sendAndWait');

	test.each([
		['no message', { message: ' ' }, /empty/],
		['an end that has passed', ended(), /would end before it begins/],
		[
			'no time',
			{ options: limit({ resumeAmount: 0 }) },
			/"Options > Limit Wait Time > Amount" must be/,
		],
		[
			'a limit that was added and left empty',
			{ options: { limitWaitTime: {} } },
			/"Options > Limit Wait Time" is empty.*remove the option/s,
		],
		['a text that the link makes too long', { message: 'x'.repeat(4090) }, /4096/],
		['40,000 blanks', { message: `{ ${' '.repeat(40_000)}link` }, /4096/],
		[
			'a template without a place for the link',
			named('order_update', { field_1: 'Ada' }),
			/No variable/,
		],
		[
			'a template whose place for the link comes with the data',
			named('order_update', {
				header_field_1: '1',
				field_1: 'Ada',
				field_2: '={{ "{" + "link}" }}',
			}),
			/No variable of the template has the place/,
		],
		['no phone number', { phoneNumber: '={{ "" }}' }, /phone number is missing/i],
	])('%s', async (_, parameters, reason) => {
		expect(await account.refused({ ...PARAMETERS, ...parameters })).toMatch(reason);
	});

	test('several items', async () => {
		const items = [1, 2, 3].map((order) => ({ json: { order } }));
		expect(await account.refused(PARAMETERS, items)).toMatch(
			/waits for one answer, but 3 items came in.*Loop Over Items/s,
		);
	});

	test.each([
		['an n8n that signs no addresses', { getSignedResumeUrl: undefined }, /needs n8n 1\.107/],
		['an agent without an execution', { getExecutionId: () => undefined }, /no execution to pause/],
	])('%s', async (_, lacking, reason) => {
		class WhatsCloudThere extends WhatsCloud {
			override async execute(this: IExecuteFunctions) {
				const there = Object.assign(Object.create(this) as typeof this, lacking);
				return await WhatsCloud.prototype.execute.call(there);
			}
		}
		expect(
			await account.refused(PARAMETERS, undefined, {
				node: WhatsCloudThere,
			}),
		).toMatch(reason);
	});
});

function limit(values: INodeParameters): INodeParameters {
	return { limitWaitTime: { values } };
}

function ended(): INodeParameters {
	const maxDateAndTime = '2020-01-01T00:00:00Z';
	return { options: limit({ limitType: 'atSpecifiedTime', maxDateAndTime }) };
}
