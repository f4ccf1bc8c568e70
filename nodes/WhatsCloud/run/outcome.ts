import type { IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { NodeError } from '../api/errors/ApiError';
import { sentence, withoutCode } from '../api/errors/words';
import { clipped } from '../checks/text';
import { withoutAnswer } from '../question/question';
import type { Settled } from './run';

export function isFailed({ error }: Settled): boolean {
	return error !== undefined;
}

export function isDone({ outputs }: Settled): boolean {
	return outputs !== undefined;
}

export function isUnknown({ error }: Settled): boolean {
	return error?.context.outcome === 'unknown';
}

/** The output items, each linked to its input item. */
export function toItems(context: IExecuteFunctions, items: Settled[]): INodeExecutionData[] {
	return items.flatMap(({ index, json, outputs = [], error }): INodeExecutionData[] => {
		const pairedItem = { item: index };
		if (error) return [failedItem(context.getNode(), { json, pairedItem }, error)];
		return outputs.map((output) => ({ json: output, pairedItem }));
	});
}

/** The input item with the error in words, so that people see who it was and what to do. */
function failedItem(
	node: INode,
	{ json: row, pairedItem }: INodeExecutionData,
	error: NodeError,
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

/**
 * The error of the first item that failed, with what became of all items: for people in the description,
 * for programs in `context.items`.
 */
export function stoppedError(context: IExecuteFunctions, all: Settled[], why?: string): NodeError {
	const [done = [], failed = [], unknown = []] = [isDone, isFailed, isUnknown].map((is) =>
		all.filter(is).map(({ index }) => index),
	);
	const error =
		all.find(isFailed)?.error ??
		new NodeOperationError(context.getNode(), 'The execution was stopped');
	if (all.length > 1) {
		const what = why ?? summary(all.length, done, unknown);
		error.description = `${error.description ?? ''}\n${what}`.trim();
	}
	Object.assign(error.context, { items: { all: all.length, done, failed, unknown } });
	return error;
}

function summary(all: number, done: number[], unknown: number[]): string {
	const parts = [`${done.length} of ${all} items were done.`];
	if (done.length > 0) {
		parts.push(
			'In the list of executions, "Retry execution" goes on with the rest: nothing that was done is sent or created again. "Execute step" begins anew, with all items.',
		);
	}
	// Of one item alone the error itself says it.
	if (unknown.length > 1) {
		const named = clipped(unknown.join(', '));
		parts.push(`It is not known whether these were, counted from 0: ${named}.`);
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
