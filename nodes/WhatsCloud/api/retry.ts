import type { Method, NetworkFailure, Wait } from './http';
import { mayBeTooMuch } from './http';

/** What the user chose under Options > When Rate Limited. */
export type OnRateLimit = 'wait' | 'fail';

/** How one attempt of a request ended, and all that decides whether another may follow. */
export interface Attempt {
	method: Method;
	/** 1 for the first try. */
	attempt: number;
	/** HTTP status, absent when no complete answer came. */
	status?: number;
	failure?: NetworkFailure;
	/** Nothing was done, because of the limit of the account, or of WhatsApp's for its number or for one person. */
	limit?: Limit;
	/** A smaller request follows this one when the server does not manage it. */
	canShrink?: boolean;
	/** A success whose body is empty or cut off. */
	broken?: boolean;
	/** What the server asked for, from the body (quirk 14) or a Retry-After header. */
	retryAfterMs?: number;
	/** For how long the limit has let nothing through: no request of this execution, or not this one. */
	blockedMs: number;
	onRateLimit: OnRateLimit;
}

/** Whether a limit refuses all requests of an account, or the messages to one person. */
export type Limit = 'all' | 'one';

const MAX_ATTEMPTS = 4;
const BACKOFF_MS = 500;
const DEFAULT_RATE_LIMIT_WAIT_MS = 5_000;
/** WhatsApp takes a message to the same person every six seconds. */
const SHORTEST_WAIT_FOR_ONE_MS = 6_000;
/** Rate-limit windows last an hour at most. A longer block has another cause, such as a limit per day. */
export const MAX_BLOCKED_MS = 2 * 60 * 60_000;
/** A server that wants more than this is down for longer than a run of a node should hang. */
const MAX_BACKOFF_MS = 10 * 60_000;
/** WhatsCloud rounds up to whole seconds and does not count refusals, so it is asked again a little early. */
const EARLY_MS = 750;

/** Answers of a gateway in front of WhatsCloud, or of its maintenance page; later the same may work. */
export const TRANSIENT_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * How many milliseconds to wait before repeating a request, or undefined when it must not be repeated.
 * After a limit anything may be repeated: 429 comes before the handler (contract, section 2), and WhatsApp
 * sends nothing of what it refuses.
 * POST creates or sends: it is repeated only when the connection was never made (quirk 20).
 */
export function retryDelay(attempt: Attempt): number | undefined {
	if (attempt.limit) return rateLimitDelay(attempt);
	if (attempt.attempt >= MAX_ATTEMPTS || !isTransient(attempt)) return undefined;
	if (attempt.canShrink && mayBeTooMuch({ status: attempt.status, code: attempt.failure?.code }))
		return undefined;
	const backoff = BACKOFF_MS * 2 ** (attempt.attempt - 1);
	const wanted = attempt.retryAfterMs ?? 0;
	return wanted > MAX_BACKOFF_MS ? undefined : Math.max(backoff, wanted);
}

function rateLimitDelay(attempt: Attempt): number | undefined {
	const { limit, retryAfterMs, blockedMs, onRateLimit } = attempt;
	if (onRateLimit === 'fail') return undefined;
	const forOne = Math.min(Math.max(blockedMs, SHORTEST_WAIT_FOR_ONE_MS), MAX_SHORTEST_WAIT_MS);
	const delay = retryAfterMs ?? (limit === 'one' ? forOne : DEFAULT_RATE_LIMIT_WAIT_MS);
	return blockedMs + delay > MAX_BLOCKED_MS ? undefined : delay;
}

function isTransient({ method, status, failure, broken }: Attempt): boolean {
	if (failure && method === 'POST')
		// A POST is not repeated after a time-out, not even of the connection: minutes have passed, and a person decides.
		return failure.transient && failure.neverSent && !failure.isTimeout;
	if (failure) return failure.transient;
	if (method === 'POST') return false;
	return broken === true || (status !== undefined && TRANSIENT_STATUSES.has(status));
}

