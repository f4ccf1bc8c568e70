import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloudTrigger } from '../../nodes/WhatsCloud/WhatsCloudTrigger.node';
import { startSandbox, type Sandbox } from '../../sandbox/server/sandbox.mts';
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
	it('begin with what is there, then bring every new contact once, the oldest first', async () => {
		const first = await poll();
		expect(first.result).toBeNull();
		const ids = insert(ann, ben, cem);
		const second = await poll({ after: first });
		expect(idsOf(second)).toEqual(ids);
		const third = await poll({ after: second });
		expect(third.result).toBeNull();
	});

	it('cost one request when nothing is new, and keep less than 1 kB, with 100,000 contacts', async () => {
		sandbox.data.insertContacts(Array.from({ length: 100_000 }, () => ({})));
		const first = await poll();
		const before = sandbox.requests.length;
		const idle = await poll({ after: first });
		expect(idle.result).toBeNull();
		expect(sandbox.requests.length - before).toBe(1);
		expect(JSON.stringify(idle.staticData).length).toBeLessThan(1000);
	});

	it('leave over what is more than Max Contacts to the next polls', async () => {
		const first = await poll({ parameters: { options: { maxContacts: 2 } } });
		const ids = insert(ann, ben, cem);
		const second = await poll({ after: first });
		expect(idsOf(second)).toEqual(ids.slice(0, 2));
		expect(idsOf(await poll({ after: second }))).toEqual(ids.slice(2));
	});

	it('bring only what matches the filters', async () => {
		const parameters = { filters: { statusId: 2, type: 'lead' } };
		const first = await poll({ parameters });
		const [, wanted] = insert(ann, { ...ben, status_id: 2 }, { ...cem, status_id: 3 });
		expect(idsOf(await poll({ after: first }))).toEqual([wanted]);
	});

	it('add the names of status, source and groups when asked to', async () => {
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

	it('give the record as it came when not simplified', async () => {
		const first = await poll({ parameters: { simplify: false } });
		const ids = insert(ann, ben, cem);
		const { result } = await poll({ after: first });
		expect(result?.[0]?.map(({ json }) => [json.id, json.tenant_id])).toEqual(
			ids.map((id) => [id, 7]),
		);
	});

	it('begin anew when the credential is of another account', async () => {
		const first = await poll();
		const other = await startSandbox();
		try {
			other.data.insertContacts([ann, ben, cem]);
			const credential = { type: WhatsCloudApi, data: addressOf(other) };
			const begun = await poll({ staticData: first.staticData, credential });
			expect(begun.result).toBeNull();
			const [id] = other.data.insertContacts([ann]).map((contact) => contact.id);
			expect(idsOf(await poll({ after: begun, credential }))).toEqual([id]);
		} finally {
			await other.close();
		}
	});

	it('do not overlap', async () => {
		const first = await poll();
		const ids = insert(ann, ben, cem);
		sandbox.faults.add({ kind: 'delay', ms: 300, when: 'before' });
		const [one, other] = await Promise.all([poll({ after: first }), poll({ after: first })]);
		expect([one.result, other.result]).toContain(null);
		expect(idsOf(one) ?? idsOf(other)).toEqual(ids);
	});
});

describe('troubles', () => {
	it.each([
		['the connection is reset', { kind: 'reset', when: 'before' }],
		['the server fails', { kind: 'answer', status: 500, when: 'before' }],
		['a gateway shows a page', { kind: 'html', status: 502, when: 'before' }],
	] as const)('of the first poll after activation are only logged: %s', async (_, fault) => {
		sandbox.faults.add(fault);
		const first = await poll();
		expect(first.error).toBeUndefined();
		expect(first.result).toBeNull();
		expect(first.staticDataChanged).toBe(false);
		expect(first.logs).toContainEqual(expect.objectContaining({ level: 'warn' }));
		sandbox.faults.clear();
		const next = await poll({ after: first });
		const ids = insert(ann, ben, cem);
		expect(idsOf(await poll({ after: next }))).toEqual(ids);
	});

	it('of later polls are errors, and change nothing', async () => {
		const first = await poll();
		const ids = insert(ann, ben, cem);
		sandbox.faults.add({ kind: 'answer', status: 500, when: 'before', times: 1 });
		const failed = await poll({ after: first });
		expect(failed.error).toMatchObject({ name: 'NodeApiError' });
		expect(failed.staticData).toEqual(first.staticData);
		expect(idsOf(await poll({ after: failed }))).toEqual(ids);
	});

	it.each([
		['token', { apiToken: 'wrong' }, 'WhatsCloud refuses the API token'],
		['subdomain', { subdomain: 'nobody' }, 'WhatsCloud does not know this subdomain'],
		['base URL', { baseUrl: 'http://example.com/api/v1' }, 'must start with https://'],
	])('a wrong %s is said at once, also by the first poll', async (_, change, words) => {
		const data = { ...addressOf(sandbox), ...change };
		const { error } = await poll({ credential: { type: WhatsCloudApi, data } });
		expect(error).toMatchObject({ message: expect.stringContaining(words) as unknown });
	});

	it('a rate limit that ends within the time of the poll is waited for', async () => {
		const first = await poll();
		const ids = insert(ann, ben, cem);
		sandbox.faults.add({ kind: 'tooMany', retryAfter: 1, times: 1 });
		expect(idsOf(await poll({ after: first }))).toEqual(ids);
	});

	it('a rate limit that ends later leaves the contacts to the next poll', async () => {
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

	it('shows the newest matching contact and leaves the state alone', async () => {
		const [, newest] = insert(ann, { ...ben, status_id: 4 }, cem);
		const shown = await poll({ ...manual, parameters: { filters: { statusId: 4 } } });
		expect(idsOf(shown)).toEqual([newest]);
		expect(shown.staticData).toEqual({});
	});

	it('says so when there is none', async () => {
		const { error } = await poll({
			...manual,
			parameters: { filters: { type: 'customer', groupId: 99 } },
		});
		expect(error).toMatchObject({ message: 'There is no contact to show yet' });
	});
});

it('offers statuses, sources and groups by name', async () => {
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
