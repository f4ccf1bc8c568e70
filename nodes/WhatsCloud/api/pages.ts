import type { Client } from './client';
import type { ApiRequest } from './http';
import { isObject } from '../json';
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

interface PageRequest extends Pick<ApiRequest, 'query' | 'canShrink'> {
	/** Counted from 1. */
	page: number;
	/** How many records to ask for. */
	size: number;
}

/** @throws ApiError */
export async function readPage(
	client: Pick<Client, 'getBody'>,
	path: string,
	{ page, size, query, canShrink }: PageRequest,
): Promise<Page> {
	const body = await client.getBody(path, {
		query: { ...query, page, per_page: size },
		canShrink,
	});
	const outer = isObject(body.data) ? body.data : body;
	if (!Array.isArray(outer.data)) throw notAListError(path, body);
	const totals = isObject(body.meta) ? body.meta : outer;
	const total = wholeNumber(totals.total);
	const servedPerPage = wholeNumber(totals.per_page);
	return {
		records: (outer.data as unknown[]).filter(isObject).map(asRecord),
		total,
		perPage: servedPerPage,
		lastPage:
			wholeNumber(totals.last_page) ??
			(total !== undefined && servedPerPage ? Math.ceil(total / servedPerPage) : undefined),
	};
}

/** The record with a whole-number id, or without change when it has none. */
export function asRecord(record: Record<string, unknown>): ApiRecord {
	const id = Number(record.id);
	return (record.id === id ? record : { ...record, id }) as ApiRecord;
}

function wholeNumber(value: unknown): number | undefined {
	const number = typeof value === 'string' && value !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}
