import type { FirstState } from '../../../nodes/WhatsCloud/newContacts/state';
import { Account } from './account.mts';
import { accountWith, Watch, watch } from './watch.mts';

describe('requests', () => {
	test('one with nothing new among 100,000 contacts', async () => {
		const watched = await watch(accountWith(100_000));
		expect(await watched.poll()).toEqual([]);
		expect(watched.requests).toBe(1);
	});

	test('one with one new contact, two with 350 of one second', async () => {
		const watched = await watch(accountWith(1_000, { ties: 'random', idsOfOthers: 70 }));
		watched.account.create({ count: 1 });
		expect(await watched.poll()).toHaveLength(1);
		expect(watched.requests).toBe(1);
		watched.account.create({ count: 350 });
		expect(await watched.poll()).toHaveLength(350);
		expect(watched.requests).toBe(2);
	});

	test.each([
		['1,000 a page', 1_000, 4_000, 15],
		['100 a page', 100, 500, 25],
	])(
		'a backlog of 8,000 goes in parts, the oldest first: %s',
		async (_, clamp, maxContacts, most) => {
			const watched = await watch(accountWith(1_000, { clamp, ties: 'random', idsOfOthers: 9 }));
			const rows = watched.account.create({ count: 8_000, isSpread: true });
			for (let poll = 0; watched.found.length < rows.length && poll < 50; poll++) {
				await watched.poll({ maxContacts });
				expect(watched.requests).toBeLessThanOrEqual(most);
			}
			expect(watched.found).toEqual(rows.map(({ id }) => id));
		},
	);

	test('again one after an hour in which pages that are always cut alike kept the proof away', async () => {
		const account = accountWith(10, {
			clamp: 2,
			ties: 'fixed for each page',
			idsOfOthers: 5,
			seed: 2,
		});
		const watched = await watch(account);
		for (let contact = 1; contact <= 8; contact++) {
			account.create({ count: 1 });
			// All of one second.
			account.now -= 60;
			await watched.poll();
		}
		expect(watched.found).toHaveLength(8);
		const requests: number[] = [];
		for (let minute = 1; minute <= 70; minute++) {
			await watched.poll();
			requests.push(watched.requests);
		}
		expect(Math.min(...requests.slice(10, 50))).toBeGreaterThan(1);
		expect(Math.max(...requests.slice(-5))).toBe(1);
	});

	test('a backlog goes on where the time of a poll was over', async () => {
		const watched = await watch(accountWith(1_000, { clamp: 100 }));
		const rows = watched.account.create({ count: 3_000, isSpread: true });
		for (let poll = 0; watched.found.length < rows.length && poll < 60; poll++)
			await watched.poll({ timeFor: 12, maxContacts: 500 });
		expect([...watched.found].sort((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
	});
});

describe('a poll', () => {
	test('hands out no more than it may, and the rest with the next polls', async () => {
		const watched = await watch(accountWith(100));
		const rows = watched.account.create({ count: 5 });
		for (const count of [2, 2, 1, 0])
			expect(await watched.poll({ maxContacts: 2 })).toHaveLength(count);
		expect(watched.found).toEqual(rows.map(({ id }) => id));
	});

	test('consumes contacts that do not match', async () => {
		const watched = await watch(accountWith(100));
		const rows = watched.account.create({ count: 4 });
		const [, second] = rows;
		expect(await watched.poll({ matches: ({ id }) => id === second?.id })).toEqual([second?.id]);
		expect(await watched.poll()).toEqual([]);
	});

	test('that fails has not happened', async () => {
		const watched = await watch(accountWith(100));
		watched.account.create({ count: 350 });
		const before = structuredClone(watched.state);
		await expect(watched.poll({}, { failsAt: 2 })).rejects.toThrow('The server is down');
		expect(watched.state).toEqual(before);
		expect(await watched.poll()).toHaveLength(350);
	});
});

describe('the first poll', () => {
	test('takes contacts that come later in the same second as new', async () => {
		const account = accountWith(100);
		account.create({ count: 3 });
		const watched = new Watch(account);
		account.now -= 60;
		expect(await watched.poll()).toEqual([]);
		const [later] = account.create({ count: 1 });
		expect(await watched.poll()).toEqual([later?.id]);
	});

	test('takes an import of one second over many pages as old', async () => {
		const account = accountWith(100, { clamp: 100, ties: 'random' });
		account.create({ count: 900 });
		const watched = await watch(account);
		const [later] = account.create({ count: 1 });
		expect(await watched.poll()).toEqual([later?.id]);
		await watched.polls(8);
		expect(watched.found).toEqual([later?.id]);
	});

	test('begins with the moment of publishing when the server could not be asked then', async () => {
		const account = accountWith(100);
		account.create({ count: 1 });
		account.now += 10;
		const from = account.now * 1_000;
		const rows = account.create({ count: 120, isSpread: true });
		const watched = new Watch(account);
		await watched.poll({ from });
		await watched.poll();
		expect(watched.found).toEqual(rows.map(({ id }) => id));
	});
});

describe('contacts without a date', () => {
	test('are found at the end of the list, once, with the second poll', async () => {
		const account = new Account();
		account.create({ count: 150, isUndated: true });
		account.create({ count: 500, isSpread: true });
		account.now += 600;
		const watched = await watch(account);
		const rows = account.create({ count: 3, isUndated: true });
		await watched.polls(5);
		expect(watched.found).toEqual(rows.map(({ id }) => id));
		expect(watched.requests).toBe(1);
	});

	test('are old when there was nothing else at the first poll, although they seem new each time', async () => {
		const account = new Account({ ties: 'random', clamp: 100 });
		account.create({ count: 250, isUndated: true });
		const watched = await watch(account);
		await watched.polls(5);
		const [dated] = account.create({ count: 1 });
		await watched.polls(5);
		expect(watched.found).toEqual([dated?.id]);
	});
});

test('an id that is given out again after a backup was restored is a new contact', async () => {
	const watched = await watch(accountWith(100));
	const before = watched.account.create({ count: 3 });
	expect(await watched.poll()).toHaveLength(3);
	watched.account.restore(100);
	const after = watched.account.create({ count: 3 });
	expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
	await watched.polls(3);
	expect(watched.found).toHaveLength(6);
});

test('rows that show among the old ones are counted, and said once', async () => {
	const watched = await watch(accountWith(100));
	watched.account.create({ count: 2, visibleAfter: 1_200 });
	for (let minute = 1; minute < 20; minute++) {
		if (minute % 6 === 1) watched.account.create({ count: 1 });
		await watched.poll();
		expect(watched.hidden).toBe(0);
	}
	await watched.poll();
	expect(watched.hidden).toBe(2);
	await watched.poll();
	expect(watched.hidden).toBe(0);
});

describe('the state of version 0.1.0', () => {
	test.each([
		['nothing since', 0],
		['some since', 3],
		['more than a page since', 1_500],
	])('is taken over: %s', async (_, count) => {
		const account = accountWith(300, { idsOfOthers: 3, ties: 'random' });
		account.create({ count: 40 });
		const first: FirstState = { cursor: account.lastId, open: [], missing: [[1, 9, 0]] };
		account.lastId += 20;
		const rows = account.create({ count });
		const watched = new Watch(account);
		watched.state = first;
		await watched.polls(8);
		expect([...watched.found].sort((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
		expect(watched.state).not.toHaveProperty('takenOver');
		expect(watched.requests).toBe(1);
	});

	test('hands out what it knew to be missing, when that shows', async () => {
		const account = accountWith(300);
		const late = account.create({ count: 2, visibleAfter: 100 });
		const [known] = account.create({ count: 1 });
		const watched = new Watch(account);
		const gap: [number, number, number] = [late[0]?.id ?? 0, late[1]?.id ?? 0, 0];
		watched.state = { cursor: known?.id ?? 0, open: [], missing: [gap] };
		await watched.polls(4);
		expect(watched.found).toEqual(late.map(({ id }) => id));
	});
});

describe('a list that tells nothing', () => {
	test('because it is sorted the oldest first', async () => {
		const account = accountWith(300);
		const readPage = account.readPage.bind(account);
		account.readPage = (page, size) => {
			const answer = readPage(page, size);
			return { ...answer, records: answer.records.reverse() };
		};
		await expect(new Watch(account).poll()).rejects.toMatchObject({ reason: 'notSorted' });
	});

	test('because it has no total', async () => {
		const account = accountWith(300);
		const readPage = account.readPage.bind(account);
		account.readPage = (page, size) => ({
			...readPage(page, size),
			total: undefined,
		});
		await expect(new Watch(account).poll()).rejects.toMatchObject({ reason: 'notCounted' });
	});
});
