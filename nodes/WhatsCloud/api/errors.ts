import { ApiError } from './ApiError';
import { parseBody } from './envelope';
import { explainAnswer, uncertain } from './explanations';
import type { ApiRequest, ApiResponse, NetworkFailure } from './http';
import { excerpt } from './readableText';

const CHECK_BASE_URL =
	'Open the WhatsCloud credential of this node and enter the base URL that WhatsCloud shows under API management, usually https://whatscloud.pro/api/v1/';

/** The error for an answer that is no success. */
export function answerError(request: ApiRequest, response: ApiResponse): ApiError {
	const body = parseBody(response.text);
	return new ApiError(
		request,
		explainAnswer({ request, body, ...response }),
		response.status,
		body ?? excerpt(response.text),
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

/** The error for a request without a complete answer. */
export function networkError(request: ApiRequest, failure: NetworkFailure): ApiError {
	// n8n replaces messages that contain a Node code such as ECONNRESET by texts of its own.
	const code = failure.code ? ` (${failure.code.replace(/^E(?=[A-Z])/, '')})` : '';
	if (failure.cancelled) {
		return new ApiError(request, {
			title: 'The execution was cancelled',
			description: 'The request under way was given up; WhatsCloud may still have carried it out.',
			outcome: request.method === 'POST' ? 'unknown' : 'refused',
		});
	}
	if (failure.neverSent) {
		return new ApiError(request, {
			title: `WhatsCloud can't be reached${code}`,
			description: `Nothing was sent. ${CHECK_BASE_URL}. If it is right, check the internet connection of the computer that n8n runs on.`,
			outcome: 'refused',
		});
	}
	if (request.method === 'POST')
		return new ApiError(request, uncertain(request, `no answer came${code}`));
	return new ApiError(request, {
		title: `WhatsCloud gave no answer${code}`,
		description:
			'The connection broke or took too long, also when tried again. Try later, or raise Options > Timeout.',
		outcome: 'refused',
	});
}
