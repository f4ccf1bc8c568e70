import { clipped, InputError, quoted } from '../checks/text';
import type { MediaKind } from '../operation';

/** WhatsApp's kinds of files, each with its article for error texts. */
export const KINDS: Readonly<Record<MediaKind, { one: string; maxMiB: number; advice: string }>> = {
	image: { one: 'an image', maxMiB: 5, advice: 'Convert the file to JPEG or PNG first.' },
	video: { one: 'a video', maxMiB: 16, advice: 'Convert the file to MP4 (H.264 and AAC) first.' },
	audio: { one: 'audio', maxMiB: 16, advice: 'Convert the file to MP3, M4A or Ogg (Opus) first.' },
	document: { one: 'a document', maxMiB: 100, advice: 'Save the file as PDF first.' },
};

export const MIB = 1024 * 1024;

/** @throws InputError for an empty file and for one above the server's limit */
export function checkSize(kind: MediaKind, bytes: number): void {
	const { maxMiB, one } = KINDS[kind];
	if (bytes === 0) {
		throw new InputError(
			'The file is empty',
			'Check the step that makes or downloads the file: it gave a file without content.',
		);
	}
	if (bytes > maxMiB * MIB) {
		// Rounded up, so that one byte too many does not read as equal to the limit.
		const megabytes = Math.ceil((bytes / MIB) * 10) / 10;
		throw new InputError(
			`The file is ${megabytes} MB, but ${one} can be at most ${maxMiB} MB`,
			'Make the file smaller, or send a link to it in a text message.',
		);
	}
}

type Format = ReturnType<typeof format>;
type Content = ReturnType<typeof contentOf>;

