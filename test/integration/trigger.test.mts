import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloudTrigger } from '../../nodes/WhatsCloud/WhatsCloudTrigger.node';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

jest.mock(
	'n8n-workflow',
	() => jest.requireActual<typeof import('./shortWaits.mts')>('./shortWaits.mts').n8nWorkflow,
);

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
const insertEarlier = (...contacts: Parameters<typeof insert>) =>
	sandbox.data
		.insertContacts(contacts, { createdAt: new Date(Date.now() - 3_000) })
		.map(({ id }) => id);
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

	test('cost one request when nothing is new, and keep less than 1 kB, with 20,000 contacts', async () => {
		sandbox.data.insertContacts(
			Array.from({ length: 20_000 }, () => ({})),
			{ createdAt: new Date(Date.now() - 86_400_000) },
		);
		const first = await poll();
		const before = sandbox.requests.length;
		const idle = await poll({ after: first });
		expect(idle.result).toBeNull();
		expect(sandbox.requests.length - before).toBe(1);
		expect(JSON.stringify(idle.staticData).length).toBeLessThan(1000);
	});

	test('guarantee: Contacts above Max Contacts come with the next polls.', async () => {
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

	test('know two installations on one host by the path of the base URL', async () => {
		const other = await startSandbox();
		const host = createServer((request, response) => {
			const { url } = request.url?.startsWith('/other/') ? other : sandbox;
			const path = request.url?.replace('/other/', '/api/') ?? '';
			void fetch(`${url}${path}`, {
				headers: { authorization: String(request.headers.authorization) },
			})
				.then(async (answer) => {
					response.setHeader('content-type', 'application/json');
					response.end(Buffer.from(await answer.arrayBuffer()));
				})
				.catch(() => response.destroy());
		});
		await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening));
		const { port } = host.address() as AddressInfo;
		const at = (path: string, { token }: Sandbox) => ({
			type: WhatsCloudApi,
			data: {
				...addressOf(sandbox),
				baseUrl: `http://127.0.0.1:${port}/${path}/v1/`,
				apiToken: token,
			},
		});
		try {
			other.data.insertContacts([ann, ben, cem]);
			const first = await poll({ credential: at('api', sandbox) });
			const changed = await poll({ staticData: first.staticData, credential: at('other', other) });
			// Those that are there already are not new.
			expect([changed.error, changed.result]).toEqual([undefined, null]);
			const ids = other.data.insertContacts([ann, ben, cem]).map(({ id }) => id);
			expect(idsOf(await poll({ after: changed, credential: at('other', other) }))).toEqual(ids);
		} finally {
			host.close();
			await other.close();
		}
	});

	test('of two triggers whose node IDs are the same do not keep each other off', async () => {
		const [one, two] = [
			{ workflowId: 'one', nodeName: 'First' },
			{ workflowId: 'one', nodeName: 'Second' },
		];
		const [first, second] = [await poll(one), await poll(two)];
		const ids = insert(ann, ben, cem);
		sandbox.faults.add({ kind: 'delay', ms: 60, when: 'before' });
		const [a, b] = await Promise.all([
			poll({ ...one, staticData: first.staticData }),
			poll({ ...two, staticData: second.staticData }),
		]);
		expect([idsOf(a), idsOf(b)]).toEqual([ids, ids]);
	});

	test('bring contacts at once although others are deleted, and although one is dated in the future', async () => {
		insert(ann);
		sandbox.data.insertContacts([ben], { createdAt: '2030-01-01T00:00:00Z' });
		let run = await poll();
		for (const contact of [ann, ben, cem]) {
			for (const old of sandbox.data.contacts.all().slice(0, 2)) sandbox.data.contacts.delete(old);
			const ids = insert(contact);
			run = await poll({ after: run });
			expect(idsOf(run)).toEqual(ids);
		}
		const [future] = sandbox.data.insertContacts([cem], { createdAt: '2031-01-01T00:00:00Z' });
		run = await poll({ after: run });
		expect(idsOf(run)).toEqual([future?.id]);
		const ids = insert(ann, ben);
		expect(idsOf(await poll({ after: run }))).toEqual(ids);
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
		const found = await poll({ after: restored });
		expect(idsOf(found)).toEqual(again);
		expect((await poll({ after: found })).result).toBeNull();
	});

	test('do not overlap', async () => {
		const first = await poll();
		const ids = insert(ann, ben, cem);
		sandbox.faults.add({ kind: 'delay', ms: 100, when: 'before' });
		const [one, other] = await Promise.all([poll({ after: first }), poll({ after: first })]);
		expect([one.result, other.result]).toContain(null);
		expect(idsOf(one) ?? idsOf(other)).toEqual(ids);
	});
});

