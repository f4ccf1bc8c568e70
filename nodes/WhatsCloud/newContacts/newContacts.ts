/*
 * Every new contact, exactly once.
 *
 * Ids are shared by all accounts of an installation, so a gap between ids says nothing. The list says
 * where it ends: it is sorted by date, newest first, so the rows newer than a moment `since` are the first
 * ones, and the first row that is not newer stands right behind the last of them. Its position says how
 * many they are. When as many different ones were seen, none is missing: however ids jump, however rows of
 * one second change places between two requests, and wherever pages are cut.
 *
 * - Nothing twice: a contact is handed out only while it is not settled, and settles with it. The state
 *   holds every settled contact newer than `since`.
 * - Nothing missed: every row newer than `since` that is seen is handed out, proof or not. `since` moves on
 *   only with the proof, never past a contact that is left over, and stays five minutes behind the newest
 *   contact until nothing newer has come for so long: the rows of a slow transaction show late.
 * - Positions are counted from the end of the list, so contacts that come meanwhile do not change them. A
 *   pass over several pages goes from new to old, where rows that move on are seen twice and none is
 *   skipped. When the total shrinks, the pass proves nothing. What passes over an unchanged list have seen
 *   counts together, in different page sizes, whose borders lie elsewhere.
 * - A list that reaches far back is read from its old end on, in parts, so that a poll may end anywhere.
 * - Contacts that are stored without a date are shown as of the moment of the answer and stand at the end of
 *   the list. When more rows stand there than before, the highest ids among them are new. Where no contact
 *   has a date, they all seem to be the newest: what may be such a contact is handed out only when the next
 *   poll shows it with the same date, or at the end of the list with another one.
 * - An id that is given out again after a backup was restored has another date than the settled contact, in
 *   two polls the same one.
 *
 * What stays uncertain: contacts that are stored with a date of the past, or show more than five minutes
 * late; a contact without a date when an older contact was deleted since the poll before, or when there are
 * none but such contacts; on a list longer than a page, a contact that no pass shows while another one is
 * deleted and a third one comes without changing the total; contacts that come in the second of publishing,
 * after it, when that second fills pages whose proof fails.
 */
import type { ApiRecord } from '../api/pages';
import { createdAt } from '../api/pages';
import type { PollOptions, PollResult } from './poll';
import { GRACE_MS, Poll } from './poll';
import type { ContactSource, Reader } from './reader';
import { highestId, LARGE_PAGE, newestDate, openReader, sizeOf } from './reader';
import type { FirstState, TriggerState } from './state';
import { isFirstState, isSettledIn } from './state';

const SECOND_MS = 1_000;
/** Pages of contacts without a date that are read to find the highest id among them. */
const MAX_UNDATED_PAGES = 20;

/**
 * The contacts that are new since the last poll, and the state for the next one. Without a state (the first
 * poll) it remembers where the account stands. Costs one request when nothing is new. Calls nothing but
 * the source and changes nothing: a poll that throws, or whose result is dropped, has not happened.
 * @throws UnreadableList, and whatever the source throws; BudgetSpent when it could not even begin
 */
export async function newContacts(
	before: TriggerState | FirstState | undefined,
	source: ContactSource,
	options: PollOptions,
): Promise<PollResult> {
	const { now, from, hasTimeLeft } = options;
	const reader = await openReader(source, hasTimeLeft);
	if (before) {
		const state = isFirstState(before) ? await takenOver(reader, before, now) : before;
		return await new Poll(reader, options, state).run();
	}
	const poll = new Poll(reader, options, await startingPoint(reader, now, from));
	return from === undefined ? await poll.settleAll() : await poll.run();
}

/**
 * Where a trigger begins: with the second of the newest contact, whose contacts are not settled yet.
 * @param from the moment to begin with instead, in milliseconds
 */
async function startingPoint(reader: Reader, now: number, from?: number): Promise<TriggerState> {
	const newest = newestDate(reader.newest);
	const start = from === undefined ? newest : from - (from % SECOND_MS);
	return {
		since: Math.max(0, start - SECOND_MS),
		settled: [],
		newest: [newest, now],
		undated: await highestOldId(reader),
	};
}

/** The highest of the newest contacts and of those at the end of the list. */
async function highestOldId(reader: Reader): Promise<number> {
	const { newest } = reader;
	const size = sizeOf(newest);
	let { total } = newest;
	let highest = highestId(newest.records);
	let number = Math.ceil(total / size);
	for (let reads = 0; number > 1 && reads < MAX_UNDATED_PAGES; reads++) {
		const page = await reader.read(number, size);
		highest = highestId(page.records, highest);
		if (page.total !== total) {
			total = page.total;
			number = Math.ceil(total / size);
		} else if (page.records.some((record) => createdAt(record) < newestDate(newest))) break;
		else number--;
	}
	return highest;
}

/** Where version 0.1.0 stopped: at the newest contact that it has settled. */
async function takenOver(reader: Reader, before: FirstState, now: number): Promise<TriggerState> {
	const isKnown = ({ id }: ApiRecord) => isSettledIn(before, id);
	let page = reader.newest;
	for (let number = 1; !page.records.some(isKnown) && page.records.length > 0; number++) {
		page = await reader.read(number, number === 1 ? LARGE_PAGE : sizeOf(page));
	}
	const known = page.records.find(isKnown);
	return {
		since: known ? createdAt(known) - GRACE_MS : 0,
		settled: [],
		newest: [0, now],
		undated: before.cursor,
		takenOver: before,
	};
}
