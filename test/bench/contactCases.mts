import { behaviourFrom } from '../../sandbox/server/behaviour.mts';
import type { Sandbox } from '../../sandbox/server/sandbox.mts';
import { contactFields, getByPhone, ours } from './contenders.mts';
import { bar, barRequests, compare, countRequests, figures, say } from './report.mts';
import type { BenchStage } from './stage.mts';

/** Contacts that are there after every reset. */
const OF_THE_SANDBOX = 13;
const upsert = ours('WhatsCloud', { ...contactFields, operation: 'upsert' });

/** Generations whose look-ups differ: in what they answer to a create, and in which fields they look at first. */
const servers = ['A', 'B', 'D'] as const;

/** (d) 500 new contacts, on a server that does not tell their ids. */
export async function bulkCreate({ sandbox, measure }: BenchStage, runs: number): Promise<void> {
	const contenders = [ours('WhatsCloud', { ...contactFields, operation: 'create' })];
	const results = await compare(runs, 'd: bulk create 500', contenders, async (contender) => {
		play(sandbox, 'A');
		return await measure(contender, 500);
	});
	countRequests('d', results, 508);
}

/**
 * (e) Create or update 500 contacts, half of them among 10,000 that are there; and 10 new ones among 100,000
 * on a server that gives 100 a page.
 */
export async function bulkUpsert({ sandbox, measure }: BenchStage, runs: number): Promise<void> {
	for (const server of servers) {
		const bulk = `e, ${server}: bulk upsert 500 over 10,000`;
		const results = await compare(runs, bulk, [upsert], async (contender) => {
			play(sandbox, server);
			insertInTurn(sandbox, [...phones(250), ...others(9_750)]);
			return await measure(contender, 500);
		});
		countRequests(`e, ${server}`, results, 530);
		const few = `e, ${server}: upsert 10 new over 100,000`;
		const ten = await compare(runs, few, [upsert], async (contender) => {
			fill(sandbox, server, others(100_000));
			return await measure(contender, 10);
		});
		barRequests(`e, ${server}: requests, 10 new over 100,000`, ten, 60);
	}
}

/** (h) Create or update one contact that is not among 100,000, at 100 a page. */
export async function upsertOfNobody(
	{ sandbox, measure }: BenchStage,
	runs: number,
): Promise<void> {
	for (const server of servers) {
		const one = `h, ${server}: upsert of one new over 100,000`;
		const results = await compare(runs, one, [upsert], async (contender) => {
			fill(sandbox, server, others(100_000));
			return await measure(contender, 1);
		});
		barRequests(`h, ${server}: requests, the first one too`, results, 6);
		const more = sandbox.data.contacts.size - OF_THE_SANDBOX - 100_001;
		bar(`h, ${server}: contacts beside the one`, more, 0);
	}
}

/** (i) Get a contact by a phone number that none of 100,000 has, at 100 a page. */
export async function getOfNobody({ sandbox, measure }: BenchStage, runs: number): Promise<void> {
	const get = { ...ours('WhatsCloud', getByPhone), onError: 'continueRegularOutput' as const };
	for (const server of servers) {
		const nobody = `i, ${server}: get of nobody among 100,000`;
		const results = await compare(runs, nobody, [get], async (contender) => {
			fill(sandbox, server, others(100_000));
			return await measure(contender, 1);
		});
		barRequests(`i, ${server}: requests`, results, 6);
		const errors = Math.min(...(results.WhatsCloud ?? []).map((run) => run.errors));
		bar(`i, ${server}: answers that are no error`, 1 - errors, 0);
	}
}

/** (j) Create or update a contact that is the oldest of the newest 1,000 of 100,000, at 100 a page. */
export async function knownAmongTheNewest(
	{ sandbox, measure }: BenchStage,
	runs: number,
): Promise<void> {
	for (const server of servers) {
		const known = `j, ${server}: one known among the newest 1,000`;
		const results = await compare(runs, known, [upsert], async (contender) => {
			const [newer, older] = [others(99_999).slice(0, 999), others(99_999).slice(999)];
			fill(sandbox, server, [...older, ...phones(1), ...newer]);
			return await measure(contender, 1);
		});
		barRequests(`j, ${server}: requests`, results, 12);
		const more = sandbox.data.contacts.size - OF_THE_SANDBOX - 100_000;
		bar(`j, ${server}: contacts beside those there`, more, 0);
	}
}

/** (k) The trigger: a poll that finds nothing, and one after an import of 500 of one second. */
export async function polling({ sandbox, poll }: BenchStage): Promise<void> {
	sandbox.reset();
	insertInTurn(sandbox, others(10_000));
	const polled = await poll(() => sandbox.data.insertContacts(phones(500)));
	figures['k: polls'] = polled;
	say(`k: polls: ${JSON.stringify(polled)}`);
	bar('k: requests of an idle poll', polled.idleRequests, 1);
	bar('k: requests for an import of 500', polled.requests, 12);
	bar('k: contacts of the import that did not come', 500 - polled.contacts, 0);
}

/** Those that the items are about. */
export function phones(count: number) {
	return Array.from({ length: count }, (_, index) => ({ phone: `1555${6_000_001 + index}` }));
}

function others(count: number) {
	return Array.from({ length: count }, (_, index) => ({ phone: `1555${5_000_000 + index}` }));
}

/** Each in a second of its own, the last the newest, and all newer than those that every sandbox has. */
export function insertInTurn(sandbox: Sandbox, contacts: Array<{ phone: string }>): void {
	contacts.forEach((contact, index) => {
		const createdAt = new Date(Date.UTC(2026, 1, 1) + index * 1000);
		sandbox.data.insertContacts([contact], { createdAt });
	});
}

/** An account as at the start, on a server of this generation. */
function play(sandbox: Sandbox, server: (typeof servers)[number]): void {
	sandbox.reset();
	Object.assign(sandbox.behaviour, behaviourFrom(server));
}

/** The same where the server gives 100 a page. */
function fill(
	sandbox: Sandbox,
	server: (typeof servers)[number],
	contacts: Array<{ phone: string }>,
): void {
	play(sandbox, server);
	sandbox.behaviour.pageSizeLimit = { max: 100, above: 'clamp' };
	insertInTurn(sandbox, contacts);
}
