import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
} from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import { isObject, listOf } from '../checks/json';
import type { WhatsCloudCredentials } from './credential';
import { tokenOf } from './credential';

export const CREDENTIAL = 'whatsCloudApi';

export type Context = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface ApiRequest {
	method: Method;
	/** Below the tenant's address, without a leading slash: `contacts/41`. */
	path: string;
	query?: Record<string, string | number>;
	/** A plain object is sent as JSON, FormData as multipart. */
	body?: object;
	/** The caller asks again for less when the server can't handle this request. */
	canShrink?: boolean;
}

export interface ApiResponse {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string>;
	/** The body as it came; may be empty, HTML or cut off. */
	text: string;
}

/** One attempt of one request. Rejects with a NetworkFailure when no complete answer came. */
export type Send = (request: ApiRequest) => Promise<ApiResponse>;

/** Waits, and tells it in n8n's log. Rejects with RunEnded or BudgetSpent. */
export type Wait = (ms: number, reason: 'rateLimit' | 'retry') => Promise<void>;

/** A poll has no time left for this wait. The poll then ends with what it has. */
export class BudgetSpent extends Error {
	override message = 'The time of this poll is over';
}

/** The run was cancelled, or another item's failure stopped it: from then on no request leaves. */
export class RunEnded extends Error {
	override message = 'The run of the node has ended';
}

export function throwIfEnded(ended: AbortSignal | undefined): void {
	if (ended?.aborted) throw new RunEnded();
}

/** What the code of Node, OpenSSL or axios tells of a failure; the first kind that has it. */
const CODES = {
	certificate:
		/^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_)/,
	// The server speaks plain http, or a version of TLS that Node does not.
	encryption: /^(EPROTO$|ERR_SSL_|ERR_TLS_)/,
	// By Node, or by n8n's own policy.
	notAllowed: /^(ERR_INVALID_|ERR_UNESCAPED_|BLOCKED$)/,
	// Given up because of its size.
	tooLarge: /^ANSWER_TOO_LARGE$/,
	unreachable: /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/,
	timeout: /^(ECONNABORTED|ETIMEDOUT)$/,
};
/** `broken` for a connection that broke, and for codes that are not known. */
type FailureKind = keyof typeof CODES | 'broken';

const TRANSIENT: FailureKind[] = ['unreachable', 'timeout', 'broken'];
const NEVER_SENT: FailureKind[] = ['certificate', 'notAllowed', 'unreachable'];

/** No complete answer: refused, reset, timed out, cancelled. */
export class NetworkFailure extends Error {
	/** Such as `ECONNRESET`; empty when unknown. */
	readonly code: string;
	readonly kind: FailureKind;
	/** The user or n8n cancelled the execution. */
	readonly cancelled: boolean;
	/** The outgoing proxy made no connection to the server; with the status of its answer, if it gave one. */
	readonly proxy?: { status?: number };
	/** It failed while the connection was made: the server can't have seen the request. */
	readonly neverSent: boolean;
	/** The same request may succeed a little later. */
	readonly transient: boolean;

	constructor(
		code: string,
		{ cancelled = false, neverSent = false, proxy }: Partial<Omit<NetworkFailure, 'code'>> = {},
	) {
		super(`No answer from WhatsCloud${code ? ` (${code})` : ''}`);
		const kinds = Object.keys(CODES) as Array<keyof typeof CODES>;
		this.code = code;
		this.kind = kinds.find((kind) => CODES[kind].test(code)) ?? 'broken';
		this.cancelled = cancelled;
		this.proxy = proxy;
		this.neverSent = neverSent || proxy !== undefined || NEVER_SENT.includes(this.kind);
		// A proxy refuses by its own rules, or for a moment.
		const isRule = proxy?.status !== undefined && proxy.status < 500;
		// Encryption that breaks later is a broken connection.
		const isBroken = this.kind === 'encryption' && !this.neverSent;
		this.transient = !cancelled && !isRule && (isBroken || TRANSIENT.includes(this.kind));
	}
}

