import pLimit from 'p-limit';

import { ApiError } from './ApiError';
import type { Client } from './client';
import type { ApiRecord, Page } from './pages';
import { readPage } from './pages';

export interface ListOptions {
	/** At most so many records; without it, all. */
	limit?: number;
	query?: Record<string, string | number>;
	/** Filters that the server may ignore (quirk 4): applied to every record, the limit after it. */
	matches?(record: ApiRecord): boolean;
}

/** Reads lists completely although pages move and rows of one second have no fixed order (quirk 3). */
export interface Lists {
	/** Newest first, no record twice. @throws ApiError */
	list(path: string, options?: ListOptions): Promise<ApiRecord[]>;
	/** One page, for who pages himself. @throws ApiError */
	page(path: string, page: number, perPage: number): Promise<Page>;
	/** Pages one after the other, newest records first; ends with the last page. @throws ApiError */
	pages(path: string, query?: ListOptions['query'], perPage?: number): AsyncGenerator<Page>;
}

/** Fewer requests are more speed while 60 a minute are allowed; some servers clamp or refuse it. */
const LARGE_PAGE = 1_000;
/** Every known server takes a page of this size. */
const SAFE_PAGE = 100;
/** The page size that servers use when they ignore the one asked for. */
const SMALLEST_CLAMP = 15;
const PAGES_IN_FLIGHT = 4;
const MAX_ROUNDS = 12;
const MAX_PAGES = 20_000;

export function createLists(client: Client): Lists {
	let largestPage = LARGE_PAGE;

	/** The first page tells whether the server takes the page size; no server refuses SAFE_PAGE. */
	async function firstPage(
		path: string,
		query: ListOptions['query'],
		perPage: number,
	): Promise<FirstPage> {
		const size = Math.min(perPage, largestPage);
		const page = await readPage(client, path, 1, size, query).catch((error: unknown) => {
			if (error instanceof ApiError && size > SAFE_PAGE && isRefusal(error)) return undefined;
			throw error;
		});
		if (page) return { page, size };
		largestPage = SAFE_PAGE;
		return { page: await readPage(client, path, 1, SAFE_PAGE, query), size: SAFE_PAGE };
	}

	async function* pages(path: string, query?: ListOptions['query'], perPage = LARGE_PAGE) {
		yield* pagesAfter(await firstPage(path, query, perPage), path, query);
	}

	/** The first page and those after it, one after the other. */
	async function* pagesAfter(first: FirstPage, path: string, query: ListOptions['query']) {
		const seen = new Set<number>();
		let { page } = first;
		for (let number = 1; number <= MAX_PAGES; number++) {
			if (number > 1) page = await readPage(client, path, number, first.size, query);
			const before = seen.size;
			for (const { id } of page.records) seen.add(id);
			yield page;
			if (seen.size === before || isLast(page, number, first)) return;
		}
	}

	/** One pass over all pages, those after the first side by side where their number is known. */
	async function readRound(path: string, query: ListOptions['query']): Promise<Page[]> {
		const start = await firstPage(path, query, LARGE_PAGE);
		const { page: first, size } = start;
		if (first.lastPage === undefined) return await collect(pagesAfter(start, path, query));
		const lane = pLimit(PAGES_IN_FLIGHT);
		const others = Array.from({ length: Math.min(first.lastPage, MAX_PAGES) - 1 }, (_, index) =>
			lane(async () => await readPage(client, path, index + 2, size, query)),
		);
		return [first, ...(await Promise.all(others))];
	}

	async function readAll(path: string, query: ListOptions['query']): Promise<ApiRecord[]> {
		let found = new Map<number, ApiRecord>();
		let total: number | undefined;
		for (let round = 1; round <= MAX_ROUNDS; round++) {
			const pagesRead = await readRound(path, query);
			const now = pagesRead.at(-1)?.total;
			// Rows came or went: what an earlier round saw may be gone.
			if (round > 1 && now !== total) found = new Map();
			total = now;
			const before = found.size;
			for (const { records } of pagesRead)
				for (const record of records) found.set(record.id, record);
			if (isComplete(pagesRead, found.size, found.size > before)) break;
		}
		return [...found.values()];
	}

	async function readSome(
		path: string,
		{ limit = Infinity, query, matches }: ListOptions,
	): Promise<ApiRecord[]> {
		const found = new Map<number, ApiRecord>();
		// Without a filter the limit is all that is needed; with one, nobody knows how far to read.
		for await (const page of pages(path, query, matches ? LARGE_PAGE : limit)) {
			for (const record of page.records) {
				if (matches?.(record) ?? true) found.set(record.id, record);
				if (found.size === limit) return [...found.values()];
			}
		}
		return [...found.values()];
	}

	return {
		page: async (path, page, perPage) => await readPage(client, path, page, perPage),
		pages,
		list: async (path, options = {}) => {
			if (options.limit !== undefined) return await readSome(path, options);
			const records = await readAll(path, options.query);
			return options.matches ? records.filter(options.matches) : records;
		},
	};
}

function isRefusal({ status }: ApiError): boolean {
	return status === 400 || status === 422 || status === 500;
}

interface FirstPage {
	page: Page;
	/** The page size that was asked for. */
	size: number;
}

function isLast(page: Page, number: number, first: FirstPage): boolean {
	if (page.lastPage !== undefined) return number >= page.lastPage;
	// No totals: a page that is shorter than the one before it was the last, unless the server clamps.
	const full = number === 1 ? Math.min(first.size, SMALLEST_CLAMP) : first.page.records.length;
	return page.records.length < full;
}

/**
 * Whether a pass over the pages missed nothing. A row can be missed when rows were deleted between two
 * pages (the total shrank) or when rows of the same second changed places across a page's border.
 */
function isComplete(pages: Page[], found: number, foundMore: boolean): boolean {
	const totals = new Set(pages.map(({ total }) => total));
	if (totals.size > 1) return false;
	const [total] = totals;
	if (total !== undefined) return found >= total;
	return !foundMore || !pages.some((page, index) => tiesAcross(page, pages[index + 1]));
}

function tiesAcross(page: Page, next: Page | undefined): boolean {
	const last = page.records.at(-1);
	const first = next?.records[0];
	return last !== undefined && first !== undefined && last.created_at === first.created_at;
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
	const collected: T[] = [];
	for await (const value of values) collected.push(value);
	return collected;
}
