import { InputError } from '../InputError';
import { plainName } from './fileName';
import type { MediaKind } from './media';
import { accepts } from './media';
import { shown } from '../text';

const HOW_TO =
	'Give one complete address that anyone can open without logging in, for example https://example.com/photo.png.';

/** Marks that nobody sees and no address needs; joiners and variation selectors are parts of emoji. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2800\ufeff]/g;

/**
 * The URL as given, without white space and invisible marks around it, and with blanks inside as `%20`.
 * @throws InputError unless it is one complete http or https address
 */
export function checkMediaUrl(url: unknown): string {
	if (url !== null && url !== undefined && typeof url !== 'string') {
		throw new InputError('The URL of the file is not text', HOW_TO);
	}
	const text = (url ?? '').replace(INVISIBLE, '').trim();
	if (text === '') throw new InputError('The URL of the file is missing', HOW_TO);
	const isSingle = !/[\r\n\t]|\shttps?:/i.test(text);
	const encoded = text.replace(/[^\S\r\n\t]/g, encodeURIComponent);
	if (!isSingle || !/^https?:\/\/[^/]/i.test(encoded) || !URL.canParse(encoded)) {
		throw new InputError(
			`${shown(text)} is not an address that starts with http:// or https://`,
			HOW_TO,
		);
	}
	return encoded;
}

/**
 * Whether the server would refuse to fetch this URL because its path does not end in an extension of
 * the kind: then the file is to be downloaded here and uploaded under a better name (quirk 17).
 * @param url one that `checkMediaUrl` let pass
 */
export function urlNeedsUpload(url: string, kind: MediaKind): boolean {
	const extension = /\.([^./]+)$/.exec(new URL(url).pathname)?.[1];
	return !accepts(kind, extension);
}

/** The last part of the address, such as `photo.jpg`. */
export function fileNameOf(url: string): string {
	const name = new URL(url).pathname.split('/').at(-1) ?? '';
	try {
		return plainName(decodeURIComponent(name));
	} catch {
		return plainName(name);
	}
}
