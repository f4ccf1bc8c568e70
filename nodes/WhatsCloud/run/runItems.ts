import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { RunEnded } from '../api/http';
import { runOptionsOf } from '../fields/runOptions';
import { InputError } from '../checks/InputError';
import type { Operation, Resource } from '../operation';
import type { Accounts } from '../api/connect';
import { openAccounts } from '../api/connect';
import { cancelSignal, orCancelled } from '../api/transport';
import { runInLanes } from './lanes';
import type { Failed, Prepared, Result } from './outcome';
import { isDone, isFailed, isReady, stoppedError, toItems } from './outcome';
import type { Read, Run } from './run';
import { callOf, ledgerOf, prepare, readItem } from './run';
import { parametersHash, recall, writeOnce } from './writeOnce';
import type { NodeError } from '../api/errors/nodeError';
import { nodeError } from '../api/errors/nodeError';

/**
 * The one item loop. Items run in parallel lanes; outputs keep the order of the items, and every output
 * and error is linked to its item. A write that an earlier try of the same run has done is not repeated.
 */
export async function runItems(
	context: IExecuteFunctions,
	resources: Resource[],
): Promise<INodeExecutionData[][]> {
	try {
		return [await runAll(context, findOperation(context, resources))];
	} catch (error) {
		const node = context.getNode();
		if (!context.continueOnFail()) throw nodeError(node, error);
		// n8n puts the untouched items through the success output of a node that throws under Continue.
		const failures = context
			.getInputData()
			.map((_, index) => ({ error: nodeError(node, error, index) }));
		return [failures.flatMap(toItems)];
	}
}

/** @throws the error of the first item that failed, unless the node continues on errors */
async function runAll(
	context: IExecuteFunctions,
	operation: Operation,
): Promise<INodeExecutionData[]> {
	const items = context.getInputData();
	if (operation.waitUntil && items.length > 1) throw severalToWaitFor(items.length);
	const ledger = ledgerOf(context);
	const stopsAtError = !context.continueOnFail();
	const read = items.map((_, index) => readItem(context, operation, index));
	// Nothing is sent when an item can't be right and the workflow would stop there anyway.
	if (stopsAtError && read.some(isFailed)) throw refusedError(context, ledger, read);

	const options = runOptionsOf(read.find(isRead)?.params.options);
	const end = new AbortController();
	const ended = orCancelled(context, end.signal);
	const accounts = openAccounts(context, { ...options, ended });
	const { parameters } = context.getNode();
	const run: Run = {
		...{ context, operation, items, ledger, ended, timeout: options.timeout },
		resource: String(parameters.resource),
		parameters: parametersHash(parameters),
	};
	const lanes = { parallel: options.parallelRequests, isStopped: () => ended.aborted };
	const noted = <T extends Prepared | Result>(outcome: T): T => {
		if (stopsAtError && isFailed(outcome)) end.abort();
		return outcome;
	};
	try {
		const prepared: Prepared[] = Array.from({ length: items.length });
		const prepareOnce = async (index: number) =>
			(prepared[index] ??= await prepare(run, accounts, index, read[index]));
		if (operation.check) {
			await runInLanes(items.length, { ...lanes, laneOf: () => undefined }, async (index) => {
				noted(await prepareOnce(index));
			});
			if (stopsAtError && prepared.some(isFailed)) throw refusedError(context, ledger, prepared);
		}

		const results: Result[] = Array.from({ length: items.length });
		const laneOf = (index: number) => laneIn(operation, read[index]);
		await runInLanes(items.length, { ...lanes, laneOf }, async (index) => {
			results[index] = noted(await runItem(run, index, await prepareOnce(index)));
		});
		tellAside(context, accounts);
		// n8n keeps the outputs of a cancelled execution, and the ledger what they show.
		if (cancelSignal(context)?.aborted) return results.flatMap(toItems);
		if (stopsAtError && results.some(isFailed)) {
			for (const index of items.keys()) {
				const item = await prepareOnce(index);
				if (isReady(item)) results[index] ??= recall(run, index, item);
			}
			throw stoppedError(context, results);
		}

		await completeAll(run, results);
		const [first] = results;
		if (operation.waitUntil && first && !isFailed(first)) {
			await context.putExecutionToWait(operation.waitUntil(first.params));
			ledger.clear();
			// They come out when the time is up without an answer.
			return items;
		}
		ledger.clear();
		return results.flatMap(toItems);
	} finally {
		end.abort();
	}
}

/** @throws InputError */
function findOperation(context: IExecuteFunctions, resources: Resource[]): Operation {
	const resource = context.getNodeParameter('resource', 0);
	const chosen = context.getNodeParameter('operation', 0);
	const operation = resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === chosen);
	if (operation) return operation;
	throw new InputError(
		`The node has no operation "${String(chosen)}" for "${String(resource)}"`,
		'Choose Resource and Operation from their lists.',
	);
}

function severalToWaitFor(count: number): InputError {
	return new InputError(
		`This operation waits for one answer, but ${count} items came in`,
		'Nothing was sent. Put a "Loop Over Items" node before this one: it asks for one item after the other.',
	);
}

function isRead(read: Read): read is Exclude<Read, Failed> {
	return 'params' in read;
}

function refusedError(
	context: IExecuteFunctions,
	{ isEmpty }: Run['ledger'],
	items: Array<Read | Prepared>,
): NodeError {
	const why = isEmpty()
		? 'Nothing was sent: the node checks all items first.'
		: 'Nothing more was sent: the node checks all items first. What was done before is not done again.';
	return stoppedError(context, items, why);
}

/** Items with the operation's same lane take turns. */
function laneIn({ lane }: Operation, read: Read | undefined): string | undefined {
	return read && isRead(read) ? lane?.(read.params) : undefined;
}

async function runItem(run: Run, index: number, prepared: Prepared): Promise<Result> {
	if (!isReady(prepared)) return prepared;
	const { kind, run: read } = run.operation;
	try {
		const outputs =
			kind === 'write'
				? await writeOnce(run, index, prepared)
				: [await read(callOf(run, index, prepared), prepared.checked)].flat();
		return { ...prepared, outputs };
	} catch (error) {
		if (error instanceof RunEnded) return undefined;
		return { error: nodeError(run.context.getNode(), error, index) };
	}
}

/** Fills in what costs one request for all items of an account instead of one for each. */
async function completeAll({ operation, context }: Run, results: Result[]): Promise<void> {
	const done = results.filter(isDone);
	for (const account of new Set(done.map(({ connection }) => connection))) {
		const ofAccount = done.filter(({ connection }) => connection === account);
		const outputs = await operation
			.complete?.(
				account.api,
				ofAccount.map(({ params, outputs: [output = {}] }) => ({ params, output })),
			)
			.catch((error: unknown) => {
				// What is to be completed is done, and must not look like a failure.
				context.logger.warn(`WhatsCloud's records could not be completed: ${String(error)}`);
			});
		if (!outputs) continue;
		for (const [index, result] of ofAccount.entries()) result.outputs = [outputs[index] ?? {}];
	}
}

/** Hints on the node's output: what the items themselves do not show. */
function tellAside(context: IExecuteFunctions, accounts: Accounts): void {
	const hint = (message: string) => context.addExecutionHints({ message, location: 'outputPane' });
	const seconds = Math.round(accounts.waited() / 1000);
	if (seconds > 0) {
		hint(
			`The node waited ${seconds} seconds in all, because WhatsCloud takes only a limited number of requests a minute.`,
		);
	}
	for (const message of accounts.hints()) hint(message);
}
