import type { ApiRecord } from '../../../nodes/WhatsCloud/api/pages';
import { newContacts } from '../../../nodes/WhatsCloud/trigger/newContacts';
import type { PollOptions, TriggerState } from '../../../nodes/WhatsCloud/trigger/newContacts';
import { Account, sourceOf } from './account.mts';
import type { Disturbances } from './account.mts';

const GRACE_SECONDS = 300;

/** A trigger on an account, state kept as n8n keeps it. */
class Watch {
	readonly account: Account;
	state: TriggerState | undefined;
	requests = 0;

	constructor(account: Account) {
		this.account = account;
	}

	async poll(
		options: Partial<PollOptions> & { timeFor?: number } = {},
		disturbances?: Disturbances,
	) {
		const source = sourceOf(this.account, disturbances);
		const result = await newContacts(this.state, source, {
			maxContacts: 100_000,
			matches: () => true,
			hasTimeLeft: () => source.requests < (options.timeFor ?? Infinity),
			now: this.account.now * 1_000,
			...options,
		});
		this.requests = source.requests;
		this.state = JSON.parse(JSON.stringify(result.state)) as TriggerState;
		expect(JSON.stringify(this.state).length).toBeLessThan(1_000);
		return result.contacts.map(({ id }) => id);
	}
}

async function watch(account: Account): Promise<Watch> {
	const started = new Watch(account);
	expect(await started.poll()).toEqual([]);
	return started;
}

function accountWith(
	count: number,
	behaviour: ConstructorParameters<typeof Account>[0] = {},
): Account {
	const account = new Account(behaviour);
	account.create({ count, isSpread: true });
	account.now += 60;
	return account;
}

const range = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('requests', () => {
	it('costs one with nothing new among 100,000 contacts', async () => {
		const watched = await watch(accountWith(100_000));
		expect(await watched.poll()).toEqual([]);
		expect(watched.requests).toBe(1);
	});

	it('costs one with one new contact', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 1 });
		expect(await watched.poll()).toEqual([1_001]);
		expect(watched.requests).toBe(1);
	});

	it('costs four with 350 new ones on pages of 100', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 350 });
		expect(await watched.poll()).toEqual(range(1_001, 1_350));
		expect(watched.requests).toBe(4);
	});

	it.each([
		['new in each request', 'random', 45],
		['fixed for each page', 'fixed for each page', 150],
	] as const)('finds 350 of one second at once with an order %s', async (_, ties, atMost) => {
		const watched = await watch(accountWith(1_000, { ties }));
		watched.account.create({ count: 350 });
		expect(await watched.poll()).toEqual(range(1_001, 1_350));
		expect(watched.requests).toBeLessThanOrEqual(atMost);
	});

	it('works off a backlog of 100,000 in polls of 300 requests', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 100_000, isSpread: true });
		const found: number[] = [];
		let polls = 0;
		for (; found.length < 100_000 && polls < 10; polls++) {
			found.push(...(await watched.poll({ timeFor: 300 })));
		}
		expect(found).toEqual(range(1_001, 101_000));
		expect(polls).toBe(4);
	});

	it('goes through a backlog of 100,000 with deleted ones and small batches', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 100_000, isSpread: true });
		for (let id = 1_050; id <= 101_000; id += 97) watched.account.rows.delete(id);
		expect(await watched.poll({ maxContacts: 50 })).toHaveLength(50);
		expect(watched.requests).toBeLessThan(30);
		expect(await watched.poll({ maxContacts: 50 })).toHaveLength(50);
		expect(watched.state?.cursor).toBeLessThan(1_150);
	});
});

