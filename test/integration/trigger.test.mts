import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloudTrigger } from '../../nodes/WhatsCloud/WhatsCloudTrigger.node';
import { setTimeout as delay } from 'node:timers/promises';
import { allAbilities } from '../../sandbox/server/behaviour.mts';
import { generations, startSandbox, type Sandbox } from '../../sandbox/server/sandbox.mts';
import {
	addressOf,
	expectNoSecret,
	runLoadOptions,
	runPoll,
	type PollOptions,
	type PollRun,
} from '../engine/engine.mts';

/** A hundred thousand contacts take their time on a busy machine. */
jest.setTimeout(30_000);

let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await startSandbox();
});
afterEach(async () => {
	await sandbox.close();
});

async function poll(options: Partial<PollOptions> = {}): Promise<PollRun> {
	const run = await runPoll({
		node: WhatsCloudTrigger,
		credential: { type: WhatsCloudApi, data: addressOf(sandbox) },
		...options,
	});
	expectNoSecret(run, sandbox.token);
	return run;
}

const idsOf = ({ result }: PollRun) => result?.[0]?.map(({ json }) => json.id);
const insert = (...contacts: Array<Parameters<Sandbox['data']['insertContacts']>[0][number]>) =>
	sandbox.data.insertContacts(contacts).map(({ id }) => id);
const [ann, ben, cem] = [{ firstname: 'Ann' }, { firstname: 'Ben' }, { firstname: 'Cem' }];

