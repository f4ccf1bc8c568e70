import { Account, type Behaviour } from './account.mts';
import { accountWith, Watch, watch } from './watch.mts';

/** What one tenant among others meets. Each scenario begins with a published trigger and 2,000 contacts. */
const scenarios: Record<
	string,
	{ behaviour?: Partial<Behaviour>; run: (watched: Watch) => Promise<void> }
> = {
	"quiet account, another tenant's 250 ids between two contacts": {
		run: async (watched) => {
			watched.account.create({ count: 1 });
			watched.account.lastId += 250;
			watched.account.create({ count: 1 });
			await watched.polls(8);
		},
	},
	'500 contacts of one second, every third id': {
		behaviour: { idsOfOthers: 3 },
		run: async (watched) => {
			watched.account.create({ count: 500 });
			await watched.polls(8);
		},
	},
	'150 of one second, ids far apart': {
		behaviour: { idsOfOthers: 9_000 },
		run: async (watched) => {
			watched.account.create({ count: 150 });
			await watched.polls(8);
		},
	},
	'1,500 at 40 a second while polls run': {
		behaviour: { idsOfOthers: 50 },
		run: async (watched) => {
			for (let second = 0; second < 37; second++) {
				watched.account.create({ count: 40 });
				if (second % 6 === 5) await pollDuring(watched, () => watched.account.create({ count: 2 }));
				else watched.account.now++;
			}
			await watched.polls(10);
		},
	},
	'900 in four seconds, pages clamped to 100': {
		behaviour: { idsOfOthers: 3, clamp: 100 },
		run: async (watched) => {
			for (let second = 0; second < 4; second++) {
				watched.account.create({ count: 225 });
				watched.account.now++;
			}
			await watched.polls(12);
		},
	},
	'rows of a slow transaction (2 minutes) show after newer ones': {
		behaviour: { idsOfOthers: 20 },
		run: async (watched) => {
			watched.account.create({ count: 130, visibleAfter: 120 });
			for (let poll = 0; poll < 4; poll++) {
				watched.account.create({ count: 3 });
				await watched.poll();
			}
			await watched.polls(8);
		},
	},
	'contacts come and go while pages are read': {
		behaviour: { clamp: 100, idsOfOthers: 5 },
		run: async (watched) => {
			for (let poll = 0; poll < 6; poll++) {
				watched.account.create({ count: 130 });
				await pollDuring(watched, (request) => {
					if (request % 2 === 0) watched.account.delete(request % 9, 1);
					else watched.account.create({ count: 2 });
				});
			}
			await watched.polls(12);
		},
	},
	'a backlog of 3,000 after a night, pages clamped to 100, 500 a poll': {
		behaviour: { clamp: 100, idsOfOthers: 9 },
		run: async (watched) => {
			watched.account.create({ count: 3_000, isSpread: true });
			for (let poll = 0; poll < 10; poll++) await watched.poll({ maxContacts: 500 });
			await watched.polls(8);
		},
	},
	'3,000 of one second, pages clamped to 100, 500 a poll': {
		behaviour: { clamp: 100, idsOfOthers: 9 },
		run: async (watched) => {
			watched.account.create({ count: 3_000 });
			for (let poll = 0; poll < 12; poll++) await watched.poll({ maxContacts: 500 });
			await watched.polls(8);
		},
	},
	'300 of one second, pages of 100 that are always cut alike': {
		behaviour: { clamp: 100, ties: 'fixed for each page' },
		run: async (watched) => {
			watched.account.create({ count: 300 });
			await watched.polls(20);
		},
	},
	'old contacts are deleted, three a minute, while new ones come': {
		run: async (watched) => {
			for (let poll = 0; poll < 20; poll++) {
				watched.account.delete(500, 3);
				watched.account.create({ count: 3 });
				await watched.poll();
			}
			await watched.polls(3);
		},
	},
	'contacts dated in the future, and one a minute': {
		run: async (watched) => {
			watched.account.create({ count: 2, ahead: 7_200 });
			for (let poll = 0; poll < 20; poll++) {
				watched.account.create({ count: 1 });
				await watched.poll();
			}
			await watched.polls(3);
		},
	},
	"the server's clock three hours ahead, n8n started again with an old state": {
		behaviour: { clock: 10_800 },
		run: async (watched) => {
			watched.account.create({ count: 5 });
			await watched.poll();
			const { state } = watched;
			await watched.polls(30);
			watched.state = state;
			watched.account.create({ count: 130 });
			await watched.polls(8);
		},
	},
	"the server's clock ten minutes behind, 120 a minute": {
		behaviour: { clock: -600, clamp: 100 },
		run: async (watched) => {
			for (let poll = 0; poll < 5; poll++) {
				watched.account.create({ count: 120, isSpread: true });
				await watched.poll();
			}
			await watched.polls(20);
		},
	},
	'backup restored, ids begin lower': {
		behaviour: { idsOfOthers: 5 },
		run: async (watched) => {
			watched.account.create({ count: 50 });
			await watched.poll();
			watched.account.restore(300);
			for (let poll = 0; poll < 4; poll++) {
				watched.account.create({ count: 20 });
				await watched.poll();
			}
			await watched.polls(8);
		},
	},
};

