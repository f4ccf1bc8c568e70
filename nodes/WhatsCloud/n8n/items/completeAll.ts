import type { Connection } from '../http/connect';
import type { Result } from './outcome';
import type { Run } from './run';

/** Fills in what costs one request for all items of an account instead of one for each. */
export async function completeAll(run: Run, results: Result[]): Promise<Result[]> {
	let completed = results;
	for (const connection of new Set(results.flatMap(connectionOf))) {
		completed = await completeFor(run, connection, completed);
	}
	return completed;
}

async function completeFor(
	{ operation, context }: Run,
	connection: Connection,
	results: Result[],
): Promise<Result[]> {
	const done = results.flatMap((result) =>
		isDoneBy(connection, result)
			? [{ params: result.params, output: result.outputs[0] ?? {} }]
			: [],
	);
	const outputs = await operation.complete?.(connection.api, done).catch((error: unknown) => {
		// What is to be completed is done, and must not look like a failure.
		context.logger.warn(`WhatsCloud's records could not be completed: ${String(error)}`);
		return undefined;
	});
	const next = outputs?.values();
	if (!next) return results;
	return results.map((result) =>
		isDoneBy(connection, result) ? { ...result, outputs: [next.next().value ?? {}] } : result,
	);
}

function connectionOf(result: Result): Connection[] {
	return result && 'outputs' in result ? [result.connection] : [];
}

function isDoneBy(
	connection: Connection,
	result: Result,
): result is Extract<Result, { outputs: unknown }> {
	return connectionOf(result)[0] === connection && result !== undefined;
}
