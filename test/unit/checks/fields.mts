import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';

import { NO_ITEM } from '../../../nodes/WhatsCloud/operation';
import { resources } from '../../../nodes/WhatsCloud/WhatsCloud.node';

// Read as a value: it is compared, not called.
const codeOf = (field: object) =>
	(Object.entries(field).find(([key]) => key === 'read')?.[1] as () => void).toString();

/** Those of the node that differ in how they read: fields of one kind have the same code. */
export const FIELDS = [
	...new Map(
		resources
			.flatMap(({ operations }) => operations)
			.flatMap(({ fields }) => Object.entries(fields))
			.map(([name, field]) => [codeOf(field) + field.property.type, [name, field] as const]),
	).values(),
];

/** An item whose other values are this text, too. */
export const itemWith = (text: string) => ({
	...NO_ITEM,
	json: { toolParameters: { [text]: text } },
	parameters: { message: text },
});

type Property = Omit<INodeProperties, 'name'>;

/** The values that a field takes with the text in it. */
export function valuesWith(text: string, { type, options = [], modes = [] }: Property): unknown[] {
	const inside = options as INodeProperties[];
	if (type === 'collection')
		return inside.flatMap((option) =>
			valuesWith(text, option).map((value) => ({ [option.name]: value })),
		);
	if (type === 'fixedCollection') {
		const names = (options as INodePropertyCollection[]).flatMap(({ values }) =>
			values.map(({ name }) => name),
		);
		const all = Object.fromEntries(names.map((name) => [name, text]));
		return [{ values: all }, { values: [all] }];
	}
	if (type === 'resourceLocator') return modes.map(({ name }) => ({ mode: name, value: text }));
	if (type === 'resourceMapper')
		return [text, { mappingMode: 'defineBelow', value: { field_1: text, [text]: text } }];
	return [text, [text], { [text]: text }];
}
