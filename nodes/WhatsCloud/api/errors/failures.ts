import type { Explanation } from './ApiError';
import { ApiError } from './ApiError';
import type { Body } from '../envelope';
import { explainAnswer, outcomeOf, rateLimitReason, uncertain } from './explanations';
import type { ApiRequest, ApiResponse, NetworkFailure } from '../http';
import { MAX_BLOCKED_MS } from '../retry';
import { duration, excerpt } from './readableText';

const CHECK_BASE_URL =
	'Open the WhatsCloud credential of this node and enter the base URL that WhatsCloud shows under API management, usually https://whatscloud.pro/api/v1/';

/** n8n stores the details of every error with the execution. */
const MAX_DETAILS = 20_000;

/** The error for an answer that is no success. */
export function answerError(request: ApiRequest, response: ApiResponse, body?: Body): ApiError {
	return new ApiError(
		request,
		explainAnswer({ request, body, ...response }),
		response.status,
		body && response.text.length <= MAX_DETAILS ? body : excerpt(response.text),
	);
}

/** The error for a rate limit that lets nothing through for longer than the node waits. */
export function stillLimitedError(
	request: ApiRequest,
	response: ApiResponse,
	{ body, blockedMs }: { body?: Body; blockedMs: number },
): ApiError {
	const waited =
		blockedMs > 0
			? `The node waited ${duration(blockedMs)}, in which not a single request was taken.`
			: 'The node did not wait.';
	return new ApiError(
		request,
		{
			title: 'The rate limit of your WhatsCloud account stays used up',
			description: `${rateLimitReason({ body, ...response })}${waited} It waits for at most ${duration(MAX_BLOCKED_MS)} in a row. Other programs that use the account may take all of its requests, or it has a limit per day or month. Nothing was sent for this item.`,
			outcome: 'refused',
		},
		response.status,
		body,
	);
}

/** The error for a redirect: it is not followed, because the token must not go to another address. */
export function redirectError(request: ApiRequest, response: ApiResponse): ApiError {
	return new ApiError(
		request,
		{
			title: 'The base URL of the WhatsCloud credential is not the address of the API',
			description: `The server wants to send the request on to another address (${excerpt(response.headers.location ?? 'not named')}); the token was not sent there. ${CHECK_BASE_URL}`,
			outcome: 'refused',
		},
		response.status,
	);
}

/** The error for a request that was waiting when the user cancelled. */
export function cancelledError(request: ApiRequest, maybeDone: boolean): ApiError {
	return new ApiError(request, {
		title: 'The execution was cancelled',
		description: maybeDone
			? 'WhatsCloud may have carried out the request, although no answer came.'
			: 'The request was not sent.',
		outcome: maybeDone ? outcomeOf(request) : 'refused',
	});
}

/** The error for a request without a complete answer. */
export function networkError(request: ApiRequest, failure: NetworkFailure): ApiError {
	// n8n replaces messages that contain a Node code such as ECONNRESET by texts of its own.
	const code = failure.code ? ` (${failure.code.replace(/^E(?=[A-Z])/, '')})` : '';
	if (failure.cancelled) return cancelledError(request, true);
	return new ApiError(
		request,
		explainFailure(request, failure, code),
		undefined,
		undefined,
		failure.code,
	);
}

function explainFailure(
	request: ApiRequest,
	{ neverSent }: NetworkFailure,
	code: string,
): Explanation {
	if (neverSent) {
		return {
			title: `WhatsCloud can't be reached${code}`,
			description: `Nothing was sent. ${CHECK_BASE_URL}. If it is right, check the internet connection of the computer that n8n runs on.`,
			outcome: 'refused',
		};
	}
	if (request.method === 'POST') return uncertain(request, `no complete answer came${code}`);
	return {
		title: `WhatsCloud gave no complete answer${code}`,
		description:
			'The connection broke or took too long, also when tried again. Try later, or raise Options > Timeout.',
		outcome: outcomeOf(request),
	};
}
