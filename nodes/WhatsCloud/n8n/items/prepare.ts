import type { IExecuteFunctions } from 'n8n-workflow';

import { RunEnded } from '../../api/http';
import { isShown } from '../../fields/fixedCollection';
import type { Fields, ItemContext, Operation, Values } from '../../operation';
import { withRunOptions } from '../editor';
import type { Accounts } from '../http/connect';
import { nodeError } from '../nodeError';
import type { Failed, Prepared } from './outcome';
import { isFailed } from './outcome';
import type { Run } from './run';
import { callOf } from './run';

/** An item whose parameters were read, or why they can't be right. */
export type Read = { params: Values<Fields> } | Failed;

export function readItem(context: IExecuteFunctions, { fields }: Operation, index: number): Read {
	try {
		return { params: readParameters(context, fields, index) };
	} catch (error) {
		return { error: nodeError(context.getNode(), error, index) };
	}
}

/** Finds the item's account, and checks what only a look-up or a file can tell. */
export async function prepare(
	run: Run,
	accounts: Accounts,
	index: number,
	read: Read | undefined,
): Promise<Prepared> {
	if (!read || isFailed(read)) return read;
	try {
		const item = { ...read, connection: await accounts.of(index) };
		await run.operation.check?.(callOf(run, index, item));
		return item;
	} catch (error) {
		if (error instanceof RunEnded) return undefined;
		return { error: nodeError(run.context.getNode(), error, index) };
	}
}

/** The operation's parameters for one item. @throws InputError for what can't be right */
function readParameters(
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
	const all = Object.entries(withRunOptions(fields));
	for (const [name, { property }] of all)
		raw[name] = context.getNodeParameter(name, itemIndex, property.default);
	for (const [name, field] of all) {
		// What has been read counts: an expression may give the value in another spelling.
		if (!isShown(field.property, { ...raw, ...read })) continue;
		read[name] = field.read(raw[name], field.property.displayName, item);
	}
	return read;
}
