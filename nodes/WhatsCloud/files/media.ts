import { InputError } from '../checks/InputError';
import { shown } from '../checks/text';
import { acceptedSpelling, extensionOfMimeType, plainName } from './fileFormat';

export type MediaKind = 'image' | 'document' | 'video' | 'audio';

/** What is known of a file before it is read; either part may be missing or wrong. */
export interface MediaFile {
	fileName?: string;
	mimeType?: string;
}

interface MediaRules {
	/** What the server accepts, lower case; it looks at the name only, never at the content. */
	extensions: readonly string[];
	maxMiB: number;
	/** The kind with its article, for error texts. */
	one: string;
	advice: string;
}

export const MEDIA: Readonly<Record<MediaKind, MediaRules>> = {
	image: {
		extensions: ['jpeg', 'png'],
		maxMiB: 5,
		one: 'an image',
		advice: 'Convert the file to JPEG or PNG first.',
	},
	video: {
		extensions: ['mp4', '3gp'],
		maxMiB: 16,
		one: 'a video',
		advice: 'Convert the file to MP4 (H.264 video with AAC sound) first.',
	},
	audio: {
		extensions: ['aac', 'amr', 'mp3', 'm4a', 'ogg'],
		maxMiB: 16,
		one: 'audio',
		advice: 'Convert the file to MP3, M4A or Ogg (Opus) first.',
	},
	document: {
		extensions: ['pdf', 'doc', 'docx', 'txt', 'xls', 'xlsx', 'ppt', 'pptx'],
		maxMiB: 100,
		one: 'a document',
		advice: 'Save the file as PDF first.',
	},
};

const KINDS = Object.keys(MEDIA) as MediaKind[];

export function accepts(kind: MediaKind, extension: string | undefined): extension is string {
	return extension !== undefined && MEDIA[kind].extensions.includes(extension);
}

export function kindOfExtension(extension: string | undefined): MediaKind | undefined {
	return KINDS.find((kind) => accepts(kind, extension));
}

/**
 * The kind to propose for a file, also where the format itself must be converted first (a WebP is an
 * image); undefined where nothing fits (a ZIP).
 */
export function mediaKindOf({ fileName, mimeType = '' }: MediaFile): MediaKind | undefined {
	const extension = extensionOfMimeType(mimeType) ?? acceptedSpelling(fileName);
	const isOf = (kind: MediaKind) => mimeType.trim().toLowerCase().startsWith(`${kind}/`);
	return kindOfExtension(extension) ?? KINDS.find(isOf);
}

/** The server's limit. */
export function maxBytes(kind: MediaKind): number {
	return MEDIA[kind].maxMiB * 1024 * 1024;
}

/**
 * @param bytes the file's size
 * @throws InputError for an empty file and for one above the server's limit
 */
export function checkSize(kind: MediaKind, bytes: number): void {
	const { maxMiB, one } = MEDIA[kind];
	if (bytes === 0) {
		throw new InputError(
			'The file is empty',
			'Check the step that makes or downloads the file: it gave a file without content.',
		);
	}
	if (bytes > maxBytes(kind)) {
		throw new InputError(
			`The file has ${megabytes(bytes)} MB, but ${one} may have at most ${maxMiB} MB`,
			'Make the file smaller, or send a link to it in a text message.',
		);
	}
}

/** Rounded up, so that a file one byte above a limit does not read as equal to it. */
function megabytes(bytes: number): string {
	return String(Math.ceil((bytes / 1024 / 1024) * 10) / 10);
}

const HOW_TO_GIVE_A_URL =
	'Give one complete address that anyone can open without logging in, for example https://example.com/photo.png.';

/** Marks that nobody sees and no address needs; joiners and variation selectors are parts of emoji. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2800\ufeff]/g;

/**
 * The URL as given, without white space and invisible marks around it, and with blanks inside as `%20`.
 * @throws InputError unless it is one complete http or https address
 */
export function checkMediaUrl(url: unknown): string {
	if (url !== null && url !== undefined && typeof url !== 'string') {
		throw new InputError('The URL of the file is not text', HOW_TO_GIVE_A_URL);
	}
	const text = (url ?? '').replace(INVISIBLE, '').trim();
	if (text === '') throw new InputError('The URL of the file is missing', HOW_TO_GIVE_A_URL);
	const isSingle = !/[\r\n\t]|\shttps?:/i.test(text);
	const encoded = text.replace(/[^\S\r\n\t]/g, encodeURIComponent);
	if (!isSingle || !/^https?:\/\/[^/]/i.test(encoded) || !URL.canParse(encoded)) {
		throw new InputError(
			`${shown(text)} is not an address that starts with http:// or https://`,
			HOW_TO_GIVE_A_URL,
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
