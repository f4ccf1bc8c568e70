import { setTimeout as sleep } from 'node:timers/promises';

import { useAccount } from './account.mts';
import { messages, useSending } from './sending.mts';

jest.setTimeout(60_000);

/** How many requests still come once a run is over. */
async function requestsAfter(sandbox: { readonly requests: readonly unknown[] }): Promise<number> {
	// Those that had left may still arrive.
	await sleep(100);
	const atTheEnd = sandbox.requests.length;
	await sleep(500);
	return sandbox.requests.length - atTheEnd;
}

describe('reading 200 pages', () => {
	const account = useAccount({
		behaviour: { pageSizeLimit: { max: 15, above: 'clamp' }, stableOrder: true },
	});
	const all = { resource: 'contact', operation: 'getAll', returnAll: true };
	beforeEach(() => {
		account.sandbox.data.insertContacts(Array.from({ length: 2_995 }, () => ({})));
		account.sandbox.faults.add({ kind: 'delay', ms: 5, path: '/contacts' });
	});

	test('ends with the first page that fails', async () => {
		account.sandbox.faults.add({ kind: 'html', status: 500, page: 9 });
		const run = await account.attempt(all);
		expect(run.error?.message).toContain('error 500');
		expect(account.sandbox.requests.length).toBeLessThanOrEqual(16);
		expect(await requestsAfter(account.sandbox)).toBe(0);
	});

	test('ends for all items when one of them fails', async () => {
		account.sandbox.faults.add({ kind: 'html', status: 500, page: 9, times: 1 });
		const filtered = { ...all, filters: { phone: '={{ $json.phone }}' } };
		const phones = ['15555550101', '15555550102', '15555550103'].map((phone) => ({ phone }));
		const run = await account.attempt(filtered, phones);
		expect(run.error?.message).toContain('error 500');
		expect(run.error).toMatchObject({ context: { items: { all: 3, done: [], unknown: [] } } });
		expect(account.sandbox.requests.length).toBeLessThanOrEqual(60);
		expect(await requestsAfter(account.sandbox)).toBe(0);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'goes on for the other items under %s',
		async (onError) => {
			account.sandbox.faults.add({ kind: 'html', status: 500, page: 9, times: 1 });
			const filters = { phone: '={{ $json.phone }}' };
			// Items at the same time share the reading of the list, and its failure.
			const filtered = { ...all, filters, options: { parallelRequests: 1 } };
			const phones = ['15555550101', '15555550102', '15555550103'].map((phone) => ({ phone }));
			const run = await account.attempt(filtered, phones, { settings: { onError } });
			const failed = run.outputs.flat().map(({ json }) => json.error !== undefined);
			expect(failed.toSorted()).toEqual([false, false, true]);
		},
	);
});

describe('sending', () => {
	const account = useSending(12);

	test.each(['stop', 'cancel'] as const)(
		'sends nothing more after a %s, and does not wait for the rate limit',
		async (end) => {
			account.sandbox.rateLimit = { max: 4, windowMs: 600_000 };
			let cancel = () => {};
			const cancelled = new Promise<void>((resolve) => (cancel = resolve));
			if (end === 'stop') {
				// The first item is answered last.
				account.sandbox.faults.add({ kind: 'delay', ms: 700, times: 1 });
				account.sandbox.faults.add({ kind: 'html', status: 413, times: 1 });
			} else {
				void account
					.until(() => account.sandbox.requests.some(({ status }) => status === 429))
					.then(cancel);
			}
			const run = await account.send({
				items: messages(12),
				options: { parallelRequests: 6 },
				cancel: cancelled,
			});
			expect(run.durationMs).toBeLessThan(10_000);
			expect(account.sandbox.messages.length).toBeGreaterThanOrEqual(3);
			expect(account.sandbox.messages.length).toBeLessThanOrEqual(4);
			expect(account.sandbox.requests.length).toBeLessThanOrEqual(11);
			expect(await requestsAfter(account.sandbox)).toBe(0);
			if (end === 'cancel') return;
			// Those that waited were not begun.
			expect(run.error).toMatchObject({
				message: 'This is too large for the WhatsCloud server',
				context: { items: { all: 12, failed: [0], unknown: [] } },
			});
		},
	);
});