describe('what the list hides', () => {
	it('finds a contact with an old date deep in the list by the total', async () => {
		const watched = await watch(accountWith(10_000));
		watched.account.create({ count: 1, age: 5_000 });
		expect(await watched.poll()).toEqual([10_001]);
		await watched.poll();
		expect(watched.requests).toBe(1);
	});

	it('finds it with the next visible contact when a deletion hides it from the total', async () => {
		const watched = await watch(accountWith(10_000));
		watched.account.create({ count: 1, age: 5_000 });
		watched.account.delete(500);
		expect(await watched.poll()).toEqual([]);
		watched.account.create({ count: 1 });
		expect(await watched.poll()).toEqual([10_001, 10_002]);
	});

	it('finds an import of contacts without a date by reading a small list once', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 500, age: null });
		expect(await watched.poll()).toEqual(range(1_001, 1_500));
		expect(watched.requests).toBeLessThanOrEqual(16);
	});

	it('finds a contact that a deletion pulled over a page border while reading', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 250, isSpread: true });
		const deleteOnce = (request: number) => {
			if (request === 3) watched.account.delete(0, 3);
		};
		const found = await watched.poll({}, { before: deleteOnce });
		expect(found).toEqual(expect.arrayContaining(range(1_001, 1_247)));
	});

	it('waits for an id that was given out but cannot be seen yet', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 1, age: 9_000, visibleAfter: 100 });
		watched.account.create({ count: 1 });
		expect(await watched.poll()).toEqual([1_002]);
		watched.account.now += GRACE_SECONDS;
		watched.account.delete(700);
		expect(await watched.poll()).toEqual([1_001]);
	});

	it('asks for a deleted contact twice, then never again', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 2 });
		watched.account.delete(1);
		expect(await watched.poll()).toEqual([1_002]);
		expect(watched.requests).toBe(2);
		await watched.poll();
		expect(watched.requests).toBe(1);
		watched.account.now += GRACE_SECONDS;
		await watched.poll();
		expect(watched.requests).toBe(2);
		await watched.poll();
		expect(watched.requests).toBe(1);
	});

	it('is not stopped by a counter that jumped, and forgets the ids in between', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.lastId = 5_000_000;
		watched.account.create({ count: 1 });
		expect(await watched.poll()).toEqual([5_000_001]);
		for (let poll = 1; poll <= 80; poll++) {
			watched.account.now += GRACE_SECONDS;
			expect(await watched.poll()).toEqual([]);
			expect(watched.requests).toBeLessThan(35);
		}
		expect(watched.requests).toBe(1);
	});

	it('needs no request for ids that a list of one page does not hold', async () => {
		const account = new Account();
		account.lastId = 5_000;
		const watched = await watch(account);
		account.create({ count: 3 });
		expect(await watched.poll()).toEqual([5_001, 5_002, 5_003]);
		expect(watched.requests).toBe(1);
	});
});

describe('the first poll', () => {
	it('hands out a contact that is created while it runs with the second poll', async () => {
		const watched = new Watch(accountWith(1_000));
		const createOnce = (request: number) => {
			if (request === 2) watched.account.create({ count: 1 });
		};
		expect(await watched.poll({}, { before: createOnce })).toEqual([]);
		expect(await watched.poll()).toEqual([1_001]);
	});

	it.each(['random', 'fixed for each page'] as const)(
		'takes an import that fills several pages with one second as old (order %s)',
		async (ties) => {
			const account = accountWith(1_000, { ties });
			account.create({ count: 500 });
			account.now += 60;
			const watched = await watch(account);
			account.create({ count: 1 });
			expect(await watched.poll()).toEqual([1_501]);
		},
	);

	it('takes an import with old dates as old', async () => {
		const account = accountWith(1_000);
		account.create({ count: 300, age: 50_000 });
		const watched = await watch(account);
		account.create({ count: 1 });
		expect(await watched.poll()).toEqual([1_301]);
	});

	it('has not happened when its time is over before it knows where the account stands', async () => {
		const watched = new Watch(accountWith(1_000));
		await expect(watched.poll({ timeFor: 1 })).rejects.toThrow('The time of this poll is over');
		expect(watched.state).toBeUndefined();
	});
});

describe('limits of a poll', () => {
	it('leaves what maxContacts does not allow to the next polls, oldest first', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 5 });
		expect(await watched.poll({ maxContacts: 2 })).toEqual([1_001, 1_002]);
		expect(await watched.poll({ maxContacts: 2 })).toEqual([1_003, 1_004]);
		expect(await watched.poll({ maxContacts: 2 })).toEqual([1_005]);
	});

	it('consumes contacts that do not match', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 4 });
		expect(await watched.poll({ matches: ({ id }: ApiRecord) => id % 2 === 0 })).toEqual([
			1_002, 1_004,
		]);
		expect(await watched.poll()).toEqual([]);
		expect(watched.requests).toBe(1);
	});

	it('changes nothing when a request fails', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 350 });
		const before = structuredClone(watched.state);
		await expect(watched.poll({}, { failsAt: 3 })).rejects.toThrow('The server is down');
		expect(watched.state).toEqual(before);
		expect(await watched.poll()).toHaveLength(350);
	});

	it('keeps what it has when the rate limit outlasts its time', async () => {
		const watched = await watch(accountWith(1_000));
		watched.account.create({ count: 350, isSpread: true });
		const first = await watched.poll({}, { spentAt: 4 });
		expect(first.length).toBeGreaterThan(0);
		expect([...first, ...(await watched.poll())]).toEqual(range(1_001, 1_350));
	});
});

