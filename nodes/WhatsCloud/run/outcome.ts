import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { Fields, Values } from '../operation';
import type { Connection } from '../api/connect';
import type { NodeError } from '../api/errors/nodeError';

/** An item that may be worked on. */
export interface Ready {
	params: Values<Fields>;
	connection: Connection;
	/** What the operation's `check` found, for its `run`. */
	checked?: unknown;
}

export interface Failed {
	error: NodeError;
}

/** An item before it is worked on; undefined when the run ended before. */
export type Prepared = Ready | Failed | undefined;

/** What became of an item; undefined when nothing was done for it because the run ended. */
export type Result = Done | Failed | undefined;

export interface Done extends Ready {
	outputs: IDataObject[];
}

/** The output items of a result, each linked to its input item. */
export function toItems(result: Result, index: number): INodeExecutionData[] {
	if (!result) return [];
	if (isFailed(result)) {
		const { error } = result;
		// With a json.error n8n would run the whole node again under Retry On Fail.
		// n8n 1 drops the error and keeps the json; later ones put the error's message in its place.
		return [{ json: { message: error.message }, error, pairedItem: { item: index } }];
	}
	return result.outputs.map((json) => ({ json, pairedItem: { item: index } }));
}

export function isFailed(outcome: object | undefined): outcome is Failed {
	return outcome !== undefined && 'error' in outcome;
}

export function isDone(result: object | undefined): result is Done {
	return result !== undefined && 'outputs' in result;
}

export function isReady(prepared: Prepared): prepared is Ready {
	return prepared !== undefined && 'params' in prepared;
}

const MAX_NAMED = 20;

/**
 * The error of the first item that failed, with what became of all items: for people in the description,
 * for programs in `context.items`.
 */
export function stoppedError(
	context: IExecuteFunctions,
	results: Array<object | undefined>,
	why?: string,
): NodeError {
	const indexesOf = (holds: (result: object | undefined) => boolean) =>
		results.flatMap((result, index) => (holds(result) ? [index] : []));
	const items = {
		all: results.length,
		done: indexesOf(isDone),
		failed: indexesOf(isFailed),
		unknown: indexesOf((result) => isFailed(result) && result.error.context.outcome === 'unknown'),
	};
	const error =
		results.find(isFailed)?.error ??
		new NodeOperationError(context.getNode(), 'The execution was stopped');
	if (items.all > 1) {
		error.description = [error.description ?? '', why ?? summary(items)].join('\n').trim();
	}
	Object.assign(error.context, { items });
	return error;
}

interface Counted {
	all: number;
	done: number[];
	unknown: number[];
}

function summary({ all, done, unknown }: Counted): string {
	const parts = [`${done.length} of ${all} items were done.`];
	if (done.length > 0) {
		parts.push('"Retry execution" goes on with the rest: nothing is sent or created twice.');
	}
	// Of one item alone the error itself says it.
	if (unknown.length > 1) {
		const named = unknown.slice(0, MAX_NAMED).join(', ');
		const more = unknown.length > MAX_NAMED ? ' and more' : '';
		parts.push(`It is not known whether these were, counted from 0: ${named}${more}.`);
	}
	return parts.join(' ');
}
