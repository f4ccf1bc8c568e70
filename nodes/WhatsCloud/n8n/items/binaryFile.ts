import type { IExecuteFunctions } from 'n8n-workflow';

import { InputError } from '../../InputError';
import type { FileSource } from '../../operation';

/** A file of the item, wherever n8n keeps it (memory, disk, database, S3). */
export function binaryFile(
	context: IExecuteFunctions,
	itemIndex: number,
	propertyName: string,
): FileSource {
	const properties = Object.keys(context.getInputData()[itemIndex]?.binary ?? {});
	if (!properties.includes(propertyName)) {
		throw new InputError(
			`The item has no file in the binary field "${propertyName}"`,
			properties.length > 0
				? `It has files in: ${properties.join(', ')}. Enter one of these names.`
				: 'The node before must give the item a file: look at its output under "Binary".',
		);
	}
	const { fileName, mimeType, bytes } = context.helpers.assertBinaryData(itemIndex, propertyName);
	return {
		fileName,
		mimeType,
		size: bytes,
		read: async () => await context.helpers.getBinaryDataBuffer(itemIndex, propertyName),
	};
}
