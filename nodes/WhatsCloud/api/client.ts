import type { Body } from './envelope';
import { parseBody } from './envelope';
import { tooFast } from './errors/metaError';
import { cancelledError, errorFor } from './errors/situations';
import { isHtml } from './errors/words';
import type { ApiRequest, ApiResponse, Send, Wait } from './http';
import { BudgetSpent, NetworkFailure, RunEnded } from './http';
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
	/** A clock that nobody sets back, in milliseconds. */
	now?(): number;
}

/** One client serves one execution of one node. */
export function createClient({
	send,
	onRateLimit,
	wait,
	now = () => performance.now(),
}: ClientOptions): Client {
	const gate = createRateLimitGate(wait, now);

	async function exchange(apiRequest: ApiRequest): Promise<ListAnswer> {
		const { method, path } = apiRequest;
		let maybeDone = false;
		const giveUpWaiting = (reason: unknown): never => {
			const isUntouched = reason instanceof RunEnded && !maybeDone;
			if (isUntouched || reason instanceof BudgetSpent) throw reason;
			throw cancelledError(apiRequest, maybeDone);
		};
		let attempt = 1;
		let limitedSince: number | undefined;
		for (;;) {
			const refusalsBefore = await gate.pass().catch(giveUpWaiting);
			const response = await send(apiRequest).catch((error: unknown) => {
				gate.skip();
				return failureOnly(error);
			});
			const failure = response instanceof NetworkFailure ? response : undefined;
			const answer = response instanceof NetworkFailure ? undefined : response;
			const body = answer && parseBody(answer.text);
			const status = answer?.status;
			const limit =
				status === 429 ? 'all' : path.startsWith('messages/') ? tooFast(body) : undefined;
			if (answer && limit !== 'all') gate.open();
			if (answer && isSuccess(answer.status) && body?.status === 'success')
				return { body, serverTime: timeOf(answer) };
			if (status === 204 && (method === 'PUT' || method === 'DELETE')) return { body: {} };
			// A DELETE that was carried out, although its answer got lost, finds nothing the second time.
			if (method === 'DELETE' && maybeDone && status === 404) return { body: {} };

			limitedSince = limit === 'one' ? (limitedSince ?? now()) : undefined;
			const blockedMs = limitedSince === undefined ? gate.blockedMs() : now() - limitedSince;
			const delay = retryDelay({
				...{ method, attempt, status, failure, limit, blockedMs, onRateLimit },
				canShrink: apiRequest.canShrink,
				broken: answer && isSuccess(answer.status) && !body && !isHtml(answer.text),
				retryAfterMs: answer && retryAfterMs(body, answer.headers, Date.now()),
			});
			if (delay === undefined) {
				gate.skip();
				const waitedMs = onRateLimit === 'wait' ? blockedMs : undefined;
				const error = errorFor(apiRequest, { response: answer, body, failure, waitedMs });
				throw maybeDone && method !== 'GET' ? error.afterUnknown() : error;
			}
			if (limit === 'all') {
				gate.close(delay, refusalsBefore);
			} else if (limit === 'one') {
				await wait(delay, 'rateLimit').catch(giveUpWaiting);
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
