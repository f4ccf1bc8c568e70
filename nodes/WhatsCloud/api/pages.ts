import { isObject } from '../checks/json';
import type { Client } from './client';
import type { Body } from './envelope';
import { ApiError } from './errors/ApiError';
import { errorFor } from './errors/situations';
import { mayBeTooMuch } from './http';

/** A record as the API gives it. Ids are whole numbers, whatever type they came in (quirk 29). */
export type ApiRecord = { id: number } & Record<string, unknown>;

export interface Rows {
	/** The place of the first of these records in the list, from 0. The newest stand first. */
	from: number;
	records: ApiRecord[];
	/** How many records a page has, as the server made it of the number asked for. */
	size: number;
	/** How many records the list has; undefined where the server does not count. */
	total?: number;
	/** The server's clock when it answered, in milliseconds; undefined where it does not say. */
	serverTime?: number;
	isEnd: boolean;
}

/** Fewer requests are more speed while 60 a minute are allowed. No page is ever larger. */
export const LARGEST_PAGE = 1_000;
/** The page size that servers use when they ignore the one asked for. */
export const SMALLEST_PAGE = 15;
/** Every known server takes a page of this size (quirk 2). */
export const SAFE_PAGE = 100;

export type PageReader = ReturnType<typeof createPageReader>;

/** Reads lists by the place of their records, in pages as large as the server manages. */
export function createPageReader(client: Pick<Client, 'getList'>) {
	const largest = new Map<string, number>();
	/** How many records a page can have that is asked for with this number. */
	const pageSize = (path: string, count: number) =>
		Math.max(1, Math.min(count, largest.get(path) ?? LARGEST_PAGE));

	/** At most `count` records from this place on, in one answer. @throws ApiError */
	async function rows(path: string, from: number, count: number): Promise<Rows> {
		let size = pageSize(path, count);
		for (;;) {
			const page = Math.floor(from / size);
			const request = { query: { page: page + 1, per_page: size }, canShrink: size > SAFE_PAGE };
			const answer = await client.getList(path, request).catch((error: unknown) => {
				const smaller = smallerPage(error, size);
				if (smaller === undefined) throw error;
				largest.set(path, smaller);
				size = smaller;
			});
			if (!answer) continue;
			const { records, total, perPage } = pageIn(answer.body, path);
			const isCut = page === 0 && records.length >= SMALLEST_PAGE && records.length < size;
			const served = perPage ?? (isCut ? records.length : size);
			if (served < size) largest.set(path, served);
			if (served !== size && page > 0) {
				// In pages of another size, the record stands on another one.
				size = served;
				continue;
			}
			const start = from - page * served;
			const asked = records.slice(start, start + count);
			const full = perPage === undefined && page === 0 ? Math.min(size, SMALLEST_PAGE) : served;
			const isLast = records.length < full || from + asked.length >= (total ?? Infinity);
			return {
				...{ from, records: asked, size: served, total, serverTime: answer.serverTime },
				isEnd: isLast || asked.length === 0,
			};
		}
	}

	/** One answer after the other between two places, some records perhaps twice. @throws ApiError */
	async function* pages(path: string, count = LARGEST_PAGE, from = 0, to = Infinity) {
		for (let at = from, isEnd = false; at < to && !isEnd; ) {
			const page = await rows(path, at, count);
			yield page;
			at += page.records.length;
			isEnd = page.isEnd;
		}
	}

	return { pageSize, rows, pages };
}

/** A page in one of the three shapes (quirk 1). @throws ApiError */
function pageIn(body: Body, path: string) {
	const outer = isObject(body.data) ? body.data : body;
	if (!Array.isArray(outer.data)) {
		const response = { status: 200, headers: {}, text: JSON.stringify(body) };
		throw errorFor({ method: 'GET', path }, { response, body });
	}
	const totals = isObject(body.meta) ? body.meta : outer;
	return {
		records: (outer.data as unknown[]).filter(isObject).map(asRecord),
		/** Absent in the flat shape without meta, as is the next. */
		total: countIn(totals.total),
		/** What the server made of the page size asked for. */
		perPage: countIn(totals.per_page) || undefined,
	};
}

/** The record with a whole-number id, or without change when it has none. */
export function asRecord(record: Record<string, unknown>): ApiRecord {
	const id = Number(record.id);
	return (record.id === id ? record : { ...record, id }) as ApiRecord;
}

function countIn(value: unknown): number | undefined {
	const number = typeof value === 'string' && value !== '' ? Number(value) : value;
	return Number.isInteger(number) && Number(number) >= 0 ? Number(number) : undefined;
}

/** The page size to try next; undefined where a smaller page would fail, too. */
function smallerPage(error: unknown, size: number): number | undefined {
	if (!(error instanceof ApiError) || size <= SAFE_PAGE) return undefined;
	if (mayBeTooMuch(error)) return Math.max(SAFE_PAGE, Math.floor(size / 2));
	// Refused by validation, or by a server whose memory does not hold the page.
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
