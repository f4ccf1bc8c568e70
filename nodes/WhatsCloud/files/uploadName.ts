import { InputError } from '../checks/InputError';
import {
	acceptedSpelling,
	bareMimeType,
	extensionOfMimeType,
	isKnownEnding,
	mimeTypeOf,
	nameParts,
	plainName,
	formatOf,
} from './fileFormat';
import type { FileFormat } from './fileFormat';
import type { MediaFile, MediaKind } from './media';
import { accepts, kindOfExtension, MEDIA, mediaKindOf } from './media';

/** A file that is to be uploaded. */
export interface OwnFile extends MediaFile {
	kind: MediaKind;
	/** The name that the user gives the file; its ending counts where the file itself does not tell. */
	givenName?: string;
}

/**
 * The name and type to upload a file under so that the server accepts it: `photo.JPG` → `photo.jpeg`,
 * `scan` of type application/pdf → `scan.pdf`.
 * @param beginning the first bytes, which tell more than name and type
 * @throws InputError for a file that this kind does not take
 */
export function uploadName(
	file: OwnFile,
	beginning: Uint8Array = new Uint8Array(),
): { name: string; mimeType: string } {
	const format = formatOf(beginning);
	const extension = settledExtension(file, format);
	if (extension === undefined) throw unacceptable(file, format);
	const { name, base, extension: own } = nameParts(file.fileName);
	const replaces = own === '' || kindOfExtension(acceptedSpelling(file.fileName)) !== undefined;
	const isItsType = extensionOfMimeType(file.mimeType) === extension;
	return {
		name: `${(replaces ? base : name) || file.kind}.${extension}`,
		mimeType: (isItsType ? file.mimeType : mimeTypeOf(extension)) ?? '',
	};
}

/**
 * Refuses a file whose name and type leave no doubt, so that nobody reads it for nothing.
 * @throws InputError
 */
export function refuseOtherKind(file: OwnFile): void {
	const kind = mediaKindOf(file);
	if (claimedExtension(file) === undefined && kind !== undefined && kind !== file.kind)
		throw unacceptable(file);
}

/**
 * The name that the recipient sees: the given one, with the ending that the file has.
 * @throws InputError for a name with the ending of another format
 */
export function documentName(given: string, extension: string): string {
	const name = plainName(given);
	const ending = acceptedSpelling(name);
	if (ending === extension) return name;
	if (isKnownEnding(ending)) {
		throw new InputError(
			`The file name "${name}" ends in .${ending}, but the file is a .${extension} file`,
			`Let the name end in .${extension}, or leave the ending out: it is then added.`,
		);
	}
	return `${name.replace(/\.$/, '')}.${extension}`;
}

/** The extension that name or type claim, of those that the kind takes. */
function claimedExtension({ kind, fileName, mimeType, givenName }: OwnFile): string | undefined {
	return [
		acceptedSpelling(fileName),
		extensionOfMimeType(mimeType),
		acceptedSpelling(givenName),
	].find((extension) => accepts(kind, extension));
}

function settledExtension(file: OwnFile, format: FileFormat | undefined): string | undefined {
	const { kind } = file;
	const claimed = claimedExtension(file);
	if (format === undefined) return isOtherType(file, claimed) ? undefined : claimed;
	if (claimed !== undefined && format.extensions.includes(claimed)) return claimed;
	// The name of a document is shown, so nobody but the user may change its ending.
	if (kind === 'document' && claimed !== undefined) return undefined;
	const fitting = format.extensions.filter((extension) => accepts(kind, extension));
	return kind === 'document' && fitting.length > 1 ? undefined : fitting[0];
}

/** Whether the type names a format that can't have the claimed ending; other types are often wrong. */
function isOtherType({ kind, mimeType }: OwnFile, claimed: string | undefined): boolean {
	const type = bareMimeType(mimeType);
	if (/^(?:text\/html|application\/(?:xhtml\+xml|(?:problem\+)?json))$/.test(type))
		return claimed !== 'txt';
	return kind === 'image' && type.startsWith('image/') && extensionOfMimeType(type) === undefined;
}

function unacceptable(file: OwnFile, format?: FileFormat): InputError {
	const { kind, fileName, mimeType } = file;
	const { extensions, one, advice } = MEDIA[kind];
	const subject = fileName
		? `The file "${plainName(fileName)}"`
		: `A file ${mimeType ? `of type ${mimeType}` : 'without name and type'}`;
	return new InputError(
		format === undefined
			? `${subject} can't be sent as ${one}`
			: `${subject} is ${format.one} and can't be sent as ${one}${claimOf(file, format)}`,
		`WhatsCloud accepts ${listed(extensions)} files as ${one}. ${otherKindOf(file, format) ?? pageAdvice(format) ?? advice}`,
	);
}

function claimOf(file: OwnFile, { extensions }: FileFormat): string {
	const claimed = claimedExtension(file);
	return claimed !== undefined && extensions.some((extension) => accepts(file.kind, extension))
		? ` under a name that ends in .${claimed}`
		: '';
}

function otherKindOf(file: OwnFile, format: FileFormat | undefined): string | undefined {
	const kinds = format
		? format.extensions.filter((extension) => extension !== 'txt').map(kindOfExtension)
		: [acceptedSpelling(file.fileName), extensionOfMimeType(file.mimeType)].map(kindOfExtension);
	const other = kinds.find((kind) => kind !== undefined);
	if (other === undefined || kinds.includes(file.kind)) return undefined;
	return `Choose ${capitalized(other)} as the media type to send it as it is.`;
}

/** Sites answer with a page or a message where they do not give the file. */
function pageAdvice(format: FileFormat | undefined): string | undefined {
	return format && /^(?:a web page|JSON|an XML)/.test(format.one)
		? 'The address or the step before gave this in place of the file, such as a login page or an error message: open the address in a private browser window to see.'
		: undefined;
}

function listed(words: readonly string[]): string {
	return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

function capitalized(word: string): string {
	return word.charAt(0).toUpperCase() + word.slice(1);
}
