import pLimit from 'p-limit';

import type { Client } from './client';
import type { ApiRecord, FirstPage, Page } from './pages';
import { createPageReader, isLastPage, LARGEST_PAGE, SMALLEST_CLAMP } from './pages';
import type { Shortfall } from './listPasses';
import { Passes } from './listPasses';

export interface ListOptions {
	/** At most so many records; without it, all. */
	limit?: number;
	query?: Record<string, string | number>;
	/** Filters that the server may ignore (quirk 4): applied to every record, the limit after it. */
	matches?(record: ApiRecord): boolean;
	/** All pages, if they were read just now: the first of the passes that prove the list whole. */
	firstPass?: Page[];
}

export interface Reading {
	/** Newest first, none twice. */
	records: ApiRecord[];
	/** Proved to be the whole list. When false, as when the limit came first, others may exist all the same. */
	isWhole: boolean;
}

/** Reads lists completely although pages move and rows of one second have no fixed order (quirk 3). */
export interface Lists {
	/** The records of `read`, for who concludes nothing from a record that is not there. @throws ApiError */
	list(path: string, options?: ListOptions): Promise<ApiRecord[]>;
	/** @throws ApiError */
	read(path: string, options?: ListOptions): Promise<Reading>;
	/** One page, of at most 1,000 records; the first tells the size that the server manages. @throws ApiError */
	page(path: string, page: number, perPage: number): Promise<Page>;
	/** Pages one after the other, newest records first, some records perhaps twice. @throws ApiError */
	pages(path: string, perPage?: number): AsyncGenerator<Page>;
}

export interface ListHooks {
	/** Told when all passes together could not prove a list whole. */
	onShortfall?(path: string, shortfall: Shortfall): void;
}

const PAGES_IN_FLIGHT = 6;
/** When records of one second change their order at random, one pass over many pages misses a third. */
const MAX_PASSES = 20;
const MIN_PASSES = 3;
/** For all passes after the first; at 60 a minute, a quarter of an hour. */
const MAX_REPEATED_PAGES = 1_000;
const MAX_PAGES = 20_000;

