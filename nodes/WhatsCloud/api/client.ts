import pLimit from 'p-limit';

import type { Body } from './envelope';
import { metaError, parseBody, retryAfterMs } from './envelope';
import type { Ending } from './errors/situations';
import { errorFor } from './errors/situations';
import { isHtml } from './errors/words';
import type { ApiRequest, Send, Wait } from './http';
import { mayBeTooMuch, NetworkFailure, RunEnded } from './http';

export interface ClientOptions {
	send: Send;
	/** What the user chose under Options > When Rate Limited. */
	onRateLimit: 'wait' | 'fail';
	wait: Wait;
	onRead?(path: string, data: unknown): void;
}

export type Client = ReturnType<typeof createClient>;

/**
 * Gives `data` of the answer's envelope; undefined when the answer has none. Everything rejects with an ApiError,
 * whose outcome is `unknown` when a write may have been carried out all the same. One client serves one
 * execution of one node.
 */
export function createClient(options: ClientOptions) {
	const { wait, onRead } = options;
	const sendWithinLimits = createRateLimiter(options);

	async function exchange(request: ApiRequest): Promise<{ body: Body; serverTime?: number }> {
		/** The server may have carried out an earlier attempt. */
		let maybeDone = false;
		/** A change that the run's end cuts off between two tries is in doubt, and not one that never began. */
		const stop = (reason: unknown): never => {
			if (!maybeDone || !(reason instanceof RunEnded)) throw reason;
			throw errorFor(request, { failure: new NetworkFailure('', { cancelled: true }) });
		};
		for (let attempt = 1; ; attempt++) {
			const ending = await sendWithinLimits(request).catch(stop);
			const { response, body = {}, failure } = ending;
			if (response && isDone(request, ending, maybeDone)) {
				if (request.method === 'GET') onRead?.(request.path, body.data);
				// Every web server sets Date: its clock when it answered, in milliseconds.
				return { body, serverTime: Date.parse(response.headers.date ?? '') || undefined };
			}
			const delay = retryDelay(request, ending, attempt);
			if (delay === undefined) {
				const error = errorFor(request, ending);
				throw maybeDone ? error.afterUnknown() : error;
			}
			maybeDone ||= request.method !== 'GET' && !failure?.neverSent;
			await wait(delay, 'retry').catch(stop);
		}
	}

	const dataOf = async (request: ApiRequest) => (await exchange(request)).body.data;
	return {
		/** The whole body of a list answer, whose totals may stand beside `data`. */
		getList: async (path: string, asked: Pick<ApiRequest, 'query' | 'canShrink'>) =>
			await exchange({ method: 'GET', path, ...asked }),
		get: async (path: string) => await dataOf({ method: 'GET', path }),
		post: async (path: string, body: object) => await dataOf({ method: 'POST', path, body }),
		put: async (path: string, body: object) => await dataOf({ method: 'PUT', path, body }),
		delete: async (path: string) => {
			await exchange({ method: 'DELETE', path });
		},
	};
}

function isDone({ method }: ApiRequest, { response, body }: Ending, maybeDone: boolean): boolean {
	const { status = 0 } = response ?? {};
	if (status === 204) return method === 'PUT' || method === 'DELETE';
	// A DELETE that was carried out, although its answer got lost, finds nothing the second time.
	if (status === 404) return method === 'DELETE' && maybeDone;
	return isSuccess(status) && body?.status === 'success';
}

function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}

const MAX_ATTEMPTS = 4;
const BACKOFF_MS = 500;
/** A server that wants more than this is down for longer than a run of a node should hang. */
const MAX_BACKOFF_MS = 10 * 60_000;

/** How many milliseconds to wait before the next attempt, or undefined when none may follow. */
export function retryDelay(request: ApiRequest, ending: Ending, attempt: number) {
	if (attempt >= MAX_ATTEMPTS || !mayRepeat(request, ending)) return undefined;
	const delay = Math.max(BACKOFF_MS * 2 ** (attempt - 1), retryAfterMs(ending) ?? 0);
	return delay > MAX_BACKOFF_MS ? undefined : delay;
}

