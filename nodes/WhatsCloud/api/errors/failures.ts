import type { Explanation } from './ApiError';
import { ApiError } from './ApiError';
import type { Body } from '../envelope';
import { CHECK_BASE_URL, explainAnswer, outcomeOf, whenAgain, uncertain } from './explanations';
import type { ApiRequest, ApiResponse, NetworkFailure } from '../http';
import { ANSWER_TOO_LARGE } from '../http';
import { MAX_BLOCKED_MS } from '../retry';
import { duration, excerpt, inBrackets } from './readableText';

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
			description: `${whenAgain({ body, ...response })}${waited} It waits for at most ${duration(MAX_BLOCKED_MS)} in a row. Other programs that use the account may take all of its requests, or it has a limit per day or month. Nothing was sent for this item.`,
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

/** The error for a list without records, or with something else in their place. */
export function notAListError(path: string, body: Body): ApiError {
	return new ApiError(
		{ method: 'GET', path },
		{
			title: "The answer is not a list of WhatsCloud's API",
			description: `${CHECK_BASE_URL}.`,
			outcome: 'refused',
		},
		200,
		body,
	);
}

/** The error for a request without a complete answer. */
export function networkError(request: ApiRequest, failure: NetworkFailure): ApiError {
	const { code, cancelled, neverSent } = failure;
	if (cancelled) return cancelledError(request, !neverSent);
	// n8n's helper for credential tests does not tell that nothing was sent; of reading it makes no difference.
	const isRefused = neverSent || (failure.isPlainHttp && request.method === 'GET');
	const explanation = isRefused ? notSent(failure) : noAnswer(request, failure);
	return new ApiError(request, explanation, undefined, undefined, code);
}

function notSent(failure: NetworkFailure): Explanation {
	const code = inBrackets(failure.code);
	const outcome = 'refused';
	if (failure.isCertificate) {
		return {
			title: `n8n does not trust the certificate of the server${code}`,
			description: `Nothing was sent. ${certificateAdvice(failure.code)}`,
			outcome,
		};
	}
	if (failure.isPlainHttp) {
		return {
			title: `The server does not speak https://${code}`,
			description:
				'Nothing was sent. Does the base URL in the WhatsCloud credential begin with http:// or with https://? Without either, https:// is meant. WhatsCloud itself has https://; a server on this computer, such as the sandbox, has http://. Check its port, too.',
			outcome,
		};
	}
	if (failure.isEncryption) {
		return {
			title: `No encrypted connection to the server can be made${code}`,
			description: `Nothing was sent. ${CHECK_BASE_URL}. If it is right, a proxy or a firewall on the way may be the cause: ask who looks after the network that n8n runs in.`,
			outcome,
		};
	}
	return {
		title: `WhatsCloud can't be reached${code}`,
		description: `Nothing was sent. ${CHECK_BASE_URL}. If it is right, check the internet connection of the computer that n8n runs on.`,
		outcome,
	};
}

function certificateAdvice(code: string): string {
	if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
		return 'The certificate is not valid today: whoever runs the server has to renew it. Check also that the clock of the computer that n8n runs on is right.';
	if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
		return `The certificate was made for another address. ${CHECK_BASE_URL}.`;
	return 'The certificate is self-signed, or n8n does not know who signed it. If the server is your own, start n8n with the environment variable NODE_EXTRA_CA_CERTS set to the path of a file with the certificate of the server or of its issuer. If it is not, a proxy or a virus scanner may stand in between: ask who looks after the network that n8n runs in.';
}

function noAnswer(request: ApiRequest, failure: NetworkFailure): Explanation {
	const code = inBrackets(failure.code);
	if (request.method === 'POST') return uncertain(request, `no complete answer came${code}`);
	return {
		title: `WhatsCloud gave no complete answer${code}`,
		description: noAnswerReason(failure),
		outcome: outcomeOf(request),
	};
}

function noAnswerReason({ code, isTimeout }: NetworkFailure): string {
	if (code === ANSWER_TOO_LARGE)
		return 'It was far larger than any answer of WhatsCloud should be.';
	return isTimeout
		? 'It took too long, also when tried again. Try later, or raise Options > Timeout.'
		: 'The connection broke, also when tried again. Try later.';
}
