import type { ApiRecord, Page } from '../api/pages';
import { createdAt } from '../api/pages';
import { BudgetSpent } from '../api/http';

/**
 * Where the trigger gets its contacts from; each call is one request. The first page may be wanted in any
 * size, later ones in that which the server gave it. @throws BudgetSpent
 */
export type ContactSource = (page: number, size: number) => Promise<Page>;

/** Nobody can tell which contacts of such a list are new. Every known server sorts and counts. */
export class UnreadableList extends Error {
	readonly reason: 'notSorted' | 'notCounted';

	constructor(reason: UnreadableList['reason']) {
		super(`The list of contacts is ${reason}`);
		this.reason = reason;
	}
}

export type CountedPage = Page & { total: number };

/** Every known server gives it; reading so much costs nobody anything. */
export const SMALL_PAGE = 100;
export const LARGE_PAGE = 1_000;

/** The source for one poll, as long as there is time. */
export interface Reader {
	/** The page of the newest contacts, as the poll found it. */
	newest: CountedPage;
	/** As the source. @throws BudgetSpent, UnreadableList */
	read(page: number, size: number): Promise<CountedPage>;
}

/** @throws BudgetSpent when not even the newest page can be read, UnreadableList */
export async function openReader(
	source: ContactSource,
	hasTimeLeft: () => boolean,
): Promise<Reader> {
	const counted = async (number: number, size: number): Promise<CountedPage> => {
		const page = await source(number, size);
		const { total } = page;
		if (total === undefined) throw new UnreadableList('notCounted');
		return { ...page, total };
	};
	return {
		newest: await counted(1, SMALL_PAGE),
		read: async (number, size) => {
			if (!hasTimeLeft()) throw new BudgetSpent();
			return await counted(number, size);
		},
	};
}

/** How many rows each page has, the last one excepted. */
export function sizeOf({ perPage, records }: Page): number {
	return Math.max(1, perPage ?? records.length);
}

/** When the newest contact was created; 0 without any. */
export function newestDate({ records: [newest] }: Page): number {
	return (newest && createdAt(newest)) || 0;
}

export function highestId(records: Iterable<ApiRecord>, atLeast = 0): number {
	let highest = atLeast;
	for (const { id } of records) highest = Math.max(highest, id);
	return highest;
}

/** Contacts without a date are shown with the moment of the answer as theirs; so much may they differ. */
export const MOMENT_MS = 5_000;

/** Where in a page the rows begin that stand behind older ones. @throws UnreadableList */
export function startOfUndated(dates: number[]): number {
	let start = Infinity;
	let oldest = Infinity;
	const later: number[] = [];
	dates.forEach((date, index) => {
		if (date > oldest) {
			later.push(date);
			start = Math.min(start, index);
		} else if (date < oldest) oldest = date;
	});
	if (Math.max(...later) - Math.min(...later) > MOMENT_MS) throw new UnreadableList('notSorted');
	return start;
}
