import type { INodeExecutionData } from 'n8n-workflow';

import type { Fault } from '../../sandbox/server/sandbox.mts';
import { useAccount } from './account.mts';

jest.mock(
	'n8n-workflow',
	() => jest.requireActual<typeof import('./shortWaits.mts')>('./shortWaits.mts').n8nWorkflow,
);

jest.setTimeout(30_000);

const account = useAccount();
const all = { resource: 'contact', operation: 'getAll', returnAll: true };

const shapes = ['paginator', 'flat', 'flatNoMeta'] as const;
const limits = [null, { max: 100, above: 'clamp' }, { max: 100, above: 'refuse' }] as const;
const ties = [1, 40, 230];

describe.each(shapes)('230 contacts in the shape %s', (listShape) => {
	describe.each(limits)('with the page size limit %j', (pageSizeLimit) => {
		beforeEach(() => {
			Object.assign(account.sandbox.behaviour, { listShape, pageSizeLimit });
			account.sandbox.data.contacts
				.all()
				.slice()
				.forEach((row) => {
					account.sandbox.data.contacts.delete(row);
				});
		});

		const insert = (perSecond: number) => {
			for (let first = 0; first < 230; first += perSecond) {
				account.sandbox.data.insertContacts(
					Array.from({ length: Math.min(perSecond, 230 - first) }, (_, index) => ({
						phone: `1555520${String(first + index).padStart(4, '0')}`,
					})),
					{ createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, first)) },
				);
			}
		};

		test.each(ties)('are read once each, %d of them in one second', async (perSecond) => {
			insert(perSecond);
			const expected = account.sandbox.data.contacts.all().map(({ phone }) => phone);
			const read = await account.run(all);
			expect(read.map(({ phone }) => phone).toSorted()).toEqual(expected.toSorted());
		});

		test('guarantee: Return All brings every contact once, while others come and go.', async () => {
			insert(40);
			const staying = account.sandbox.data.contacts
				.all()
				.slice(20)
				.map(({ phone }) => phone);
			let seen = 0;
			const change = setInterval(() => {
				if (account.sandbox.requests.length === seen) return;
				seen = account.sandbox.requests.length;
				const oldest = account.sandbox.data.contacts.all()[0];
				if (seen % 2 === 0)
					account.sandbox.data.insertContacts([{ phone: `1555530${1000 + seen}` }]);
				else if (oldest && seen < 20) account.sandbox.data.contacts.delete(oldest);
			});
			const read = await account.run(all);
			clearInterval(change);
			const phones = read.map(({ phone }) => phone);
			expect(new Set(phones).size).toBe(phones.length);
			expect(staying.filter((phone) => !phones.includes(phone))).toEqual([]);
		});
	});
});

test('a limit asks for no more than it needs', async () => {
	account.sandbox.behaviour.stableOrder = true;
	account.sandbox.data.insertContacts(Array.from({ length: 230 }, () => ({})));
	const items = [{ limit: 1 }, { limit: 20 }, { limit: 199 }];
	await account.run({ ...all, returnAll: false, limit: '={{ $json.limit }}' }, items);
	const sizes = account.sandbox.requests.map(({ query }) => query['per_page']);
	expect(sizes.length).toBeLessThanOrEqual(3);
	expect(Math.max(...sizes.map(Number))).toBe(199);
});

describe('contacts of one second on many pages', () => {
	const many = useAccount({ behaviour: { pageSizeLimit: { max: 30, above: 'clamp' } } });
	const insert = (count: number) =>
		many.sandbox.data.insertContacts(
			Array.from({ length: count }, (_, index) => ({ phone: `1555${5_000_000 + index}` })),
			{ createdAt: new Date(Date.UTC(2026, 0, 1)) },
		);

	test('are read whole, for each of three items', async () => {
		insert(900);
		const expected = many.sandbox.data.contacts.size;
		const items = [{ limit: 10_000 }, { limit: 2_000 }, { limit: 1_000 }];
		const run = await many.attempt(
			{ ...all, returnAll: false, limit: '={{ $json.limit }}' },
			items,
		);
		for (const item of [0, 1, 2]) {
			const own = run.outputs.flat().filter(({ pairedItem }) => itemOf(pairedItem) === item);
			expect(new Set(own.map(({ json }) => json.id)).size).toBe(expected);
			expect(own.length).toBe(expected);
		}
		expect(run.hints).toEqual([]);
	});

	test('guarantee: If some contacts may be missing, a hint says how many came of how many.', async () => {
		many.sandbox.behaviour.pageSizeLimit = { max: 2, above: 'clamp' };
		insert(1_000);
		const total = many.sandbox.data.contacts.size;
		const run = await many.attempt(all);
		const read = run.outputs.flat().length;
		expect(read).toBeLessThan(total);
		const told = `Some contacts may be missing: ${counted(read)} of ${counted(total)} came, although WhatsCloud's list was read several times.`;
		expect(run.hints.map(({ message }) => message)).toEqual([
			expect.stringContaining(told) as string,
		]);
		expect(run.logs).toContainEqual({
			level: 'warn',
			message: expect.stringContaining(told) as string,
		});
	});
});