/** Whether a request may have failed because it asks for more than the server or a gateway manages. */
export function mayBeTooMuch(ended: { status?: number; failure?: NetworkFailure }): boolean {
	const { status = 0, failure } = ended;
	if (failure) return failure.kind === 'tooLarge' || failure.kind === 'timeout';
	return [413, 502, 504].includes(status);
}

/** A page of 1,000 contacts has about half a megabyte. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** n8n throws these, since only a thrown answer has its connection. Not 401: n8n repeats that request, also a POST. */
const THROWN = Array.from({ length: 200 }, (_, index) => 400 + index).filter(
	(code) => code !== 401,
);

/** Sends through n8n's own helper, which brings the user's proxy and policy settings. */
export function createSend(
	context: Context,
	credentials: WhatsCloudCredentials,
	root: string,
	timeoutMs: number,
): Send {
	const eraseToken = tokenEraser(credentials);
	// Left to itself, n8n takes the credential of the first item for all.
	const credentialsDecrypted = { id: '', name: '', type: CREDENTIAL, data: { ...credentials } };
	const isEncrypted = root.startsWith('https:');
	return async ({ method, path, query, body: sent }) => {
		const giveUp = new AbortController();
		const options: IHttpRequestOptions = {
			method,
			url: `${root}/${path}`,
			// Without it the server's framework answers its own errors as HTML pages.
			headers: { Accept: 'application/json' },
			qs: query as IDataObject | undefined,
			body: sent as IHttpRequestOptions['body'],
			timeout: timeoutMs,
			ignoreHttpStatusErrors: { ignore: true, except: THROWN },
			returnFullResponse: true,
			encoding: 'stream',
			// n8n would send the token along to any other address.
			disableFollowRedirect: true,
		};
		try {
			const { statusCode, headers, body } = await context.helpers.httpRequestWithAuthentication
				.call(abortedBy(context, giveUp.signal), CREDENTIAL, options, { credentialsDecrypted })
				.catch((error: unknown) => errorAnswer(error, isEncrypted));
			const limits = { bytes: MAX_ANSWER_BYTES, ms: timeoutMs, giveUp };
			const bytes = await boundedBytes(body as unknown as Arriving, limits);
			return eraseToken({
				status: statusCode,
				headers: headers as Record<string, string>,
				text: new TextDecoder().decode(bytes),
			});
		} catch (error) {
			throw networkFailure(giveUp.signal.reason ?? error, cancelSignal(context), isEncrypted);
		}
	};
}

/** n8n's helper aborts a request by the signal of its context only, and replaces one in the options. */
function abortedBy(context: Context, signal: AbortSignal): Context {
	const either = orCancelled(context, signal);
	return Object.create(context, { getExecutionCancelSignal: { value: () => either } }) as Context;
}

/** Aborted when the user cancels; absent where n8n has none (editor, polls). */
export function cancelSignal(context: Context): AbortSignal | undefined {
	return 'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
}

export function orCancelled(context: Context, signal: AbortSignal): AbortSignal {
	const cancel = cancelSignal(context);
	return cancel ? AbortSignal.any([cancel, signal]) : signal;
}

/**
 * Takes the token out of answers. A server or a proxy may repeat the request's headers, and texts of the
 * outside end in errors, logs and the execution's data. @throws InputError
 */
export function tokenEraser(
	credentials: Pick<WhatsCloudCredentials, 'apiToken'>,
): (answer: ApiResponse) => ApiResponse {
	const token = tokenOf(credentials);
	// As it is, in an address, and as PHP writes it in JSON. Fewer than 8 characters would be found in words, too.
	const forms =
		token.length < 8 ? [] : [token, encodeURIComponent(token), token.replaceAll('/', '\\/')];
	const erase = (text: string) =>
		forms.reduce((erased, form) => erased.replaceAll(form, '[API token]'), text);
	return ({ status, headers, text }) => ({
		status,
		headers: Object.fromEntries(
			Object.entries(headers).map(([name, value]) => [name, erase(String(value))]),
		),
		text: erase(text),
	});
}

