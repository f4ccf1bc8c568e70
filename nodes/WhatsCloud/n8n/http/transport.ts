import type {
	ICredentialsDecrypted,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IPollFunctions,
} from 'n8n-workflow';

import type { WhatsCloudCredentials } from '../../api/address';
import { apiRoot } from '../../api/address';
import type { ApiRequest, Send } from '../../api/http';
import { tokenEraser } from '../../api/token';
import type { Arriving } from './boundedBody';
import { boundedText } from './boundedBody';
import { networkFailure } from './networkFailure';

export const CREDENTIAL = 'whatsCloudApi';

export type Context = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** A page of 1,000 contacts has about half a megabyte. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Sends through n8n's own helper, which brings the user's proxy and policy settings. */
export function createSend(
	context: Context,
	credentials: WhatsCloudCredentials,
	timeoutMs: number,
): Send {
	const root = apiRoot(credentials);
	const eraseToken = tokenEraser(credentials);
	// Left to itself, n8n takes the credential of the first item for all.
	const account = { credentialsDecrypted: decrypted(credentials) };
	return async (request) => {
		const giveUp = new AbortController();
		try {
			const response = (await context.helpers.httpRequestWithAuthentication.call(
				abortedBy(context, giveUp.signal),
				CREDENTIAL,
				requestOptions(request, root, timeoutMs),
				account,
			)) as IN8nHttpFullResponse;
			const body = response.body as unknown as Arriving;
			return eraseToken({
				status: response.statusCode,
				headers: response.headers as Record<string, string>,
				text: await boundedText(body, { bytes: MAX_ANSWER_BYTES, ms: timeoutMs, giveUp }),
			});
		} catch (error) {
			throw networkFailure(giveUp.signal.reason ?? error, cancelSignal(context));
		}
	};
}

/** n8n's helper aborts a request by the signal of its context only, and replaces one in the options. */
function abortedBy(context: Context, signal: AbortSignal): Context {
	const either = orCancelled(context, signal);
	return Object.create(context, { getExecutionCancelSignal: { value: () => either } }) as Context;
}

/** Expressions in the credential are evaluated for the item. */
export async function readCredentials(
	context: Context,
	itemIndex?: number,
): Promise<WhatsCloudCredentials> {
	return await context.getCredentials<WhatsCloudCredentials>(CREDENTIAL, itemIndex);
}

function decrypted(credentials: WhatsCloudCredentials): ICredentialsDecrypted {
	return { id: '', name: '', type: CREDENTIAL, data: { ...credentials } };
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
		// n8n repeats every request that ends in 401, also a POST, unless errors come as plain answers.
		ignoreHttpStatusErrors: true,
		returnFullResponse: true,
		encoding: 'stream',
		// n8n would send the token along to any other address.
		disableFollowRedirect: true,
	};
}
