import type { IExecuteFunctions } from 'n8n-workflow';

import { withRunOptions } from '../describe';
import { isShown } from '../../fields/fixedCollection';
import type { Fields, ItemContext, Values } from '../../operation';

/** The operation's parameters for one item. @throws InputError for what can't be right */
export function readParameters(
	context: IExecuteFunctions,
	fields: Fields,
	itemIndex: number,
): Values<Fields> {
	const raw: Record<string, unknown> = {};
	const read: Record<string, unknown> = {};
	const item: ItemContext = {
		timezone: context.getTimezone(),
		json: context.getInputData()[itemIndex]?.json ?? {},
		isTool: context.getNode().type.endsWith('Tool'),
	};
	for (const [name, field] of Object.entries(withRunOptions(fields))) {
		raw[name] = context.getNodeParameter(name, itemIndex, field.property.default);
	}
	for (const [name, field] of Object.entries(withRunOptions(fields))) {
		// What has been read counts: an expression may give the value in another spelling.
		if (!isShown(field.property, { ...raw, ...read })) continue;
		read[name] = field.read(raw[name], field.property.displayName, item);
	}
	return read;
}
