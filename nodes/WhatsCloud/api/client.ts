import {
	answerError,
	cancelledError,
	networkError,
	redirectError,
	stillLimitedError,
} from './errors/failures';
import type { Body } from './envelope';
import { parseBody } from './envelope';
import type { ApiRequest, ApiResponse, Send, Wait } from './http';
import { BudgetSpent, NetworkFailure, RunEnded } from './http';
import { isHtml } from './errors/readableText';
import type { OnRateLimit } from './retry';
import { createRateLimitGate, retryAfterMs, retryDelay } from './retry';

export interface Client {
	/** `data` of the answer's envelope; undefined when the answer has none. @throws ApiError */
	get(path: string): Promise<unknown>;
	/** @throws ApiError, with outcome `unknown` when the record may have been created all the same. */
	post(path: string, body: object): Promise<unknown>;
	/** @throws ApiError */
	put(path: string, body: object): Promise<unknown>;
	/** @throws ApiError */
	delete(path: string): Promise<void>;
	/** The whole body of a list answer, whose totals may stand beside `data`. @throws ApiError */
	getList(path: string, options: Pick<ApiRequest, 'query' | 'canShrink'>): Promise<ListAnswer>;
}

export interface ListAnswer {
	body: Body;
	/** The server's clock when it answered, in milliseconds. */
	serverTime?: number;
}

export interface ClientOptions {
	send: Send;
	onRateLimit: OnRateLimit;
	wait: Wait;
	now?(): number;
}

/** One client serves one execution of one node. */
export function createClient({ send, onRateLimit, wait, now = Date.now }: ClientOptions): Client {
	const gate = createRateLimitGate(wait, now);

	async function exchange(apiRequest: ApiRequest): Promise<ListAnswer> {
		const { method } = apiRequest;
		let maybeDone = false;
		const giveUpWaiting = (reason: unknown): never => {
			const isUntouched = reason instanceof RunEnded && !maybeDone;
			if (isUntouched || reason instanceof BudgetSpent) throw reason;
			throw cancelledError(apiRequest, maybeDone);
		};
		let attempt = 1;
		for (;;) {
			const wave = await gate.pass().catch(giveUpWaiting);
			const response = await send(apiRequest).catch((error: unknown) => {
				gate.givenUp();
				return failureOnly(error);
			});
			const failure = response instanceof NetworkFailure ? response : undefined;
			const answer = response instanceof NetworkFailure ? undefined : response;
			const body = answer && parseBody(answer.text);
			const status = answer?.status;
			const isLimited = status === 429;
			if (answer && !isLimited) gate.letThrough();
			if (answer && isSuccess(answer.status) && body?.status === 'success')
				return { body, serverTime: timeOf(answer) };
			if (status === 204 && (method === 'PUT' || method === 'DELETE')) return { body: {} };
			// A DELETE that was carried out, although its answer got lost, finds nothing the second time.
			if (method === 'DELETE' && maybeDone && status === 404) return { body: {} };

			const delay = retryDelay({
				method,
				attempt,
				status,
				failure,
				canShrink: apiRequest.canShrink,
				broken: answer && isSuccess(answer.status) && !body && !isHtml(answer.text),
				retryAfterMs: answer && retryAfterMs(body, answer.headers, now()),
				blockedMs: gate.blockedMs(),
				onRateLimit,
			});
			if (delay === undefined) {
				gate.givenUp();
				const error = errorFor(apiRequest, response, body);
				throw maybeDone && method !== 'GET' ? error.afterUnknown() : error;
			}
			if (isLimited) {
				gate.hold(delay, wave);
			} else {
				maybeDone ||= !failure?.neverSent;
				attempt++;
				await wait(delay, 'retry').catch(giveUpWaiting);
			}
		}
	}

	async function request(apiRequest: ApiRequest): Promise<Body> {
		return (await exchange(apiRequest)).body;
	}

	function errorFor(apiRequest: ApiRequest, response: ApiResponse | NetworkFailure, body?: Body) {
		if (response instanceof NetworkFailure) return networkError(apiRequest, response);
		const { status } = response;
		if (status >= 300 && status < 400) return redirectError(apiRequest, response);
		if (status === 429 && onRateLimit === 'wait')
			return stillLimitedError(apiRequest, response, { body, blockedMs: gate.blockedMs() });
		return answerError(apiRequest, response, body);
	}

	return {
		getList: async (path, options) => await exchange({ method: 'GET', path, ...options }),
		get: async (path) => (await request({ method: 'GET', path })).data,
		post: async (path, body) => (await request({ method: 'POST', path, body })).data,
		put: async (path, body) => (await request({ method: 'PUT', path, body })).data,
		delete: async (path) => {
			await request({ method: 'DELETE', path });
		},
	};
}

/** Of the answer's Date header, which every web server sets. */
function timeOf({ headers }: ApiResponse): number | undefined {
	return Date.parse(headers.date ?? '') || undefined;
}

function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}

function failureOnly(error: unknown): NetworkFailure {
	if (error instanceof NetworkFailure) return error;
	throw error;
}
