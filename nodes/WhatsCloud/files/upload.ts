import type { IBinaryData } from 'n8n-workflow';

import type { Shown } from '../fields/values';
import { choice, requiredText } from '../fields/values';
import { InputError } from '../checks/text';
import { isObject } from '../checks/json';
import type { BinaryReference, Call, Field, Fields, FileSource } from '../operation';
import type { MediaKind } from './formats';
import { KINDS } from './formats';
import { directAddress, urlNeedsUpload } from './mediaUrl';
import type { OwnFile } from './uploadName';
import { refuseOtherType, uploadName } from './uploadName';

/** A file as it is uploaded, under a name that the server accepts (quirk 17). */
export interface Upload {
	name: string;
	mimeType: string;
	data: Uint8Array;
}

/** One of the two. */
interface OutgoingFile {
	url?: string;
	upload?: Upload;
}

/** Where a file comes from, as the user chose. */
export interface ChosenFile {
	kind: MediaKind;
	/** Given: the file is one of the workflow. Otherwise it has a URL. */
	reference?: BinaryReference;
	url?: string;
	/** The name that the user gives the file. */
	givenName?: string;
}

/** Chooses between a file of the workflow and one on the internet. */
export function fileSourceField(property: Shown, urlDescription: string): Field<'binary' | 'url'> {
	return choice({
		...property,
		options: [
			{ name: 'Binary File', value: 'binary', description: 'A file of the input item' },
			{ name: 'URL', value: 'url', description: urlDescription },
		] as const,
		default: 'url',
	});
}

/** The name of a binary property of the item, or the file itself, which an expression may give. */
export function binaryField(displayName: string): Field<BinaryReference> {
	const name = requiredText({
		displayName,
		hint: 'The name of the input field containing the file',
		description:
			'The name under which the input item holds the file, often "data". An expression may also give the file itself, such as {{ $binary.data }} or a file of an earlier node.',
	});
	return {
		property: { ...name.property, default: 'data' },
		read: (value, label, item) => {
			if (!isObject(value)) return name.read(value, label, item).trim();
			if (isBinaryData(value)) return value;
			throw new InputError(
				`"${label}" is neither the name of a file nor a file`,
				'Enter the name of the binary field, such as data, or let the expression give one file, such as {{ $binary.data }}.',
			);
		},
	};
}

/**
 * The name that a file of the workflow is uploaded under; undefined for one on the internet.
 * @throws InputError for a file that this kind of message does not take
 */
export async function checkFile(
	{ kind, reference, givenName }: ChosenFile,
	{ binary }: Pick<Call<Fields>, 'binary'>,
): Promise<string | undefined> {
	if (reference === undefined) return undefined;
	const file = binary(reference);
	if (file.size !== undefined) checkSize(kind, file.size);
	const beginning = await file.beginning?.();
	return beginning && uploadName({ kind, givenName, ...file }, beginning).name;
}

/**
 * The file of the workflow; the URL; or the file at the URL, where the server would refuse the URL because
 * of its ending (quirk 17).
 * @throws InputError when the file can't be fetched or is not of this kind
 */
export async function outgoingFile(
	{ kind, reference, url = '', givenName }: ChosenFile,
	{ binary, download }: Pick<Call<Fields>, 'binary' | 'download'>,
): Promise<OutgoingFile> {
	if (reference === undefined && !urlNeedsUpload(url, kind)) return { url };
	const own = { kind, givenName };
	if (reference !== undefined) return { upload: await read({ ...own, ...binary(reference) }) };
	const file = await download(directAddress(url), {
		maxBytes: KINDS[kind].maxMiB * MIB,
		accept: (answered) => {
			refuseOtherType({ ...own, ...answered });
		},
	});
	return { upload: await read({ ...own, ...file }) };
}

async function read(file: OwnFile & FileSource): Promise<Upload> {
	const data = await file.read();
	checkSize(file.kind, data.byteLength);
	return { ...uploadName(file, data), data };
}

const MIB = 1024 * 1024;

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
			`The file has ${megabytes} MB, but ${one} may have at most ${maxMiB} MB`,
			'Make the file smaller, or send a link to it in a text message.',
		);
	}
}

/** The file as n8n hands it to expressions, which may leave out its content. */
function isBinaryData(value: Record<string, unknown>): value is IBinaryData {
	return typeof value.mimeType === 'string';
}
