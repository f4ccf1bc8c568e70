/*
 * Every new contact, exactly once.
 *
 * The list is sorted by date, newest first. So the contacts newer than a moment `since` are its first ones, and
 * the place of the first that is not newer says how many they are: this is the window. Once as many different
 * contacts were seen as the window has places, none is missing.
 *
 * - Every contact of the window is handed out once, whether all were seen or not. Then it is settled: the state
 *   holds its id and date as long as it is newer than `since`.
 * - When all were seen, `since` moves to fifteen minutes before the server's time, never past a contact that is
 *   left over. A contact that a slow import shows late is found as long as it is less late than that.
 * - The server's clock counts, since it dates the contacts. One that is dated in the future stays in the window.
 * - A poll that fails, or whose state is lost, has not happened: an older state finds the same contacts.
 */
import type { ApiError } from '../api/errors/ApiError';
import { BudgetSpent } from '../api/http';
import type { Lists } from '../api/lists';
import type { ApiRecord, Rows } from '../api/pages';
import { createdAt, LARGEST_PAGE } from '../api/pages';
import { refusal } from '../records';

/** What a poll leaves to the next one, as JSON. Moments are in milliseconds, by the server's clock. */
export interface TriggerState {
	/** Contacts created up to this moment are done with. */
	since: number;
	/** The ids of later contacts that are done with, by the moment of their creation. */
	settled: Record<string, number[]>;
	/** How many contacts the account had when all later ones were done with. */
	total?: number;
}

export interface PollOptions {
	/** How many contacts one poll hands out at most; the others come with the next polls. */
	maxContacts: number;
	/** The filters; contacts that do not match are settled without being handed out. */
	matches(contact: ApiRecord): boolean;
	/** Asked before requests that can wait for the next poll. */
	hasTimeLeft(): boolean;
	now(): number;
	/** Without a state: since when contacts are new, by our clock. Left out, they are from now on. */
	waitingSince?: number;
}

/** How late a contact may show. */
const LATE_MS = 15 * 60_000;
/** Room for what comes between two polls. */
const HEAD = 100;
/** Each pass costs requests, and what one poll has not seen the next one sees. */
const PASSES = 4;
/** More in the first poll: an older contact that it does not see would be taken for new later. */
const FIRST_PASSES = 20;

/**
 * The contacts that are new since the last poll, the oldest first, and the state for the next one. Costs one
 * request when nothing is new.
 * @throws ApiError, also when the list can't tell which contacts are new; BudgetSpent when there was no time to begin
 */
