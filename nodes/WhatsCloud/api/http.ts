export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface ApiRequest {
	method: Method;
	/** Below the tenant's address, without a leading slash: `contacts/41`. */
	path: string;
	query?: Record<string, string | number>;
	/** A plain object is sent as JSON, FormData as multipart. */
	body?: object;
	/** Whoever asks goes on with a smaller request when the server does not manage this one. */
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

/** The connection was never made, so the server can't have seen the request; later it may work. */
const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** The server's certificate or n8n's own policy forbids the connection; repeating changes nothing. */
const FORBIDDEN =
	/^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_INVALID_URL|BLOCKED)/;

/** The answer was given up because of its size. */
export const ANSWER_TOO_LARGE = 'ANSWER_TOO_LARGE';

/** Of axios and of Node. */
const TIMEOUTS = ['ECONNABORTED', 'ETIMEDOUT'];

/** Whether a request may have failed because it asks for more than the server or a gateway manages. */
export function mayBeTooMuch({ status, code = '' }: { status?: number; code?: string }): boolean {
	if (status === undefined) return code === ANSWER_TOO_LARGE || TIMEOUTS.includes(code);
	return status === 413 || status === 502 || status === 504;
}

/** No complete answer: refused, reset, timed out, cancelled. */
export class NetworkFailure extends Error {
	/** Node's or axios' error code, such as `ECONNRESET`; empty when unknown. */
	readonly code: string;
	/** The user or n8n cancelled the execution. */
	readonly cancelled: boolean;

	constructor(code: string, cancelled = false) {
		super(`No answer from WhatsCloud${code ? ` (${code})` : ''}`);
		this.name = 'NetworkFailure';
		this.code = code;
		this.cancelled = cancelled;
	}

	get neverSent(): boolean {
		return UNREACHABLE.includes(this.code) || FORBIDDEN.test(this.code);
	}

	get isTimeout(): boolean {
		return TIMEOUTS.includes(this.code);
	}

	/** The same request may succeed a little later. */
	get transient(): boolean {
		return !this.cancelled && !FORBIDDEN.test(this.code) && this.code !== ANSWER_TOO_LARGE;
	}
}
