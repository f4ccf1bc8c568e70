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
import type { PollOptions, PollResult } from './poll';
import { Poll } from './poll';
import type { ContactSource } from './reader';
import { openReader } from './reader';
import { startingPoint, takenOver } from './start';
import type { FirstState, TriggerState } from './state';
import { isFirstState } from './state';

/** Five minutes, and what dates and clocks cut off. */
const GRACE_MS = 310_000;

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
	const settings = { ...options, grace: GRACE_MS };
	if (before) {
		const state = isFirstState(before) ? await takenOver(reader, before, settings) : before;
		return await new Poll(reader, settings, state).run();
	}
	const poll = new Poll(reader, settings, await startingPoint(reader, now, from));
	return from === undefined ? await poll.settleAll() : await poll.run();
}