describe('polls', () => {
	test('begin with what is there, then bring every new contact once, the oldest first', async () => {
		const first = await poll();
		expect(first.result).toBeNull();
		const ids = insert(ann, ben, cem);
		const second = await poll({ after: first });
		expect(idsOf(second)).toEqual(ids);
		const third = await poll({ after: second });
		expect(third.result).toBeNull();
	});

	test('cost one request when nothing is new, and keep less than 1 kB, with 100,000 contacts', async () => {
		sandbox.data.insertContacts(Array.from({ length: 100_000 }, () => ({})));
		const first = await poll();
		const before = sandbox.requests.length;
		const idle = await poll({ after: first });
		expect(idle.result).toBeNull();
		expect(sandbox.requests.length - before).toBe(1);
		expect(JSON.stringify(idle.staticData).length).toBeLessThan(1000);
	});

	test('leave over what is more than Max Contacts to the next polls', async () => {
		const first = await poll({ parameters: { options: { maxContacts: 2 } } });
		const ids = insert(ann, ben, cem);
		const second = await poll({ after: first });
		expect(idsOf(second)).toEqual(ids.slice(0, 2));
		expect(idsOf(await poll({ after: second }))).toEqual(ids.slice(2));
	});

	test.each([
		['a 504', { kind: 'html', status: 504 } as const],
		['a 413', { kind: 'html', status: 413 } as const],
	])('bring all although the server fails with %s at a later large page', async (_, fault) => {
		const parameters = { options: { maxContacts: 5_000 } };
		let run = await poll({ parameters });
		const ids = insert(...Array.from({ length: 2_500 }, () => ann));
		for (const page of [2, 3, 4])
			sandbox.faults.add({ ...fault, path: '/contacts', page, perPageAbove: 260 });
		const handedOut: unknown[] = [];
		for (let polls = 0; polls < 3; polls++) {
			run = await poll({ parameters, after: run });
			expect(run.error).toBeUndefined();
			handedOut.push(...(idsOf(run) ?? []));
		}
		expect(handedOut.toSorted()).toEqual(ids.toSorted());
	});

	test('bring only what matches the filters', async () => {
		const parameters = { filters: { statusId: 2, type: 'lead' } };
		const first = await poll({ parameters });
		const [, wanted] = insert(ann, { ...ben, status_id: 2 }, { ...cem, status_id: 3 });
		expect(idsOf(await poll({ after: first }))).toEqual([wanted]);
	});

	test('add the names of status, source and groups when asked to', async () => {
		const parameters = { options: { includeNames: true } };
		const first = await poll({ parameters });
		insert({ ...ann, status_id: 2, group_id: [1] }, { ...ben, source_id: 2 }, cem);
		const { result } = await poll({ after: first });
		const [status, source, group] = [
			sandbox.data.statuses.get(2)?.name,
			sandbox.data.sources.get(2)?.name,
			sandbox.data.groups.get(1)?.name,
		];
		expect(result?.[0]?.map(({ json }) => json)).toEqual([
			expect.objectContaining({ status_name: status, group_names: [group] }),
			expect.objectContaining({ source_name: source, group_names: [] }),
			expect.objectContaining({ group_names: [] }),
		]);
	});

	test('add no names where the token may not read them', async () => {
		sandbox.behaviour.abilities = ['contacts.read'];
		const parameters = { options: { includeNames: true } };
		const first = await poll({ parameters });
		insert(ann, ben, cem);
		const { result, error } = await poll({ after: first });
		expect(error).toBeUndefined();
		const none = { status_name: null, source_name: null, group_names: [] };
		expect(result?.[0]?.map(({ json }) => json)).toEqual(
			['Ann', 'Ben', 'Cem'].map(
				(firstname) => expect.objectContaining({ firstname, ...none }) as unknown,
			),
		);
	});

	test('give the record as it came when not simplified', async () => {
		const first = await poll({ parameters: { simplify: false } });
		const ids = insert(ann, ben, cem);
		const { result } = await poll({ after: first });
		expect(result?.[0]?.map(({ json }) => [json.id, json.tenant_id])).toEqual(
			ids.map((id) => [id, 7]),
		);
	});

	test('begin anew when the credential is of another account, and find the state of one that comes back', async () => {
		const first = await poll();
		const other = await startSandbox();
		try {
			other.data.insertContacts([ann, ben, cem]);
			const credential = { type: WhatsCloudApi, data: addressOf(other) };
			const begun = await poll({ staticData: first.staticData, credential });
			expect(begun.result).toBeNull();
			const [id] = other.data.insertContacts([ann]).map((contact) => contact.id);
			expect(idsOf(await poll({ after: begun, credential }))).toEqual([id]);
			const ids = insert(ann, ben);
			expect(idsOf(await poll({ staticData: begun.staticData }))).toEqual(ids);
		} finally {
			await other.close();
		}
	});

	test.each([
		['localhost instead of 127.0.0.1', (url: string) => url.replace('127.0.0.1', 'localhost')],
		['a pasted endpoint', (url: string) => `${url}demo/`],
		['without the slash at the end', (url: string) => url.replace(/\/$/, '')],
	])('go on when the address is spelled differently: %s', async (_, spelled) => {
		const first = await poll();
		const ids = insert(ann, ben, cem);
		const data = { ...addressOf(sandbox), baseUrl: spelled(sandbox.baseUrl) };
		const next = await poll({
			staticData: first.staticData,
			credential: { type: WhatsCloudApi, data },
		});
		expect(idsOf(next)).toEqual(ids);
	});

	test('take over the state of version 0.1.0', async () => {
		const settled = insert(ann, ben);
		const root = `${sandbox.baseUrl}demo`;
		const state = { cursor: settled[1], open: [], missing: [], newestPage: 1, total: 15 };
		const ids = insert(ann, ben, cem);
		const found = await poll({ staticData: { account: root, state } });
		expect(idsOf(found)).toEqual(ids);
		expect(found.staticData).toEqual({ accounts: expect.any(Object) as unknown });
		expect((await poll({ after: found })).result).toBeNull();
	});

	test.each(generations)(
		'cost one request when nothing is new, also after an import: %s',
		async (generation) => {
			const server = await startSandbox({ server: generation });
			try {
				const credential = { type: WhatsCloudApi, data: addressOf(server) };
				const first = await poll({ credential });
				const import500 = server.data.insertContacts(Array.from({ length: 500 }, () => ({})));
				let run = await poll({ after: first, credential });
				const found = new Set(idsOf(run));
				for (let more = 1; more < 10 && found.size < 500; more++) {
					run = await poll({ after: run, credential });
					for (const id of idsOf(run) ?? []) expect(found.has(id)).toBe(false);
					for (const id of idsOf(run) ?? []) found.add(id);
				}
				expect(found).toEqual(new Set(import500.map(({ id }) => id)));
				const before = server.requests.length;
				expect((await poll({ after: run, credential })).result).toBeNull();
				expect(server.requests.length - before).toBe(1);
			} finally {
				await server.close();
			}
		},
	);

	test('find contacts of a transaction that shows late, and of an account after a restored backup', async () => {
		const first = await poll();
		const late = sandbox.data.insertContacts([ann], { showAfterMs: 200 }).map(({ id }) => id);
		const ids = insert(ben);
		const second = await poll({ after: first });
		expect(idsOf(second)).toEqual(ids);
		await delay(250);
		const third = await poll({ after: second });
		expect(idsOf(third)).toEqual(late);
		sandbox.data.restoreContacts('2026-01-13T12:00:00Z');
		const restored = await poll({ after: third });
		expect(restored.result).toBeNull();
		await delay(1100);
		const again = insert(cem);
		// After deletions the newest contact may come one poll later.
		const found = await poll({ after: restored });
		const next = await poll({ after: found });
		expect([...(idsOf(found) ?? []), ...(idsOf(next) ?? [])]).toEqual(again);
		expect((await poll({ after: next })).result).toBeNull();
	});

	test('do not overlap', async () => {
		const first = await poll();
		const ids = insert(ann, ben, cem);
		sandbox.faults.add({ kind: 'delay', ms: 300, when: 'before' });
		const [one, other] = await Promise.all([poll({ after: first }), poll({ after: first })]);
		expect([one.result, other.result]).toContain(null);
		expect(idsOf(one) ?? idsOf(other)).toEqual(ids);
	});
});

