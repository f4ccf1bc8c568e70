import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
} from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import type { WhatsCloudCredentials } from './credential';
import { tokenEraser } from './credential';
import type { ApiRequest, Send } from './http';
import { ANSWER_TOO_LARGE, NetworkFailure } from './http';
import { isObject } from '../checks/json';

export const CREDENTIAL = 'whatsCloudApi';

export type Context = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** A page of 1,000 contacts has about half a megabyte. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

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
	return async (request) => {
		const giveUp = new AbortController();
		try {
			const response = await context.helpers.httpRequestWithAuthentication
				.call(
					abortedBy(context, giveUp.signal),
					CREDENTIAL,
					requestOptions(request, root, timeoutMs),
					{ credentialsDecrypted },
				)
				.catch((error: unknown) => errorAnswer(error, isEncrypted));
			const body = response.body as unknown as Arriving;
			return eraseToken({
				status: response.statusCode,
				headers: response.headers as Record<string, string>,
				text: await boundedText(body, { bytes: MAX_ANSWER_BYTES, ms: timeoutMs, giveUp }),
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

/** Aborted with the signal, or when the user cancels. */
export function orCancelled(context: Context, signal: AbortSignal): AbortSignal {
	const cancel = cancelSignal(context);
	return cancel ? AbortSignal.any([cancel, signal]) : signal;
}

const ERROR_STATUSES = Array.from({ length: 200 }, (_, index) => 400 + index);

function requestOptions(
	{ method, path, query, body }: ApiRequest,
	root: string,
	timeout: number,
): IHttpRequestOptions {
	return {
		method,
		url: `${root}/${path}`,
		// Without it the server's framework answers its own errors as HTML pages.
		headers: { Accept: 'application/json' },
		qs: query as IDataObject | undefined,
		body: body as IHttpRequestOptions['body'],
		timeout,
		// Thrown, an answer shows its connection. n8n repeats a request whose 401 is thrown, also a POST.
		ignoreHttpStatusErrors: {
			ignore: true,
			except: ERROR_STATUSES.filter((status) => status !== 401),
		},
		returnFullResponse: true,
		encoding: 'stream',
		// n8n would send the token along to any other address.
		disableFollowRedirect: true,
	};
}

/** The body of an answer while it arrives. */
export type Arriving = AsyncIterable<Uint8Array>;

export interface Bounds {
	bytes: number;
	ms: number;
	/** Aborts the request; nothing else ends a body of n8n's helper that has stopped to arrive. */
	giveUp: AbortController;
}

/**
 * Reads a body to its end. n8n's helper sets no limit to the size of an answer, and its timeout ends with
 * the answer's head: without these bounds one answer could fill n8n's memory or hold a run for ever.
 * @throws NetworkFailure as the reason of `giveUp`, or the connection's own error
 */
export async function boundedBytes(
	body: Arriving,
	{ bytes, ms, giveUp }: Bounds,
): Promise<Uint8Array> {
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
			if (received > bytes) giveUp.abort(new NetworkFailure(ANSWER_TOO_LARGE));
			giveUp.signal.throwIfAborted();
			chunks.push(chunk);
		}
	} finally {
		finished.abort();
	}
	return Buffer.concat(chunks);
}

/** Like `boundedBytes`, for text in UTF-8. */
export async function boundedText(body: Arriving, bounds: Bounds): Promise<string> {
	return new TextDecoder().decode(await boundedBytes(body, bounds));
}

/**
 * The answer in an error of n8n's HTTP helper.
 * @throws NetworkFailure for one of an outgoing proxy, and the error itself where there is no answer
 */
function errorAnswer(error: unknown, isEncrypted: boolean): IN8nHttpFullResponse {
	const { response } = [...causesOf(error)].find((cause) => isObject(cause.response)) ?? {};
	if (!isObject(response)) throw error;
	const status = Number(response.status);
	if (isEncrypted && !hasEncryption(error)) throw new NetworkFailure('', { proxy: { status } });
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
	const causes = [...causesOf(error)];
	const isByProxy = isEncrypted && causes.some(hasRequest) && !hasEncryption(error);
	return new NetworkFailure(codeOf(causes), {
		cancelled: signal?.aborted,
		neverSent: causes.some(isBeforeSending),
		proxy: isByProxy ? {} : undefined,
	});
}

/**
 * Whether the request has got to the server's encryption. n8n's proxy agent gives a request a connection only
 * when the proxy has made one to the server, and an unencrypted one to read the proxy's refusal from.
 */
function hasEncryption(error: unknown): boolean {
	return [...causesOf(error)].some(
		({ request }) =>
			isObject(request) && isObject(request.socket) && request.socket.encrypted === true,
	);
}

function hasRequest({ request }: Cause): boolean {
	return isObject(request);
}

type Cause = Record<string, unknown>;

/** n8n wraps the error of its HTTP library, which wraps Node's. */
function* causesOf(error: unknown): Generator<Cause> {
	for (let current = error; isObject(current); current = current.cause) yield current;
}

function codeOf(causes: Cause[]): string {
	const known = causes.find(({ code }) => typeof code === 'string');
	if (known) {
		const { code, syscall, message } = known;
		// OpenSSL's reason says more: `write EPROTO …:error:0A00010B:SSL routines:…:wrong version number:…`.
		const reason = /wrong version number|packet length too long|http request/.exec(String(message));
		if (code === 'EPROTO' && reason)
			return `ERR_SSL_${reason[0].replaceAll(' ', '_').toUpperCase()}`;
		// A lost route breaks connections that exist, too: then the request may have arrived.
		const isLost =
			UNREACHABLE_HOST.test(String(code)) && syscall !== undefined && syscall !== 'connect';
		return isLost ? 'ECONNRESET' : String(code);
	}
	return String(causes[0]?.message).includes('restricted IP') ? 'BLOCKED' : '';
}

const UNREACHABLE_HOST = /^(EHOSTUNREACH|ENETUNREACH)$/;

/** No byte of a request leaves before the connection is made and encrypted. */
function isBeforeSending({ syscall, errors, request, message }: Cause): boolean {
	if (syscall === 'connect' || syscall === 'getaddrinfo') return true;
	// Of a host with several addresses, each was tried.
	if (Array.isArray(errors) && errors.length > 0) {
		return errors.every((error) => isObject(error) && error.syscall === 'connect');
	}
	const socket = isObject(request) ? request.socket : undefined;
	const isEncrypting = isObject(socket) && socket.secureConnecting === true;
	return isEncrypting || String(message).includes('before secure TLS connection');
}
