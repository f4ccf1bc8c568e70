import { textOf } from '../checks/json';

const MILLISECONDS_FROM = 1e11;
const MAX_MOMENT = 8.64e15;

/** ISO 8601 in UTC, from a date in words or from seconds or milliseconds since 1970; without a zone it is UTC. */
export function utc(date: unknown): string | undefined {
	const text = textOf(date);
	if (text === null) return undefined;
	const moment = /^\d+(\.\d+)?$/.test(text) ? sinceEpoch(Number(text)) : Date.parse(withZone(text));
	const iso = Math.abs(moment) <= MAX_MOMENT ? new Date(moment).toISOString() : '';
	// Years beyond 9999 are written with a sign that other programs can't read.
	return /^\d{4}-/.test(iso) ? iso : undefined;
}

function sinceEpoch(count: number): number {
	return count < MILLISECONDS_FROM ? count * 1000 : count;
}

function withZone(date: string): string {
	return /^\d{4}-\d\d-\d\d[T ][\d:.]+$/.test(date) ? `${date.replace(' ', 'T')}Z` : date;
}
