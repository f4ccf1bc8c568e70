import type { IExecuteFunctions } from 'n8n-workflow';

import { RunEnded } from '../../api/wait';
import type { Fields, Operation, Values } from '../../operation';
import type { Accounts } from '../http/connect';
import { nodeError } from '../nodeError';
import type { Failed, Prepared } from './outcome';
import { readParameters } from './parameters';
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
	if (!read || 'error' in read) return read;
	try {
		const item = { ...read, connection: await accounts.of(index) };
		await run.operation.check?.(callOf(run, index, item));
		return item;
	} catch (error) {
		if (error instanceof RunEnded) return undefined;
		return { error: nodeError(run.context.getNode(), error, index) };
	}
}
