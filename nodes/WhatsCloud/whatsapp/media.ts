import { InputError } from '../InputError';

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

const MEDIA: Readonly<Record<MediaKind, MediaRules>> = {
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

/** Other names of accepted formats: the bytes are the same, only the name has to change (quirk 17). */
const ACCEPTED_SPELLING: ReadonlyMap<string, string> = new Map([
	['jpg', 'jpeg'],
	['jpe', 'jpeg'],
	['jfif', 'jpeg'],
	['m4v', 'mp4'],
	['3gpp', '3gp'],
	['mpga', 'mp3'],
	['oga', 'ogg'],
	['opus', 'ogg'],
]);

const EXTENSION_OF_MIME_TYPE: ReadonlyMap<string, string> = new Map([
	['image/jpeg', 'jpeg'],
	['image/jpg', 'jpeg'],
	['image/pjpeg', 'jpeg'],
	['image/png', 'png'],
	['video/mp4', 'mp4'],
	['video/x-m4v', 'mp4'],
	['video/3gpp', '3gp'],
	['audio/aac', 'aac'],
	['audio/x-aac', 'aac'],
	['audio/amr', 'amr'],
	['audio/mpeg', 'mp3'],
	['audio/mp3', 'mp3'],
	['audio/mp4', 'm4a'],
	['audio/m4a', 'm4a'],
	['audio/x-m4a', 'm4a'],
	['audio/ogg', 'ogg'],
	['audio/opus', 'ogg'],
	['application/ogg', 'ogg'],
	['application/pdf', 'pdf'],
	['application/msword', 'doc'],
	['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
	['text/plain', 'txt'],
	['application/vnd.ms-excel', 'xls'],
	['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
	['application/vnd.ms-powerpoint', 'ppt'],
	['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx'],
]);

/**
 * The kind to propose for a file, also where the format itself must be converted first (a WebP is an
 * image); undefined where nothing fits (a ZIP).
 */
export function mediaKindOf(file: MediaFile): MediaKind | undefined {
	const mimeType = bareMimeType(file.mimeType);
	const extension = extensionOfMimeType(mimeType) ?? acceptedSpelling(file.fileName);
	return kindOfExtension(extension) ?? KINDS.find((kind) => mimeType.startsWith(`${kind}/`));
}

/**
 * The name to upload a file under so that the server accepts it: `photo.JPG` → `photo.jpeg`,
 * `scan` of type application/pdf → `scan.pdf`.
 * @throws InputError for a format that this kind does not take
 */
export function uploadName({ kind, ...file }: MediaFile & { kind: MediaKind }): string {
	const parts = nameParts(file.fileName);
	const base = parts.base || kind;
	const byName = acceptedSpelling(file.fileName);
	if (accepts(kind, byName)) return `${base}.${byName}`;

	const byType = extensionOfMimeType(file.mimeType);
	if (accepts(kind, byType)) {
		const replacesExtension = parts.extension === '' || kindOfExtension(byName) !== undefined;
		return `${replacesExtension ? base : parts.name}.${byType}`;
	}
	throw unacceptable(kind, file);
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
			`The file has ${megabytes(bytes)} MB, but ${one} may have at most ${String(maxMiB)} MB`,
			'Make the file smaller, or send a link to it in a text message.',
		);
	}
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

/**
 * The URL as given, without white space around it.
 * @throws InputError unless it is one complete http or https address
 */
export function checkMediaUrl(url: unknown): string {
	const howTo =
		'Give one complete address that anyone can open without logging in, for example https://example.com/photo.png.';
	if (url === null || url === undefined || String(url).trim() === '') {
		throw new InputError('The URL of the file is missing', howTo);
	}
	if (typeof url !== 'string') throw new InputError('The URL of the file is not text', howTo);
	const text = url.trim();
	if (!/^https?:\/\/[^\s/]\S*$/i.test(text) || !URL.canParse(text)) {
		const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
		throw new InputError(
			`"${shown}" is not an address that starts with http:// or https://`,
			howTo,
		);
	}
	return text;
}

function unacceptable(kind: MediaKind, file: MediaFile): InputError {
	const { extensions, one, advice } = MEDIA[kind];
	const other = mediaKindOf(file);
	const canBeSentAs =
		other !== undefined && other !== kind && isSendableAs(other, file)
			? `Choose ${capitalized(other)} as the media type to send it as it is.`
			: advice;
	const subject = file.fileName
		? `The file "${file.fileName}"`
		: `A file ${file.mimeType ? `of type ${file.mimeType}` : 'without name and type'}`;
	return new InputError(
		`${subject} cannot be sent as ${one}`,
		`WhatsCloud accepts ${listed(extensions)} files as ${one}. ${canBeSentAs}`,
	);
}

function isSendableAs(kind: MediaKind, file: MediaFile): boolean {
	return (
		accepts(kind, acceptedSpelling(file.fileName)) ||
		accepts(kind, extensionOfMimeType(file.mimeType))
	);
}

function accepts(kind: MediaKind, extension: string | undefined): extension is string {
	return extension !== undefined && MEDIA[kind].extensions.includes(extension);
}

function kindOfExtension(extension: string | undefined): MediaKind | undefined {
	return KINDS.find((kind) => accepts(kind, extension));
}

/** The extension of a file name as the server wants it, if it is one that the server knows. */
function acceptedSpelling(fileName: string | undefined): string {
	const lower = nameParts(fileName).extension.toLowerCase();
	return ACCEPTED_SPELLING.get(lower) ?? lower;
}

/** Without folders and control characters; what follows the last dot is the extension. */
function nameParts(fileName = ''): { name: string; base: string; extension: string } {
	const name = fileName
		.replace(/\p{Cc}/gu, '')
		.replace(/^.*[/\\]/, '')
		.trim();
	const dot = name.lastIndexOf('.');
	return dot === -1
		? { name, base: name, extension: '' }
		: { name, base: name.slice(0, dot), extension: name.slice(dot + 1) };
}

function bareMimeType(mimeType = ''): string {
	return (mimeType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function extensionOfMimeType(mimeType: string | undefined): string | undefined {
	return EXTENSION_OF_MIME_TYPE.get(bareMimeType(mimeType));
}

/** Rounded up, so that a file one byte above a limit does not read as equal to it. */
function megabytes(bytes: number): string {
	return String(Math.ceil((bytes / 1024 / 1024) * 10) / 10);
}

function listed(words: readonly string[]): string {
	return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

function capitalized(word: string): string {
	return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The last part of the address, such as `photo.jpg`. */
export function fileNameOf(url: string): string {
	const name = new URL(url).pathname.split('/').at(-1) ?? '';
	try {
		return decodeURIComponent(name);
	} catch {
		return name;
	}
}