describe('troubles', () => {
	test.each([
		[
			'the connection is reset',
			(s: Sandbox) => {
				s.faults.add({ kind: 'reset', when: 'before' });
			},
		],
		[
			'the server fails',
			(s: Sandbox) => {
				s.faults.add({ kind: 'answer', status: 500, when: 'before' });
			},
		],
		[
			'a gateway shows a page',
			(s: Sandbox) => {
				s.faults.add({ kind: 'html', status: 502, when: 'before' });
			},
		],
		[
			'a firewall shows a page',
			(s: Sandbox) => {
				s.faults.add({ kind: 'html', status: 403, when: 'before' });
			},
		],
		[
			'the rate limit outlasts the poll',
			(s: Sandbox) => {
				s.faults.add({ kind: 'tooMany', retryAfter: 500 });
			},
		],
		[
			'the API is switched off',
			(s: Sandbox) => {
				s.behaviour.apiEnabled = false;
			},
		],
		[
			'the token may not read contacts',
			(s: Sandbox) => {
				s.behaviour.abilities = [];
			},
		],
		[
			'the server is in maintenance',
			(s: Sandbox) => {
				s.behaviour.maintenance = true;
			},
		],
	] as const)(
		'of the first poll are logged, and what comes during them is handed out: %s',
		async (_, breakIt) => {
			const before = insert(ann);
			await delay(1100);
			breakIt(sandbox);
			const first = await poll();
			expect([first.error, first.result]).toEqual([undefined, null]);
			expect(first.logs).toContainEqual(expect.objectContaining({ level: 'warn' }));
			// n8n stores what the first poll leaves, and starts again.
			expect(first.staticDataChanged).toBe(true);
			const during = insert(ann, ben, cem);
			const restarted = await poll({ staticData: first.staticData });
			expect([restarted.error, restarted.result]).toEqual([undefined, null]);
			sandbox.faults.clear();
			Object.assign(sandbox.behaviour, {
				apiEnabled: true,
				abilities: allAbilities,
				maintenance: false,
			});
			// A contact without a date would look just so; the second poll tells.
			const second = await poll({ after: restarted });
			const found = idsOf(second) ?? idsOf(await poll({ after: second }));
			expect(found).toEqual(during);
			expect(found).not.toContain(before[0]);
		},
	);

	test.each([
		['token', { apiToken: 'wrong' }, 'WhatsCloud refuses the API token'],
		['subdomain', { subdomain: 'nobody' }, 'WhatsCloud does not know this subdomain'],
		['base URL', { baseUrl: 'http://example.com/api/v1' }, 'must start with https://'],
	])(
		'a wrong %s does not end the trigger: logged, then an error in each poll, until it is right',
		async (_, change, words) => {
			const wrong = { type: WhatsCloudApi, data: { ...addressOf(sandbox), ...change } };
			const first = await poll({ credential: wrong });
			expect([first.error, first.result]).toEqual([undefined, null]);
			expect(first.logs.map(({ message }) => message).join()).toContain(words);
			const second = await poll({ after: first, credential: wrong });
			expect(second.error).toMatchObject({ message: expect.stringContaining(words) as unknown });
			const ids = insert(ann, ben, cem);
			const right = await poll({ staticData: second.staticData });
			expect(idsOf(right) ?? idsOf(await poll({ after: right }))).toEqual(ids);
		},
	);

	test('of later polls are errors, and change nothing', async () => {
		const first = await poll();
		const ids = insert(ann, ben, cem);
		sandbox.faults.add({ kind: 'answer', status: 500, when: 'before', times: 1 });
		const failed = await poll({ after: first });
		expect(failed.error).toMatchObject({ name: 'NodeApiError' });
		expect(failed.staticData).toEqual(first.staticData);
		expect(idsOf(await poll({ after: failed }))).toEqual(ids);
	});

	test('a rate limit that ends within the time of the poll is waited for', async () => {
		const first = await poll();
		const ids = insert(ann, ben, cem);
		sandbox.faults.add({ kind: 'tooMany', retryAfter: 1, times: 1 });
		expect(idsOf(await poll({ after: first }))).toEqual(ids);
	});

	test('a rate limit that ends later leaves the contacts to the next poll', async () => {
		const first = await poll();
		const ids = insert(ann, ben, cem);
		sandbox.faults.add({ kind: 'tooMany', retryAfter: 40, times: 1 });
		const late = await poll({ after: first, budgetMs: 36_000 });
		expect([late.result, late.error]).toEqual([null, undefined]);
		expect(idsOf(await poll({ after: late }))).toEqual(ids);
	});
});

describe('Fetch Test Event', () => {
	const manual = { mode: 'manual', activation: 'manual' } as const;

	test('shows the newest matching contact and leaves the state alone', async () => {
		const [, newest] = insert(ann, { ...ben, status_id: 4 }, cem);
		const shown = await poll({ ...manual, parameters: { filters: { statusId: 4 } } });
		expect(idsOf(shown)).toEqual([newest]);
		expect(shown.staticData).toEqual({});
	});

	test('says so when there is none', async () => {
		const { error } = await poll({
			...manual,
			parameters: { filters: { type: 'customer', groupId: 99 } },
		});
		expect(error).toMatchObject({ message: 'There is no contact to show yet' });
	});
});

test('offers statuses, sources and groups by name', async () => {
	const options = {
		node: WhatsCloudTrigger,
		credential: { type: WhatsCloudApi, data: addressOf(sandbox) },
	};
	for (const method of ['loadStatuses', 'loadSources', 'loadGroups']) {
		const offered = await runLoadOptions(options, method);
		expect(offered.length).toBeGreaterThan(1);
		for (const { name, value } of offered)
			expect([typeof name, typeof value]).toEqual(['string', 'number']);
	}
});
