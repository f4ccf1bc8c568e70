import type { Sandbox } from '../../sandbox/server/sandbox.mts';
import { contactFields, getByPhone, ours } from './contenders.mts';
import { bar, barRequests, compare, countRequests, figures, say } from './report.mts';
import type { BenchStage } from './stage.mts';

/** Contacts that are there after every reset. */
const OF_THE_SANDBOX = 13;
const upsert = ours('WhatsCloud', { ...contactFields, operation: 'upsert' });

/** (d) 500 new contacts, on a server that does not tell their ids. */
export async function bulkCreate({ sandbox, measure }: BenchStage, runs: number): Promise<void> {
	const contenders = [ours('WhatsCloud', { ...contactFields, operation: 'create' })];
	const results = await compare(runs, 'd: bulk create 500', contenders, async (contender) => {
		sandbox.reset();
		return await measure(contender, 500);
	});
	countRequests('d', results, 508);
}

/**
 * (e) Create or update 500 contacts, half of them among 10,000 that are there; and 10 new ones among 100,000
 * on a server that gives 100 a page.
 */
export async function bulkUpsert({ sandbox, measure }: BenchStage, runs: number): Promise<void> {
	const results = await compare(
		runs,
		'e: bulk upsert 500 over 10,000',
		[upsert],
		async (contender) => {
			sandbox.reset();
			insertInTurn(sandbox, [...phones(250), ...others(9_750)]);
			return await measure(contender, 500);
		},
	);
	countRequests('e', results, 530);
	const ten = await compare(runs, 'e: upsert 10 new over 100,000', [upsert], async (contender) => {
		fill(sandbox, others(100_000));
		return await measure(contender, 10);
	});
	barRequests('e: requests, 10 new over 100,000', ten, 60);
}

/** (h) Create or update one contact that is not among 100,000, at 100 a page. */
export async function upsertOfNobody(
	{ sandbox, measure }: BenchStage,
	runs: number,
): Promise<void> {
	const results = await compare(
		runs,
		'h: upsert of one new over 100,000',
		[upsert],
		async (contender) => {
			fill(sandbox, others(100_000));
			return await measure(contender, 1);
		},
	);
	const [first, ...after] = (results.WhatsCloud ?? []).map(({ requests }) => requests);
	// It takes 7: how the oldest contacts write numbers is worth a request in ten minutes.
	bar('h: requests, the first in ten minutes', first ?? NaN, 6);
	bar('h: requests, those after it', Math.max(...after), 6);
	bar('h: contacts beside the one', sandbox.data.contacts.size - OF_THE_SANDBOX - 100_001, 0);
}

/** (i) Get a contact by a phone number that none of 100,000 has, at 100 a page. */
export async function getOfNobody({ sandbox, measure }: BenchStage, runs: number): Promise<void> {
	const get = { ...ours('WhatsCloud', getByPhone), onError: 'continueRegularOutput' as const };
	const results = await compare(
		runs,
		'i: get of nobody among 100,000',
		[get],
		async (contender) => {
			fill(sandbox, others(100_000));
			return await measure(contender, 1);
		},
	);
	barRequests('i: requests', results, 6);
	bar(
		'i: answers that are no error',
		1 - Math.min(...(results.WhatsCloud ?? []).map(({ errors }) => errors)),
		0,
	);
}

/** (j) Create or update a contact that is the oldest of the newest 1,000 of 100,000, at 100 a page. */
export async function knownAmongTheNewest(
	{ sandbox, measure }: BenchStage,
	runs: number,
): Promise<void> {
	const results = await compare(
		runs,
		'j: one known among the newest 1,000',
		[upsert],
		async (contender) => {
			const [newer, older] = [others(99_999).slice(0, 999), others(99_999).slice(999)];
			fill(sandbox, [...older, ...phones(1), ...newer]);
			return await measure(contender, 1);
		},
	);
	barRequests('j: requests', results, 12);
	bar('j: contacts beside those there', sandbox.data.contacts.size - OF_THE_SANDBOX - 100_000, 0);
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

/** An account at a server that gives 100 a page. */
function fill(sandbox: Sandbox, contacts: Array<{ phone: string }>): void {
	sandbox.reset();
	sandbox.behaviour.pageSizeLimit = { max: 100, above: 'clamp' };
	insertInTurn(sandbox, contacts);
}
