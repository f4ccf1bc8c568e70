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