describe('pages that are too large for the server', () => {
	const large = useAccount({ behaviour: { stableOrder: true } });
	beforeEach(() => {
		large.sandbox.data.insertContacts(Array.from({ length: 700 }, () => ({})));
	});
	const above = { path: '/contacts', perPageAbove: 260 };

	it.each<[string, Fault]>([
		['time out', { kind: 'delay', ms: 2_000 }],
		['end in a 502', { kind: 'html', status: 502 }],
		['end in a 504', { kind: 'html', status: 504 }],
		['are refused as too large', { kind: 'html', status: 413 }],
		[
			'are refused as invalid',
			{ kind: 'answer', status: 422, body: { status: 'error', message: 'per_page' } },
		],
	])('and %s are asked for in smaller ones, once', async (_name, fault) => {
		large.sandbox.faults.add({ ...fault, ...above });
		const items = [{ limit: 100_000 }, { limit: 600 }, { limit: 5 }];
		const run = await large.attempt(
			{
				...all,
				returnAll: false,
				limit: '={{ $json.limit }}',
				options: { timeout: 1, parallelRequests: 1 },
			},
			items,
		);
		const counts = [0, 1, 2].map(
			(item) => run.outputs.flat().filter(({ pairedItem }) => itemOf(pairedItem) === item).length,
		);
		expect(counts).toEqual([large.sandbox.data.contacts.size, 600, 5]);
		const sizes = large.sandbox.requests.map(({ query }) => Number(query.per_page));
		expect(sizes.filter((size) => size > 1_000)).toEqual([]);
		expect(sizes.filter((size) => size > 260).length).toBeLessThanOrEqual(2);
	});

	test('and stay so with 100 records are an error that says what is the matter', async () => {
		large.sandbox.faults.add({ kind: 'html', status: 504, path: '/contacts' });
		const run = await large.attempt(all);
		expect(run.error?.message).toContain('error 504');
		const sizes = large.sandbox.requests.map(({ query }) => Number(query.per_page));
		expect(sizes).toEqual([1_000, 500, 250, 125, 100, 100, 100, 100]);
	}, 60_000);
});

describe('a filter and a limit', () => {
	const filtered = useAccount({
		behaviour: { pageSizeLimit: { max: 100, above: 'clamp' }, stableOrder: true },
	});

	test('read a list once that ends before the limit', async () => {
		filtered.sandbox.data.insertContacts(Array.from({ length: 2_595 }, () => ({})));
		for (const [index, contact] of filtered.sandbox.data.contacts.all().slice(0, 3).entries()) {
			contact.email = `ada${index}@example.com`;
		}
		const items = [0, 1, 2].map((index) => ({ email: `ada${index}@example.com` }));
		const found = await filtered.run(
			{ ...all, returnAll: false, limit: 50, filters: { email: '={{ $json.email }}' } },
			items,
		);
		expect(found.map(({ email }) => email)).toEqual(items.map(({ email }) => email));
		const pages = Math.ceil(filtered.sandbox.data.contacts.size / 100);
		expect(filtered.sandbox.requests.length).toBe(pages);
	});

	test('stop at the moment of Created After, whatever else is asked for', async () => {
		const at = (minute: number) => new Date(Date.UTC(2027, 0, 1, 0, minute));
		filtered.sandbox.data.insertContacts(Array.from({ length: 10_000 }, () => ({})));
		for (const minute of [1, 2, 3])
			filtered.sandbox.data.insertContacts([{ firstname: `At ${minute}` }], {
				createdAt: at(minute),
			});
		const items = [1, 2, 3].map((minute) => ({
			after: at(minute - 1).toISOString(),
			limit: minute,
		}));
		const filters = { createdAfter: '={{ $json.after }}' };
		for (const returnAll of [true, false]) {
			const before = filtered.sandbox.requests.length;
			const run = await filtered.attempt(
				{ ...all, returnAll, limit: '={{ $json.limit }}', filters },
				items,
			);
			const found = [0, 1, 2].map((item) =>
				run.outputs
					.flat()
					.filter(({ pairedItem }) => itemOf(pairedItem) === item)
					.map(({ json }) => json.firstname),
			);
			expect(found).toEqual([
				['At 3', 'At 2', 'At 1'].slice(0, returnAll ? 3 : 1),
				['At 3', 'At 2'],
				['At 3'],
			]);
			expect(run.hints).toEqual([]);
			expect(filtered.sandbox.requests.length - before).toBeLessThanOrEqual(3);
		}
	});

	test('read a list once for five items that filter it differently', async () => {
		filtered.sandbox.data.insertContacts(
			Array.from({ length: 500 }, (_, index) => ({ status_id: 1 + (index % 5) })),
		);
		const items = [1, 2, 3, 4, 5].map((statusId) => ({ statusId }));
		const run = await filtered.attempt(
			{ ...all, filters: { statusId: '={{ $json.statusId }}' } },
			items,
		);
		for (const [item, { statusId }] of items.entries()) {
			const own = run.outputs.flat().filter(({ pairedItem }) => itemOf(pairedItem) === item);
			expect(own.length).toBeGreaterThanOrEqual(100);
			expect(own.every(({ json }) => json.status_id === statusId)).toBe(true);
		}
		const pages = Math.ceil(filtered.sandbox.data.contacts.size / 100);
		expect(filtered.sandbox.requests.length).toBe(pages);
	});
});

function itemOf(pairedItem: INodeExecutionData['pairedItem']): number | undefined {
	return typeof pairedItem === 'object' && !Array.isArray(pairedItem) ? pairedItem.item : undefined;
}

function counted(count: number): string {
	return count.toLocaleString('en-US');
}
