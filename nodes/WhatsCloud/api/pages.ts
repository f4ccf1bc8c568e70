import type { Client } from './client';
import type { ApiRequest } from './http';
import { mayBeTooMuch } from './http';
import { isObject } from '../checks/json';
import type { Body } from './envelope';
import { ApiError } from './errors/ApiError';
import { notAListError } from './errors/failures';

/** A record as the API gives it. Ids are whole numbers, whatever type they came in (quirk 29). */
export type ApiRecord = { id: number } & Record<string, unknown>;

/** One page of a list, whichever of the three shapes it came in (quirk 1). */
export interface Page {
	records: ApiRecord[];
	/** Absent in the flat shapes. */
	lastPage?: number;
	/** Absent in the flat shape without meta. */
	total?: number;
	/** What the server made of the page size asked for; may be smaller. */
	perPage?: number;
}

/** Fewer requests are more speed while 60 a minute are allowed. No page is ever larger. */
export const LARGEST_PAGE = 1_000;
/** The page size that servers use when they ignore the one asked for. */
export const SMALLEST_CLAMP = 15;
/** Every known server takes a page of this size (quirk 2). */
const SAFE_PAGE = 100;

export interface FirstPage {
	page: Page;
	/** The page size to ask for in the pages after it. */
	size: number;
}

/** Reads pages as large as the server manages, and remembers how large that is. */
export interface PageReader {
	/** Page 1, in the size wanted or the largest that the server takes. @throws ApiError */
	first(path: string, query: ApiRequest['query'], wanted: number): Promise<FirstPage>;
	/** The first page in the size that the server manages, any other in this size, perhaps in several requests. @throws ApiError */
	page(path: string, page: number, perPage: number): Promise<Page>;
	/** Exactly this page, counted from 1, in this size. @throws ApiError */
	read(path: string, page: number, size: number, query?: ApiRequest['query']): Promise<Page>;
	/**
	 * Whether smaller pages may work where one after the first failed; from then on, pages are smaller.
	 * @param served how many records the server gave for a page
	 */
	shrinksAfter(error: unknown, served: number): boolean;
}

export function createPageReader(client: Pick<Client, 'getBody'>): PageReader {
	let largest = LARGEST_PAGE;

	const shrink = (size: number | undefined) => {
		largest = Math.min(largest, size ?? largest);
		return size !== undefined;
	};

	async function read(
		path: string,
		page: number,
		size: number,
		query?: ApiRequest['query'],
		canShrink = false,
	): Promise<Page> {
		const request = { query: { ...query, page, per_page: size }, canShrink };
		return pageIn(await client.getBody(path, request), path);
	}

	const first: PageReader['first'] = async (path, query, wanted) => {
		for (;;) {
			const size = Math.min(wanted, largest);
			const page = await read(path, 1, size, query, size > SAFE_PAGE).catch((error: unknown) => {
				if (!shrink(refusedSize(error, size) ?? halfSize(error, size))) throw error;
			});
			if (page) return { page, size };
		}
	};

	const shrinksAfter: PageReader['shrinksAfter'] = (error, served) =>
		shrink(halfSize(error, served));

	/** A page that is too much for the server is put together from its halves. */
	async function later(path: string, page: number, size: number): Promise<Page> {
		const canHalve = size % 2 === 0 && size > SAFE_PAGE;
		if (size <= largest || !canHalve) {
			const whole = await read(path, page, size, undefined, canHalve).catch((error: unknown) => {
				if (!canHalve || !shrinksAfter(error, size)) throw error;
			});
			if (whole) return whole;
		}
		const half = await later(path, 2 * page - 1, size / 2);
		return joined(half, await later(path, 2 * page, size / 2));
	}

	return {
		first,
		page: async (path, page, perPage) => {
			const size = Math.min(perPage, LARGEST_PAGE);
			return page === 1 ? (await first(path, undefined, size)).page : await later(path, page, size);
		},
		read,
		shrinksAfter,
	};
}

function joined(first: Page, second: Page): Page {
	const { total, lastPage, perPage } = second;
	return {
		records: [...first.records, ...second.records],
		total,
		lastPage: lastPage && Math.ceil(lastPage / 2),
		perPage: perPage && perPage * 2,
	};
}

/** @throws ApiError */
function pageIn(body: Body, path: string): Page {
	const outer = isObject(body.data) ? body.data : body;
	if (!Array.isArray(outer.data)) throw notAListError(path, body);
	const totals = isObject(body.meta) ? body.meta : outer;
	const total = wholeNumber(totals.total);
	const perPage = wholeNumber(totals.per_page);
	return {
		records: (outer.data as unknown[]).filter(isObject).map(asRecord),
		total,
		perPage,
		lastPage:
			wholeNumber(totals.last_page) ??
			(total !== undefined && perPage ? Math.ceil(total / perPage) : undefined),
	};
}

/**
 * Whether the list ends with this page, whose number counts from 1. Without totals, a page that is shorter
 * than asked for is the last; the first one may be shorter because the server gives less for each.
 */
export function isLastPage({ records, lastPage }: Page, number: number, size: number): boolean {
	if (lastPage !== undefined) return number >= lastPage;
	return records.length < (number === 1 ? Math.min(size, SMALLEST_CLAMP) : size);
}

/** The record with a whole-number id, or without change when it has none. */
export function asRecord(record: Record<string, unknown>): ApiRecord {
	const id = Number(record.id);
	return (record.id === id ? record : { ...record, id }) as ApiRecord;
}

function wholeNumber(value: unknown): number | undefined {
	const number = typeof value === 'string' && value !== '' ? Number(value) : value;
	return Number.isInteger(number) && Number(number) >= 0 ? Number(number) : undefined;
}

function halfSize(error: unknown, size: number): number | undefined {
	if (!(error instanceof ApiError) || size <= SAFE_PAGE || !mayBeTooMuch(error)) return undefined;
	return Math.max(SAFE_PAGE, Math.floor(size / 2));
}

/** Refused by validation, or by a server whose memory does not hold the page. */
function refusedSize(error: unknown, size: number): number | undefined {
	if (!(error instanceof ApiError) || size <= SAFE_PAGE) return undefined;
	return [400, 422, 500].includes(error.status ?? 0) ? SAFE_PAGE : undefined;
}

/**
 * When the record was created, in milliseconds; NaN where the server does not say. Servers write the moment
 * with T and Z, or with a space and no zone; both mean UTC.
 */
export function createdAt({ created_at: moment }: ApiRecord): number {
	const text = String(moment).replace(' ', 'T');
	return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}
