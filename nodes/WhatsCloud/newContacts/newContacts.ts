/*
 * Every new contact, exactly once.
 *
 * The list is sorted by date, newest first. So the contacts newer than a moment `since` are its first ones,
 * and the place of the first that is not newer says how many they are: this is the window. As many different
 * contacts seen as the window has places: none is missing.
 *
 * - Every contact of the window is handed out once, whether all of it was seen or not. Then it is settled: the
 *   state holds its id and date as long as it is newer than `since`.
 * - Once all was seen, `since` moves to fifteen minutes before the server's time, never past a contact that
 *   is left over. A contact that a slow import shows late is found as long as it is less than that late.
 * - The server's clock counts, since it dates the contacts. One dated in the future stays in the window.
 * - A poll that fails, or whose state is lost, has not happened: an older state finds the same contacts.
 */
import { BudgetSpent } from '../api/http';
import type { Lists } from '../api/lists';
import type { ApiRecord, Rows } from '../api/pages';
import { createdAt, LARGEST_PAGE } from '../api/pages';
import { refusal } from '../records';

/** What a poll leaves to the next one. Plain JSON; moments in milliseconds, by the server's clock. */
export interface TriggerState {
	/** Contacts created up to this moment are done with. */
	since: number;
	/** The ids of later contacts that are done with, by the moment of their creation. */
	settled: Record<string, number[]>;
	/** How many contacts the account had when all that are newer than `since` were done with. */
	total?: number;
}

export interface PollOptions {
	/** How many contacts one poll hands out at most; the others come with the next polls. */
	maxContacts: number;
	/** The filters; contacts that do not match are settled without being handed out. */
	matches(contact: ApiRecord): boolean;
	/** Asked before requests that can wait for the next poll. */
	hasTimeLeft(): boolean;
	/** Our clock. */
	now(): number;
	/** Without a state: since when, by our clock, contacts are new. Left out, they are from now on. */
	waitingSince?: number;
}

/** How late a contact may show. */
const LATE_MS = 15 * 60_000;
/** Room for what comes between two polls. */
const HEAD = 100;
/** Reading again costs requests, and what one poll misses the next one finds. */
const PASSES = 4;
/** To begin with, what is not seen now would be taken for new later. */
const FIRST_PASSES = 20;

/**
 * The contacts that are new since the last poll, the oldest first, and the state for the next one. Costs one
 * request when nothing is new.
 * @throws ApiError, also when the list can't tell which contacts are new
 */
export async function newContacts(
	lists: Pick<Lists, 'rows' | 'read'>,
	before: TriggerState | undefined,
	options: PollOptions,
): Promise<{ contacts: ApiRecord[]; state: TriggerState }> {
	const { maxContacts, matches, hasTimeLeft, now, waitingSince } = options;
	const settled = settledIn(before);
	const isSettled = (contact: ApiRecord) => settled.get(contact.id) === createdAt(contact);
	const head = await lists.rows('contacts', 0, HEAD + settled.size);
	const serverTime = head.serverTime ?? now();
	refuseUnreadable(head);

	const begun = toSecond(
		waitingSince === undefined ? serverTime : waitingSince + clockDifference(serverTime - now()),
	);
	let since = before?.since ?? begun - LATE_MS;
	const isOver = (rows: Rows) => rows.isEnd || rows.records.some((row) => createdAt(row) <= since);
	if (before && head.total === before.total && !isOver(head) && head.records.every(isSettled))
		return { contacts: [], state: before };

	const room = before ? settled.size + maxContacts : Infinity;
	const begin = isOver(head) ? head : await beginning(lists, head, { since, room });
	const window = await lists.read('contacts', {
		...{ begin, newerThan: since, mayReadOn: hasTimeLeft, isStrict: true },
		passes: before ? PASSES : FIRST_PASSES,
	});
	// A contact that is not seen to begin with would be taken for new later.
	if (!before && window.places === undefined) throw new BudgetSpent();
	refuseUndated(window.records, settled, serverTime);
	const fresh = window.records.filter((contact) => !isSettled(contact)).sort(oldestFirst);
	const settle = (contact: ApiRecord) => settled.set(contact.id, createdAt(contact));

	const isOld = (contact: ApiRecord) =>
		waitingSince === undefined ||
		createdAt(contact) < begun ||
		// Dated in the future before the trigger began.
		createdAt(contact) > serverTime + LATE_MS;
	const old = before ? [] : fresh.filter(isOld);
	old.forEach(settle);
	if (!before && !window.isWhole)
		since = Math.max(begun - 1, ...old.map(createdAt).filter((date) => date <= serverTime));

	const contacts: ApiRecord[] = [];
	let leftOver = Infinity;
	for (const contact of fresh.filter((one) => !isSettled(one))) {
		const isWanted = matches(contact);
		if (isWanted && contacts.length === maxContacts) {
			leftOver = createdAt(contact);
			break;
		}
		if (isWanted) contacts.push(contact);
		settle(contact);
	}

	const [first] = begin.records;
	const from = begin.from > 0 && first ? createdAt(first) : Infinity;
	if (window.isWhole)
		since = Math.max(since, Math.min(serverTime - LATE_MS, leftOver - 1, from - 1));
	const isDone = leftOver === from && settled.size >= (window.places ?? Infinity);
	return {
		contacts,
		state: { since, settled: stored(settled, since), ...(isDone && { total: head.total }) },
	};
}

