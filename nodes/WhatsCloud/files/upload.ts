import type { IBinaryData } from 'n8n-workflow';

import type { Texts } from '../fields/values';
import { choice, requiredText } from '../fields/values';
import { InputError } from '../checks/text';
import { isObject } from '../checks/json';
import type { BinaryReference, Call, Field, Fields } from '../operation';
import type { MediaKind } from './formats';
import { KINDS, uploadName } from './formats';
import { directAddress, urlNeedsUpload } from './download';

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
export function fileSourceField(property: Texts, urlDescription: string): Field<'binary' | 'url'> {
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
			'Often "data". An expression may also give the file itself, such as {{ $binary.data }}.',
	});
	return {
		property: { ...name.property, default: 'data' },
		read: (value, label, item) => {
			if (!isObject(value)) return name.read(value, label, item).trim();
			if (typeof value.mimeType === 'string') return value as unknown as IBinaryData;
			throw new InputError(
				`"${label}" is neither the name of a file nor a file`,
				'Enter the name of the binary field, such as data, or let the expression give one file, such as {{ $binary.data }}.',
			);
		},
	};
}

/** Before anything is sent. @throws InputError for a file of the workflow that this kind of message does not take */
export async function checkFile(
	{ kind, reference, givenName }: ChosenFile,
	{ binary }: Pick<Call<Fields>, 'binary'>,
): Promise<void> {
	if (reference === undefined) return;
	const file = binary(reference);
	if (file.size !== undefined) checkSize(kind, file.size);
	uploadName({ kind, givenName, ...file }, await file.beginning());
}

/** Undefined for a URL that the server itself can fetch. @throws InputError for a file that can't be had or sent */
export async function fileToUpload(
	{ kind, reference, url = '', givenName }: ChosenFile,
	{ binary, download }: Pick<Call<Fields>, 'binary' | 'download'>,
): Promise<File | undefined> {
	if (reference === undefined && !urlNeedsUpload(url, kind)) return undefined;
	const file =
		reference === undefined
			? await download(directAddress(url), KINDS[kind].maxMiB * MIB)
			: await binary(reference).read();
	checkSize(kind, file.data.byteLength);
	const { name, mimeType } = uploadName({ kind, givenName, ...file }, file.data);
	return new File([file.data], name, { type: mimeType });
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
			`The file is ${megabytes} MB, but ${one} can be at most ${maxMiB} MB`,
			'Make the file smaller, or send a link to it in a text message.',
		);
	}
}
