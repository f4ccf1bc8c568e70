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
