export type MediaKind = 'image' | 'document' | 'video' | 'audio';

/** WhatsApp's kinds of files, each with its article for error texts. */
export const KINDS: Readonly<Record<MediaKind, { one: string; maxMiB: number; advice: string }>> = {
	image: { one: 'an image', maxMiB: 5, advice: 'Convert the file to JPEG or PNG first.' },
	video: {
		one: 'a video',
		maxMiB: 16,
		advice: 'Convert the file to MP4 (H.264 video with AAC sound) first.',
	},
	audio: {
		one: 'audio',
		maxMiB: 16,
		advice: 'Convert the file to MP3, M4A or Ogg (Opus) first.',
	},
	document: { one: 'a document', maxMiB: 100, advice: 'Save the file as PDF first.' },
};

/** A format that WhatsApp takes. */
export interface Format {
	kind: MediaKind;
	/** WhatsCloud looks at the ending of the name alone, and takes no other spelling of it. */
	extension: string;
	one: string;
	/** How its bytes begin, one character for each. */
	begins: RegExp;
	/** Its MIME types; the first is WhatsApp's own name for it. */
	types: readonly string[];
	/** All endings that these bytes go by. */
	endings: readonly string[];
}

/** HEIC pictures and QuickTime videos are in the same container. */
const MP4 = /^[^]{4}ftyp(?!qt {2}|he[iv][a-z]|m[is]f1|avi[fs])/;
/** A new Office document with a password has the container of the old ones. */
const NEW_OFFICE = /^(?:PK\cC\cD|\xd0\xcf\cQ\xe0)/;
/** Programs write web pages for Office under its old endings. */
const OLD_OFFICE = /^(?:\xd0\xcf\cQ\xe0|\{\\rtf|\s*<[^]*(?:microsoft-com:office|mso-application))/;
const OPEN_XML = 'application/vnd.openxmlformats-officedocument';

export const FORMATS: readonly Format[] = [
	format('image', 'jpeg', 'a JPEG image', /^\xff\xd8\xff/, 'image/jpeg image/jpg', 'jpg jpe jfif'),
	format('image', 'png', 'a PNG image', /^\x89PNG/, 'image/png image/x-png'),
	format('video', 'mp4', 'an MP4 video', MP4, 'video/mp4 video/x-m4v', 'm4v'),
	format('video', '3gp', 'a 3GP video', MP4, 'video/3gpp', '3gpp'),
	format('audio', 'm4a', 'an M4A sound', MP4, 'audio/mp4 audio/m4a audio/x-m4a'),
	format(
		'audio',
		'mp3',
		'an MP3 sound',
		/^(?:ID3|\0*\xff[\xe2\xe3\xf2\xf3\xfa\xfb])/,
		'audio/mpeg audio/mp3',
		'mpga',
	),
	format(
		'audio',
		'aac',
		'an AAC sound',
		/^(?:ID3|\xff[\xf0\xf1\xf8\xf9])/,
		'audio/aac audio/x-aac',
	),
	format('audio', 'amr', 'an AMR sound', /^#!AMR/, 'audio/amr'),
	format(
		'audio',
		'ogg',
		'an Ogg sound',
		/^OggS[^]{0,80}OpusHead/,
		'audio/ogg audio/opus application/ogg',
		'oga opus',
	),
	format('document', 'pdf', 'a PDF document', /^[^]{0,1023}%PDF-/, 'application/pdf'),
	format(
		'document',
		'docx',
		'an Office document',
		NEW_OFFICE,
		`${OPEN_XML}.wordprocessingml.document`,
	),
	format('document', 'xlsx', 'an Office document', NEW_OFFICE, `${OPEN_XML}.spreadsheetml.sheet`),
	format(
		'document',
		'pptx',
		'an Office document',
		NEW_OFFICE,
		`${OPEN_XML}.presentationml.presentation`,
	),
	format('document', 'doc', 'an Office document', OLD_OFFICE, 'application/msword'),
	format('document', 'xls', 'an Office document', OLD_OFFICE, 'application/vnd.ms-excel'),
	format('document', 'ppt', 'an Office document', OLD_OFFICE, 'application/vnd.ms-powerpoint'),
	format('document', 'txt', 'a text file', /^(?:\xff\xfe|\xfe\xff|[^\0]*$)/, 'text/plain'),
];

function format(
	kind: MediaKind,
	extension: string,
	one: string,
	begins: RegExp,
	types: string,
	otherEndings = '',
): Format {
	const endings = [extension, ...(otherEndings.match(/\S+/g) ?? [])];
	return { kind, extension, one, begins, types: types.split(' '), endings };
}

/** What people often have in place of these, to be called by its name. */
const OTHERS: ReadonlyArray<readonly [begins: RegExp, one: string]> = [
	[
		/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->)[^])*-->\s*)*<(?:!doctype html|html|head|body|title|meta|script)\b/i,
		'a web page (HTML)',
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

/** What a file shows itself to be: the formats that it may have, or the name of what it is instead. */
export interface Content {
	formats: readonly Format[];
	/** Undefined where it is not plain. */
	one?: string;
}

/** @param beginning `BEGINNING_BYTES` of the file are enough */
export function contentOf(beginning: Uint8Array): Content {
	const text = String.fromCharCode(...beginning.subarray(0, BEGINNING_BYTES));
	const formats = FORMATS.filter(({ begins }) => begins.test(text));
	const other = OTHERS.find(([begins]) => begins.test(text.replace(/^\xef\xbb\xbf/, '')))?.[1];
	const [first] = formats;
	// Any text passes for a text file, and any archive for an Office document.
	const isPlain = first && first.extension !== 'txt' && first.one !== 'an Office document';
	return { formats, one: isPlain ? first.one : (other ?? first?.one) };
}

/** Whether a video is coded as HEVC, which WhatsApp does not play: a track says so at the place of its codec. */
export function isHevc(data: Uint8Array): boolean {
	const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
	for (let at = bytes.indexOf('stsd'); at !== -1; at = bytes.indexOf('stsd', at + 4)) {
		if (/^(?:hvc1|hev1|dvh[1e])$/.test(bytes.toString('latin1', at + 16, at + 20))) return true;
	}
	return false;
}

export function formatOfType(mimeType = ''): Format | undefined {
	const type = (mimeType.split(';', 1)[0] ?? '').trim().toLowerCase();
	return FORMATS.find(({ types }) => types.includes(type));
}

/** @param ending without the dot */
export function formatOfEnding(ending: string, kind?: MediaKind): Format | undefined {
	const lower = ending.toLowerCase();
	return FORMATS.find(
		(known) => (kind === undefined || known.kind === kind) && known.endings.includes(lower),
	);
}

/** The kind that a type names, also where the file must be converted first; undefined for `application/zip`. */
export function kindOfType(mimeType = ''): MediaKind | undefined {
	const [group] = mimeType.trim().toLowerCase().split('/');
	const named = (['image', 'video', 'audio'] as const).find((kind) => kind === group);
	return formatOfType(mimeType)?.kind ?? named;
}
