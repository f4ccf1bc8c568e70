import { createHash } from 'crypto';

import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import pLimit from 'p-limit';

import { ApiError } from '../api/ApiError';
import { binaryFile } from './binaryFile';
import type { Connection } from './connect';
import { connect } from './connect';
import type { Ledger } from './ledger';
import { openLedger } from './ledger';
import type { NodeError } from './nodeError';
import { nodeError } from './nodeError';
import type { Fields, Operation, Resource, Values } from './operation';
import { readParameters } from './parameters';
import { readRunOptions } from './runOptions';
import { cancelSignal } from './transport';

type Prepared = { params: Values<Fields> } | { error: NodeError };
type Result = { params: Values<Fields>; outputs: IDataObject[] } | { error: NodeError };

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
	const prepared = context.getInputData().map((_, index) => prepare(context, operation, index));
	const stopsAtError = !context.continueOnFail();
	// Nothing is sent when an item can't be right and the workflow would stop there anyway.
	const refused = prepared.find((item) => 'error' in item);
	if (stopsAtError && refused && 'error' in refused)
		throw withCount(refused.error, 0, prepared.length);

	let connection: Connection;
	try {
		connection = await connect(context, options);
	} catch (error) {
		throw nodeError(context.getNode(), error);
	}
	const ledger = openLedger(
		context.getContext('node'),
		Number(context.getWorkflowDataProxy(0).$runIndex),
		context.getExecutionId(),
	);
	const results = await runLanes(context, operation, prepared, {
		connection,
		ledger,
		parallel: options.parallelRequests,
		stopsAtError,
	});
	tellWaits(context, connection);
	const failed = results.find((result) => result && 'error' in result);
	if (stopsAtError && failed && 'error' in failed) {
		const done = results.filter((result) => result && 'outputs' in result).length;
		throw withCount(failed.error, done, prepared.length);
	}
	const completed = await complete(operation, connection, results);
	ledger.clear();
	return [completed.flatMap((result, index) => toItems(result, index))];
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

interface Run {
	connection: Connection;
	ledger: Ledger;
	parallel: number;
	stopsAtError: boolean;
}

/** Undefined stands for an item that was not begun because the run stopped. */
async function runLanes(
	context: IExecuteFunctions,
	operation: Operation,
	prepared: Prepared[],
	run: Run,
): Promise<Array<Result | undefined>> {
	const signal = cancelSignal(context);
	const limit = pLimit(run.parallel);
	const laneEnds = new Map<string, Promise<unknown>>();
	let stopped = false;

	const tasks = prepared.map(async (item, index) => {
		if ('error' in item) return item;
		const begin = async () => {
			if (stopped || signal?.aborted) return undefined;
			const result = await runItem(context, operation, index, item.params, run);
			if ('error' in result && run.stopsAtError) stopped = true;
			return result;
		};
		const lane = operation.lane?.(item.params);
		if (lane === undefined) return await limit(begin);
		const before = laneEnds.get(lane) ?? Promise.resolve();
		const task = before.then(async () => await limit(begin));
		laneEnds.set(lane, task);
		return await task;
	});
	return await Promise.all(tasks);
}

async function runItem(
	context: IExecuteFunctions,
	operation: Operation,
	index: number,
	params: Values<Fields>,
	{ connection, ledger }: Run,
): Promise<Result> {
	const item = context.getInputData()[index];
	const files = operation.files?.(params).map((name) => item?.binary?.[name]);
	const { resource } = context.getNode().parameters;
	const fingerprint = digest([connection.root, resource, operation.value, params, files]);
	const isWrite = operation.kind === 'write';
	const recalled = isWrite ? ledger.recall(index, fingerprint) : undefined;
	if (recalled && 'output' in recalled) return { params, outputs: [recalled.output] };
	try {
		if (recalled) throw recalled.error;
		const output = await operation.run({
			api: connection.api,
			params,
			input: item?.json ?? {},
			binary: async (propertyName) => await binaryFile(context, index, propertyName),
		});
		const outputs = Array.isArray(output) ? output : [output];
		if (isWrite) ledger.recordDone(index, fingerprint, outputs[0] ?? {});
		return { params, outputs };
	} catch (error) {
		if (isWrite && error instanceof ApiError && error.outcome === 'unknown') {
			ledger.recordUnknown(index, fingerprint, error);
		}
		return { error: nodeError(context.getNode(), error, index) };
	}
}

/** Fills in what costs one request for all items instead of one for each. */
async function complete(
	operation: Operation,
	{ api }: Connection,
	results: Array<Result | undefined>,
): Promise<Array<Result | undefined>> {
	if (!operation.complete) return results;
	const done = results.flatMap((result) =>
		result && 'outputs' in result
			? [{ params: result.params, output: result.outputs[0] ?? {} }]
			: [],
	);
	if (done.length === 0) return results;
	const outputs = (await operation.complete(api, done)).values();
	return results.map((result) =>
		result && 'outputs' in result ? { ...result, outputs: [outputs.next().value ?? {}] } : result,
	);
}

function toItems(result: Result | undefined, index: number): INodeExecutionData[] {
	if (!result) return [];
	// With a json.error n8n would run the whole node again under Retry On Fail.
	if ('error' in result) return [{ json: {}, error: result.error, pairedItem: { item: index } }];
	return result.outputs.map((json) => ({ json, pairedItem: { item: index } }));
}

function withCount(error: NodeError, done: number, all: number): NodeError {
	if (all > 1) {
		const rest =
			done > 0 ? ' "Retry execution" goes on with the rest and does not repeat them.' : '';
		error.description =
			`${error.description ?? ''}\n${done} of ${all} items were done.${rest}`.trim();
	}
	return error;
}

function tellWaits(context: IExecuteFunctions, { waited }: Connection): void {
	const seconds = Math.round(waited() / 1000);
	if (seconds === 0) return;
	context.addExecutionHints({
		message: `The node waited ${seconds} seconds in all, because WhatsCloud takes only a limited number of requests a minute.`,
		location: 'outputPane',
	});
}

function digest(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('base64');
}
