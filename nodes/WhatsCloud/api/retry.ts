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
	/** A smaller request follows this one when the server does not manage it. */
	canShrink?: boolean;
	/** A success whose body is empty or cut off. */
	broken?: boolean;
	/** What the server asked for, from the body (quirk 14) or a Retry-After header. */
	retryAfterMs?: number;
	/** For how long the rate limit has let no request of this execution through. */
	blockedMs: number;
	onRateLimit: OnRateLimit;
}

const MAX_ATTEMPTS = 4;
const BACKOFF_MS = 500;
const DEFAULT_RATE_LIMIT_WAIT_MS = 5_000;
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
 * 429 is refused before the handler (contract, section 2), so anything may be repeated after it.
 * POST creates or sends: it is repeated only when the connection was never made (quirk 20).
 */
export function retryDelay(attempt: Attempt): number | undefined {
	if (attempt.status === 429) return rateLimitDelay(attempt);
	if (attempt.attempt >= MAX_ATTEMPTS || !isTransient(attempt)) return undefined;
	if (attempt.canShrink && mayBeTooMuch({ status: attempt.status, code: attempt.failure?.code }))
		return undefined;
	const backoff = BACKOFF_MS * 2 ** (attempt.attempt - 1);
	const wanted = attempt.retryAfterMs ?? 0;
	return wanted > MAX_BACKOFF_MS ? undefined : Math.max(backoff, wanted);
}

function rateLimitDelay({ retryAfterMs, blockedMs, onRateLimit }: Attempt): number | undefined {
	if (onRateLimit === 'fail') return undefined;
	const delay = retryAfterMs ?? DEFAULT_RATE_LIMIT_WAIT_MS;
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
 * What all requests of one execution pass: the limit is the account's, so one refusal holds back all.
 * After the wait one request goes ahead, and the others follow when it was let through.
 */
export interface RateLimitGate {
	/** Resolves when a request may go, with the wave it goes in. Rejects when the run ends meanwhile. */
	pass(): Promise<number>;
	/**
	 * The rate limit refused a request of this wave. Whoever wants to pass waits so long, at least: the
	 * shortest wait grows with each wave that is refused, whatever the server asks for.
	 */
	hold(ms: number, wave: number): void;
	/** A request was answered by something else than the rate limit. */
	letThrough(): void;
	/** A request tells nothing more about the limit: it got no answer, or is not repeated. Nobody waits for it. */
	givenUp(): void;
	/** For how many milliseconds every request has been refused. */
	blockedMs(): number;
}

/** After the first and the second refusal in a row; doubled with each after that. */
const SHORTEST_WAIT_MS = 250;
const MAX_SHORTEST_WAIT_MS = 60_000;

export function createRateLimitGate(waitFor: Wait, now: () => number): RateLimitGate {
	let heldUntil = 0;
	let blockedSince: number | undefined;
	/** Requests that were under way together are refused together: that is one refusal. */
	let wave = 0;
	let refusalsInARow = 0;
	let held: Promise<void> | undefined;
	let needsScout = false;
	let scout: { isBack: Promise<void>; comesBack: () => void } | undefined;

	async function waitUntilOpen(): Promise<void> {
		while (heldUntil > now()) await waitFor(heldUntil - now(), 'rateLimit');
	}

	function sendScout(): void {
		let comesBack = () => {};
		const isBack = new Promise<void>((resolve) => (comesBack = resolve));
		scout = { isBack, comesBack };
		needsScout = false;
	}

	function scoutIsBack(): void {
		scout?.comesBack();
		scout = undefined;
	}

	return {
		pass: async () => {
			while (held ?? scout) await (held ?? scout?.isBack);
			if (needsScout) sendScout();
			return wave;
		},
		hold: (ms, refusedWave) => {
			needsScout = true;
			scoutIsBack();
			blockedSince ??= now();
			if (wave === refusedWave) {
				wave++;
				refusalsInARow++;
			}
			const shortest = SHORTEST_WAIT_MS * 2 ** Math.max(0, refusalsInARow - 2);
			const wait = Math.max(ms, Math.min(shortest, MAX_SHORTEST_WAIT_MS));
			heldUntil = Math.max(heldUntil, now() + wait);
			if (held) return;
			held = waitUntilOpen().finally(() => (held = undefined));
			// Perhaps nobody wants to pass any more when the execution is cancelled.
			held.catch(() => undefined);
		},
		letThrough: () => {
			blockedSince = undefined;
			refusalsInARow = 0;
			scoutIsBack();
		},
		givenUp: scoutIsBack,
		blockedMs: () => (blockedSince === undefined ? 0 : now() - blockedSince),
	};
}
