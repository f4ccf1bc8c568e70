import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { NodeError } from '../nodeError';
import { isFailed } from './outcome';

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
	const failures = results.flatMap((result, index) =>
		isFailed(result) ? [{ index, error: result.error }] : [],
	);
	const items = {
		all: results.length,
		done: results.flatMap((result, index) => (result && 'outputs' in result ? [index] : [])),
		failed: failures.map(({ index }) => index),
		unknown: failures
			.filter(({ error }) => error.context.outcome === 'unknown')
			.map(({ index }) => index),
	};
	const error =
		failures[0]?.error ?? new NodeOperationError(context.getNode(), 'The execution was stopped');
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
		parts.push(`It is not known whether these were, counted from 0: ${named(unknown)}.`);
	}
	return parts.join(' ');
}

function named(indexes: number[]): string {
	const more = indexes.length > MAX_NAMED ? ' and more' : '';
	return indexes.slice(0, MAX_NAMED).join(', ') + more;
}
