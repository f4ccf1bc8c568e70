import type { ApiRecord } from './pages';

/**
 * When the record was created, in milliseconds; NaN where the server does not say. Servers write the moment
 * with T and Z, or with a space and no zone; both mean UTC.
 */
export function createdAt({ created_at: moment }: ApiRecord): number {
	const text = String(moment).replace(' ', 'T');
	return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}