export function createLists(
	client: Pick<Client, 'getBody'>,
	{ onShortfall }: ListHooks = {},
): Lists {
	const reader = createPageReader(client);

	async function* pagesFrom(
		path: string,
		query: ListOptions['query'],
		{ page: firstPage, size: firstSize }: FirstPage,
	): AsyncGenerator<Page, void, void> {
		const seen = new Set<number>();
		let page = firstPage;
		let size = firstSize;
		let served = servedSize(page);
		let position = 0;
		for (let number = 1; number <= MAX_PAGES; number++) {
			if (number > 1) {
				const next = await reader.read(path, number, size, query).catch((error: unknown) => {
					if (!reader.shrinksAfter(error, served)) throw error;
				});
				if (!next) {
					// Smaller pages begin elsewhere: the one that holds the next record, and some before it.
					({ size } = await reader.first(path, query, size));
					served = Math.min(served, size);
					number = Math.floor(position / served);
					continue;
				}
				page = next;
			}
			position = (number - 1) * served + page.records.length;
			const before = seen.size;
			for (const { id } of page.records) seen.add(id);
			yield page;
			const isLast = isLastPage(page, number, number === 1 ? size : served);
			if (seen.size === before || isLast) return;
		}
	}

	async function* pages(path: string, perPage = LARGEST_PAGE): AsyncGenerator<Page> {
		yield* pagesFrom(path, undefined, await reader.first(path, undefined, perPage));
	}

	/** One pass over all pages, those after the first side by side where their number is known. */
	async function readPass(
		path: string,
		query: ListOptions['query'],
		perPage: number,
	): Promise<Page[]> {
		const first = await reader.first(path, query, perPage);
		if (first.page.lastPage === undefined) return await collect(pagesFrom(path, query, first));
		const all = await readPagesAfter(path, query, first).catch((error: unknown) => {
			if (!reader.shrinksAfter(error, servedSize(first.page))) throw error;
		});
		return all ?? (await readPass(path, query, perPage));
	}

	async function readPagesAfter(
		path: string,
		query: ListOptions['query'],
		{ page, size }: FirstPage,
	): Promise<Page[]> {
		const all = [page];
		// New records move others to pages that did not exist before.
		for (let last = lastOf(all); all.length < last; last = lastOf(all)) {
			const from = all.length + 1;
			const numbers = Array.from({ length: last - all.length }, (_, index) => from + index);
			const read = async (number: number) => await reader.read(path, number, size, query);
			all.push(...(await untilFailure(numbers, read)));
		}
		return all;
	}

	/** Reads again until the list is proved whole, in other page sizes, whose borders lie elsewhere. */
	async function readWhole(
		path: string,
		query: ListOptions['query'],
		firstPass: Page[],
	): Promise<Passes> {
		const passes = new Passes();
		passes.add(firstPass);
		const size = firstPass[0] ? servedSize(firstPass[0]) : LARGEST_PAGE;
		for (let pass = 1; !passes.isWhole && pass < mostPasses(passes.pages); pass++) {
			passes.add(await readPass(path, query, otherPageSize(size, pass)));
		}
		if (!passes.isWhole) onShortfall?.(path, passes.shortfall);
		return passes;
	}

	async function read(path: string, options: ListOptions = {}): Promise<Reading> {
		const { limit = Infinity, query, matches = () => true } = options;
		let { firstPass } = options;
		if (limit !== Infinity) {
			firstPass = [];
			const found = new Map<number, ApiRecord>();
			// Without a filter the limit is all that is needed; with one, nobody knows how far to read.
			const first = await reader.first(path, query, options.matches ? LARGEST_PAGE : limit);
			for await (const page of pagesFrom(path, query, first)) {
				firstPass.push(page);
				for (const record of page.records.filter(matches)) found.set(record.id, record);
				if (found.size >= limit)
					return { records: [...found.values()].slice(0, limit), isWhole: false };
			}
			// The list ended before the limit, so all of it is wanted.
		}
		firstPass ??= await readPass(path, query, LARGEST_PAGE);
		const { records, isWhole } = await readWhole(path, query, firstPass);
		return { records: records.filter(matches).slice(0, limit), isWhole };
	}

	return {
		list: async (path, options) => (await read(path, options)).records,
		read,
		page: reader.page,
		pages,
	};
}

/** What the server made of the page size asked for. */
function servedSize({ perPage, records }: Page): number {
	return perPage ?? records.length;
}

function lastOf(pages: Page[]): number {
	return Math.min(MAX_PAGES, Math.max(...pages.map(({ lastPage }) => lastPage ?? 1)));
}

function mostPasses(pages: number): number {
	const affordable = 1 + Math.floor(MAX_REPEATED_PAGES / Math.max(pages, 1));
	return Math.min(MAX_PASSES, Math.max(MIN_PASSES, affordable));
}

function otherPageSize(first: number, pass: number): number {
	return Math.max(SMALLEST_CLAMP, Math.floor(first * (1 - pass / (2 * MAX_PASSES))));
}

/** Starts nothing after the first failure, and waits for what is under way. @throws that failure */
async function untilFailure<T, R>(values: T[], work: (value: T) => Promise<R>): Promise<R[]> {
	const inFlight = pLimit(PAGES_IN_FLIGHT);
	const failures: unknown[] = [];
	const attempt = async (value: T) => {
		if (failures.length > 0) return [];
		return await work(value).then(
			(result) => [result],
			(error: unknown) => {
				failures.push(error);
				return [];
			},
		);
	};
	const results = await Promise.all(values.map((value) => inFlight(attempt, value)));
	if (failures.length > 0) throw failures[0];
	return results.flat();
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
	const collected: T[] = [];
	for await (const value of values) collected.push(value);
	return collected;
}
