import type { INodeListSearchItems } from 'n8n-workflow';

import type { ApiRecord } from '../api/pages';
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

/**
 * Shows a long list page by page, or what of it matches a filter. The API has no search (contract, section 4),
 * so pages are read until something is found, a few in one call; n8n's token goes on from there.
 */
export function searchOf({ path, label }: RecordList): ListSearch {
	return async ({ api }, filter, token) => {
		const isSearch = Boolean(filter?.trim());
		// Without a total, only the call before knows how large a page the server gives.
		const [from = 0, size = isSearch ? LARGEST_PAGE : SHOWN_PAGE] =
			token?.split('/').map(Number) ?? [];
		const results: INodeListSearchItems[] = [];
		let requests = 0;
		for await (const page of api.pages(path, size, from)) {
			results.push(...page.records.flatMap(itemsFor(label, filter)));
			if (page.isEnd) break;
			if (results.length === 0 && ++requests < MAX_REQUESTS) continue;
			const searched = page.from + page.records.length;
			if (isSearch) results.push(...progress(path, searched, page.total, results.length));
			return { results, paginationToken: `${searched}/${page.size}` };
		}
		return { results };
	};
}

function itemsFor(label: RecordList['label'], filter = '') {
	const wanted = filter.trim().toLowerCase();
	const digits = phoneDigits(wanted);
	return (record: ApiRecord): INodeListSearchItems[] => {
		const name = label(record);
		const isMatch =
			name.toLowerCase().includes(wanted) ||
			(digits.length > 3 && name.replace(/\D/g, '').includes(digits));
		return isMatch ? [{ name, value: String(record.id) }] : [];
	};
}

/** Lines that say how far the search has come, so many that the list can be scrolled to go on. */
function progress(
	path: string,
	searched: number,
	total: number | undefined,
	found: number,
): INodeListSearchItems[] {
	const of = total === undefined ? '' : ` of ${counted(total)}`;
	const lines = Array.from({ length: Math.max(0, SCROLLABLE - found) }, () => '\u00a0');
	lines.splice(
		0,
		2,
		`Searched the newest ${counted(searched)}${of} ${path}`,
		'Scroll down to search older ones',
	);
	// n8n shows a value once; with one of these chosen, the node says that it needs an ID.
	return lines.map((name, line) => ({ name, value: `searched ${searched}, ${line}` }));
}
