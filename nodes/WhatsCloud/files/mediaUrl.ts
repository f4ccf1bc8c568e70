import { InputError, outgoingText, shown, visibleText } from '../checks/text';
import type { MediaKind } from './formats';
import { FORMATS, plainName } from './formats';

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
		`${shown(text)} is not an address that starts with http:// or https://`,
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

/** The last part of the address, such as `photo.jpg`. */
export function fileNameOf(url: string): string {
	return plainName(decoded(new URL(url).pathname.split('/').at(-1) ?? ''));
}

/** What is not encoded stays as it is, such as `100%.pdf`. */
export function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
