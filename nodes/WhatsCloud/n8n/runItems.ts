import type {
	IContextObject,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { ApiError } from '../api/errors/ApiError';
import { InputError } from '../InputError';
import { binaryFile } from './items/binaryFile';
import type { Connection } from './http/connect';
import { connect } from './http/connect';
import { download } from './http/download';
import { fingerprint } from './items/fingerprint';
import type { LaneOptions } from './items/lanes';
import { runInLanes } from './items/lanes';
import type { Ledger } from './items/ledger';
import { openLedger } from './items/ledger';
import type { NodeError } from './nodeError';
import { isNodeError, nodeError } from './nodeError';
import type { Call, Fields, Operation, Resource, Values } from '../operation';
import { readParameters } from './items/parameters';
import { readRunOptions } from '../fields/runOptions';
import type { Prepared, Result } from './items/outcome';
import { isFailed, toItems } from './items/outcome';
import { stoppedError } from './items/stoppedError';
import { cancelSignal } from './http/transport';

/**
 * The one item loop. Items run in parallel lanes; outputs keep the order of the items, and every output
 * and error is linked to its item. A write that an earlier try of the same run has done is not repeated.
 */
export async function runItems(
	context: IExecuteFunctions,
	resources: Resource[],
): Promise<INodeExecutionData[][]> {
	const operation = findOperation(context, resources);
	const options = readRunOptions(context.getNodeParameter('options', 0, {}) as IDataObject);
	const items = context.getInputData();
	const stopsAtError = !context.continueOnFail();
	const prepared = items.map((_, index) => prepare(context, operation, index));
	// Nothing is sent when an item can't be right and the workflow would stop there anyway.
	if (stopsAtError && prepared.some(isFailed)) throw refusedError(context, prepared);

	const connection = await connect(context, options).catch((error: unknown) => {
		throw nodeError(context.getNode(), error);
	});
	const { timeout, parallelRequests: parallel } = options;
	const run = { context, operation, items, connection, timeout, ledger: ledgerOf(context) };
	const signal = cancelSignal(context);
	await checkItems(run, prepared, { parallel, isStopped: () => signal?.aborted === true });
	if (stopsAtError && prepared.some(isFailed)) throw refusedError(context, prepared);

	const results: Result[] = Array.from({ length: items.length });
	let failed = false;
	await runInLanes(
		items.length,
		{
			parallel,
			laneOf: (index) => laneOf(operation, prepared[index]),
			isStopped: () => signal?.aborted === true || (stopsAtError && failed),
		},
		async (index) => {
			const result = await runItem(run, index, prepared[index]);
			results[index] = result;
			failed ||= isFailed(result);
		},
	);
	tellAside(run);
	// n8n keeps the outputs of a cancelled execution, and the ledger what they show.
	if (signal?.aborted) return [results.flatMap(toItems)];
	if (stopsAtError && failed) throw stoppedError(context, withRecalled(run, prepared, results));

	const completed = await complete(run, results);
	run.ledger.clear();
	return [completed.flatMap(toItems)];
}

function findOperation(context: IExecuteFunctions, resources: Resource[]): Operation {
	const chosen = {
		resource: context.getNodeParameter('resource', 0),
		operation: context.getNodeParameter('operation', 0),
	};
	const operation = resources
		.find(({ value }) => value === chosen.resource)
		?.operations.find(({ value }) => value === chosen.operation);
	if (!operation) {
		throw new NodeOperationError(
			context.getNode(),
			`The node has no operation "${String(chosen.operation)}" for "${String(chosen.resource)}"`,
			{ description: 'Choose Resource and Operation from their lists.' },
		);
	}
	return operation;
}

function prepare(context: IExecuteFunctions, { fields }: Operation, index: number): Prepared {
	try {
		return { params: readParameters(context, fields, index) };
	} catch (error) {
		return { error: nodeError(context.getNode(), error, index) };
	}
}

/** Puts errors in the place of items that `check` refuses. */
async function checkItems(
	run: Run,
	prepared: Prepared[],
	options: Omit<LaneOptions, 'laneOf'>,
): Promise<void> {
	const { check } = run.operation;
	if (!check) return;
	await runInLanes(prepared.length, { ...options, laneOf: () => undefined }, async (index) => {
		const item = prepared[index];
		if (!item || 'error' in item) return;
		await check(callOf(run, index, item.params)).catch((error: unknown) => {
			prepared[index] = { error: nodeError(run.context.getNode(), error, index) };
		});
	});
}

function refusedError(context: IExecuteFunctions, prepared: Prepared[]): NodeError {
	const failures = prepared.map((item) => ('error' in item ? item : undefined));
	return stoppedError(context, failures, 'Nothing was sent: the node checks all items first.');
}

function laneOf({ lane }: Operation, prepared: Prepared | undefined): string | undefined {
	return prepared && 'params' in prepared ? lane?.(prepared.params) : undefined;
}

function ledgerOf(context: IExecuteFunctions): Ledger {
	// For each call of a tool, and each try of it, n8n counts a run; nothing else tells them apart.
	const isTool = isToolExecution(context);
	return openLedger(nodeContext(context), {
		run: isTool ? 'tool' : String(context.getWorkflowDataProxy(0).$runIndex),
		executionId: context.getExecutionId(),
		shared: isTool,
	});
}

/** Versions of n8n without the function tell by the node's type, which has a name of its own as a tool. */
function isToolExecution(context: IExecuteFunctions): boolean {
	const { type } = context.getNode();
	return 'isToolExecution' in context ? context.isToolExecution() : type.endsWith('Tool');
}

/** n8n has no place to keep it where nothing is tried again, such as a step run alone in a test. */
function nodeContext(context: IExecuteFunctions): IContextObject {
	try {
		return context.getContext('node');
	} catch {
		return {};
	}
}

interface Run {
	context: IExecuteFunctions;
	operation: Operation;
	items: INodeExecutionData[];
	connection: Connection;
	/** Milliseconds. */
	timeout: number;
	ledger: Ledger;
}

async function runItem(run: Run, index: number, prepared: Prepared | undefined): Promise<Result> {
	if (!prepared || 'error' in prepared) return prepared;
	const { params } = prepared;
	const attempt = run.operation.kind === 'write' ? writeOnce : runOperation;
	return await attempt(run, index, params).then(
		(outputs) => ({ params, outputs }),
		(error: unknown) => ({ error: nodeError(run.context.getNode(), error, index) }),
	);
}

/** @throws whatever kept the write from being done, now or in an earlier try that nobody may repeat */
async function writeOnce(run: Run, index: number, params: Values<Fields>): Promise<IDataObject[]> {
	const { operation, ledger } = run;
	const print = printOf(run, index, params);
	const recalled = ledger.recall(index, print);
	if (recalled && 'error' in recalled) throw recalled.error;
	if (recalled) return [recalled.output];

	const outputs = await runOperation(run, index, params).catch((error: unknown) => {
		const failure = isForeseen(error) ? error : unforeseen(operation, error);
		if (failure instanceof ApiError && failure.mayDuplicate) {
			ledger.recordUnknown(index, print, failure);
		}
		throw failure;
	});
	ledger.recordDone(index, print, outputs[0] ?? {});
	return outputs;
}

function printOf(
	{ operation, items, connection, context }: Run,
	index: number,
	params: Values<Fields>,
): string {
	return fingerprint({
		root: connection.root,
		resource: String(context.getNode().parameters.resource),
		operation: operation.value,
		params,
		files: (operation.files?.(params) ?? []).map((name) => items[index]?.binary?.[name]),
	});
}

/** What earlier tries made of the items that this one did not reach. */
function withRecalled(run: Run, prepared: Prepared[], results: Result[]): Result[] {
	return prepared.map((item, index) => {
		const result = results[index];
		if (result || 'error' in item || run.operation.kind === 'read') return result;
		const { params } = item;
		const recalled = run.ledger.recall(index, printOf(run, index, params));
		if (!recalled) return undefined;
		if ('output' in recalled) return { params, outputs: [recalled.output] };
		return { error: nodeError(run.context.getNode(), recalled.error, index) };
	});
}

function isForeseen(error: unknown): boolean {
	return error instanceof ApiError || error instanceof InputError || isNodeError(error);
}

/** A fault of the node itself, which may have come after the server accepted the write. */
function unforeseen({ action }: Operation, error: unknown): ApiError {
	return new ApiError(
		{ method: 'POST', path: '' },
		{
			title: `It is not known whether this was done (${action}): ${String(error)}`,
			description:
				'The node itself failed. To avoid doing it twice, it did not try again. Look in WhatsCloud whether it was done, and please report this error.',
			outcome: 'unknown',
		},
	);
}

async function runOperation(
	run: Run,
	index: number,
	params: Values<Fields>,
): Promise<IDataObject[]> {
	const output = await run.operation.run(callOf(run, index, params));
	return Array.isArray(output) ? output : [output];
}

function callOf(
	{ context, connection, timeout }: Run,
	index: number,
	params: Values<Fields>,
): Call<Fields> {
	return {
		api: connection.api,
		params,
		binary: (propertyName) => binaryFile(context, index, propertyName),
		download: async (url) => await download(context, url, timeout),
	};
}

/** Fills in what costs one request for all items instead of one for each. */
async function complete(
	{ operation, connection, context }: Run,
	results: Result[],
): Promise<Result[]> {
	const done = results.flatMap((result) =>
		result && 'outputs' in result
			? [{ params: result.params, output: result.outputs[0] ?? {} }]
			: [],
	);
	if (!operation.complete || done.length === 0) return results;
	const outputs = await operation.complete(connection.api, done).catch((error: unknown) => {
		// What is to be completed is done, and must not look like a failure.
		context.logger.warn(`WhatsCloud's records could not be completed: ${String(error)}`);
		return done.map(({ output }) => output);
	});
	const next = outputs.values();
	return results.map((result) =>
		result && 'outputs' in result ? { ...result, outputs: [next.next().value ?? {}] } : result,
	);
}

/** Hints on the node's output: what the items themselves do not show. */
function tellAside({ context, connection }: Run): void {
	const hint = (message: string) => context.addExecutionHints({ message, location: 'outputPane' });
	const seconds = Math.round(connection.waited() / 1000);
	if (seconds > 0) {
		hint(
			`The node waited ${seconds} seconds in all, because WhatsCloud takes only a limited number of requests a minute.`,
		);
	}
	for (const message of connection.warnings()) hint(message);
}