async function pollDuring(watched: Watch, change: (request: number) => void): Promise<void> {
	await watched.poll({}, { before: change });
}

const SEEDS = Array.from(
	{ length: Number(process.env.TRIGGER_SEEDS ?? 1) },
	(_, index) => index + 1,
);

const table: object[] = [];
afterAll(() => {
	if (process.env.TRIGGER_SEEDS) console.table(table);
});

test.each(Object.entries(scenarios))(
	'loses and doubles nothing: %s',
	async (name, { behaviour, run }) => {
		let [all, most, idle, lost, doubled] = [0, 0, 0, 0, 0];
		for (const seed of SEEDS) {
			const watched = new Watch(accountWith(2_000, { ties: 'random', ...behaviour, seed }));
			await watched.poll();
			const { everything } = watched.account;
			const old = everything.length;
			const poll = watched.poll.bind(watched);
			watched.poll = async (...options) => {
				const ids = await poll(...options);
				all += watched.requests;
				most = Math.max(most, watched.requests);
				return ids;
			};
			await run(watched);
			idle = Math.max(idle, watched.requests);
			const found = new Set(watched.found);
			const due = everything.slice(old).filter((row) => watched.account.rows.get(row.id) === row);
			lost += due.filter(({ id }) => !found.has(id)).length;
			// An id may be given out again after a backup was restored.
			const given = new Map<number, number>();
			for (const { id } of everything.slice(old)) given.set(id, (given.get(id) ?? 0) + 1);
			for (const id of found) {
				const times = watched.found.filter((one) => one === id).length;
				doubled += Math.max(0, times - (given.get(id) ?? 0));
			}
		}
		table.push({
			...{ scenario: name, seeds: SEEDS.length, lost, doubled },
			...{ requests: Math.round(all / SEEDS.length), 'most in a poll': most, idle },
		});
		expect({ lost, doubled, idle }).toEqual({ lost: 0, doubled: 0, idle: 1 });
	},
	120_000,
);

test.each([
	['idle', 0, 300],
	['after 500 contacts of one second', 500, 3_000],
	['after 5,000 contacts of one second', 5_000, 30_000],
])('the state is small: %s', async (name, count, atMost) => {
	const watched = await watch(new Account({ idsOfOthers: 9 }));
	if (count > 0) watched.account.create({ count });
	await watched.poll();
	expect(watched.found).toHaveLength(count);
	table.push({ scenario: `bytes of the state: ${name}`, bytes: watched.stateBytes });
	expect(watched.stateBytes).toBeLessThan(atMost);
	await watched.polls(18);
	expect(watched.requests).toBe(1);
	watched.account.create({ count: 1 });
	await watched.polls(2);
	expect(watched.stateBytes).toBeLessThan(300);
	expect(watched.requests).toBe(1);
});
