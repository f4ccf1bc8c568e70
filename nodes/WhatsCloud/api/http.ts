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

/** The connection was never made, so the server can't have seen the request; later it may work. */
const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** n8n does not trust the server's certificate. */
const CERTIFICATE =
	/^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_)/;

/** OpenSSL's reasons when what answers is no encryption at all, such as http. */
const NOT_ENCRYPTED = /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST)$/;

/** Two programs that do not agree on how to encrypt. */
const ENCRYPTION = /^(EPROTO$|ERR_SSL_|ERR_TLS_)/;

/** Node or n8n's own policy refuses to make the request. */
const REFUSED_HERE = /^(ERR_INVALID_|ERR_UNESCAPED_|BLOCKED$)/;

/** The answer was given up because of its size. */
export const ANSWER_TOO_LARGE = 'ANSWER_TOO_LARGE';

/** Of axios and of Node. */
const TIMEOUTS = ['ECONNABORTED', 'ETIMEDOUT'];

/** Whether a request may have failed because it asks for more than the server or a gateway manages. */
export function mayBeTooMuch({ status, code = '' }: { status?: number; code?: string }): boolean {
	if (status === undefined) return code === ANSWER_TOO_LARGE || TIMEOUTS.includes(code);
	return status === 413 || status === 502 || status === 504;
}

interface FailureFacts {
	/** The user or n8n cancelled the execution. */
	cancelled?: boolean;
	/** It failed while the connection was made. Left out, the code tells. */
	neverSent?: boolean;
	/** The outgoing proxy made no connection to the server. */
	proxy?: ProxyFailure;
}

export interface ProxyFailure {
	/** Of the proxy's answer; absent when it gave none. */
	status?: number;
}

/** No complete answer: refused, reset, timed out, cancelled. */
export class NetworkFailure extends Error {
	/** Node's or axios' error code, such as `ECONNRESET`; empty when unknown. */
	readonly code: string;
	readonly cancelled: boolean;
	/** The server can't have seen the request. */
	readonly neverSent: boolean;
	readonly proxy?: ProxyFailure;

	constructor(code: string, { cancelled = false, neverSent = false, proxy }: FailureFacts = {}) {
		super(`No answer from WhatsCloud${code ? ` (${code})` : ''}`);
		this.name = 'NetworkFailure';
		this.code = code;
		this.cancelled = cancelled;
		this.proxy = proxy;
		this.neverSent =
			neverSent ||
			proxy !== undefined ||
			UNREACHABLE.includes(code) ||
			CERTIFICATE.test(code) ||
			REFUSED_HERE.test(code);
	}

	get isTimeout(): boolean {
		return TIMEOUTS.includes(this.code);
	}

	get isCertificate(): boolean {
		return CERTIFICATE.test(this.code);
	}

	/** The server speaks http, or something else, where https was asked for. */
	get isPlainHttp(): boolean {
		return NOT_ENCRYPTED.test(this.code);
	}

	/** Encryption failed before the request was sent. */
	get isEncryption(): boolean {
		return this.neverSent && !this.isCertificate && ENCRYPTION.test(this.code);
	}

	/** The same request may succeed a little later. */
	get transient(): boolean {
		if (this.cancelled || this.code === ANSWER_TOO_LARGE) return false;
		// It refuses by its own rules, or for a moment.
		if (this.proxy?.status) return this.proxy.status >= 500;
		return !(
			this.isCertificate ||
			this.isPlainHttp ||
			this.isEncryption ||
			REFUSED_HERE.test(this.code)
		);
	}
}

/** Waits, and tells it in n8n's log. Rejects when the execution is cancelled, with RunEnded or BudgetSpent. */
export type Wait = (ms: number, reason: 'rateLimit' | 'retry') => Promise<void>;

/** A poll has no time left for this wait. The poll then ends with what it has. */
export class BudgetSpent extends Error {
	constructor() {
		super('The time of this poll is over');
		this.name = 'BudgetSpent';
	}
}

/** The run was cancelled, or another item's failure stopped it: from then on no request leaves. */
export class RunEnded extends Error {
	constructor() {
		super('The run of the node has ended');
		this.name = 'RunEnded';
	}
}
