import type { IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

import { codeSentence } from '../api/errors/words';
import { InputError, outgoingText, quoted, visibleText } from '../checks/text';
import type { Arriving } from '../api/http';
import { boundedBytes, networkFailure, orCancelled } from '../api/http';
import type { MediaKind } from '../operation';
import { FORMATS, MIB, plainName } from './formats';

const HOW_TO_GIVE_A_URL =
	'Give one complete address that anyone can open without logging in, for example https://example.com/photo.png.';

/**
 * The URL as given, without white space and invisible marks around it, and with blanks inside as `%20`.
 * @throws InputError unless it is one complete http or https address
 */
export function checkMediaUrl(url: unknown): string {
	const text = visibleText(outgoingText(url, 'The URL of the file') ?? '');
	if (text === '') throw new InputError('The URL of the file is missing', HOW_TO_GIVE_A_URL);
	const isSingle = !/[\r\n\t]|\shttps?:/i.test(text);
	const encoded = text.replace(/[^\S\r\n\t]/g, encodeURIComponent);
	if (isSingle && /^https?:\/\/[^/]/i.test(encoded) && URL.canParse(encoded)) return encoded;
	throw new InputError(
		`${quoted(text)} is not an address that starts with http:// or https://`,
		HOW_TO_GIVE_A_URL,
	);
}

/**
 * Whether the file is to be downloaded here and uploaded: the server refuses an address whose path does not
 * end in an extension of the kind, and a share link leads to a page.
 */
export function urlNeedsUpload(url: string, kind: MediaKind): boolean {
	const ending = /\.([^./]+)$/.exec(new URL(url).pathname)?.[1];
	const isAccepted = FORMATS.some((format) => format.kind === kind && format.extension === ending);
	return !isAccepted || directAddress(url) !== url;
}

/** Of a link that Dropbox, GitHub or Google Drive gives for sharing, the address of the file itself. */
export function directAddress(url: string): string {
	const { href, hostname, pathname, searchParams } = new URL(url);
	if (/^(?:www\.)?dropbox\.com$/.test(hostname) && /^\/(?:s|scl\/fi)\//.test(pathname)) {
		const direct = new URL(href);
		direct.searchParams.set('dl', '1');
		return direct.href;
	}
	if (hostname === 'github.com' && /^\/[^/]+\/[^/]+\/blob\/./.test(pathname))
		return `https://raw.githubusercontent.com${pathname.replace('/blob/', '/')}`;
	const id =
		/^\/file\/d\/([\w-]+)/.exec(pathname)?.[1] ??
		(pathname === '/open' ? searchParams.get('id') : undefined);
	if (hostname === 'drive.google.com' && id)
		return `https://drive.google.com/uc?export=download&id=${encodeURIComponent(id)}`;
	return url;
}

export function fileNameOf(url: string): string {
	return plainName(decoded(new URL(url).pathname.split('/').at(-1) ?? ''));
}

/** What is not encoded stays as it is, such as `100%.pdf`. */
function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

export interface LoadedFile {
	fileName?: string;
	mimeType?: string;
	data: Uint8Array;
}

/** Of larger files together, only the last one is kept. */
const MAX_KEPT_BYTES = 32 * MIB;

/** Files from the internet, each fetched once for all items that want it. To be asked for one after the other. */
export function createDownloads(context: IExecuteFunctions, timeoutMs: number) {
	const kept = new Map<string, LoadedFile>();
	let keptBytes = 0;

	return async (url: string, maxBytes: number): Promise<LoadedFile> => {
		const known = kept.get(url);
		if (known) return known;
		const file = await fetchFile(context, url, { bytes: maxBytes, ms: timeoutMs });
		keptBytes += file.data.byteLength;
		if (keptBytes > MAX_KEPT_BYTES) {
			kept.clear();
			keptBytes = file.data.byteLength;
		}
		kept.set(url, file);
		return file;
	};
}

/** Through n8n's own helper, which brings the user's proxy and policy settings. The token does not go along. */
async function fetchFile(
	context: IExecuteFunctions,
	url: string,
	limit: { bytes: number; ms: number },
): Promise<LoadedFile> {
	const giveUp = new AbortController();
	const { host, pathname } = new URL(url);
	// Without the query, which may hold a secret.
	const file = `The file at ${host}${pathname.slice(0, 100)}`;
	const refused = (why: string, code?: string) =>
		new InputError(
			`${file} can't be downloaded${why}`,
			`Nothing was sent. Open the address in a private browser window to see. A file behind a login can be sent as a binary file.${codeSentence(code)}`,
		);
	const failed = (error: unknown): never => {
		const { code, kind } = networkFailure(giveUp.signal.reason ?? error);
		if (kind !== 'tooLarge') throw refused('', code);
		throw new InputError(
			`${file} is larger than ${Math.floor(limit.bytes / MIB)} MB`,
			'Nothing was sent. Make the file smaller, or send a link to it in a text message.',
		);
	};
	const request = context.helpers.httpRequest({
		method: 'GET',
		url,
		timeout: limit.ms,
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		abortSignal: orCancelled(context, giveUp.signal),
	}) as Promise<IN8nHttpFullResponse>;
	const { statusCode, headers, body } = await request.catch(failed);
	try {
		if (statusCode < 200 || statusCode >= 300)
			throw refused(`: the server there answers with error ${statusCode}`);
		const data = await boundedBytes(body as unknown as Arriving, { ...limit, giveUp }).catch(
			failed,
		);
		const fileName = fileNameIn(headers['content-disposition']) ?? fileNameOf(url);
		return { fileName, mimeType: String(headers['content-type'] ?? ''), data };
	} finally {
		giveUp.abort();
	}
}

/** `filename*=UTF-8''Quarter%203.pdf`, which counts before the plain name beside it (RFC 6266). */
const EXTENDED = /;\s*filename\*\s*=\s*"?utf-8'[^']*'([^;"\s]+)/i;
/** `filename="Quarter 3.pdf"`, with or without quotes. */
const PLAIN = /;\s*filename\s*=\s*(?:"([^"]*)"|([^;]+))/i;

/** The file's name in a Content-Disposition header; undefined without one. */
export function fileNameIn(header: unknown): string | undefined {
	// Some servers leave out the disposition and begin with the name.
	const parameters = `;${String(header ?? '')}`;
	const [, quoted, bare] = PLAIN.exec(parameters) ?? [];
	const name = EXTENDED.exec(parameters)?.[1] ?? quoted ?? bare?.trim();
	if (!name) return undefined;
	// Many write UTF-8 as it is, which HTTP reads as Latin-1.
	const utf8 = Buffer.from(name, 'latin1').toString();
	return decoded(utf8.includes('\ufffd') ? name : utf8);
}
