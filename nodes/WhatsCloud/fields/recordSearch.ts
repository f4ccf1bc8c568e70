import type { INodeListSearchItems } from 'n8n-workflow';

import type { Api } from '../api/api';
import { ApiError } from '../api/errors/ApiError';
import type { ApiRecord, Rows } from '../api/pages';
import { LARGEST_PAGE } from '../api/pages';
import type { FieldMethods } from '../operation';
import { phoneDigits } from '../checks/phone';
import { alphabetically, counted } from '../checks/text';

export interface RecordList {
	/** Below the tenant's address, and the name of the look-up. */
	path: string;
	/** The name people know the record by. */
	label(record: ApiRecord): string;
	hidden?(record: ApiRecord): boolean;
	/** Sorted by the label, not in the order in which the records were made. */
	isAlphabetical?: true;
}

type ListSearch = NonNullable<FieldMethods['listSearch']>[string];

/** Every known server serves pages of this size whole. */
const SHOWN_PAGE = 100;
/** A third of the account's 60 requests a minute, because people type several searches in a row. */
const MAX_REQUESTS = 20;
/** n8n asks for more when the list is scrolled, and shorter lists can't be. */
const SCROLLABLE = 8;

/** Shows a short list whole, in the order in which its records were made, or what of it matches a filter. */
export function listOf({ path, label, hidden, isAlphabetical }: RecordList): ListSearch {
	return async ({ api }, filter) => {
		const records = (await api.list(path)).reverse().filter((record) => !hidden?.(record));
		if (isAlphabetical) records.sort(alphabetically(label));
		return { results: records.flatMap(itemsFor(label, filter)) };
	};
}

function itemsFor(label: RecordList['label'], filter = '') {
	const wanted = filter.trim().toLowerCase();
	return (record: ApiRecord): INodeListSearchItems[] => {
		const name = label(record);
		return isMatch(name, wanted) ? [{ name, value: String(record.id) }] : [];
	};
}

/**
 * Shows a long list page by page, or what of it matches a filter. The API has no search (contract, section 4),
 * so pages are read until something is found, a few in one call; n8n's token goes on from there.
 */
export function searchOf({ path, label, hidden }: RecordList): ListSearch {
	return async ({ api }, filter, token) => {
		const isSearch = Boolean(filter?.trim());
		const results: INodeListSearchItems[] = [];
		let place = placeOf(token) ?? { from: 0, size: isSearch ? LARGEST_PAGE : SHOWN_PAGE };
		let last: Rows | undefined;
		let isBusy = false;
		for (let request = 0; request < MAX_REQUESTS && results.length === 0; request++) {
			const rows = await rowsAt(api, path, place, request > 0);
			isBusy = rows === undefined;
			if (!rows) break;
			const shown = rows.records.filter((record) => !hidden?.(record));
			results.push(...shown.flatMap(itemsFor(label, filter)));
			if (rows.isEnd) return { results };
			place = { from: rows.from + rows.records.length, size: rows.size };
			last = rows;
		}
		if (isSearch)
			results.push(...progress(path, place.from, last?.total, { found: results.length, isBusy }));
		return { results, paginationToken: `${place.from}/${place.size}` };
	};
}

/** Where to read on, and in pages of which size: without a total, only the call before knows what the server gives. */
interface Place {
	from: number;
	size: number;
}

function placeOf(token: string | undefined): Place | undefined {
	const [from = NaN, size = NaN] = (token ?? '').split('/').map(Number);
	return from > 0 && size > 0 ? { from, size } : undefined;
}

/** Undefined when the account's requests are used up and something is there to show already. */
async function rowsAt(
	api: Api,
	path: string,
	{ from, size }: Place,
	hasBefore: boolean,
): Promise<Rows | undefined> {
	return await api.rows(path, from, size).catch((error: unknown) => {
		if (hasBefore && error instanceof ApiError && error.status === 429) return undefined;
		throw error;
	});
}

/** Lines that say how far the search has come, so many that the list can be scrolled to go on. */
function progress(
	path: string,
	searched: number,
	total: number | undefined,
	{ found, isBusy }: { found: number; isBusy: boolean },
): INodeListSearchItems[] {
	if (found >= SCROLLABLE) return [];
	const records = path.replace(/bots$/, ' bots');
	const lines = [
		`Searched the newest ${counted(searched)}${total === undefined ? '' : ` of ${counted(total)}`} ${records}`,
		isBusy
			? 'WhatsCloud takes more in a minute: wait, then'
			: `${found > 0 ? 'Not the right one?' : 'Nothing found yet.'} To search the older ones,`,
		'scroll down, or type more of the name',
	];
	const blank = Array.from({ length: SCROLLABLE - found - lines.length }, () => '\u00a0');
	// n8n shows a value once; with one of these chosen, the node says that it needs an ID.
	return [...lines, ...blank].map((name, line) => ({
		name,
		value: `searched ${searched}, ${line}`,
	}));
}

function isMatch(name: string, wanted: string): boolean {
	if (name.toLowerCase().includes(wanted)) return true;
	const digits = phoneDigits(wanted);
	return digits.length > 3 && name.replace(/\D/g, '').includes(digits);
}
