import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

import { ANSWER_TOO_LARGE } from '../api/http';
import { inBrackets } from '../api/errors/readableText';
import { InputError } from '../checks/InputError';
import type { Arriving, Bounds } from '../api/transport';
import { boundedBytes, boundedText, networkFailure, orCancelled } from '../api/transport';
import { shown, visibleText } from '../checks/text';
import type { FileSource } from '../operation';
import { fileNameOf } from './mediaUrl';

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
	const refused = (why: string) =>
		new InputError(`The file at ${withoutQuery(url)} can't be downloaded${why}`, OPEN_IT);

	const request = context.helpers.httpRequest({
		method: 'GET',
		url,
		timeout: timeoutMs,
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		abortSignal: orCancelled(context, giveUp.signal),
	}) as Promise<IN8nHttpFullResponse>;
	const { statusCode, headers, body } = await request.catch((error: unknown) => {
		throw refused(inBrackets(networkFailure(error).code));
	});
	const mimeType = String(headers['content-type'] ?? '');
	const page = {
		body: body as unknown as Arriving,
		bounds: { bytes: Infinity, ms: timeoutMs, giveUp },
	};
	const problem = await problemOf(statusCode, mimeType, page);
	if (problem !== undefined) {
		giveUp.abort();
		throw refused(`: ${problem}`);
	}
	return {
		fileName: fileNameIn(headers['content-disposition']) ?? fileNameOf(url),
		mimeType,
		read: async (maxBytes) => {
			const bounds = { bytes: maxBytes, ms: timeoutMs, giveUp };
			return await boundedBytes(body as unknown as Arriving, bounds).catch((error: unknown) => {
				const { code } = networkFailure(giveUp.signal.reason ?? error);
				if (code !== ANSWER_TOO_LARGE) throw refused(inBrackets(code));
				throw new InputError(
					`The file at ${withoutQuery(url)} is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB`,
					'Nothing was sent. Make the file smaller, or send a link to it in a text message.',
				);
			});
		},
	};
}

async function problemOf(
	status: number,
	mimeType: string,
	{ body, bounds }: { body: Arriving; bounds: Bounds },
): Promise<string | undefined> {
	if (status < 200 || status >= 300) return `the server there answers with error ${status}`;
	// A login page answers with success, too.
	if (!/^\s*(?:text\/html|application\/xhtml\+xml)/i.test(mimeType)) return undefined;
	const text = await boundedText(firstChunk(body), bounds).catch(() => '');
	const title = visibleText(/<title[^>]*>([^<]{1,200})/i.exec(text)?.[1] ?? '');
	return `it is a web page${title && ` with the title ${shown(title)}`}, not a file`;
}

/** Holds the title of most pages. */
async function* firstChunk(body: Arriving): AsyncGenerator<Uint8Array> {
	for await (const chunk of body) {
		yield chunk;
		return;
	}
}

/** Without the query, which may hold a secret. */
function withoutQuery(url: string): string {
	const { host, pathname } = new URL(url);
	return `${host}${pathname}`.slice(0, 100);
}

/** `filename*=UTF-8''Quarter%203.pdf`, which counts before the plain name beside it (RFC 6266). */
const EXTENDED = /;\s*filename\*\s*=\s*"?([\w-]+)'[^']*'([^;"\s]+)/i;
/** `filename="Quarter 3.pdf"`, with or without quotes. */
const PLAIN = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))/i;

/** The file's name in a Content-Disposition header; undefined without one. */
export function fileNameIn(header: unknown): string | undefined {
	if (typeof header !== 'string') return undefined;
	// Some servers leave out the disposition and begin with the name.
	const parameters = `;${header}`;
	const [, charset = '', encoded] = EXTENDED.exec(parameters) ?? [];
	const extended = encoded === undefined ? undefined : decoded(encoded, charset);
	const [, quoted, bare] = PLAIN.exec(parameters) ?? [];
	const plain = quoted?.replace(/\\(.)/g, '$1') ?? bare?.trim();
	return extended ?? (plain ? asMeant(plain) : undefined);
}

function decoded(encoded: string, charset: string): string | undefined {
	try {
		// ISO-8859-1 is the only other character set that the standard knows.
		if (!/^iso-8859-1$/i.test(charset)) return decodeURIComponent(encoded);
		return encoded.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
			String.fromCharCode(parseInt(hex, 16)),
		);
	} catch {
		return undefined;
	}
}

/** Servers write UTF-8 as it is, which HTTP reads as Latin-1, or escape it as in an address. */
function asMeant(name: string): string {
	try {
		if (/%[\da-f]{2}/i.test(name)) return decodeURIComponent(name);
		const bytes = Uint8Array.from(name, (character) => character.charCodeAt(0));
		const isLatin1 = [...name].every((character) => character.charCodeAt(0) < 256);
		return isLatin1 ? new TextDecoder('utf-8', { fatal: true }).decode(bytes) : name;
	} catch {
		return name;
	}
}
