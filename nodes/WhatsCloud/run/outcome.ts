import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { NodeError } from '../api/errors/ApiError';
import { sentence, withoutCode } from '../api/errors/words';
import { withoutAnswer } from '../question/question';

export interface Failed {
	error: NodeError;
}

export interface Done {
	outputs: IDataObject[];
}

/** What became of an item. */
export type Result = Done | Failed;

export function isFailed(result: Result | undefined): result is Failed {
	return result !== undefined && 'error' in result;
}

export function isDone(result: Result | undefined): result is Done {
	return result !== undefined && 'outputs' in result;
}

export function isUnknown(result: Result | undefined): boolean {
	return isFailed(result) && result.error.context.outcome === 'unknown';
}

/** An item with what became of it; nothing for one that the run ended before. */
interface Settled {
	index: number;
	json: IDataObject;
	result?: Result;
}

/** The output items, each linked to its input item. */
export function toItems(context: IExecuteFunctions, items: Settled[]): INodeExecutionData[] {
	return items.flatMap(({ index, json, result }): INodeExecutionData[] => {
		const pairedItem = { item: index };
		if (isFailed(result)) return [failedItem(context.getNode(), { json, pairedItem }, result)];
		return (result?.outputs ?? []).map((output) => ({ json: output, pairedItem }));
	});
}

/** The input item with the error in words, so that people see who it was and what to do. */
function failedItem(
	node: INode,
	{ json: row, pairedItem }: INodeExecutionData,
	{ error }: Failed,
): INodeExecutionData {
	const json = { error: error.message, details: error.description ?? '' };
	// A model knows what it has asked for.
	if (node.type.endsWith('Tool')) return { json, pairedItem };
	if (node.onError !== 'continueErrorOutput')
		return { json: { ...withoutAnswer(node, row), ...json }, pairedItem };
	// n8n itself puts the row back. n8n 1 knows a failed item by its `error` alone; in n8n 2 one that is copied
	// along takes the place of the whole json, so it is not enumerable.
	return Object.defineProperty({ json, pairedItem }, 'error', { value: error, writable: true });
}

const MAX_NAMED = 20;

/**
 * The error of the first item that failed, with what became of all items: for people in the description,
 * for programs in `context.items`.
 */
export function stoppedError(context: IExecuteFunctions, all: Settled[], why?: string): NodeError {
	const indexesOf = (holds: (result: Result | undefined) => boolean) =>
		all.filter(({ result }) => holds(result)).map(({ index }) => index);
	const items = {
		all: all.length,
		done: indexesOf(isDone),
		failed: indexesOf(isFailed),
		unknown: indexesOf(isUnknown),
	};
	const failed = all.map(({ result }) => result).find(isFailed);
	const error =
		failed?.error ?? new NodeOperationError(context.getNode(), 'The execution was stopped');
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
		parts.push(
			'In the list of executions, "Retry execution" goes on with the rest: nothing that was done is sent or created again. "Execute step" begins anew, with all items.',
		);
	}
	// Of one item alone the error itself says it.
	if (unknown.length > 1) {
		const named = unknown.slice(0, MAX_NAMED).join(', ');
		const more = unknown.length > MAX_NAMED ? ' and more' : '';
		parts.push(`It is not known whether these were, counted from 0: ${named}${more}.`);
	}
	return parts.join(' ');
}

/**
 * The error of a tool, with all of it in the message: some of n8n's agents give a model nothing else, and others
 * add the description to it.
 */
export function forModel(error: NodeError): NodeError {
	error.message = `${sentence(error.message)} ${withoutCode(error.description ?? '')}`.trim();
	error.description = undefined;
	return error;
}
