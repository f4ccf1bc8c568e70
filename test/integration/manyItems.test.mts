import { messages, useSending } from './sending.mts';

jest.setTimeout(120_000);

const account = useSending(20);

test('a run that stops at the first of 1,000 items has read one credential', async () => {
	account.sandbox.faults.add({ kind: 'answer', status: 403, path: '/messages/send' });
	const run = await account.send({ items: messages(1_000, 20), options: { parallelRequests: 1 } });
	expect(run.status).toBe('error');
	expect(run.decrypts).toBe(1);
});

test('timers run while the expressions of many items are evaluated', async () => {
	const sum = Array.from({ length: 40 }, (_, index) => `$json.text.repeat(${index}).length`);
	// The last item can't be right, so that all are read and nothing is sent.
	const items = [...messages(1_500, 20), { json: { to: 'no number', text: 'Last' } }];
	let turns = 0;
	const timer = setInterval(() => turns++, 1);
	try {
		const run = await account.send({ items, parameters: { text: `={{ ${sum.join(' + ')} }}` } });
		expect(run.error?.description).toContain('Nothing was sent');
	} finally {
		clearInterval(timer);
	}
	expect(turns).toBeGreaterThan(20);
});
