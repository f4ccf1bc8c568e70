import { type IExecuteFunctions, type INodeParameters, WAIT_INDEFINITELY } from 'n8n-workflow';

import { WhatsCloud } from '../../../nodes/WhatsCloud/WhatsCloud.node';
import { generations } from '../account.mts';
import { KNOWN, NEW_CONTACT, useMessages } from './messaging.mts';

const link =
	/http:\/\/localhost\/webhook-waiting\/\d+\/node-under-test\?question=[\w-]{12}&signature=\w+/;

describe.each(generations)('%s server', (version) => {
	const account = useMessages('sendAndWait', { server: version });
	const ask = async (parameters: INodeParameters, more = {}) =>
		await account.attempt({ phoneNumber: KNOWN, ...parameters }, undefined, more);

	test.each([
		['where it is to stand', 'Look: {link} Thanks', /^Look: http\S+ Thanks$/],
		['at the end', 'May we?', /^May we\?\n\nhttp\S+$/],
		['twice', '{link} or {link}', /^(http\S+) or \1$/],
	])('the link stands %s', async (_, message, expected) => {
		const run = await ask({ message });
		expect(run.status).toBe('waiting');
		expect(run.runData.waitTill).toEqual(WAIT_INDEFINITELY);
		const [sent] = account.sandbox.messages;
		expect(sent?.text).toMatch(expected);
		expect(sent?.text).toMatch(link);
	});

	test('a template carries it in a variable', async () => {
		const template = { __rl: true, mode: 'name', value: 'order_update' };
		const given = { header_field_1: '17', field_1: 'Ada', field_2: 'at {link}' };
		const run = await ask({
			...{ sendAs: 'template', template, templateLanguage: 'en' },
			templateVariables: { mappingMode: 'defineBelow', value: given },
		});
		expect(run.error).toBeUndefined();
		expect(run.status).toBe('waiting');
		expect(account.bodies()).toEqual([
			expect.objectContaining({
				template_name: 'order_update',
				field_1: 'Ada',
				field_2: expect.stringMatching(link) as string,
			}),
		]);
		const { whatsCloudQuestion: kept } = run.context;
		expect((kept as { text: string }).text).toMatch(/Ada/);
		expect((kept as { text: string }).text).not.toMatch(/link|http|\{\{/);
	});

	test('the contact is made if it is new', async () => {
		const run = await ask({ message: 'May we?', phoneNumber: '15557770001', ...NEW_CONTACT });
		expect(run.status).toBe('waiting');
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
});

describe('refused before anything is sent', () => {
	const account = useMessages('sendAndWait');

	test.each([
		['no message', { message: ' ' }, /empty/],
		['an end that has passed', ended(), /would end before it begins/],
		['a text that the link makes too long', { message: 'x'.repeat(4090) }, /4,096/],
		[
			'a template without a place for the link',
			{
				...{ sendAs: 'template', template: { __rl: true, mode: 'name', value: 'order_update' } },
				templateVariables: { mappingMode: 'defineBelow', value: { field_1: 'Ada' } },
			},
			/No variable of the template has the place/,
		],
		['no phone number', { phoneNumber: '={{ "" }}' }, /phone number is missing/i],
	])('%s', async (_, parameters, reason) => {
		expect(
			await account.refused({ phoneNumber: KNOWN, message: 'May we?', ...parameters }),
		).toMatch(reason);
	});

	test('several items', async () => {
		const items = [1, 2, 3].map((order) => ({ json: { order } }));
		expect(await account.refused({ phoneNumber: KNOWN, message: 'May we?' }, items)).toMatch(
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
			await account.refused({ phoneNumber: KNOWN, message: 'May we?' }, undefined, {
				node: WhatsCloudThere,
			}),
		).toMatch(reason);
	});
});

function ended(): INodeParameters {
	const values = { limitType: 'atSpecifiedTime', maxDateAndTime: '2020-01-01T00:00:00Z' };
	return { options: { limitWaitTime: { values } } };
}
