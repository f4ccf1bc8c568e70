import type { IExecuteFunctions } from 'n8n-workflow';

import { withRunOptions } from './describe';
import type { Field, Fields, Values } from './operation';

/** The operation's parameters for one item. @throws InputError for what can't be right */
export function readParameters(
	context: IExecuteFunctions,
	fields: Fields,
	itemIndex: number,
): Values<Fields> {
	const raw: Record<string, unknown> = {};
	const read: Record<string, unknown> = {};
	const timezone = context.getTimezone();
	for (const [name, field] of Object.entries(withRunOptions(fields))) {
		raw[name] = context.getNodeParameter(name, itemIndex, field.property.default);
	}
	for (const [name, field] of Object.entries(withRunOptions(fields))) {
		if (!isShown(field, raw)) continue;
		read[name] = field.read(raw[name], field.property.displayName, timezone);
	}
	return read;
}

function isShown(field: Field<unknown>, raw: Record<string, unknown>): boolean {
	const conditions = Object.entries(field.property.displayOptions?.show ?? {});
	return conditions.every(([name, values]) => values?.some((value) => value === raw[name]));
}
