import { isObject } from '../../checks/json';
import { shown } from '../../checks/text';
import type { Body } from '../envelope';
import { errorTexts } from '../envelope';
import type { ApiRequest, ApiResponse, NetworkFailure } from '../http';
import type { Outcome } from './ApiError';
import { after, duration, excerpt, fieldLabel, isHtml, isRawKey, readable } from './words';

/** How a request ended that did not succeed. */
export interface Ending {
	/** Absent when no complete answer came. */
	response?: ApiResponse;
	/** Absent when the answer is not a JSON object. */
	body?: Body;
	failure?: NetworkFailure;
	/** For how long the rate limit has let nothing through, where the node waits for it. */
	waitedMs?: number;
}

/** What the conditions of the situations ask for. */
export interface Facts extends ApiResponse, Pick<Ending, 'body' | 'failure' | 'waitedMs'> {
	request: Pick<ApiRequest, 'method' | 'path' | 'body'>;
	isSend: boolean;
	/** What the request is about: `contact`. */
	noun: string;
	/** WhatsCloud's own code has answered, and no proxy or framework in front of it. */
	isOwn: boolean;
	/** The server's texts by field. */
	errors: Map<string, string[]>;
	/** The server's own words, to follow a title. Never `error`, which may hold database text (quirk 36). */
	reason: string;
}

export function factsOf(request: Facts['request'], ending: Ending): Facts {
	const { response = NO_RESPONSE, body } = ending;
	const errors = errorTexts(body ?? {});
	const isOwn = body?.status === 'error' || errors.size > 0;
	return {
		...ending,
		...response,
		request,
		isSend: request.path.startsWith('messages/'),
		noun: nounOf(request),
		isOwn,
		errors,
		reason: isOwn && !isRawKey(body?.message) ? after(body?.message) : '',
	};
}

const NO_RESPONSE: ApiResponse = { status: 0, headers: {}, text: '' };

const NOUNS: Record<string, string> = {
	contacts: 'contact',
	statuses: 'status',
	sources: 'source',
	groups: 'group',
	templates: 'template',
	templatebots: 'template bot',
	messagebots: 'message bot',
	messages: 'message',
};

/** What a request is about: `contact`. */
export function nounOf({ path }: Pick<ApiRequest, 'path'>): string {
	return NOUNS[path.split('/')[0] ?? ''] ?? 'record';
}

/** Checks that stand before the handler answer with these, and so do proxies that pass nothing on. */
const BEFORE_HANDLER = [401, 403, 404, 405, 413, 429];

/** What became of the request, as far as its kind and the answer tell. Reading changes nothing. */
export function usualOutcome({ request, failure, status, isOwn }: Facts): Outcome {
	if (request.method === 'GET' || failure?.neverSent) return 'refused';
	if (failure) return 'unknown';
	const isRefusal = isOwn && status >= 400 && status < 500;
	return isRefusal || BEFORE_HANDLER.includes(status) ? 'refused' : 'unknown';
}

/** What came in place of a good answer. */
export function whatCame({ failure, status, text, reason }: Facts): string {
	if (failure) return 'no complete answer came';
	if (isRedirect(status)) return 'the server sent the request on to another address';
	if (status >= 400) return `the server answered with error ${status}${reason}`;
	return isHtml(text) ? 'a web page answered' : 'the answer was empty or broken';
}

/** How an answer shows that it is none of WhatsCloud's API; undefined for one that may be. */
export function strangeness({ failure, status, headers, text, isOwn }: Facts): string | undefined {
	if (failure || isOwn) return undefined;
	if (isRedirect(status))
		return `The server wants to send the request on to another address (${shown(headers.location ?? 'not named')}); the token was not sent there.`;
	if (status === 404 || status === 405)
		return 'The server answers that the address does not exist.';
	if (status < 500 && isHtml(text)) return `A web page answers: "${excerpt(text)}".`;
	if (status >= 300) return undefined;
	return text.trim() === ''
		? 'The answer was empty.'
		: `The answer starts with: "${excerpt(text)}".`;
}

function isRedirect(status: number): boolean {
	return status >= 300 && status < 400;
}

/** When the server takes requests again, as far as it says so. */
export function whenAgain({ body, headers }: Pick<Facts, 'body' | 'headers'>): string {
	const seconds = Number(body?.retry_after ?? headers['retry-after']);
	return seconds > 0 ? `WhatsCloud takes requests again in ${duration(seconds * 1000)}. ` : '';
}

/**
 * The account has no API settings. The answer differs from that for a missing record only in its words,
 * which may be translated; of a list no record can be missing.
 */
export function isNotSetUp({ request, status, body }: Facts): boolean {
	if (status !== 404 || body?.status !== 'error') return false;
	return !request.path.includes('/') || /\bAPI settings\b/i.test(body.message ?? '');
}

/**
 * The framework's own answer for a route that this version lacks. Groups could only be read and messages not
 * be sent before the version of August 2025 (contract, section 1); all other routes exist in every version.
 */
export function lacksRoute({ request, status, body, isSend, noun }: Facts): boolean {
	if (body === undefined || body.status !== undefined || request.method === 'GET') return false;
	return status === 405 || (status === 404 && (isSend || noun === 'group'));
}

/** The subdomain in the credential is wrong, although the status may say that the server is (quirk 12). */
export function isUnknownTenant({ body }: { body?: unknown }): boolean {
	return isObject(body) && body.errors === 'Invalid tenant subdomain';
}

/** The fields of a write that the server does not have: it checks them before it writes anything. */
export function unknownFields({ body }: Facts): string[] {
	const named = /fillable property \[([^\]]{1,200})\]/.exec(String(body?.error));
	return named?.[1]?.split(/,\s*/) ?? [];
}

const ABILITY =
	/\b(?:contacts|statuses|sources|groups|templates|templatebots|messagebots|messages)\.[a-z]+\b/;

/** The permission that a 403 names, such as `contacts.read` (quirk 35). */
export function missingAbility({
	status,
	body,
}: {
	status?: number;
	body?: unknown;
}): string | undefined {
	if (status !== 403 || !isObject(body)) return undefined;
	return ABILITY.exec(String(body.message))?.[0];
}

/** What is wrong with which field, in the server's words. */
export function fieldErrors({ errors, body }: Facts): string[] {
	const { message } = body ?? {};
	if (errors.size === 0) return message && !isRawKey(message) ? [readable(message)] : [];
	return [...errors].map(([field, texts]) => {
		const said = texts.map(readable).join(' ');
		return field === '' ? said : `${fieldLabel(field)}: ${said}`;
	});
}
