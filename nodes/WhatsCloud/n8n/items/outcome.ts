import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { Fields, Values } from '../../operation';
import type { NodeError } from '../nodeError';

/** An item before it is worked on: its parameters, or why they can't be right. */
export type Prepared = { params: Values<Fields> } | { error: NodeError };

/** What became of an item; undefined when it was not begun because the run stopped. */
export type Result =
	| { params: Values<Fields>; outputs: IDataObject[] }
	| { error: NodeError }
	| undefined;

/** The output items of a result, each linked to its input item. */
export function toItems(result: Result, index: number): INodeExecutionData[] {
	if (!result) return [];
	// With a json.error n8n would run the whole node again under Retry On Fail.
	if ('error' in result) {
		const { error } = result;
		// n8n 1 drops the error and keeps the json; later ones put the error's message in its place.
		return [{ json: { message: error.message }, error, pairedItem: { item: index } }];
	}
	return result.outputs.map((json) => ({ json, pairedItem: { item: index } }));
}

export function isFailed(result: Prepared | Result): boolean {
	return result !== undefined && 'error' in result;
}
