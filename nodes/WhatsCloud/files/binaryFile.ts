import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { isObject } from '../checks/json';
import { counted, InputError, shown } from '../checks/text';
import type { BinaryReference, FileSource } from '../operation';
import { BEGINNING_BYTES } from './formats';

/** Where n8n puts the files of an item in workflows with the setting "binary mode: combined". */
const FILES_IN_JSON = '_files';

/** Longer texts are no names of fields. */
const MAX_NAME = 100;

interface Located {
	/** In the form that n8n's helpers take. */
	reference: BinaryReference;
	data: IBinaryData;
}

/**
 * A file of the item or of an earlier node, wherever n8n keeps it (memory, disk, database, S3).
 * @throws InputError when there is none
 */
export function binaryFile(
	context: IExecuteFunctions,
	itemIndex: number,
	given: BinaryReference,
): FileSource {
	const found = locate(context, itemIndex, given);
	if (!found) throw noFile(given, Object.keys(filesOf(context, itemIndex)));
	const { reference, data } = found;
	return {
		fileName: data.fileName,
		mimeType: data.mimeType,
		size: data.bytes,
		beginning: async () => await beginningOf(context, data),
		read: async () => await context.helpers.getBinaryDataBuffer(itemIndex, reference),
	};
}

/** n8n's helper knows where a workflow keeps its files; what it does not find is looked for in the item. */
function locate(
	context: IExecuteFunctions,
	itemIndex: number,
	given: BinaryReference,
): Located | undefined {
	const files = filesOf(context, itemIndex);
	const inItem =
		typeof given === 'string'
			? files[given]
			: Object.values(files).find((file) => isDescribedBy(file, given));
	for (const reference of [given, inItem]) {
		if (reference === undefined) continue;
		try {
			return { reference, data: context.helpers.assertBinaryData(itemIndex, reference) };
		} catch {
			// The next way may find it.
		}
	}
	return undefined;
}

function filesOf(context: IExecuteFunctions, itemIndex: number): Record<string, IBinaryData> {
	const item = context.getInputData()[itemIndex];
	const inJson = item?.json[FILES_IN_JSON];
	return { ...(isObject(inJson) ? (inJson as Record<string, IBinaryData>) : {}), ...item?.binary };
}

/** `$binary` in an expression gives everything of a file but its content. */
function isDescribedBy(file: IBinaryData, description: IBinaryData): boolean {
	return Object.entries(description).every(([key, value]) => file[key] === value);
}

async function beginningOf(
	context: IExecuteFunctions,
	{ id, data }: IBinaryData,
): Promise<Uint8Array> {
	if (!id) return Buffer.from(data.slice(0, BEGINNING_BYTES * 2), 'base64');
	const stream = await context.helpers.getBinaryStream(id, BEGINNING_BYTES);
	for await (const chunk of stream) return chunk as Buffer;
	return new Uint8Array();
}

function noFile(given: BinaryReference, names: string[]): InputError {
	if (typeof given !== 'string') {
		return new InputError(
			'The expression does not lead to the content of a file',
			"For a file of an earlier node, write {{ $('Name of the Node').item.binary.data }}; for one of the input item, enter its name, such as data.",
		);
	}
	if (given.length > MAX_NAME) {
		return new InputError(
			`The binary field must be named, but this is a text of ${counted(given.length)} characters: ${shown(given)}`,
			'If it is the content of a file in Base64, put n8n\'s node "Convert to File" before this one (operation "Move Base64 String to File"), and enter the name of the field that it makes, such as data.',
		);
	}
	return new InputError(
		`The item has no file in the binary field ${shown(given)}`,
		names.length > 0
			? `It has files in: ${names.join(', ')}. Enter one of these names.`
			: 'The node before must give the item a file: look at its output under "Binary".',
	);
}