export type Arriving = AsyncIterable<Uint8Array>;

/**
 * Reads a body to its end. n8n's helper sets no limit to the size of an answer, and its timeout ends with
 * the answer's head: without these bounds one answer could fill n8n's memory or hold a run for ever.
 * @param limits with what aborts the request: nothing else ends a body that has stopped to arrive
 * @throws NetworkFailure as the reason of `giveUp`, or the connection's own error
 */
export async function boundedBytes(
	body: Arriving,
	limits: { bytes: number; ms: number; giveUp: AbortController },
): Promise<Uint8Array> {
	const { bytes, ms, giveUp } = limits;
	const finished = new AbortController();
	sleep(ms, finished.signal).then(
		() => giveUp.abort(new NetworkFailure('ETIMEDOUT')),
		() => undefined,
	);
	const chunks: Uint8Array[] = [];
	let received = 0;
	try {
		for await (const chunk of body) {
			received += chunk.byteLength;
			if (received > bytes) giveUp.abort(new NetworkFailure('ANSWER_TOO_LARGE'));
			giveUp.signal.throwIfAborted();
			chunks.push(chunk);
		}
	} finally {
		finished.abort();
	}
	return Buffer.concat(chunks);
}

/** The answer in an error of n8n's HTTP helper. @throws the error where there is none of the server */
function errorAnswer(error: unknown, isEncrypted: boolean): IN8nHttpFullResponse {
	const causes = causesOf(error);
	const response = causes.map((cause) => cause.response).find(isObject);
	if (!response) throw error;
	const status = Number(response.status);
	if (isEncrypted && isByProxy(causes)) throw new NetworkFailure('', { proxy: { status } });
	return {
		statusCode: status,
		headers: response.headers as IDataObject,
		body: response.data as IDataObject,
	};
}

/**
 * The reason why no complete answer came, from an error of n8n's HTTP helper.
 * @param isEncrypted whether the request went to https://
 */
export function networkFailure(
	error: unknown,
	signal?: AbortSignal,
	isEncrypted = false,
): NetworkFailure {
	if (error instanceof NetworkFailure) return error;
	const causes = causesOf(error);
	const { code } = causes.find((cause) => typeof cause.code === 'string') ?? {};
	const isBlocked = String(causes[0]?.message).includes('restricted IP');
	return new NetworkFailure(String(code ?? (isBlocked ? 'BLOCKED' : '')), {
		cancelled: signal?.aborted,
		neverSent: causes.some(isBeforeSending),
		proxy: isEncrypted && isByProxy(causes) ? {} : undefined,
	});
}

/**
 * Whether a request to https:// has not got to the server's encryption. n8n's proxy agent gives a request a
 * connection only when the proxy has made one to the server, and an unencrypted one to read the proxy's
 * refusal from.
 */
function isByProxy(causes: Cause[]): boolean {
	const requests = causes.map(({ request }) => request).filter(isObject);
	const isToServer = requests.some(({ socket }) => isObject(socket) && socket.encrypted === true);
	return requests.length > 0 && !isToServer;
}

type Cause = Record<string, unknown>;

/** n8n wraps the error of its HTTP library, which wraps Node's: one for each address that was tried. */
function causesOf(error: unknown): Cause[] {
	if (!isObject(error)) return [];
	return [error, ...causesOf(error.cause ?? listOf(error.errors)[0])];
}

/** No byte of a request leaves before the connection is made and encrypted. */
function isBeforeSending({ syscall, request, message }: Cause): boolean {
	if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
	const socket = isObject(request) ? request.socket : undefined;
	const isEncrypting = isObject(socket) && socket.secureConnecting === true;
	return isEncrypting || String(message).includes('before secure TLS connection');
}