describe('a list that is sorted oldest first', () => {
	it.each(['with pages', 'with total', 'bare'] as const)(
		'hands out what is new (%s)',
		async (shape) => {
			const watched = await watch(accountWith(1_050, { isOldestFirst: true, shape }));
			watched.account.create({ count: 120, isSpread: true });
			expect(await watched.poll()).toEqual(range(1_051, 1_170));
		},
	);

	it('is noticed when the server changes its order', async () => {
		const watched = await watch(accountWith(1_050, { isOldestFirst: true }));
		watched.account.behaviour.isOldestFirst = false;
		watched.account.create({ count: 1 });
		expect(await watched.poll()).toEqual([1_051]);
	});
});

describe('counter-examples that random histories found', () => {
	it('first poll: 24 contacts of one second on pages of 3, in an order that changes', async () => {
		const account = new Account({ clamp: 3, ties: 'random', seed: 0 });
		account.create({ count: 24 });
		account.now += 60;
		const watched = await watch(account);
		account.create({ count: 1 });
		expect(await watched.poll()).toEqual([25]);
	});

	it('first poll: the highest id hides from every page behind two that were deleted', async () => {
		const account = new Account({ clamp: 3, ties: 'fixed for each page', isOldestFirst: true });
		account.create({ count: 16 });
		account.delete(1, 2);
		account.now += 60;
		const watched = await watch(account);
		account.create({ count: 1 });
		expect(await watched.poll()).toEqual([17]);
	});

	it('an import that was missing and comes to light in more pieces than the state holds', async () => {
		const watched = await watch(accountWith(1_000));
		for (let pair = 1; pair <= 12; pair++) {
			watched.account.create({ count: 1, visibleAfter: 100 });
			watched.account.create({ count: 1, age: null, visibleAfter: 100 });
		}
		watched.account.create({ count: 1 });
		const found = await watched.poll();
		for (let poll = 1; poll <= 4; poll++) {
			watched.account.now += 150;
			found.push(...(await watched.poll()));
		}
		expect(found.sort((a, b) => a - b)).toEqual(range(1_001, 1_025));
	});

	it('an import without a date that fills the last page does not turn the order round', async () => {
		const account = new Account({ clamp: 3, ties: 'random', seed: 0 });
		const watched = await watch(account);
		account.create({ count: 2 });
		account.create({ count: 2, age: null });
		account.lastId += 4;
		const found = await watched.poll({ maxContacts: 1, timeFor: 1 });
		account.now += 200;
		account.lastId += 6;
		found.push(...(await watched.poll()));
		account.create({ count: 1 });
		expect([...found, ...(await watched.poll())]).toEqual([1, 2, 3, 4, 15]);
	});

	it('oldest first: a first page of two seconds is not enough to tell the order', async () => {
		const account = new Account({ clamp: 3, ties: 'random', isOldestFirst: true });
		account.create({ count: 1 });
		account.now += 1;
		account.create({ count: 6 });
		account.now += 60;
		const watched = await watch(account);
		account.create({ count: 1 });
		expect(await watched.poll()).toEqual([8]);
	});

	it('oldest first: the second of the newest page also fills the end of the first page', async () => {
		const account = new Account({
			clamp: 5,
			ties: 'random',
			isOldestFirst: true,
			seed: 1_205_346_701,
		});
		account.create({ count: 3 });
		account.now += 1;
		account.create({ count: 3 });
		account.now += 60;
		const watched = await watch(account);
		account.create({ count: 1 });
		expect(await watched.poll()).toEqual([7]);
	});

	it('contacts without a date, shown as now at the old end, are no proof of the other order', async () => {
		const account = new Account({ clamp: 3 });
		account.create({ count: 1 });
		account.now += 60;
		const watched = await watch(account);
		account.create({ count: 3, age: null });
		expect(await watched.poll()).toEqual([2, 3, 4]);
		account.now += 60;
		account.create({ count: 1 });
		expect(await watched.poll()).toEqual([5]);
		await watched.poll();
		expect(watched.requests).toBe(1);
	});

	it('first poll: contacts that arrive between its two requests are not taken for the other order', async () => {
		const account = new Account({ clamp: 3, ties: 'random' });
		account.create({ count: 2 });
		account.now += 2;
		account.create({ count: 2 });
		account.now += 60;
		const watched = new Watch(account);
		const createTen = (request: number) => {
			if (request === 2) account.create({ count: 10 });
		};
		expect(await watched.poll({}, { before: createTen })).toEqual([]);
		expect(await watched.poll()).toEqual(range(5, 14));
	});
});
