import { messages, outcomes, useSending } from './sending.mts';

jest.mock(
	'n8n-workflow',
	() => jest.requireActual<typeof import('./shortWaits.mts')>('./shortWaits.mts').n8nWorkflow,
);

const account = useSending(6);

test('what comes too fast for WhatsApp is sent a little later, once', async () => {
	account.sandbox.faults.add({ kind: 'tooFast', code: 131056, times: 2, path: '/messages/send' });
	const run = await account.send({ items: messages(6) });
	expect(run.status).toBe('success');
	expect(account.texts().toSorted()).toEqual([0, 1, 2, 3, 4, 5].map((index) => `Message ${index}`));
	expect(outcomes(run).map(([item]) => item)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('who is to fail at a rate limit hears of it at once', async () => {
	account.sandbox.faults.add({ kind: 'tooFast', code: 131056, path: '/messages/send' });
	const run = await account.send({
		items: messages(3),
		options: { onRateLimit: 'fail' },
		settings: { onError: 'continueRegularOutput' },
	});
	expect(run.outputs.flat().map(({ json }) => json.error)).toEqual(
		Array(3).fill(expect.stringContaining('pair rate limit hit')),
	);
	expect(account.sandbox.requests.length).toBe(3);
});

test('others go on while a message to one person waits', async () => {
	// The first of three messages to one number comes too fast; nobody else has to wait for it.
	account.sandbox.faults.add({ kind: 'tooFast', code: 131056, times: 1, path: '/messages/send' });
	const run = await account.send({ items: messages(9, 3) });
	expect(run.status).toBe('success');
	const order = account.texts().map((text) => Number(String(text).split(' ')[1]));
	// In their order at each number; the one that was refused comes after those to other numbers.
	for (const number of [0, 1, 2]) {
		const own = order.filter((index) => index % 3 === number);
		expect(own).toEqual(own.toSorted((a, b) => a - b));
	}
	expect(order.slice(0, 6).map((index) => index % 3)).not.toContain((order[8] ?? NaN) % 3);
});
