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
		['8,000 at 1,000 a page', 8_000, 1_000, 4_000, 15],
		['3,000 at 100 a page', 3_000, 100, 500, 35],
	])(
		'a backlog goes in parts, the oldest first: %s',
		async (_, count, clamp, maxContacts, most) => {
			const watched = await watch(accountWith(1_000, { clamp, ties: 'random', idsOfOthers: 9 }));
			const rows = watched.account.create({ count, isSpread: true });
			for (let poll = 0; watched.found.length < rows.length && poll < 50; poll++) {
				await watched.poll({ maxContacts });
				expect(watched.requests).toBeLessThanOrEqual(most);
			}
			expect(watched.found).toEqual(rows.map(({ id }) => id));
		},
	);

	test('a backlog goes on where the time of a poll was over', async () => {
		const watched = await watch(accountWith(1_000, { clamp: 100 }));
		const rows = watched.account.create({ count: 3_000, isSpread: true });
		for (let poll = 0; watched.found.length < rows.length && poll < 12; poll++)
			await watched.poll({ timeFor: poll % 2 === 0 ? 20 : 40, maxContacts: 500 });
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

	test('that could not see all takes nothing old for new later', async () => {
		const account = accountWith(100, { clamp: 2, ties: 'random' });
		account.create({ count: 700 });
		const watched = await watch(account);
		await watched.polls(2);
		expect(watched.found).toEqual([]);
		const [later] = account.create({ count: 1 });
		expect(await watched.poll()).toEqual([later?.id]);
	});

	test('that has no time to see all of an import begins all the same', async () => {
		const account = accountWith(100, { clamp: 100, ties: 'random' });
		account.create({ count: 900 });
		const watched = new Watch(account);
		expect(await watched.poll({ timeFor: 15 })).toEqual([]);
		const [later] = account.create({ count: 1 });
		expect(await watched.poll()).toEqual([later?.id]);
		await watched.polls(4);
		expect(watched.found).toEqual([later?.id]);
	});

	test('that has no time to see all old contacts dated in the future begins with the next one', async () => {
		const account = accountWith(10, { clamp: 3, ties: 'random' });
		account.create({ count: 12, ahead: 5_000 });
		const watched = new Watch(account);
		await expect(watched.poll({ timeFor: 10 })).rejects.toThrow('The time of this poll is over');
		expect(watched.state).toBeUndefined();
		expect(await watched.poll()).toEqual([]);
		await watched.polls(5);
		expect(watched.found).toEqual([]);
	});

	test.each([
		['right', 0],
		['ten minutes behind', -600],
		['three hours ahead', 10_800],
	])(
		'begins with the moment of publishing when the server could not be asked then: clock %s',
		async (_, clock) => {
			const account = accountWith(100, { clock });
			account.create({ count: 2, ahead: 100_000_000 });
			account.now += 10;
			const waitingSince = account.now * 1_000;
			const rows = account.create({ count: 120, isSpread: true });
			const watched = new Watch(account);
			await watched.poll({ waitingSince });
			await watched.poll();
			expect(watched.found).toEqual(rows.map(({ id }) => id));
		},
	);
});

test('contacts dated in the future are handed out once, and silence nothing', async () => {
	const account = accountWith(100);
	account.create({ count: 1, ahead: 100_000_000 });
	const watched = await watch(account);
	const rows = [1, 2, 3].flatMap((hours) => account.create({ count: 1, ahead: hours * 3_600 }));
	await watched.poll();
	for (let minute = 0; minute < 60; minute++) {
		rows.push(...account.create({ count: 1 }));
		await watched.poll();
	}
	expect(watched.found).toEqual(rows.map(({ id }) => id));
	expect(watched.requests).toBe(1);
	expect(watched.stateBytes).toBeLessThan(1_000);
});

test('old contacts that are deleted do not delay new ones', async () => {
	const watched = await watch(accountWith(500));
	for (const count of [1, 3, 5]) {
		watched.account.delete(100, 2 * count);
		const rows = watched.account.create({ count });
		expect(await watched.poll()).toEqual(rows.map(({ id }) => id));
	}
});

test('a state that was lost does no harm', async () => {
	const watched = await watch(accountWith(100));
	const rows = watched.account.create({ count: 3 });
	await watched.poll();
	const saved = watched.state;
	// n8n stores nothing of polls that find nothing.
	await watched.polls(40);
	watched.state = saved;
	rows.push(...watched.account.create({ count: 2 }));
	await watched.polls(2);
	expect(watched.found).toEqual(rows.map(({ id }) => id));
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

describe('a list that tells nothing', () => {
	type Page = ReturnType<Account['readPage']>;

	test.each<[string, string, (page: Page, now: number) => Page]>([
		[
			'it is sorted the oldest first',
			'not sorted with the newest first',
			(page) => ({ ...page, data: page.data.toReversed() }),
		],
		[
			'it has no total',
			'does not say how many contacts there are',
			(page) => ({ ...page, total: undefined }),
		],
		[
			'its dates can not be read',
			"dates that can't be read",
			(page) => ({ ...page, data: page.data.map((row) => ({ ...row, created_at: 'yesterday' })) }),
		],
		[
			'some contacts have no date, and stand at its end',
			'without a date of creation',
			(page, now) => ({
				...page,
				data: [...page.data, { id: 9, created_at: new Date(now * 1_000).toISOString() }],
			}),
		],
	])('is refused in words, because %s', async (_, words, changed) => {
		const account = accountWith(30);
		const readPage = account.readPage.bind(account);
		account.readPage = (page, size) => changed(readPage(page, size), account.now);
		for (let poll = 1; poll <= 3; poll++) {
			await expect(new Watch(account).poll()).rejects.toThrow(words);
		}
	});

	test('is refused with the second poll, because no contact has a date', async () => {
		const account = new Account({ ties: 'random' });
		account.create({ count: 3, isUndated: true });
		const watched = await watch(account);
		account.create({ count: 2 });
		await expect(watched.poll()).rejects.toThrow('without a date of creation');
		expect(watched.found).toEqual([]);
	});
});
