import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

import { ANSWER_TOO_LARGE } from '../api/http';
import { codeSentence } from '../api/errors/words';
import type { Arriving, Bounds } from '../api/transport';
import { boundedBytes, boundedText, networkFailure, orCancelled } from '../api/transport';
import { InputError, shown, visibleText } from '../checks/text';
import type { Wanted } from '../operation';
import { fileNameOf } from './mediaUrl';

const OPEN_IT =
	'Nothing was sent. The address must work for everybody: open it in a private browser window to see. A file behind a login can be sent as a binary file.';

interface Download {
	fileName: string;
	mimeType: string;
	data: Uint8Array;
}

type WantedWhenRoom = Wanted & {
	/** Waits until there is room for so many bytes, and tells whether it waited. */
	hold(bytes: number): Promise<boolean>;
};

/** The last file is kept, and those before it as long as they are no larger than this together. */
const MAX_KEPT_BYTES = 32 * 1024 * 1024;

/** Files from the internet, each fetched once for all items that want it. */
export function createDownloads(context: IExecuteFunctions, timeoutMs: number) {
	/** By URL, the oldest first; without bytes while it is on the way. */
	const files = new Map<string, { file: Promise<Download>; bytes: number }>();

	function forgetOldest(): void {
		let bytes = 0;
		for (const [url, kept] of [...files].reverse()) {
			bytes += kept.bytes;
			if (bytes > MAX_KEPT_BYTES && bytes > kept.bytes) files.delete(url);
		}
	}

	/** @throws InputError when the address gives no file */
	return async (url: string, wanted: WantedWhenRoom): Promise<Download> => {
		const known = files.get(url);
		if (known) {
			const file = await known.file;
			wanted.accept(file);
			return file;
		}
		const fetching = { file: fetchFile(context, url, timeoutMs, wanted), bytes: 0 };
		files.set(url, fetching);
		fetching.file.then(
			({ data }) => {
				fetching.bytes = data.byteLength;
				forgetOldest();
			},
			// Who comes later tries again.
			() => files.delete(url),
		);
		return await fetching.file;
	};
}

/**
 * Through n8n's own helper, which brings the user's proxy and policy settings. The account's token does not
 * go along.
 */
async function fetchFile(
	context: IExecuteFunctions,
	url: string,
	timeoutMs: number,
	wanted: WantedWhenRoom,
): Promise<Download> {
	const { maxBytes, accept, hold } = wanted;
	const giveUp = new AbortController();
	const refused = (why = '', code?: string) =>
		new InputError(
			`The file at ${withoutQuery(url)} can't be downloaded${why}`,
			OPEN_IT + codeSentence(code),
		);

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
		throw refused('', networkFailure(error).code);
	});
	try {
		const arriving = body as unknown as Arriving;
		const mimeType = String(headers['content-type'] ?? '');
		const fileName = fileNameIn(headers['content-disposition']) ?? fileNameOf(url);
		const page = { body: arriving, bounds: { bytes: Infinity, ms: timeoutMs, giveUp } };
		const problem = await problemOf(statusCode, mimeType, page);
		if (problem !== undefined) throw refused(`: ${problem}`);
		accept({ fileName, mimeType });
		const bytes = Number(headers['content-length'] ?? maxBytes);
		// A server cuts off an answer that nobody takes. Who holds room does not wait a second time.
		if (await hold(Math.min(bytes, maxBytes))) {
			return await fetchFile(context, url, timeoutMs, wanted);
		}
		const bounds = { bytes: maxBytes, ms: timeoutMs, giveUp };
		const data = await boundedBytes(arriving, bounds).catch((error: unknown) => {
			const { code } = networkFailure(giveUp.signal.reason ?? error);
			if (code !== ANSWER_TOO_LARGE) throw refused('', code);
			throw new InputError(
				`The file at ${withoutQuery(url)} is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB`,
				'Nothing was sent. Make the file smaller, or send a link to it in a text message.',
			);
		});
		return { fileName, mimeType, data };
	} finally {
		giveUp.abort();
	}
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
	const title = visibleText(/<title[^<>]*>([^<]{1,200})/i.exec(text)?.[1] ?? '');
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
