/** What the first bytes of a file show it to be. */
export interface FileFormat {
	/** With its article, for error texts. */
	one: string;
	/** The endings under which WhatsCloud takes such a file; none where it takes no such file. */
	extensions: readonly string[];
}

/** More than all signatures need; a web page may begin with comments and blanks. */
export const SIGNATURE_BYTES = 2048;

const OFFICE = ['doc', 'xls', 'ppt', 'docx', 'xlsx', 'pptx'];

/** The first that fits counts. One character stands for one byte, after the blanks that a text may begin with. */
const SIGNATURES: ReadonlyArray<FileFormat & { begins: RegExp }> = [
	{ one: 'a JPEG image', extensions: ['jpeg'], begins: /^\xff\xd8\xff/ },
	{ one: 'a PNG image', extensions: ['png'], begins: /^\x89PNG\r\n\cZ\n/ },
	{ one: 'a GIF image', extensions: [], begins: /^GIF8[79]a/ },
	{ one: 'a WebP image', extensions: [], begins: /^RIFF[^]{4}WEBP/ },
	{ one: 'a BMP image', extensions: [], begins: /^BM[^]{4}\0{4}/ },
	{ one: 'a TIFF image', extensions: [], begins: /^(?:II\*\0|MM\0\*)/ },
	{ one: 'an AVIF image', extensions: [], begins: /^[^]{4}ftypavi[fs]/ },
	{ one: 'a HEIC image', extensions: [], begins: /^[^]{4}ftyp(?:he[iv][a-z]|mif1|msf1)/ },
	// One container: its brand does not tell sound and video apart.
	{ one: 'an MP4 file', extensions: ['mp4', 'm4a', '3gp'], begins: /^[^]{4}ftyp/ },
	{ one: 'a WebM or Matroska video', extensions: [], begins: /^\cZE\xdf\xa3/ },
	{ one: 'an AVI video', extensions: [], begins: /^RIFF[^]{4}AVI / },
	{ one: 'a WAV sound', extensions: [], begins: /^RIFF[^]{4}WAVE/ },
	{ one: 'a FLAC sound', extensions: [], begins: /^fLaC/ },
	{ one: 'an Ogg file', extensions: ['ogg'], begins: /^OggS/ },
	{ one: 'an AMR sound', extensions: ['amr'], begins: /^#!AMR/ },
	{ one: 'an MP3 sound', extensions: ['mp3', 'aac'], begins: /^ID3/ },
	{ one: 'a PDF document', extensions: ['pdf'], begins: /^%PDF-/ },
	{
		one: 'a ZIP archive or an Office document',
		extensions: ['docx', 'xlsx', 'pptx'],
		begins: /^PK(?:\cC\cD|\cE\cF|\cG\cH)/,
	},
	// Office keeps new documents in it, too, when they have a password.
	{
		one: 'an Office document',
		extensions: OFFICE,
		begins: /^\xd0\xcf\cQ\xe0\xa1\xb1\cZ\xe1/,
	},
	{ one: 'an RTF document', extensions: ['doc', 'txt'], begins: /^\{\\rtf/ },
	{ one: 'a compressed archive', extensions: [], begins: /^(?:[^]\x8b\cH|Rar!|7z\xbc\xaf)/ },
	// Office opens pages that it wrote itself under its own endings.
	{
		one: 'an Office document',
		extensions: ['doc', 'xls', 'ppt', 'txt'],
		begins: /^<[^]*(?:urn:schemas-microsoft-com:office|<\?mso-application)/,
	},
	{
		one: 'a web page (HTML)',
		extensions: ['txt'],
		begins:
			/^(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|script|style|div|p|h1|table|form|iframe)\b/i,
	},
	{
		one: 'an SVG drawing',
		extensions: ['txt'],
		begins: /^<(?:[?!][^>]*>\s*<(?:!--[^]*?-->\s*<)*)*svg\b/i,
	},
	{ one: 'an XML file', extensions: ['txt'], begins: /^<\?xml\b/i },
	{
		one: 'JSON data',
		extensions: ['txt'],
		begins: /^(?:\{\s*["}]|\[\s*(?:[[{"\]]|-?\d))/,
	},
];

/**
 * The format of a file; undefined where its first bytes do not tell.
 * @param beginning the first bytes; `SIGNATURE_BYTES` of them are enough
 */
export function formatOf(beginning: Uint8Array): FileFormat | undefined {
	const bytes = String.fromCharCode(...beginning.subarray(0, SIGNATURE_BYTES));
	const text = bytes.replace(/^(?:\xef\xbb\xbf)?\s*/, '');
	return SIGNATURES.find(({ begins }) => begins.test(text));
}

/** A path of a computer, unlike the slash in *Rechnung 11/2024.pdf*. */
const PATH = /^(?:[a-z]:|\.{1,2}|~)?[/\\]/i;

/** The name as it can arrive: WhatsApp shows only what follows a slash, and half an emoji is no text. */
export function plainName(fileName: string): string {
	const name = fileName.replace(/[\p{Cc}\p{Surrogate}]/gu, '').trim();
	return PATH.test(name) ? name.replace(/^.*[/\\]/, '') : name.replace(/[/\\]/g, '-');
}

/** What follows the last dot is the extension. */
export function nameParts(fileName = ''): { name: string; base: string; extension: string } {
	const name = plainName(fileName);
	const dot = name.lastIndexOf('.');
	return dot === -1
		? { name, base: name, extension: '' }
		: { name, base: name.slice(0, dot), extension: name.slice(dot + 1) };
}

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

/** The types of each accepted format; it is uploaded as the first. */
const MIME_TYPES: ReadonlyArray<readonly [extension: string, ...types: string[]]> = [
	['jpeg', 'image/jpeg', 'image/jpg', 'image/pjpeg'],
	['png', 'image/png', 'image/x-png'],
	['mp4', 'video/mp4', 'video/x-m4v'],
	['3gp', 'video/3gpp'],
	['aac', 'audio/aac', 'audio/x-aac'],
	['amr', 'audio/amr'],
	['mp3', 'audio/mpeg', 'audio/mp3'],
	['m4a', 'audio/mp4', 'audio/m4a', 'audio/x-m4a'],
	['ogg', 'audio/ogg', 'audio/opus', 'application/ogg'],
	['pdf', 'application/pdf'],
	['doc', 'application/msword'],
	['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
	['txt', 'text/plain'],
	['xls', 'application/vnd.ms-excel'],
	['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
	['ppt', 'application/vnd.ms-powerpoint'],
	['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
];

/** Common endings of files that WhatsCloud takes under no name. */
const OTHER_ENDINGS: ReadonlySet<string> = new Set(
	(
		'7z avi bmp csv docm dotx eml epub flac gif gz heic heif htm html ics ico json md mkv mov mpeg mpg ' +
		'msg odp ods odt pages ps psd rar rtf svg tar tif tiff tsv vcf wav webm webp wma wmv xhtml xlsm xml zip'
	).split(' '),
);

/** The extension of a file name as the server wants it, if it is one that the server knows. */
export function acceptedSpelling(fileName: string | undefined): string {
	const lower = nameParts(fileName).extension.toLowerCase();
	return ACCEPTED_SPELLING.get(lower) ?? lower;
}

/** Whether an ending tells a format, unlike the one of *Invoice No. 12*. */
export function isKnownEnding(extension: string): boolean {
	return OTHER_ENDINGS.has(extension) || mimeTypeOf(extension) !== undefined;
}

export function bareMimeType(mimeType = ''): string {
	return (mimeType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

export function extensionOfMimeType(mimeType: string | undefined): string | undefined {
	const type = bareMimeType(mimeType);
	return MIME_TYPES.find(([, ...types]) => types.includes(type))?.[0];
}

export function mimeTypeOf(extension: string): string | undefined {
	return MIME_TYPES.find(([known]) => known === extension)?.[1];
}
