import type { ApiRecord, Rows } from '../api/pages';
import { createdAt } from '../api/pages';
import { refusal } from '../records';

/** How far dates may lie apart that were made for one answer. */
const MOMENT_MS = 5_000;
/** Longer than any poll takes. */
const POLL_MS = 30 * 60_000;

/** @throws ApiError when nobody can tell which contacts of such a list are new */
export function refuseUnreadable({ records, total }: Rows): void {
	if (total === undefined) throw refusal('contacts', NOT_COUNTED);
	const dates = records.map(createdAt);
	if (dates.some(Number.isNaN)) throw refusal('contacts', UNKNOWN_DATES);
	let oldest = Infinity;
	const behindOlder = dates.filter((date) => date > (oldest = Math.min(oldest, date)));
	if (behindOlder.length === 0) return;
	// Contacts without a date stand at the end of the list, and all seem to be of the moment of the answer.
	const isOneMoment = Math.max(...behindOlder) - Math.min(...behindOlder) <= MOMENT_MS;
	throw refusal('contacts', isOneMoment ? UNDATED : NOT_SORTED);
}

/**
 * @param settled when they were created, by their ids
 * @throws ApiError when one of them is now shown as created during this poll: it has no date of its own
 */
export function refuseUndated(
	contacts: ApiRecord[],
	settled: ReadonlyMap<number, number>,
	serverTime: number,
): void {
	const isUndated = (contact: ApiRecord) => {
		const date = createdAt(contact);
		const isNow = date >= serverTime - MOMENT_MS && date <= serverTime + POLL_MS;
		return isNow && settled.has(contact.id) && settled.get(contact.id) !== date;
	};
	if (contacts.some(isUndated)) throw refusal('contacts', UNDATED);
}

const NOT_COUNTED = {
	title: "WhatsCloud's list of contacts does not say how many contacts there are",
	description:
		"So the trigger can't tell whether it has seen all new ones. Ask the support of WhatsCloud for a version of their API whose lists have a total.",
};

const NOT_SORTED = {
	title: "WhatsCloud's list of contacts is not sorted with the newest first",
	description:
		"So the trigger can't tell which contacts are new. Ask the support of WhatsCloud whether their API sorts contacts by created_at, the newest first.",
};

const UNKNOWN_DATES = {
	title: "WhatsCloud's list of contacts has dates that can't be read",
	description:
		'The trigger tells new contacts by created_at, which must be a date such as 2026-01-15T09:30:00Z. Ask the support of WhatsCloud what their API writes there.',
};

const UNDATED = {
	title: 'The account has contacts without a date of creation',
	description:
		"WhatsCloud shows them as created just now, each time, so the trigger can't tell them from new ones. Such contacts come from work on WhatsCloud's database: ask its support to set created_at for all contacts.",
};
