import { answerError, networkError, redirectError } from './errors';
import { parseBody } from './envelope';
import type { ApiRequest, Send } from './http';
import { NetworkFailure } from './http';
import type { OnRateLimit } from './retry';
import { retryAfterMs, retryDelay } from './retry';

export interface Client {
	/** `data` of the answer's envelope; undefined when the answer has none. @throws ApiError */
	get(path: string, query?: ApiRequest['query']): Promise<unknown>;
	/** @throws ApiError, with outcome `unknown` when the record may have been created all the same. */
	post(path: string, body: object): Promise<unknown>;
	/** @throws ApiError */
	put(path: string, body: object): Promise<unknown>;
	/** @throws ApiError */
	delete(path: string): Promise<void>;
	/** The whole body of a list answer, whose totals may stand beside `data`. @throws ApiError */
	getBody(path: string, query?: ApiRequest['query']): Promise<Record<string, unknown>>;
}

export interface ClientOptions {
	send: Send;
	onRateLimit: OnRateLimit;
	/** Waits, visibly for the user; rejects when the execution is cancelled. */
	wait(ms: number, reason: 'rateLimit' | 'retry'): Promise<void>;
	now?(): number;
}

/** One client serves one execution of one node: a rate limit that one request meets holds back all. */
export function createClient({ send, onRateLimit, wait, now = Date.now }: ClientOptions): Client {
	let heldUntil = 0;

	async function request(apiRequest: ApiRequest): Promise<Record<string, unknown>> {
		let maybeDone = false;
		for (let attempt = 1; ; attempt++) {
			while (heldUntil > now()) await wait(heldUntil - now(), 'rateLimit');
			const result = await attemptOnce(apiRequest);
			if (result.success) return result.success;
			const { error, status, failure, hintMs } = result;
			// A DELETE that was carried out, although its answer got lost, finds nothing the second time.
			if (apiRequest.method === 'DELETE' && maybeDone && status === 404) return {};
			const delay = retryDelay({
				method: apiRequest.method,
				attempt,
				status,
				failure,
				retryAfterMs: hintMs,
				onRateLimit,
			});
			if (delay === undefined) throw error;
			maybeDone ||= status !== 429 && !failure?.neverSent;
			if (status === 429) heldUntil = Math.max(heldUntil, now() + delay);
			else await wait(delay, 'retry');
		}
	}

	async function attemptOnce(apiRequest: ApiRequest) {
		const response = await send(apiRequest).catch(failureOnly);
		if (response instanceof NetworkFailure) {
			return { error: networkError(apiRequest, response), failure: response };
		}
		const { status } = response;
		if (status >= 300 && status < 400)
			return { error: redirectError(apiRequest, response), status };
		const body = parseBody(response.text);
		if (status < 300 && body?.status === 'success')
			return { success: body as Record<string, unknown> };
		return {
			error: answerError(apiRequest, response),
			status,
			hintMs: retryAfterMs(body, response.headers, now()),
		};
	}

	return {
		getBody: async (path, query) => await request({ method: 'GET', path, query }),
		get: async (path, query) => (await request({ method: 'GET', path, query })).data,
		post: async (path, body) => (await request({ method: 'POST', path, body })).data,
		put: async (path, body) => (await request({ method: 'PUT', path, body })).data,
		delete: async (path) => {
			await request({ method: 'DELETE', path });
		},
	};
}

function failureOnly(error: unknown): NetworkFailure {
	if (error instanceof NetworkFailure) return error;
	throw error;
}
