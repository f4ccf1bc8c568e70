import { messages, outcomes, useSending } from './sending.mts';

jest.setTimeout(30_000);

const account = useSending(120);

test.each(['body', 'header'] as const)(
	'guarantee: A rate limit loses no message and sends none twice. (told in the %s)',
	async (style) => {
		for (let wave = 0; wave < 4; wave++) {
			account.sandbox.faults.add({
				kind: 'tooMany',
				retryAfter: 0,
				style,
				times: 10,
				probability: 0.3,
			});
		}
		const items = messages(120);
		const run = await account.send({ items, options: { parallelRequests: 50 } });
		expect(account.texts().toSorted()).toEqual(items.map(({ json }) => json.text).toSorted());
		expect(outcomes(run)).toEqual(items.map(({ json }, item) => [item, json.text]));
		expect(account.sandbox.requests.length).toBe(160);
	},
);

/** What the output says of waiting, beside what it says of sends. */
const waitsTold = (hints: Array<{ message: string }>) =>
	hints.map(({ message }) => message).filter((message) => message.includes('waited'));

test('all wait together for the window to close, and the wait is visible', async () => {
	account.sandbox.rateLimit = { max: 20, windowMs: 2_000 };
	const items = messages(60);
	const run = await account.send({ items, options: { parallelRequests: 10 } });
	expect(account.texts().length).toBe(60);
	// Each wait is met by those under way only.
	const refused = account.sandbox.requests.filter(({ status }) => status === 429).length;
	expect(refused).toBeLessThanOrEqual(40);
	expect(run.durationMs).toBeLessThan(12_000);
	const waits = run.logs.filter(({ message }) =>
		message.includes('rate limit is used up; waiting'),
	);
	// Two on a quiet machine.
	expect(waits.length).toBeGreaterThanOrEqual(1);
	expect(waits.length).toBeLessThanOrEqual(5);
	expect(waitsTold(run.hints)).toEqual([
		expect.stringMatching(/^The node waited [2-8] seconds in all/) as string,
	]);
});

test('fails those that the limit refuses if the user wants that, and tells when to go on', async () => {
	account.sandbox.rateLimit = { max: 3, windowMs: 60_000 };
	const run = await account.send({
		items: messages(5),
		options: { parallelRequests: 1, onRateLimit: 'fail' },
		settings: { onError: 'continueErrorOutput' },
	});
	expect(account.texts().length).toBe(3);
	expect(run.outputs.map((output) => output.length)).toEqual([3, 2]);
	expect(run.outputs[1]?.[0]?.json).toMatchObject({
		error: 'The rate limit of your WhatsCloud account is used up',
		details: expect.stringMatching(/again in (60|59) seconds/) as string,
	});
	expect(waitsTold(run.hints)).toEqual([]);
});

test('gives up at once when the limit lasts longer than anybody waits', async () => {
	account.sandbox.rateLimit = { max: 2, windowMs: 86_400_000 };
	const run = await account.send({ items: messages(4), options: { parallelRequests: 1 } });
	expect(account.texts().length).toBe(2);
	expect(run.error).toMatchObject({
		message: 'The rate limit of your WhatsCloud account is used up',
		context: { items: { all: 4, done: [0, 1], failed: [2], unknown: [] } },
	});
	expect(run.durationMs).toBeLessThan(3_000);
});

test.each(['body', 'header'] as const)(
	'a server that always says 0 seconds (%s) is asked more and more rarely',
	async (style) => {
		account.sandbox.faults.add({ kind: 'tooMany', retryAfter: 0, style });
		const run = await account.send({
			items: messages(20),
			options: { parallelRequests: 10 },
			cancelAfter: 3_500,
		});
		expect(run.status).toBe('canceled');
		expect(account.texts()).toEqual([]);
		// The first ten, and one after each wait.
		expect(account.sandbox.requests.length).toBeLessThanOrEqual(14);
	},
);
