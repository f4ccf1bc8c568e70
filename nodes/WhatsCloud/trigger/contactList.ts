import type { ApiRecord } from '../api/pages';
import type { ContactSource } from './contactSource';

/** Every known server takes it; larger ones are clamped or refused by some (quirk 2). */
const PAGE_SIZE = 100;

/** How the server sorts, as far as it is known. */
export interface ListOrder {
	/** The server's number of the page where the newest stand: 1, or the last one if it sorts oldest first. */
	newestPage: number;
	/** Absent while there was not enough to tell. */
	isOldestFirst?: boolean;
}

/**
 * The contact list as one poll sees it, its pages counted from the newest contacts whichever way the
 * server sorts. Page 1 is the page where the newest stand.
 */
export class ContactList {
	/** Every contact seen in this poll. */
	readonly contacts = new Map<number, ApiRecord>();
	/** How many contacts the account held when the newest page was read. */
	total: number | undefined;
	order: ListOrder;
	private readonly isFirstPoll: boolean;
	private readonly source: ContactSource;
	private readonly pages = new Map<number, ApiRecord[]>();
	private lastPage: number | undefined;
	private latestTotal: number | undefined;
	private largestPage = 0;

	/** @param order as an earlier poll left it */
	constructor(source: ContactSource, order?: ListOrder) {
		this.source = source;
		this.isFirstPoll = order === undefined;
		this.order = { newestPage: order?.newestPage ?? 1, isOldestFirst: order?.isOldestFirst };
	}

	/**
	 * Reads the newest page, rows newest first. One request while the newest page keeps its number.
	 * The sort order is judged anew each time: a server that changes it must not silence the trigger.
	 */
	async readNewest(): Promise<ApiRecord[]> {
		const { newestPage, isOldestFirst: remembered } = this.order;
		const direction = directionOf(await this.fetch(newestPage));
		const isOldestFirst =
			direction === 0 ? (remembered ?? (await this.compareEnds())) : direction < 0;
		const last = isOldestFirst && (this.lastPage ?? (await this.lastFilledPage(newestPage)));
		this.order = { newestPage: last || 1, isOldestFirst };
		return await this.read(1);
	}

	/**
	 * Whether the last page is newer than the first, which was read; undefined where dates and ids do not
	 * agree or the list moved. It may err, which only a total brings to light: without one, not compared.
	 * Nor later than in the first poll: imports without a date would look like the newest page.
	 */
	private async compareEnds(): Promise<boolean | undefined> {
		const { total, lastPage = 1 } = this;
		if (!this.isFirstPoll || total === undefined || lastPage === 1) return undefined;
		const [first, last] = [await this.fetchOnce(1), await this.fetchOnce(lastPage)].map(byAge);
		if (this.latestTotal !== total) return undefined;
		for (const position of [0, -1]) {
			const [a, b] = [first?.at(position), last?.at(position)];
			const byDate = a && b ? Math.sign(compareAge(b, a)) : 0;
			if (a && b && byDate !== 0) return byDate === Math.sign(b.id - a.id) ? byDate > 0 : undefined;
		}
		return undefined;
	}

	/** The rows of a page, newest first; read once per poll. Empty beyond the oldest page. */
	async read(page: number): Promise<ApiRecord[]> {
		return await this.inOrder(page, async (number) => await this.fetchOnce(number));
	}

	/** Reads a page again, because pages move (quirk 3). */
	async readAgain(page: number): Promise<void> {
		await this.inOrder(page, async (number) => await this.fetch(number));
	}

	hasRead(page: number): boolean {
		return this.pages.has(this.numberOf(page));
	}

	/** How many pages there are, where that is known. */
	get pageCount(): number | undefined {
		return this.order.isOldestFirst ? this.order.newestPage : this.lastPage;
	}

	/** A page as large as any seen so far. */
	get pageSize(): number {
		return Math.max(this.largestPage, 1);
	}

	/** Whether one answer held the whole account: then an id that is not in it does not exist. */
	get isWhole(): boolean {
		return this.total !== undefined && this.pages.get(1)?.length === this.total;
	}

	/** The highest id seen, 0 without any. */
	get highestId(): number {
		return [...this.contacts.keys()].reduce((highest, id) => Math.max(highest, id), 0);
	}

	/** The id in the middle of a page that was read, 0 if it is empty: a measure that strays do not move. */
	middleId(page: number): number {
		const ids = (this.pages.get(this.numberOf(page)) ?? []).map(({ id }) => id);
		return ids.sort((a, b) => a - b)[Math.floor(ids.length / 2)] ?? 0;
	}

	private async inOrder(
		page: number,
		rowsOf: (serverPage: number) => Promise<ApiRecord[]>,
	): Promise<ApiRecord[]> {
		const number = this.numberOf(page);
		if (number < 1) return [];
		const rows = await rowsOf(number);
		return this.order.isOldestFirst ? [...rows].reverse() : rows;
	}

	private numberOf(page: number): number {
		return this.order.isOldestFirst ? this.order.newestPage + 1 - page : page;
	}

	private async fetch(serverPage: number): Promise<ApiRecord[]> {
		const { records, lastPage, total } = await this.source.readPage(serverPage, PAGE_SIZE);
		for (const record of records) this.contacts.set(record.id, record);
		this.pages.set(serverPage, records);
		this.largestPage = Math.max(this.largestPage, records.length);
		const isOnlyPage = serverPage === 1 && records.length === total;
		this.lastPage = isOnlyPage ? 1 : lastPage;
		this.latestTotal = total;
		if (serverPage === this.order.newestPage) this.total = total;
		return records;
	}

	private async fetchOnce(serverPage: number): Promise<ApiRecord[]> {
		return this.pages.get(serverPage) ?? (await this.fetch(serverPage));
	}

	/** For a list without totals that is sorted oldest first: goes up in doubling steps, then halves. */
	private async lastFilledPage(start: number): Promise<number> {
		const isFilled = async (number: number) => (await this.fetchOnce(number)).length > 0;
		let filled = 0;
		let empty = start;
		for (let step = 1; await isFilled(empty); step *= 2) {
			filled = empty;
			empty += step;
		}
		while (empty - filled > 1) {
			const middle = Math.floor((filled + empty) / 2);
			if (await isFilled(middle)) filled = middle;
			else empty = middle;
		}
		return Math.max(filled, 1);
	}
}

/** Newest date first, the higher id first of those that tie. */
function byAge(rows: ApiRecord[]): ApiRecord[] {
	return [...rows].sort((a, b) => compareAge(b, a) || b.id - a.id);
}

/**
 * Above 0 when the rows run from new to old, below 0 when from old to new, 0 when they do not tell. The
 * newest date does not count: contacts stored without a date are sorted as the oldest and shown as now.
 */
function directionOf(rows: ApiRecord[]): number {
	const [newest] = byAge(rows);
	const dated = rows.filter((row) => newest && compareAge(newest, row) > 0);
	return dated.reduce((sum, row, index) => {
		const before = dated[index - 1];
		return before ? sum + Math.sign(compareAge(before, row)) : sum;
	}, 0);
}

/** Above 0 when the first one is the newer one. Records without a date go by their id. */
export function compareAge(first: ApiRecord, second: ApiRecord): number {
	const [a, b] = [first.created_at, second.created_at];
	if (typeof a !== 'string' || typeof b !== 'string') return first.id - second.id;
	return a === b ? 0 : a > b ? 1 : -1;
}
