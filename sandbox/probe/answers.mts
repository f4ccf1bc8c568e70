import type { Server } from '../server/generations.mts';
import type { Reply } from './wire.mts';

export type Row = Record<string, unknown>;

export const isObject = (value: unknown): value is Row =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

export interface List {
	shape: Server['listShape'];
	rows: Row[];
	/** As the server tells it. */
	perPage?: number;
	total?: number;
	page: Row;
}

/** The rows of a list in any of its three shapes. */
export function listIn({ body }: Reply): List | undefined {
	if (!isObject(body)) return undefined;
	const { data, meta } = body;
	if (isObject(data) && Array.isArray(data['data'])) {
		const { per_page: perPage, total } = data as { per_page?: number; total?: number };
		return { shape: 'paginator', rows: data['data'] as Row[], perPage, total, page: data };
	}
	if (!Array.isArray(data)) return undefined;
	const rows = data as Row[];
	if (!isObject(meta)) return { shape: 'flatNoMeta', rows, page: {} };
	const { per_page: perPage, total } = meta as { per_page?: number; total?: number };
	return { shape: 'flat', rows, perPage, total, page: meta };
}

export function recordIn({ body }: Reply): Row | undefined {
	const data = isObject(body) ? body['data'] : undefined;
	return isObject(data) ? data : undefined;
}

/** The fields that a 422 names. */
export function namedIn({ body }: Reply): string[] {
	const errors = isObject(body) ? body['errors'] : undefined;
	return isObject(errors) ? Object.keys(errors) : [];
}

/** What a 422 says of a field. */
export function textsIn({ body }: Reply, field: string): string[] {
	const errors = isObject(body) ? body['errors'] : undefined;
	const texts = isObject(errors) ? errors[field] : undefined;
	return Array.isArray(texts) ? texts.map(String) : [];
}

export function messageIn({ body }: Reply): string {
	const message = isObject(body) ? body['message'] : undefined;
	return typeof message === 'string' ? message : '';
}

/** A key that nobody has translated: words in lower case, with underscores. */
export const isRawKey = (message: string) => /^[a-z]+(_[a-z]+)+$/.test(message);

export const abilityIn = (reply: Reply) =>
	reply.status === 403 ? /ability: ([a-z.]+)/.exec(messageIn(reply))?.[1] : undefined;

/** The fields that the record does not have. */
export function unfillableIn({ body }: Reply): string[] {
	const error = isObject(body) ? body['error'] : undefined;
	if (typeof error !== 'string') return [];
	return /fillable property \[([^\]]*)\]/.exec(error)?.[1]?.split(', ') ?? [];
}
