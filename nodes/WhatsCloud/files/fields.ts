import type { IBinaryData } from 'n8n-workflow';

import type { Texts } from '../fields/values';
import { choice, requiredText } from '../fields/values';
import { InputError } from '../checks/text';
import { isObject } from '../checks/json';
import type { BinaryReference, Field } from '../operation';

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
