import { clipped, InputError, shown } from '../checks/text';
import type { Content, Format, MediaKind } from './formats';
import { contentOf, formatOfEnding, formatOfType, FORMATS, isHevc, KINDS } from './formats';

/** A file that is to be uploaded; what is known of it besides its content may be missing or wrong. */
export interface OwnFile {
	kind: MediaKind;
	fileName?: string;
	mimeType?: string;
	/** The name that the user gives the file; its ending counts where the file itself does not tell. */
	givenName?: string;
}

/**
 * The name and type to upload a file under so that the server accepts it: `photo.JPG` → `photo.jpeg`,
 * `scan` with the content of a PDF → `scan.pdf`.
 * @param data the content, or its beginning
 * @throws InputError for a file that this kind does not take
 */
export function uploadName(file: OwnFile, data: Uint8Array): { name: string; mimeType: string } {
	const content = contentOf(data);
	const format = settledFormat(file, content);
	if (!format) throw unacceptable(file, content);
	if (format.kind === 'video' && isHevc(data))
		throw unacceptable(file, { formats: [], one: 'a video coded as HEVC (H.265)' });
	const { name, base, ending } = nameParts(file.fileName);
	const stem = ending === '' || formatOfEnding(ending) ? base : name;
	return { name: `${stem || file.kind}.${format.extension}`, mimeType: format.types[0] ?? '' };
}

/** Refuses a download whose type leaves no doubt, so that nobody reads it for nothing. @throws InputError */
export function refuseOtherType(file: OwnFile): void {
	const format = formatOfType(file.mimeType);
	if (format && format.kind !== file.kind)
		throw unacceptable(file, { formats: [format], one: format.one });
}

function settledFormat(file: OwnFile, { formats }: Content): Format | undefined {
	const { kind, fileName, mimeType, givenName } = file;
	const possible = formats.filter((format) => format.kind === kind);
	const claims = [
		formatOfEnding(nameParts(fileName).ending, kind),
		formatOfType(mimeType),
		formatOfEnding(nameParts(givenName).ending, kind),
	].filter((format) => format?.kind === kind);
	const claimed = claims.find((claim) => claim && possible.includes(claim));
	if (claimed) return claimed;
	if (kind !== 'document') {
		// Sound and video may have the same content.
		const typed = formatOfType(mimeType);
		const isOther = claims.length === 0 && typed && formats.includes(typed);
		return isOther ? undefined : possible[0];
	}
	// The name of a document is shown, so nobody but the user may change its ending.
	const [only, ...more] = possible.filter(({ extension }) => extension !== 'txt');
	return claims.length === 0 && more.length === 0 ? only : undefined;
}

/**
 * The name of a document that the recipient sees: the given one, with the ending that the file has.
 * @throws InputError for a name with the ending of another format
 */
export function documentName(given: string, extension: string): string {
	const { name, ending } = nameParts(given);
	const format = formatOfEnding(ending);
	if (format?.extension === extension) return name;
	if (format) {
		throw new InputError(
			`The file name ${shown(name)} ends in .${ending}, but the file is a .${extension} file`,
			`Let the name end in .${extension}, or leave the ending out: it is then added.`,
		);
	}
	return `${name.replace(/\.$/, '')}.${extension}`;
}

/** A path of a computer, unlike the slash in *Rechnung 11/2024.pdf*. */
const PATH = /^(?:[a-z]:|\.{1,2}|~)?[/\\]/i;

/** The name as it can arrive: WhatsApp shows only what follows a slash, and half an emoji is no text. */
export function plainName(fileName: string): string {
	const name = fileName.replace(/[\p{Cc}\p{Surrogate}]/gu, '').trim();
	return PATH.test(name) ? name.replace(/^.*[/\\]/, '') : name.replace(/[/\\]/g, '-');
}

/** What follows the last dot is the ending. */
export function nameParts(fileName = ''): { name: string; base: string; ending: string } {
	const name = plainName(fileName);
	const dot = name.lastIndexOf('.');
	return dot === -1
		? { name, base: name, ending: '' }
		: { name, base: name.slice(0, dot), ending: name.slice(dot + 1) };
}

function unacceptable(file: OwnFile, { formats, one }: Content): InputError {
	const { kind, fileName, mimeType } = file;
	const type = mimeType ? `of type ${clipped(mimeType)}` : 'without name and type';
	const subject = fileName ? `The file ${shown(plainName(fileName))}` : `A file ${type}`;
	const isMisnamed = formats.some((format) => format.kind === kind);
	const ending = nameParts(fileName).ending;
	const what = one === undefined ? '' : ` is ${one} and`;
	const under = isMisnamed && ending ? ` under a name that ends in .${clipped(ending)}` : '';
	const accepted = FORMATS.filter((format) => format.kind === kind).map(
		({ extension }) => extension,
	);
	return new InputError(
		`${subject}${what} can't be sent as ${KINDS[kind].one}${under}`,
		`WhatsCloud accepts ${accepted.slice(0, -1).join(', ')} and ${accepted.at(-1)} files as ${KINDS[kind].one}. ${adviceFor(file, { formats, one })}`,
	);
}

function adviceFor({ kind }: OwnFile, { formats, one }: Content): string {
	// Sites answer with a page or a message where they do not give the file.
	if (one && /^(?:a web page|JSON|an XML)/.test(one))
		return 'The address or the step before gave this in place of the file, such as a login page or an error message: open the address in a private browser window to see.';
	const other = formats.find(({ extension }) => extension !== 'txt')?.kind ?? kind;
	return other === kind
		? KINDS[kind].advice
		: `Choose ${other.charAt(0).toUpperCase()}${other.slice(1)} as the media type to send it as it is.`;
}