/** HEIC pictures and QuickTime videos are in the same container. */
const MP4 = /^[^]{4}ftyp(?!qt {2}|he[iv][a-z]|m[is]f1|avi[fs])/;
/** A new Office document with a password has the container of the old ones. */
const NEW_OFFICE = /^(?:PK\cC\cD|\xd0\xcf\cQ\xe0)/;
/** Programs write web pages for Office under its old endings. */
const OLD_OFFICE = /^(?:\xd0\xcf\cQ\xe0|\{\\rtf|\s*<[^]*(?:microsoft-com:office|mso-application))/;
const MP3 = /^(?:ID3|\0*\xff[\xe2\xe3\xf2\xf3\xfa\xfb])/;
const AAC = /^(?:ID3|\xff[\xf0\xf1\xf8\xf9])/;
const OPUS = /^OggS[^]{0,80}OpusHead/;
const OPEN_XML = 'application/vnd.openxmlformats-officedocument';
const VAGUE = ['an Office document', 'a text file'];

export const FORMATS: readonly Format[] = [
	format('image', 'jpeg', 'a JPEG image', /^\xff\xd8\xff/, 'image/jpeg image/jpg', 'jpg jpe jfif'),
	format('image', 'png', 'a PNG image', /^\x89PNG/, 'image/png image/x-png'),
	format('video', 'mp4', 'an MP4 video', MP4, 'video/mp4 video/x-m4v', 'm4v'),
	format('video', '3gp', 'a 3GP video', MP4, 'video/3gpp', '3gpp'),
	format('audio', 'm4a', 'an M4A sound', MP4, 'audio/mp4 audio/m4a audio/x-m4a'),
	format('audio', 'mp3', 'an MP3 audio file', MP3, 'audio/mpeg audio/mp3', 'mpga'),
	format('audio', 'aac', 'an AAC sound', AAC, 'audio/aac audio/x-aac'),
	format('audio', 'amr', 'an AMR sound', /^#!AMR/, 'audio/amr'),
	format('audio', 'ogg', 'an Ogg sound', OPUS, 'audio/ogg audio/opus application/ogg', 'oga opus'),
	format('document', 'pdf', 'a PDF document', /^[^]{0,1023}%PDF-/, 'application/pdf'),
	newOffice('docx', 'wordprocessingml.document'),
	newOffice('xlsx', 'spreadsheetml.sheet'),
	newOffice('pptx', 'presentationml.presentation'),
	format('document', 'doc', 'an Office document', OLD_OFFICE, 'application/msword'),
	format('document', 'xls', 'an Office document', OLD_OFFICE, 'application/vnd.ms-excel'),
	format('document', 'ppt', 'an Office document', OLD_OFFICE, 'application/vnd.ms-powerpoint'),
	format('document', 'txt', 'a text file', /^(?:\xff\xfe|\xfe\xff|[^\0]*$)/, 'text/plain'),
];

function newOffice(extension: string, type: string): Format {
	return format('document', extension, 'an Office document', NEW_OFFICE, `${OPEN_XML}.${type}`);
}

/** @param begins how its bytes begin, one character for each */
function format(
	kind: MediaKind,
	extension: string,
	one: string,
	begins: RegExp,
	types: string,
	otherEndings = '',
) {
	return {
		kind,
		/** WhatsCloud looks at the ending of the name alone, and takes no other spelling of it. */
		extension,
		one,
		begins,
		/** The first is WhatsApp's own name for it. */
		types: types.split(' '),
		/** All endings that these bytes go by. */
		endings: [extension, ...(otherEndings.match(/\S+/g) ?? [])],
		/** Its bytes alone do not tell it: only a name or a type does. */
		isVague: VAGUE.includes(one),
	};
}

const WEB_PAGE = 'a web page (HTML)';
/** What people often have in place of these, to be called by its name. */
const OTHERS: ReadonlyArray<readonly [begins: RegExp, one: string]> = [
	[
		/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*<(?:!doctype html|html|head|body|title|meta|script)\b/i,
		WEB_PAGE,
	],
	[/^\s*<\?xml/, 'an XML file'],
	[/^\s*(?:\{\s*["}]|\[\s*(?:[[{"\]]|-?\d))/, 'JSON data'],
	[/^GIF8/, 'a GIF image'],
	[/^RIFF[^]{4}WEBP/, 'a WebP image'],
	[/^[^]{4}ftyp(?:he|m[is]f1|avi)/, 'a HEIC or AVIF image'],
	[/^[^]{4}ftypqt/, 'a QuickTime video'],
	[/^\cZ\x45\xdf\xa3/, 'a WebM or Matroska video'],
	[/^RIFF[^]{4}WAVE/, 'a WAV sound'],
	[/^OggS/, 'an Ogg file that is not Opus'],
	[/^PK\cC\cD/, 'a ZIP archive or an Office document'],
];

/** Enough for all of these; a web page may begin with comments and blanks. */
export const BEGINNING_BYTES = 2048;

/**
 * What a file shows itself to be: the formats that it may have, and what to call it where that is plain.
 * @param data the content, or the first `BEGINNING_BYTES` of it
 */
export function contentOf(data: Uint8Array) {
	const text = String.fromCharCode(...data.subarray(0, BEGINNING_BYTES));
	const fitting = FORMATS.filter(({ begins }) => begins.test(text));
	// A PDF may begin like a text file, too.
	const plain = fitting.filter(({ isVague }) => !isVague);
	const other = OTHERS.find(([begins]) => begins.test(text.replace(/^\xef\xbb\xbf/, '')))?.[1];
	const one = plain[0]?.one ?? other ?? fitting[0]?.one;
	return { formats: plain.length > 0 ? plain : fitting, one };
}

/** Whether a video is coded as HEVC, which WhatsApp does not play: a track says so at the place of its codec. */
function isHevc(data: Uint8Array): boolean {
	const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
	for (let at = bytes.indexOf('stsd'); at !== -1; at = bytes.indexOf('stsd', at + 4)) {
		if (/^(?:hvc1|hev1|dvh[1e])$/.test(bytes.toString('latin1', at + 16, at + 20))) return true;
	}
	return false;
}

/** A file that is to be uploaded; what is known of it besides its content may be missing or wrong. */
interface OwnFile {
	kind: MediaKind;
	fileName?: string;
	mimeType?: string;
	/** The name that the user gives the file; its ending counts where the file itself does not tell. */
	givenName?: string;
}

/**
 * The name and type under which the server accepts the file: `photo.JPG` → `photo.jpeg`.
 * @param data the content, or its beginning
 * @throws InputError for a file that this kind does not take
 */
export function uploadName(file: OwnFile, data: Uint8Array): { name: string; mimeType: string } {
	const content = contentOf(data);
	const format = formatOf(file, content);
	if (!format) throw unacceptable(file, content);
	if (format.kind === 'video' && isHevc(data))
		throw unacceptable(file, { formats: [], one: 'a video coded as HEVC (H.265)' });
	const name = withEnding(file.fileName ?? '', format.extension);
	return { name, mimeType: format.types[0] ?? '' };
}

/** Of the formats that the content may have, the one that name or type tell, or the one that needs no telling. */
function formatOf(file: OwnFile, { formats, one }: Content): Format | undefined {
	const type = (file.mimeType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
	// A login page comes under the name of the text file that it stands in for.
	const isPage = type === 'text/html' && one === WEB_PAGE;
	const possible = formats.filter(
		({ kind, extension }) => kind === file.kind && !(isPage && extension === 'txt'),
	);
	const isOfType = ({ types }: Format) => types.includes(type);
	const told =
		possible.find(hasEnding(file.fileName)) ??
		possible.find(isOfType) ??
		possible.find(hasEnding(file.givenName));
	// Sound and video may have the same content: then the type tells.
	if (told || formats.some(isOfType)) return told;
	return possible.find(({ isVague }) => !isVague);
}

function hasEnding(fileName?: string): (format: Format) => boolean {
	const ending = nameParts(fileName).ending.toLowerCase();
	return ({ endings }) => endings.includes(ending);
}

function unacceptable(file: OwnFile, { formats, one }: Content): InputError {
	const { kind, fileName, mimeType } = file;
	const type = mimeType ? `of type ${clipped(mimeType)}` : 'without name and type';
	const subject = fileName ? `The file ${quoted(plainName(fileName))}` : `A file ${type}`;
	const what = one === undefined ? '' : ` is ${one} and`;
	const accepted = FORMATS.flatMap((format) => (format.kind === kind ? format.extension : []));
	return new InputError(
		`${subject}${what} can't be sent as ${KINDS[kind].one}`,
		`WhatsCloud accepts as ${KINDS[kind].one}: ${accepted.join(', ')}. ${adviceFor(kind, { formats, one })}`,
	);
}

function adviceFor(kind: MediaKind, { formats, one = '' }: Content): string {
	// Sites answer with a page or a message where they do not give the file.
	if (/^(?:a web page|JSON|an XML)/.test(one))
		return 'It came in place of the file, such as a login page or an error message: open the address in a private browser window to see.';
	// Any text passes for a text file.
	const other = formats.find(({ extension }) => extension !== 'txt')?.kind ?? kind;
	return other === kind
		? KINDS[kind].advice
		: `Choose ${other.charAt(0).toUpperCase()}${other.slice(1)} as the media type to send it as it is.`;
}

/** The name with this ending, in place of one that belongs to another format. */
export function withEnding(fileName: string, extension: string): string {
	const { name, base, ending } = nameParts(fileName);
	const stem = ending === '' || FORMATS.some(hasEnding(fileName)) ? base : name;
	return `${stem || 'file'}.${extension}`;
}

/** A path of a computer, unlike the slash in *Rechnung 11/2024.pdf*. */
const PATH = /^(?:[a-z]:|\.{1,2}|~)?[/\\]/i;

/** The name as it can arrive: WhatsApp shows only what follows a slash, and half an emoji is no text. */
export function plainName(fileName: string): string {
	const name = fileName.replace(/[\p{Cc}\p{Surrogate}]/gu, '').trim();
	return PATH.test(name) ? name.replace(/^.*[/\\]/, '') : name.replace(/[/\\]/g, '-');
}

export function nameParts(fileName = ''): { name: string; base: string; ending: string } {
	const name = plainName(fileName);
	const [, base = name, ending = ''] = /^([^]*)\.([^.]*)$/.exec(name) ?? [];
	return { name, base, ending };
}
