import type { IExecuteFunctions, IHttpRequestOptions, IN8nHttpFullResponse } from 'n8n-workflow';

import { ANSWER_TOO_LARGE } from '../../api/http';
import { inBrackets } from '../../api/errors/readableText';
import { InputError } from '../../InputError';
import type { Arriving } from './boundedBody';
import { boundedBytes } from './boundedBody';
import type { FileSource } from '../../operation';
import { fileNameOf } from '../../whatsapp/mediaUrl';
import { fileNameIn } from './contentDisposition';
import { networkFailure } from './networkFailure';
import { cancelSignal, orCancelled } from './transport';

const OPEN_IT =
	'Nothing was sent. The address must work for everybody: open it in a private browser window to see. A file behind a login can be sent as a binary file.';

/**
 * A file from the internet, through n8n's own helper, which brings the user's proxy and policy
 * settings. The account's token does not go along.
 * @throws InputError when the address gives no file
 */
export async function download(
	context: IExecuteFunctions,
	url: string,
	timeoutMs: number,
): Promise<FileSource> {
	const giveUp = new AbortController();
	const failed = (error: unknown, maxBytes = Infinity) => {
		const { code } = networkFailure(giveUp.signal.reason ?? error, cancelSignal(context));
		if (code === ANSWER_TOO_LARGE) {
			return new InputError(
				`The file at ${shown(url)} is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB`,
				'Nothing was sent. Make the file smaller, or send a link to it in a text message.',
			);
		}
		return new InputError(
			`The file at ${shown(url)} can't be downloaded${inBrackets(code)}`,
			OPEN_IT,
		);
	};

	const { statusCode, headers, body } = await request(
		context,
		{ url, timeout: timeoutMs },
		giveUp.signal,
	).catch((error: unknown) => {
		throw failed(error);
	});
	const arriving = body as unknown as Arriving;
	const mimeType = String(headers['content-type'] ?? '');
	const problem = problemOf(statusCode, mimeType);
	if (problem !== undefined) {
		giveUp.abort();
		throw new InputError(`The file at ${shown(url)} can't be downloaded: ${problem}`, OPEN_IT);
	}
	return {
		fileName: fileNameIn(headers['content-disposition']) ?? fileNameOf(url),
		mimeType,
		read: async (maxBytes) =>
			await boundedBytes(arriving, { bytes: maxBytes, ms: timeoutMs, giveUp }).catch(
				(error: unknown) => {
					throw failed(error, maxBytes);
				},
			),
	};
}

async function request(
	context: IExecuteFunctions,
	options: Pick<IHttpRequestOptions, 'url' | 'timeout'>,
	signal: AbortSignal,
) {
	return (await context.helpers.httpRequest({
		...options,
		method: 'GET',
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		abortSignal: orCancelled(context, signal),
	})) as IN8nHttpFullResponse;
}

function problemOf(status: number, mimeType: string): string | undefined {
	if (status < 200 || status >= 300) return `the server there answers with error ${status}`;
	// A login page answers with success, too.
	return /^\s*(?:text\/html|application\/xhtml\+xml)/i.test(mimeType)
		? 'it is a web page, not a file'
		: undefined;
}

/** Without the query, which may hold a secret. */
function shown(url: string): string {
	const { host, pathname } = new URL(url);
	return `${host}${pathname}`.slice(0, 100);
}
