import type { Method, NetworkFailure } from './http';

/** What the user chose under Options > When Rate Limited. */
export type OnRateLimit = 'wait' | 'fail';

export interface Attempt {
	method: Method;
	/** 1 for the first try. */
	attempt: number;
	/** HTTP status, absent when no complete answer came. */
	status?: number;
	failure?: NetworkFailure;
	/** What the server asked for, from the body (quirk 14) or a Retry-After header. */
	retryAfterMs?: number;
	onRateLimit: OnRateLimit;
}

/** A full window passes between two refusals, so ten of them mean that others use up the limit. */
export const MAX_RATE_LIMIT_ATTEMPTS = 10;
const MAX_ATTEMPTS = 4;
const BACKOFF_MS = 500;
const DEFAULT_RATE_LIMIT_WAIT_MS = 5_000;
const MAX_WAIT_MS = 10 * 60_000;
/** The window may close a moment after the whole seconds that the server reports. */
const RATE_LIMIT_MARGIN_MS = 50;

/** Answers of a gateway in front of WhatsCloud, or of its maintenance page. */
const PASSING_STATUSES = new Set([502, 503, 504]);

/**
 * How many milliseconds to wait before repeating a request, or undefined when it must not be repeated.
 * 429 is refused before the handler (contract, section 2), so anything may be repeated after it.
 * POST creates or sends: it is repeated only when the connection was never made (quirk 20).
 */
export function retryDelay(attempt: Attempt): number | undefined {
	if (attempt.failure?.cancelled) return undefined;
	if (attempt.status === 429) return rateLimitDelay(attempt);
	if (attempt.attempt >= MAX_ATTEMPTS || !mayPass(attempt)) return undefined;
	return Math.max(BACKOFF_MS * 2 ** (attempt.attempt - 1), clampWait(attempt.retryAfterMs ?? 0));
}

function rateLimitDelay({ attempt, retryAfterMs, onRateLimit }: Attempt): number | undefined {
	if (onRateLimit === 'fail' || attempt >= MAX_RATE_LIMIT_ATTEMPTS) return undefined;
	return clampWait(retryAfterMs ?? DEFAULT_RATE_LIMIT_WAIT_MS) + RATE_LIMIT_MARGIN_MS;
}

function mayPass({ method, status, failure }: Attempt): boolean {
	if (failure) return failure.passing && (failure.neverSent || method !== 'POST');
	return method !== 'POST' && status !== undefined && PASSING_STATUSES.has(status);
}

function clampWait(ms: number): number {
	return Math.min(Math.max(ms, 0), MAX_WAIT_MS);
}

/** Milliseconds from a 429 body's `retry_after` (seconds) or a Retry-After header (seconds or a date). */
export function retryAfterMs(
	body: unknown,
	headers: Record<string, string>,
	now: number,
): number | undefined {
	const fromBody =
		typeof body === 'object' && body !== null && 'retry_after' in body
			? Number(body.retry_after)
			: NaN;
	if (fromBody >= 0) return fromBody * 1000;
	const header = headers['retry-after'];
	if (header === undefined) return undefined;
	if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
	const date = Date.parse(header);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
