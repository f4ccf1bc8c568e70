import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { NodeError } from './nodeError';
import type { Result } from './runItems';

const MAX_NAMED = 20;

/**
 * The error of the first item that failed, or of the user's cancel, with what became of all items: for
 * people in the description, for programs in `context.items`.
 */
export function stoppedError(context: IExecuteFunctions, results: Result[]): NodeError {
	const failures = results.flatMap((result, index) =>
		result && 'error' in result ? [{ index, error: result.error }] : [],
	);
	const indexesOf = (outcome: string) =>
		failures.filter(({ error }) => error.context.outcome === outcome).map(({ index }) => index);
	const items = {
		all: results.length,
		done: results.filter((result) => result && 'outputs' in result).length,
		failed: failures.map(({ index }) => index),
		unknown: indexesOf('unknown'),
	};
	const stopped =
		failures[0]?.error ?? new NodeOperationError(context.getNode(), 'The execution was cancelled');
	if (items.all > 1) {
		stopped.description = [stopped.description ?? '', ...summary(items)].join('\n').trim();
	}
	Object.assign(stopped.context, { items });
	return stopped;
}

function summary({ all, done, unknown }: { all: number; done: number; unknown: number[] }) {
	const counted = `${done} of ${all} items were done.`;
	const rest =
		' "Retry execution" goes on with the rest: it does not send or create again what was done.';
	const unknownItems = `It is not known whether these items were carried out (counted from 0): ${named(unknown)}. "Retry execution" repeats them.`;
	return [counted + (done > 0 ? rest : ''), ...(unknown.length > 0 ? [unknownItems] : [])];
}

function named(indexes: number[]): string {
	const more = indexes.length > MAX_NAMED ? ' and more' : '';
	return indexes.slice(0, MAX_NAMED).join(', ') + more;
}
