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

/** The first of several types with the same extension is the one that the file is uploaded as. */
const EXTENSION_OF_MIME_TYPE: ReadonlyMap<string, string> = new Map([
	['image/jpeg', 'jpeg'],
	['image/jpg', 'jpeg'],
	['image/pjpeg', 'jpeg'],
	['image/png', 'png'],
	['image/x-png', 'png'],
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
	return EXTENSION_OF_MIME_TYPE.get(bareMimeType(mimeType));
}

export function mimeTypeOf(extension: string): string | undefined {
	return [...EXTENSION_OF_MIME_TYPE].find(([, known]) => known === extension)?.[0];
}