/** Milliseconds from a 429 body's `retry_after` (seconds) or a Retry-After header (seconds or a date). */
export function retryAfterMs(
	body: unknown,
	headers: Record<string, string>,
	now: number,
): number | undefined {
	const fromBody =
		typeof body === 'object' && body !== null && 'retry_after' in body
			? seconds(body.retry_after)
			: undefined;
	if (fromBody !== undefined) return Math.max(fromBody - EARLY_MS, 0);
	const header = headers['retry-after'];
	if (header === undefined) return undefined;
	const fromHeader = seconds(header);
	if (fromHeader !== undefined) return fromHeader;
	const date = Date.parse(header);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function seconds(value: unknown): number | undefined {
	const isNumber = typeof value === 'number' || /^\s*\d+(\.\d+)?\s*$/.test(String(value));
	const number = Number(value);
	return isNumber && number >= 0 ? number * 1000 : undefined;
}

/**
 * A circuit breaker that all requests of one execution pass: the limit is the account's, so one refusal holds
 * back all. After the wait it is half-open: one request tries, and the others follow when it was let through.
 */
export interface RateLimitGate {
	/**
	 * Resolves when a request may go, with the number of refusals so far. Rejects when the run ends meanwhile.
	 */
	pass(): Promise<number>;
	/**
	 * The rate limit refused a request that had passed after so many refusals. Whoever wants to pass waits so
	 * long, at least: the shortest wait grows with each refusal in a row, whatever the server asks for.
	 */
	close(ms: number, refusalsBefore: number): void;
	/** A request was answered by something else than the rate limit. */
	open(): void;
	/** A request tells nothing about the limit: it got no answer, or is not repeated. Nobody waits for it. */
	skip(): void;
	/** For how many milliseconds every request has been refused. */
	blockedMs(): number;
}

/** After the first and the second refusal in a row; doubled with each after that. */
const SHORTEST_WAIT_MS = 250;
const MAX_SHORTEST_WAIT_MS = 60_000;

/** @param now a clock that nobody sets back, in milliseconds */
export function createRateLimitGate(waitFor: Wait, now: () => number): RateLimitGate {
	let closedUntil = 0;
	let closedSince: number | undefined;
	/** In a row. Requests that were under way together are refused together: that is one refusal. */
	let refusals = 0;
	/** What requests wait for: the time to be over, then the one that tries. */
	let barrier: Promise<void> | undefined;
	let isHalfOpen = false;
	let endTrial = () => {};

	async function untilHalfOpen(): Promise<void> {
		while (closedUntil > now()) await waitFor(closedUntil - now(), 'rateLimit');
	}

	function beginTrial(): void {
		isHalfOpen = false;
		barrier = new Promise((resolve) => {
			endTrial = () => {
				endTrial = () => {};
				barrier = undefined;
				resolve();
			};
		});
	}

	return {
		pass: async () => {
			while (barrier) await barrier;
			if (isHalfOpen) beginTrial();
			return refusals;
		},
		close: (ms, refusalsBefore) => {
			endTrial();
			isHalfOpen = true;
			closedSince ??= now();
			if (refusals === refusalsBefore) refusals++;
			const shortest = SHORTEST_WAIT_MS * 2 ** Math.max(0, refusals - 2);
			const wait = Math.max(ms, Math.min(shortest, MAX_SHORTEST_WAIT_MS));
			closedUntil = Math.max(closedUntil, now() + wait);
			if (barrier) return;
			barrier = untilHalfOpen().finally(() => (barrier = undefined));
			// Perhaps nobody wants to pass any more when the execution is cancelled.
			barrier.catch(() => undefined);
		},
		open: () => {
			closedSince = undefined;
			refusals = 0;
			endTrial();
		},
		skip: () => {
			endTrial();
		},
		blockedMs: () => (closedSince === undefined ? 0 : now() - closedSince),
	};
}
