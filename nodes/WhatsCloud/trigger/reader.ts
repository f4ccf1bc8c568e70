import { createdAt } from '../api/createdAt';
import type { ApiRecord, Page } from '../api/pages';
import { BudgetSpent } from '../api/wait';

/** Where the trigger gets its contacts from; each call is one request. */
export interface ContactSource {
	/** The first page with as many rows as wanted, or as many as the server gives. @throws BudgetSpent */
	readFirst(size: number): Promise<Page>;
	/** A later page of a size that the server gives. @throws BudgetSpent */
	readPage(page: number, size: number): Promise<Page>;
}

/** Nobody can tell which contacts of such a list are new. Every known server sorts and counts. */
export class UnreadableList extends Error {
	readonly reason: 'notSorted' | 'notCounted';

	constructor(reason: UnreadableList['reason']) {
		super(`The list of contacts is ${reason === 'notSorted' ? 'not sorted' : 'not counted'}`);
		this.reason = reason;
	}
}

export type CountedPage = Page & { total: number };

/** Every known server gives it; reading so much costs nobody anything. */
export const SMALL_PAGE = 100;

/** The source for one poll, as long as there is time. */
export interface Reader {
	/** The page of the newest contacts, as the poll found it. */
	newest: CountedPage;
	/** As in the source. @throws BudgetSpent, UnreadableList */
	readFirst(size: number): Promise<CountedPage>;
	/** As in the source. @throws BudgetSpent, UnreadableList */
	readPage(page: number, size: number): Promise<CountedPage>;
}

/** @throws BudgetSpent when not even the newest page can be read, UnreadableList */
export async function openReader(
	source: ContactSource,
	hasTimeLeft: () => boolean,
): Promise<Reader> {
	const counted = async (request: () => Promise<Page>): Promise<CountedPage> => {
		const page = await request();
		const { total } = page;
		if (total === undefined) throw new UnreadableList('notCounted');
		return { ...page, total };
	};
	const inTime = async (request: () => Promise<Page>) => {
		if (!hasTimeLeft()) throw new BudgetSpent();
		return await counted(request);
	};
	return {
		newest: await counted(async () => await source.readFirst(SMALL_PAGE)),
		readFirst: async (size) => await inTime(async () => await source.readFirst(size)),
		readPage: async (page, size) => await inTime(async () => await source.readPage(page, size)),
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
