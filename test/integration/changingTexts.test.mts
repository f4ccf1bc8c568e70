import type { OnError } from 'n8n-workflow';

import { messages, outcomes, phone, type SendOptions, useSending } from './sending.mts';

jest.setTimeout(30_000);

const account = useSending(8);
const texts = {
	random: '=Your code: {{ Math.random() }} for {{ $json.text }}',
	'the time': '={{ $now.toMillis() }} {{ $json.text }}',
	'random, in expressions within options': '=A {{ [1, 2, 3].map(() => Math.random()).join() }}',
};
const retries = { retryOnFail: true, maxTries: 3, waitBetweenTries: 5 };
const modes: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];

/** How many messages each number got. */
const perNumber = () =>
	Array.from({ length: 8 }, (_, index) => {
		const contact = account.sandbox.data.contacts.all().find((row) => row.phone === phone(index));
		return account.sandbox.messages.filter(({ contactId }) => contactId === contact?.id).length;
	});

/** Sends to eight numbers, of which the eighth is no contact. */
async function sendToEight(text: string, more: SendOptions = {}) {
	const missing = account.sandbox.data.contacts.all().find((row) => row.phone === phone(7));
	if (missing) account.sandbox.data.contacts.delete(missing);
	return await account.send({ items: messages(8), parameters: { text }, ...more });
}

describe.each(Object.entries(texts))('a text with %s', (_name, text) => {
	test.each(modes)('Retry On Fail, %s: nobody gets two', async (onError) => {
		const run = await sendToEight(text, { settings: { ...retries, onError } });
		expect(perNumber()).toEqual([1, 1, 1, 1, 1, 1, 1, 0]);
		const [failed] = onError === 'stopWorkflow' ? [run.error] : run.outputs.flat().slice(-1);
		expect(failed).toBeDefined();
	});

	test('guarantee: Retry execution writes to nobody twice, even if an expression makes another text each time.', async () => {
		const { runData, status } = await sendToEight(text, { settings: retries });
		expect(status).toBe('error');
		account.sandbox.data.insertContacts([{ phone: phone(7) }]);
		const run = await account.send({
			items: messages(8),
			parameters: { text },
			settings: retries,
			retryOf: runData,
		});
		expect(run.status).toBe('success');
		expect(perNumber()).toEqual(Array(8).fill(1));
		expect(outcomes(run).map(([item]) => item)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
	});
});

test('an unknown outcome is not repeated by Retry On Fail', async () => {
	account.faultAfter(2, { kind: 'reset', when: 'after' });
	const run = await account.send({
		items: messages(8),
		parameters: { text: texts.random },
		settings: retries,
		options: { parallelRequests: 1 },
	});
	expect(perNumber()).toEqual([1, 1, 1, 0, 0, 0, 0, 0]);
	expect(run.error?.context).toMatchObject({
		outcome: 'unknown',
		items: { all: 8, done: [0, 1], failed: [2], unknown: [2] },
	});
});

test('contacts whose names are new at each try are created once', async () => {
	const items = [1, 2, 3].map((number) => ({ json: { phone: `1555440000${number}` } }));
	const parameters = {
		resource: 'contact',
		operation: 'create',
		firstName: '=Guest {{ Math.random() }}',
		lastName: 'New',
		phone: '={{ $json.phone }}',
		statusId: { __rl: true, mode: 'id', value: '1' },
		sourceId: { __rl: true, mode: 'id', value: '1' },
	};
	const body = { status: 'error', message: 'No' };
	account.sandbox.faults.add({
		...{ kind: 'answer', status: 400, body },
		...{ path: '/contacts', skip: 2, times: 1 },
	});
	const run = await account.send({
		items,
		parameters,
		settings: retries,
		options: { parallelRequests: 1 },
	});
	expect(run.status).toBe('success');
	const posts = account.sandbox.requests.filter(({ method }) => method === 'POST');
	expect(posts.map(({ body, status }) => [body.phone, status])).toEqual([
		['15554400001', 201],
		['15554400002', 201],
		['15554400003', 400],
		['15554400003', 201],
	]);
});