describe('troubles', () => {
	type Trouble = [string, (sandbox: Sandbox) => void];
	const passing: Trouble[] = [
		[
			'the connection is reset',
			(s) => {
				s.faults.add({ kind: 'reset', when: 'before' });
			},
		],
		[
			'the server fails',
			(s) => {
				s.faults.add({ kind: 'answer', status: 500, when: 'before' });
			},
		],
		[
			'a gateway shows a page',
			(s) => {
				s.faults.add({ kind: 'html', status: 502, when: 'before' });
			},
		],
		[
			'the rate limit outlasts the poll',
			(s) => {
				s.faults.add({ kind: 'tooMany', retryAfter: 500 });
			},
		],
		['the server is in maintenance', (s) => (s.behaviour.maintenance = true)],
	];
	const lasting: Array<[string, (sandbox: Sandbox) => void, string]> = [
		[
			'a firewall shows a page',
			(s) => {
				s.faults.add({ kind: 'html', status: 403, when: 'before' });
			},
			'',
		],
		['the API is switched off', (s) => (s.behaviour.apiEnabled = false), 'API'],
		[
			'the token may not read contacts',
			(s) => (s.behaviour.abilities = []),
			'lacks the permission',
		],
		[
			'the list has no total',
			(s) => (s.behaviour.listShape = 'flatNoMeta'),
			'does not say how many contacts there are',
		],
	];
	const repair = () => {
		sandbox.faults.clear();
		Object.assign(sandbox.behaviour, {
			...{ apiEnabled: true, abilities: allAbilities, maintenance: false },
			listShape: 'paginator',
		});
	};

	test.each([
		...passing.flatMap(([words, breakIt]) =>
			(['activate', 'init'] as const).map((activation) => [words, activation, breakIt] as const),
		),
		...lasting.map(([words, breakIt]) => [words, 'leadershipChange', breakIt] as const),
	])(
		'of the first poll are logged, and what comes during them is handed out: %s, %s',
		async (_, activation, breakIt) => {
			const before = insertEarlier(ann);
			breakIt(sandbox);
			const first = await poll({ activation });
			expect([first.error, first.result]).toEqual([undefined, null]);
			expect(first.logs).toContainEqual(expect.objectContaining({ level: 'warn' }));
			// n8n stores what the first poll leaves, and starts again.
			expect(first.staticDataChanged).toBe(true);
			const during = insert(ann, ben, cem);
			const restarted = await poll({ activation: 'init', staticData: first.staticData });
			expect([restarted.error, restarted.result]).toEqual([undefined, null]);
			repair();
			const found = idsOf(await poll({ after: restarted }));
			expect(found).toEqual(during);
			expect(found).not.toContain(before[0]);
		},
	);

	test.each(lasting)(
		'that last fail the publishing, and leave nothing behind: %s',
		async (_, breakIt, words) => {
			breakIt(sandbox);
			for (const activation of ['activate', 'create', 'update'] as const) {
				const { error, staticData } = await poll({ activation });
				expect(error).toMatchObject({ message: expect.stringContaining(words) as unknown });
				expect(staticData).toEqual({});
			}
			repair();
			insert(ann);
			expect((await poll()).result).toBeNull();
		},
	);

	test.each([
		['token', { apiToken: 'wrong' }, 'WhatsCloud refuses the API token'],
		['subdomain', { subdomain: 'nobody' }, 'WhatsCloud does not know this subdomain'],
		['base URL', { baseUrl: 'http://example.com/api/v1' }, 'must start with https://'],
	])(
		'a wrong %s fails the publishing, not a start of n8n; then it is an error in each poll, until it is right',
		async (_, change, words) => {
			const wrong = { type: WhatsCloudApi, data: { ...addressOf(sandbox), ...change } };
			const said = { message: expect.stringContaining(words) as unknown };
			expect((await poll({ credential: wrong })).error).toMatchObject(said);
			const started = await poll({ credential: wrong, activation: 'init' });
			expect([started.error, started.result]).toEqual([undefined, null]);
			expect(started.logs.map(({ message }) => message).join()).toContain(words);
			const second = await poll({ after: started, credential: wrong, activation: 'init' });
			expect(second.error).toMatchObject(said);
			const ids = insert(ann, ben, cem);
			expect(idsOf(await poll({ staticData: second.staticData }))).toEqual(ids);
		},
	);

	test.each(['init', 'activate', 'update'] as const)(
		'a token that becomes wrong later fails each poll, also with static data of its own: %s',
		async (activation) => {
			const workflowId = `later ${activation}`;
			const wrong = { type: WhatsCloudApi, data: { ...addressOf(sandbox), apiToken: 'wrong' } };
			let { staticData } = await poll({ workflowId, activation });
			for (let times = 1; times <= 3; times++) {
				const failed = await poll({ workflowId, activation, staticData, credential: wrong });
				expect(failed.error).toMatchObject({
					message: expect.stringContaining('refuses the API token') as unknown,
				});
				({ staticData } = failed);
			}
			const ids = insert(ann, ben, cem);
			expect(idsOf(await poll({ workflowId, activation, staticData }))).toEqual(ids);
		},
	);

	test.each([
		['ten minutes behind', -600_000],
		['three hours ahead', 3 * 3_600_000],
	])(
		'published while the server is down, whose clock is %s: nothing is lost, nothing old comes',
		async (_, difference) => {
			const server = await startSandbox({ now: () => new Date(Date.now() + difference) });
			try {
				const credential = { type: WhatsCloudApi, data: addressOf(server) };
				const add = (...contacts: Array<typeof ann>) =>
					server.data.insertContacts(contacts).map(({ id }) => id);
				const createdAt = new Date(Date.now() + difference - 3_000);
				server.data.insertContacts([ann, ben], { createdAt });
				server.faults.add({ kind: 'reset', when: 'before' });
				const published = await poll({ credential });
				expect([published.error, published.result]).toEqual([undefined, null]);
				const ids = add(ann, ben, cem);
				server.faults.clear();
				const second = await poll({ after: published, credential });
				ids.push(...add(ben));
				const third = await poll({ after: second, credential });
				expect([...(idsOf(second) ?? []), ...(idsOf(third) ?? [])]).toEqual(ids);
			} finally {
				await server.close();
			}
		},
	);

	test.each(['activate', 'update'] as const)(
		'are logged when a trigger that this n8n has polled is published again: %s',
		async (activation) => {
			const workflowId = `published again, ${activation}`;
			const before = await poll({ workflowId });
			const ids = insert(ann, ben, cem);
			sandbox.faults.add({ kind: 'reset', when: 'before' });
			const again = await poll({ workflowId, activation, staticData: before.staticData });
			expect([again.error, again.result]).toEqual([undefined, null]);
			const scheduled = await poll({ after: again, activation });
			expect(scheduled.error).toMatchObject({ name: 'NodeApiError' });
			sandbox.faults.clear();
			expect(idsOf(await poll({ after: again, activation }))).toEqual(ids);
		},
	);

	test.each([
		['the rate limit is used up for 40 seconds', { kind: 'tooMany', retryAfter: 40, times: 1 }],
		['the first try gets no answer', { kind: 'reset', when: 'before', times: 1 }],
		['a gateway asks for patience', { kind: 'html', status: 503, when: 'before', times: 1 }],
	] as const)(
		'are not waited for at publishing or at the start of n8n, which end after 84 seconds: %s',
		async (_, fault) => {
			insertEarlier(ann);
			sandbox.faults.add(fault);
			const began = performance.now();
			const published = await poll();
			expect([published.error, published.result]).toEqual([undefined, null]);
			const ids = insert(ann, ben, cem);
			const second = await poll({ after: published });
			expect(idsOf(second)).toEqual(ids);

			sandbox.faults.add(fault);
			ids.push(...insert(ben));
			const { staticData } = second;
			const restarted = await poll({ staticData, activation: 'init' });
			expect([restarted.error, restarted.result]).toEqual([undefined, null]);
			expect(performance.now() - began).toBeLessThan(30_000);
			expect(idsOf(await poll({ after: restarted, activation: 'init' }))).toEqual(ids.slice(3));
		},
	);

	test('of a slow server end a first poll before n8n gives the publishing up', async () => {
		sandbox.faults.add({ kind: 'delay', ms: 1_800, times: 1 });
		// A quarter of the budget is for one request.
		const publishing = poll({ budgetMs: 4_000 });
		await delay(300);
		const ids = insert(ann, ben, cem);
		const published = await publishing;
		expect([published.error, published.result]).toEqual([undefined, null]);
		expect(idsOf(await poll({ after: published }))).toEqual(ids);
	});

	test('of a first poll end it before n8n gives the publishing up, whatever takes so long', async () => {
		const over = jest.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(AbortSignal.abort());
		const published = await poll();
		expect([published.error, published.result]).toEqual([undefined, null]);
		expect(over.mock.calls).toEqual([[36_000]]);
		over.mockRestore();
		const ids = insert(ann, ben, cem);
		expect(idsOf(await poll({ after: published }))).toEqual(ids);
	});

	test('with one credential make no old contact of another one new', async () => {
		const workflowId = 'another credential';
		sandbox.faults.add({ kind: 'reset', when: 'before' });
		const published = await poll({ workflowId });
		sandbox.faults.clear();
		const { staticData } = published;
		expect((await poll({ after: published })).result).toBeNull();
		const other = await startSandbox();
		try {
			other.data.insertContacts([ann, ben, cem]);
			const credential = { type: WhatsCloudApi, data: addressOf(other), id: 'another' };
			// n8n has saved nothing of the poll that brought nothing.
			const chosen = await poll({ workflowId, staticData, credential, activation: 'update' });
			expect(chosen.result).toBeNull();
			const ids = other.data.insertContacts([cem, ann]).map(({ id }) => id);
			expect(idsOf(await poll({ after: chosen, credential, activation: 'update' }))).toEqual(ids);
		} finally {
			await other.close();
		}
	});

	test('with a known account make no old contact of another one new, to which its credential is changed', async () => {
		const first = await poll();
		sandbox.faults.add({ kind: 'reset', when: 'before' });
		const restarted = await poll({ staticData: first.staticData, activation: 'init' });
		expect([restarted.error, restarted.result]).toEqual([undefined, null]);
		const other = await startSandbox();
		try {
			other.data.insertContacts([ann, ben, cem]);
			const credential = { type: WhatsCloudApi, data: addressOf(other) };
			const { staticData } = restarted;
			const changed = await poll({ staticData, credential, activation: 'init' });
			expect([changed.error, changed.result]).toEqual([undefined, null]);
			const ids = other.data.insertContacts([cem, ann, ben]).map(({ id }) => id);
			expect(idsOf(await poll({ after: changed, credential, activation: 'init' }))).toEqual(ids);
		} finally {
			await other.close();
		}
	});

	test('an account that is chosen while a poll of another one runs counts from then on', async () => {
		const { workflowId, ...first } = { workflowId: 'another account', ...(await poll()) };
		const other = await startSandbox();
		try {
			sandbox.faults.add({ kind: 'delay', ms: 300, times: 1 });
			const running = poll({ workflowId, staticData: first.staticData });
			await delay(100);
			const credential = { type: WhatsCloudApi, data: addressOf(other) };
			const { staticData } = first;
			const chosen = await poll({ workflowId, staticData, credential, activation: 'update' });
			expect(chosen.result).toBeNull();
			await running;
			await delay(1_100);
			const ids = other.data.insertContacts([ann, ben, cem]).map(({ id }) => id);
			expect(idsOf(await poll({ after: chosen, credential, activation: 'update' }))).toEqual(ids);
		} finally {
			await other.close();
		}
	});

	describe('that last for minutes', () => {
		let later = 0;
		const start = async () => await startSandbox({ now: () => new Date(Date.now()) });
		beforeEach(async () => {
			later = 0;
			await sandbox.close();
			sandbox = await start();
			const { now } = Date;
			jest.spyOn(Date, 'now').mockImplementation(() => now() + later);
		});
		afterEach(() => {
			jest.restoreAllMocks();
		});
		const at = (minutes: number, contacts: Parameters<typeof insert>, server = sandbox) =>
			server.data
				.insertContacts(contacts, { createdAt: new Date(Date.now() + minutes * 60_000) })
				.map(({ id }) => id);

		test('lose nothing of what came since the first poll, and another account begins anew', async () => {
			sandbox.faults.add({ kind: 'reset', when: 'before' });
			let run = await poll();
			const ids = at(10, [ann, ben]);
			// n8n starts anew, twice.
			for (later of [20, 40].map((minutes) => minutes * 60_000))
				run = await poll({ staticData: run.staticData, activation: 'init' });
			sandbox.faults.clear();
			ids.push(...at(0, [cem]));
			run = await poll({ staticData: run.staticData });
			expect(idsOf(run)).toEqual(ids);

			const other = await start();
			try {
				at(-10, [ann, ben, cem], other);
				const credential = { type: WhatsCloudApi, data: addressOf(other) };
				expect((await poll({ staticData: run.staticData, credential })).result).toBeNull();
			} finally {
				await other.close();
			}
		});
	});

	test('are logged when this n8n leads again after another one did', async () => {
		const workflowId = 'leads again';
		let run = await poll({ workflowId });
		const ids = insert(ann, ben, cem);
		sandbox.behaviour.apiEnabled = false;
		const { staticData } = run;
		run = await poll({ workflowId, staticData, activation: 'leadershipChange' });
		expect([run.error, run.result]).toEqual([undefined, null]);
		repair();
		expect(idsOf(await poll({ after: run, activation: 'leadershipChange' }))).toEqual(ids);
	});

	test('contacts without a date are refused in words, with the second poll at the latest', async () => {
		for (const contact of sandbox.data.contacts.all().slice())
			sandbox.data.contacts.delete(contact);
		sandbox.data.insertContacts([ann, ben, cem], { createdAt: null });
		const first = await poll();
		await delay(1100);
		const second = await poll({ after: first });
		expect([first.result, second.result]).toEqual([null, null]);
		expect(second.error).toMatchObject({
			message: "WhatsCloud's list of contacts has contacts without a date of creation",
		});
	});

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

	test('looks among the newest 1,000, however few the server gives a page', async () => {
		sandbox.behaviour.pageSizeLimit = { max: 100, above: 'clamp' };
		for (const contact of sandbox.data.contacts.all().slice())
			sandbox.data.contacts.delete(contact);
		const insertAt = (createdAt: string, contacts: Parameters<typeof insert>) =>
			sandbox.data.insertContacts(contacts, { createdAt }).map(({ id }) => id);
		const [old] = insertAt('2026-01-02T00:00:00Z', [{ ...ben, status_id: 4 }]);
		insertAt('2026-01-01T00:00:00Z', [
			{ ...ann, status_id: 4 },
			{ ...cem, status_id: 3 },
		]);
		insertAt(
			'2026-01-03T00:00:00Z',
			Array.from({ length: 999 }, () => ({ status_id: 1 })),
		);
		const shown = await poll({ ...manual, parameters: { filters: { statusId: 4 } } });
		expect(idsOf(shown)).toEqual([old]);
		expect(sandbox.requests.length).toBe(10);
		const { error } = await poll({ ...manual, parameters: { filters: { statusId: 3 } } });
		expect(error).toMatchObject({ message: 'There is no contact to show yet' });
		expect(sandbox.requests.length).toBe(20);
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