/** POST creates or sends: it is repeated only when the connection was never made (quirk 20). */
function mayRepeat({ method, canShrink }: ApiRequest, ending: Ending): boolean {
	const { response, body, failure } = ending;
	if (canShrink && mayBeTooMuch({ status: response?.status, failure })) return false;
	if (failure && method === 'POST')
		// Not after a time-out, even of the connection: minutes have passed, and a person decides.
		return failure.transient && failure.neverSent && failure.kind !== 'timeout';
	if (failure) return failure.transient;
	if (!response || method === 'POST') return false;
	const isBroken = isSuccess(response.status) && !body && !isHtml(response.text);
	// Of a gateway in front of WhatsCloud, or of its maintenance page.
	return isBroken || [502, 503, 504].includes(response.status);
}

const DEFAULT_WAIT_MS = 5_000;
/** After the first refusal; doubled with each further one, up to the longest, whatever the server asks for. */
const SHORTEST_WAIT_MS = 1_000;
const LONGEST_OWN_WAIT_MS = 60_000;
/** Rate-limit windows last an hour at most. A longer block has another cause, such as a limit per day. */
const PATIENCE_MS = 2 * 60 * 60_000;
/** WhatsApp takes a message to the same person every six seconds. */
const WAIT_FOR_ONE_MS = 6_000;

/**
 * Sends, and waits as long as a limit refuses: nothing was done then, so that anything may be repeated. The limit
 * is the account's: while it is used up, one request asks after each wait, and the others follow once it was
 * let through.
 */
function createRateLimiter({ send, onRateLimit, wait }: ClientOptions) {
	let closedUntil = 0;
	/** When the limit began to refuse everything. */
	let closedSince: number | undefined;
	let ownWait = SHORTEST_WAIT_MS;
	const oneAtATime = pLimit(1);
	/** A clock that nobody sets back. */
	const now = () => performance.now();
	const isClosed = () => closedSince !== undefined || closedUntil > now();

	/** Whether the limit may be over before the patience is. */
	function close(ending: Ending): boolean {
		const until = now() + Math.max(retryAfterMs(ending) ?? DEFAULT_WAIT_MS, ownWait);
		const since = closedSince ?? now();
		if (until - since > PATIENCE_MS) return false;
		closedSince = since;
		closedUntil = Math.max(closedUntil, until);
		return true;
	}

	/** Undefined for a refusal that is to be waited for. */
	async function attempt(request: ApiRequest): Promise<Ending | undefined> {
		const ending = await send(request).then(
			(response): Ending => ({ response, body: parseBody(response.text) }),
			(error: unknown): Ending => {
				if (error instanceof NetworkFailure) return { failure: error };
				throw error;
			},
		);
		if (limitOf(request, ending) === 'all') {
			return onRateLimit === 'wait' && close(ending) ? undefined : ending;
		}
		// Without an answer, nothing is known of the limit.
		if (ending.response) {
			closedSince = undefined;
			ownWait = SHORTEST_WAIT_MS;
		}
		return ending;
	}

	async function attemptAfterWait(request: ApiRequest): Promise<Ending | undefined> {
		if (!isClosed()) return undefined;
		while (closedUntil > now()) await wait(Math.max(0, closedUntil - now()), 'rateLimit');
		ownWait = Math.min(2 * ownWait, LONGEST_OWN_WAIT_MS);
		return await attempt(request);
	}

	async function sendWithinAccountLimit(request: ApiRequest): Promise<Ending> {
		for (;;) {
			const ending = isClosed()
				? await oneAtATime(attemptAfterWait, request)
				: await attempt(request);
			if (ending) return ending;
		}
	}

	return async (request: ApiRequest): Promise<Ending> => {
		for (let pause = WAIT_FOR_ONE_MS; ; pause *= 2) {
			const ending = await sendWithinAccountLimit(request);
			const mayWait = onRateLimit === 'wait' && pause < PATIENCE_MS / 2;
			if (limitOf(request, ending) !== 'one' || !mayWait) return ending;
			await wait(pause, 'rateLimit');
		}
	};
}

/** Whether the account's limit, or WhatsApp's for its number or for one person, has refused the request. */
function limitOf({ path }: ApiRequest, { response, body }: Ending): 'all' | 'one' | undefined {
	if (response?.status === 429) return 'all';
	const { code } = (path.startsWith('messages/') && metaError(body)) || {};
	return code === 130429 ? 'all' : code === 131056 ? 'one' : undefined;
}