export async function newContacts(
	lists: Pick<Lists, 'rows' | 'read'>,
	before: TriggerState | undefined,
	{ maxContacts, matches, hasTimeLeft, now, waitingSince }: PollOptions,
): Promise<{ contacts: ApiRecord[]; state: TriggerState }> {
	/** When they were created, by their ids. */
	const settled = new Map<number, number>();
	for (const [date, ids] of Object.entries(before?.settled ?? {}))
		for (const id of ids) settled.set(id, Number(date));
	const isNew = (contact: ApiRecord) => settled.get(contact.id) !== createdAt(contact);
	const head = await lists.rows('contacts', 0, Math.min(LARGEST_PAGE, HEAD + settled.size));
	refuseUnreadable(head);
	const serverTime = head.serverTime ?? now();
	const begun = beginning(serverTime, now(), waitingSince);
	let since = before?.since ?? begun - LATE_MS;

	const inWindow = head.records.filter((contact) => createdAt(contact) > since);
	const isLong = !head.isEnd && inWindow.length === head.records.length;
	if (before && before.total === head.total && isLong && !inWindow.some(isNew))
		return { contacts: [], state: before };
	const window = isLong
		? await lists.read('contacts', {
				newerThan: since,
				steadyPasses: before ? PASSES : FIRST_PASSES,
				mayReadOn: hasTimeLeft,
			})
		: { records: inWindow, places: inWindow.length, isWhole: true, isCut: false };
	refuseUndated(window.records, settled, serverTime);
	const fresh = window.records
		.filter(isNew)
		.map((contact) => ({ contact, date: createdAt(contact) }));
	fresh.sort((a, b) => a.date - b.date || a.contact.id - b.contact.id);

	if (!before) {
		const isFuture = (date: number) => date > serverTime + LATE_MS;
		// `since` passes the old contacts that were not seen, unless they are dated in the future.
		const isRisky = window.isCut && fresh.some(({ date }) => isFuture(date));
		if (window.places === undefined || isRisky) throw new BudgetSpent();
		if (!window.isWhole) since = begun - 1;
		for (const { contact, date } of fresh) {
			if (waitingSince !== undefined && date >= begun && !isFuture(date)) continue;
			settled.set(contact.id, date);
			// Others of this second were perhaps not seen.
			if (!window.isWhole && !isFuture(date)) since = Math.max(since, date);
		}
	}

	const contacts: ApiRecord[] = [];
	let leftOver = Infinity;
	for (const { contact, date } of fresh.filter((one) => isNew(one.contact))) {
		const isWanted = matches(contact);
		if (isWanted && contacts.length === maxContacts) {
			leftOver = date;
			break;
		}
		if (isWanted) contacts.push(contact);
		settled.set(contact.id, date);
	}
	if (window.isWhole) since = Math.max(since, Math.min(serverTime - LATE_MS, leftOver - 1));
	const isDone = leftOver === Infinity && settled.size >= (window.places ?? Infinity);
	const later: TriggerState['settled'] = {};
	for (const [id, date] of settled) if (date > since) (later[date] ??= []).push(id);
	return { contacts, state: { since, settled: later, ...(isDone && { total: head.total }) } };
}

/** The moment from which on contacts are new, by the server's clock. */
function beginning(serverTime: number, ourTime: number, waitingSince?: number): number {
	const difference = serverTime - ourTime;
	// The server tells whole seconds, and answers take time.
	const clock = Math.abs(difference) < 5_000 ? 0 : Math.ceil(difference / 1_000) * 1_000;
	const moment = waitingSince === undefined ? serverTime : waitingSince + clock;
	return Math.floor(moment / 1_000) * 1_000;
}

/** How far dates may lie apart that were made for one answer. */
const MOMENT_MS = 5_000;
/** Longer than any poll takes. */
const POLL_MS = 30 * 60_000;

/** @throws ApiError when nobody can tell which contacts of such a list are new */
function refuseUnreadable({ records, total }: Rows): void {
	if (total === undefined) throw unusable('does not say how many contacts there are');
	const dates = records.map(createdAt);
	if (dates.some(Number.isNaN)) throw unusable("has dates that can't be read");
	// Contacts without a date stand at the end, and seem to be of the moment of the answer.
	if (dates.some((date, index) => date > (dates[index - 1] ?? Infinity)))
		throw unusable(
			'is not sorted with the newest first, or has contacts without a date of creation',
		);
}

/**
 * @param settled when they were created, by their ids
 * @throws ApiError when one of them is now shown as created during this poll: it has no date of its own
 */
function refuseUndated(
	contacts: ApiRecord[],
	settled: ReadonlyMap<number, number>,
	serverTime: number,
): void {
	const isUndated = (contact: ApiRecord) => {
		const date = createdAt(contact);
		const isNow = date >= serverTime - MOMENT_MS && date <= serverTime + POLL_MS;
		return isNow && settled.has(contact.id) && settled.get(contact.id) !== date;
	};
	if (contacts.some(isUndated)) throw unusable('has contacts without a date of creation');
}

function unusable(fault: string): ApiError {
	return refusal('contacts', {
		title: `WhatsCloud's list of contacts ${fault}`,
		description:
			"So the trigger can't tell which contacts are new. Ask the support of WhatsCloud for a list with a total, the newest first, in which all contacts have a created_at such as 2026-01-15T09:30:00Z.",
	});
}
