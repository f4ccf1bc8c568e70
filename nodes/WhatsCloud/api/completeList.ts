import pLimit from 'p-limit';

import { ApiError } from './errors/ApiError';
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
/** Only to read a list whole that was not; about 10 megabytes. */
const LARGEST_PAGE = 20_000;
/** For records that come while a page of all is asked for. */
const ROOM_FOR_NEW = 100;
/** Every known server takes a page of this size. */
const SAFE_PAGE = 100;
/** The page size that servers use when they ignore the one asked for. */
const SMALLEST_CLAMP = 15;
const PAGES_IN_FLIGHT = 6;
const MAX_ROUNDS = 12;
/** A list that needs so many pages changes while it is read, and reading it again takes minutes. */
const MANY_PAGES = 20;
const MAX_ROUNDS_OF_MANY_PAGES = 3;
const MAX_PAGES = 20_000;

interface FirstPage {
	page: Page;
	/** The page size that the server takes, for all pages after it. */
	size: number;
}

export function createLists(client: Client): Lists {
	let largestPage = LARGE_PAGE;

	/** The first page tells whether the server takes the page size; no server refuses SAFE_PAGE. */
	async function firstPage(
		path: string,
		query: ListOptions['query'],
		perPage: number,
	): Promise<FirstPage> {
		const size = largestPage < LARGE_PAGE ? Math.min(perPage, largestPage) : perPage;
		const page = await readPage(client, path, 1, size, query).catch((error: unknown) => {
			if (error instanceof ApiError && size > SAFE_PAGE && isRefusal(error)) return undefined;
			throw error;
		});
		if (page) return { page, size };
		largestPage = SAFE_PAGE;
		return { page: await readPage(client, path, 1, SAFE_PAGE, query), size: SAFE_PAGE };
	}

	async function* pages(path: string, query?: ListOptions['query'], perPage = LARGE_PAGE) {
		yield* pagesFrom(path, query, await firstPage(path, query, perPage));
	}

	async function* pagesFrom(path: string, query: ListOptions['query'], first: FirstPage) {
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
	async function readRound(
		path: string,
		query: ListOptions['query'],
		perPage: number,
	): Promise<Page[]> {
		const first = await firstPage(path, query, perPage);
		if (first.page.lastPage === undefined) return await collect(pagesFrom(path, query, first));
		const inFlight = pLimit(PAGES_IN_FLIGHT);
		const pagesRead = [first.page];
		// New records move others to pages that did not exist before.
		for (let last = lastOf(pagesRead); pagesRead.length < last; last = lastOf(pagesRead)) {
			const numbers = Array.from(
				{ length: last - pagesRead.length },
				(_, index) => index + pagesRead.length + 1,
			);
			const read = async (page: number) => await readPage(client, path, page, first.size, query);
			pagesRead.push(...(await Promise.all(numbers.map((number) => inFlight(read, number)))));
		}
		return pagesRead;
	}

	/** Reads in rounds until one shows every record that was there when it began. */
	async function readAll(path: string, query: ListOptions['query']): Promise<ApiRecord[]> {
		const everything = new Map<number, ApiRecord>();
		let since = new Map<number, ApiRecord>();
		let before: RoundFacts | undefined;
		let perPage = LARGE_PAGE;
		let first: RoundFacts | undefined;
		for (let round = 1; ; round++) {
			const pagesRead = await readRound(path, query, perPage);
			const facts = factsOf(pagesRead);
			// What earlier rounds saw counts only as long as the list stays as it was.
			const isUnchanged = before !== undefined && isSameList(before, facts);
			if (!isUnchanged) since = new Map();
			// Without totals, a round during which a record went can't be told from the one after it.
			const isSafe = isUnchanged || facts.isTold || facts.pages <= 1;
			for (const record of pagesRead.flatMap(({ records }) => records)) {
				if (isSafe) since.set(record.id, record);
				everything.set(record.id, record);
			}
			if (isComplete(facts, since, isUnchanged)) return newestFirst(since, round);
			const rounds = facts.pages > MANY_PAGES ? MAX_ROUNDS_OF_MANY_PAGES : MAX_ROUNDS;
			// Of a list that never stays as it is, rather a record that is gone than one that is missing.
			if (round >= rounds) return newestFirst(everything, round);
			before = { ...facts, highest: Math.max(facts.highest, before?.highest ?? 0) };
			first ??= facts;
			perPage = otherPageSize(first, round);
		}
	}

	async function readSome(
		path: string,
		limit: number,
		{ query, matches }: ListOptions,
	): Promise<ApiRecord[]> {
		const found = new Map<number, ApiRecord>();
		let pagesRead = 0;
		// Without a filter the limit is all that is needed; with one, nobody knows how far to read.
		for await (const page of pages(path, query, matches ? LARGE_PAGE : limit)) {
			pagesRead++;
			for (const record of page.records) {
				if (matches?.(record) ?? true) found.set(record.id, record);
				if (found.size === limit) return [...found.values()];
			}
		}
		// The list ended before the limit, so all of it is wanted, and pages may have moved.
		return pagesRead === 1 ? [...found.values()] : await readMatching(path, { query, matches });
	}

	async function readMatching(path: string, { query, matches }: ListOptions): Promise<ApiRecord[]> {
		const records = await readAll(path, query);
		return matches ? records.filter(matches) : records;
	}

	return {
		page: async (path, page, perPage) => await readPage(client, path, page, perPage),
		pages,
		list: async (path, options = {}) => {
			const { limit } = options;
			if (limit === undefined) return await readMatching(path, options);
			return (await readSome(path, limit, options)).slice(0, limit);
		},
	};
}

function isRefusal({ status }: ApiError): boolean {
	return status === 400 || status === 422 || status === 500;
}

function lastOf(pages: Page[]): number {
	return Math.min(MAX_PAGES, Math.max(...pages.map(({ lastPage }) => lastPage ?? 1)));
}

function isLast(page: Page, number: number, first: FirstPage): boolean {
	if (page.lastPage !== undefined) return number >= page.lastPage;
	// No totals: a page that is shorter than the one before it was the last, unless the server clamps.
	const full = number === 1 ? Math.min(first.size, SMALLEST_CLAMP) : first.page.records.length;
	return page.records.length < full;
}

/** What one pass over the pages tells about the list. */
interface RoundFacts {
	pages: number;
	perPage: number;
	/** Of the list as each page saw it; the same number when nothing came or went. */
	totals: Set<number | undefined>;
	/** How many records there were when the round began; counted where the server does not tell. */
	total: number;
	/** On the first page, which has the newest; ids only grow, so higher ones came later. */
	highestAtStart: number;
	highest: number;
	isTold: boolean;
}

function factsOf(pages: Page[]): RoundFacts {
	const filled = pages.filter(({ records }) => records.length > 0);
	const told = pages[0]?.total;
	return {
		pages: filled.length,
		perPage: pages[0]?.perPage ?? pages[0]?.records.length ?? LARGE_PAGE,
		totals: new Set(pages.map(({ total }) => total)),
		total: told ?? filled.reduce((sum, { records }) => sum + records.length, 0),
		highestAtStart: highestId(pages[0]),
		highest: Math.max(...pages.map(highestId)),
		isTold: told !== undefined,
	};
}

function highestId(page: Page | undefined): number {
	return Math.max(0, ...(page?.records ?? []).map(({ id }) => id));
}

/** Whether nothing came or went between two rounds, nor during them. */
function isSameList(before: RoundFacts, now: RoundFacts): boolean {
	const isStill = before.totals.size === 1 && now.totals.size === 1;
	return isStill && before.total === now.total && before.highest >= now.highest;
}

/**
 * Whether every record was seen that was there when the round began. Records that came meanwhile have
 * higher ids and don't count. Without totals, a record that went would hide another one that moved to a
 * page already read, so two rounds have to agree.
 */
function isComplete(
	facts: RoundFacts,
	seen: Map<number, ApiRecord>,
	isUnchanged: boolean,
): boolean {
	if (facts.pages <= 1) return true;
	if (!facts.isTold && !isUnchanged) return false;
	if (facts.totals.size === 1) return seen.size >= facts.total;
	return [...seen.keys()].filter((id) => id <= facts.highestAtStart).length >= facts.total;
}

/** Later rounds append what the first one missed. */
function newestFirst(records: Map<number, ApiRecord>, rounds: number): ApiRecord[] {
	const list = [...records.values()];
	if (rounds === 1) return list;
	const time = ({ created_at: createdAt }: ApiRecord) => String(createdAt ?? '');
	return list.sort((a, b) => time(b).localeCompare(time(a)) || b.id - a.id);
}

/**
 * A list that is not whole is read again in larger pages, because only at their borders records slip
 * through. Where the server allows none, in smaller ones: other borders show what those before hid.
 */
function otherPageSize(first: RoundFacts, round: number): number {
	if (first.perPage >= LARGE_PAGE) {
		const whole = first.total + ROOM_FOR_NEW;
		return Math.min(LARGEST_PAGE, whole);
	}
	return Math.max(SMALLEST_CLAMP, Math.floor(first.perPage * (1 - round / (2 * MAX_ROUNDS))));
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
	const collected: T[] = [];
	for await (const value of values) collected.push(value);
	return collected;
}