/**
 * The rows to begin with: those at the head of the list; far behind, those at the old end of the window, with
 * room for what may be handed out.
 */
async function beginning(
	lists: Pick<Lists, 'rows'>,
	head: Rows,
	{ since, room }: { since: number; room: number },
): Promise<Rows> {
	// A page of another size than this small one was asked for: the server gives no larger ones.
	const rows = head.size < HEAD ? head : await lists.rows('contacts', 0, LARGEST_PAGE);
	const { size, total = 0 } = rows;
	const isNewer = async (place: number) => {
		const [row] = (await lists.rows('contacts', place, 1)).records;
		return row !== undefined && createdAt(row) > since;
	};
	let [newer, older] = [room + size, total];
	if (newer >= older || !(await isNewer(newer))) return rows;
	while (older - newer > size) {
		const middle = Math.floor((newer + older) / 2);
		if (await isNewer(middle)) newer = middle;
		else older = middle;
	}
	return await lists.rows('contacts', newer - room, LARGEST_PAGE);
}

const MOMENT_MS = 5_000;

/** @throws ApiError when nobody can tell which contacts of such a list are new */
function refuseUnreadable({ records, total }: Rows): void {
	if (total === undefined) throw refusal('contacts', UNREADABLE.notCounted);
	const dates = records.map(createdAt);
	if (dates.some(Number.isNaN)) throw refusal('contacts', UNREADABLE.unknownDates);
	let oldest = Infinity;
	const behindOlder = dates.filter((date) => date > (oldest = Math.min(oldest, date)));
	if (Math.max(...behindOlder) - Math.min(...behindOlder) > MOMENT_MS)
		throw refusal('contacts', UNREADABLE.notSorted);
	if (behindOlder.length > 0) throw refusal('contacts', UNREADABLE.undated);
}

/** @throws ApiError when a settled contact is shown as created just now, as those are that are stored without a date */
function refuseUndated(contacts: ApiRecord[], settled: Map<number, number>, now: number): void {
	const isUndated = (contact: ApiRecord) => {
		const date = createdAt(contact);
		const isNow = date >= now - MOMENT_MS && date <= now + LATE_MS;
		return isNow && settled.has(contact.id) && settled.get(contact.id) !== date;
	};
	if (contacts.some(isUndated)) throw refusal('contacts', UNREADABLE.undated);
}

const UNREADABLE = {
	notCounted: {
		title: "WhatsCloud's list of contacts does not say how many contacts there are",
		description:
			"So the trigger can't tell whether it has seen all new ones. Ask the support of WhatsCloud for a version of their API whose lists have a total.",
	},
	notSorted: {
		title: "WhatsCloud's list of contacts is not sorted with the newest first",
		description:
			"So the trigger can't tell which contacts are new. Ask the support of WhatsCloud whether their API sorts contacts by created_at, the newest first.",
	},
	unknownDates: {
		title: "WhatsCloud's list of contacts has dates that can't be read",
		description:
			'The trigger tells new contacts by created_at, which must be a date such as 2026-01-15T09:30:00Z. Ask the support of WhatsCloud what their API writes there.',
	},
	undated: {
		title: 'The account has contacts without a date of creation',
		description:
			"WhatsCloud shows them as created just now, each time, so the trigger can't tell them from new ones. Such contacts come from work on WhatsCloud's database: ask its support to set created_at for all contacts.",
	},
};

/** The server tells its time in whole seconds, and answers take time: what is less is no difference. */
function clockDifference(ms: number): number {
	return Math.abs(ms) < MOMENT_MS ? 0 : Math.ceil(ms / 1_000) * 1_000;
}

const toSecond = (moment: number) => Math.floor(moment / 1_000) * 1_000;

function oldestFirst(a: ApiRecord, b: ApiRecord): number {
	return createdAt(a) - createdAt(b) || a.id - b.id;
}

/** When the settled contacts were created, by their ids. */
function settledIn(state: TriggerState | undefined): Map<number, number> {
	const groups = Object.entries(state?.settled ?? {});
	return new Map(groups.flatMap(([date, ids]) => ids.map((id) => [id, Number(date)])));
}

function stored(settled: Map<number, number>, since: number): TriggerState['settled'] {
	const groups: TriggerState['settled'] = {};
	for (const [id, date] of settled) if (date > since) (groups[date] ??= []).push(id);
	return groups;
}
