import type { IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';
import pLimit from 'p-limit';

import type { NodeError } from '../api/errors/ApiError';
import { nodeError } from '../api/errors/ApiError';
import { sentence, withoutCode } from '../api/errors/words';
import { cancelSignal, RunEnded } from '../api/http';
import { clipped, InputError, quoted } from '../checks/text';
import type { Operation, Resource } from '../operation';
import { prepareWait, withoutAnswer } from '../question/question';
import type { Item, Run } from './run';
import { callOf, isUsedAsTool, openRun } from './run';
import { forgetWrites, openWrites, recall, writeOnce } from './writeOnce';

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
		if (!context.continueOnFail()) {
			const converted = nodeError(node, error);
			if (!isUsedAsTool(context)) throw converted;
			const told = forModel(converted);
			// Older agents give a model an empty text for what a tool throws. Retry On Fail has to see it thrown.
			const { parentNode } = context as { parentNode?: INode };
			const isOfOldAgent = /\.agent(Tool)?$/.test(parentNode?.type ?? '');
			if (isOfOldAgent && !node.retryOnFail)
				return [[{ json: { error: told.message }, pairedItem: 0 }]];
			throw told;
		}
		// n8n puts the untouched items through the success output of a node that throws under Continue.
		const failed = context
			.getInputData()
			.map(({ json }, index) => ({ index, json, error: nodeError(node, error, index) }));
		return [toItems(context, failed)];
	}
}

/** @throws the error of the first item that failed, unless the node continues on errors */
async function runAll(
	context: IExecuteFunctions,
	operation: Operation,
): Promise<INodeExecutionData[]> {
	const count = context.getInputData().length;
	if (operation.waitUntil && count > 1)
		throw new InputError(
			`This operation waits for one answer, but ${count} items came in`,
			'Nothing was sent. Put a "Loop Over Items" node before this one: it passes on one item at a time.',
		);
	const run = await openRun(context, operation);
	const { items } = run;
	try {
		// What can't be right, or may not be repeated, is found before anything is sent for any item.
		const isFirstTry = Object.keys(openWrites(run)).length === 0;
		if (!isFirstTry) for (const item of items.filter(isOpen)) await takeStep(run, item, recall);
		stopIfFailed(run, nothingSent(run));
		if (operation.check) await forOpenItems(run, check);
		stopIfFailed(run, nothingSent(run));
		await forOpenItems(run, work, operation.lane);
		// n8n keeps the outputs of a cancelled execution, and what was sent with them.
		if (cancelSignal(context)?.aborted) return toItems(context, items);
		stopIfFailed(run);
		await completeAll(run);
		const waits = await waitForAnswer(run);
		// What comes out of a wait stands in n8n's stack; what is given here only has to be there.
		const outputs: INodeExecutionData[] = waits ? [{ json: {} }] : toItems(context, items);
		// With an error in the first, Retry On Fail runs the node again.
		if (outputs[0]?.json.error === undefined) forgetWrites(run);
		return outputs;
	} finally {
		for (const message of run.accounts.hints())
			context.addExecutionHints({ message, location: 'outputPane' });
		run.end();
	}
}

function findOperation(context: IExecuteFunctions, resources: Resource[]): Operation {
	const resource = context.getNodeParameter('resource', 0);
	const chosen = context.getNodeParameter('operation', 0);
	const operation = resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === chosen);
	if (operation) return operation;
	throw new InputError(
		`The node has no operation ${quoted(chosen)} for ${quoted(resource)}`,
		'Choose Resource and Operation from their lists.',
	);
}

type Step = (run: Run, item: Item) => Promise<void>;

/**
 * Takes a step for all items without a result, lane by lane in the order of their first items. Those of one lane take
 * turns. Once the run has ended no item is begun, and those under way finish.
 */
export async function forOpenItems(run: Run, step: Step, lane?: Operation['lane']): Promise<void> {
	const lanes = new Map<unknown, Item[]>();
	for (const item of run.items.filter(isOpen)) {
		// Whoever wants one item at a time wants their order, too.
		const name = run.parallel === 1 ? '' : (lane?.(item.params) ?? item);
		const others = lanes.get(name);
		if (others) others.push(item);
		else lanes.set(name, [item]);
	}
	const limit = pLimit(run.parallel);
	const takeTurns = async (items: Item[]) => {
		for (const item of items) {
			if (run.ended.aborted) return;
			await takeStep(run, item, step);
			if (run.stopsAtError && isFailed(item)) run.end();
		}
	};
	await Promise.all([...lanes.values()].map(async (items) => await limit(takeTurns, items)));
}

function isOpen({ outputs, error }: Item): boolean {
	return !outputs && !error;
}

/** A step that fails is the item's error, unless the run has ended under it. */
async function takeStep(run: Run, item: Item, step: Step): Promise<void> {
	try {
		await step(run, item);
	} catch (error) {
		if (error instanceof RunEnded) return;
		item.error = nodeError(run.context.getNode(), error, item.index);
	} finally {
		item.files?.release();
	}
}

async function check(run: Run, item: Item): Promise<void> {
	item.checked = await run.operation.check?.(await callOf(run, item));
}

async function work(run: Run, item: Item): Promise<void> {
	const { operation } = run;
	const outputs =
		operation.kind === 'write'
			? await writeOnce(run, item)
			: await operation.run(await callOf(run, item), item.checked);
	item.outputs = [outputs].flat();
}

/** What a run says that stops before its first write; undefined where an earlier try has or may have made one. */
function nothingSent({ items }: Run): string | undefined {
	const isUntouched = !items.some((item) => hasOutputs(item) || isUnknown(item));
	return isUntouched ? 'Nothing was sent: the node checks all items first.' : undefined;
}

/** Fills in what costs one request for all items of an account instead of one for each. */
async function completeAll({ operation, items, context }: Run): Promise<void> {
	for (const api of new Set(items.map((item) => item.api))) {
		const done = items.filter((item) => item.api === api && hasOutputs(item));
		if (!api || !operation.complete || done.length === 0) continue;
		const given = done.map(({ params, outputs }) => ({ params, output: outputs?.[0] ?? {} }));
		const completed = await operation.complete(api, given).catch((error: unknown) => {
			// What is to be completed is done, and must not look like a failure.
			context.logger.warn(`WhatsCloud's records could not be completed: ${String(error)}`);
		});
		for (const [index, item] of done.entries()) {
			if (completed) item.outputs = [completed[index] ?? {}];
		}
	}
}

/** Pauses the execution until somebody answers, if the operation waits and its one item was done. */
async function waitForAnswer({ operation, items: [item], context }: Run): Promise<boolean> {
	if (!operation.waitUntil || !item || !hasOutputs(item)) return false;
	prepareWait(context);
	await context.putExecutionToWait(operation.waitUntil(item.params));
	return true;
}

function isFailed({ error }: Item): boolean {
	return error !== undefined;
}

function hasOutputs({ outputs }: Item): boolean {
	return outputs !== undefined;
}

function isUnknown({ error }: Item): boolean {
	return error?.context.outcome === 'unknown';
}

/** The output items, each linked to its input item. */
export function toItems(
	context: IExecuteFunctions,
	items: Array<Omit<Item, 'params'>>,
): INodeExecutionData[] {
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
 * @throws the error of the first item that failed, with what became of all items: for people in the description,
 * for programs in `context.items`
 */
function stopIfFailed({ items, stopsAtError, context }: Run, why?: string): void {
	const error = items.find(isFailed)?.error;
	if (!stopsAtError || !error) return;
	const all = items.length;
	const [done = [], failed = [], unknown = []] = [hasOutputs, isFailed, isUnknown].map((is) =>
		items.filter(is).map(({ index }) => index),
	);
	if (all > 1) {
		const what = why ?? summary(all, done, unknown, context.getMode() === 'integrated');
		error.description = `${error.description ?? ''}\n${what}`.trim();
	}
	Object.assign(error.context, { items: { all, done, failed, unknown } });
	throw error;
}

function summary(all: number, done: number[], unknown: number[], isCalled: boolean): string {
	const parts = [`${done.length} of ${all} items were done.`];
	if (done.length > 0) {
		parts.push(
			`In the list of executions, "Retry execution" ${isCalled ? "of the sub-workflow's own execution " : ''}goes on with the rest: nothing that was done is sent or created again. ${isCalled ? 'That of the workflow that called it' : '"Execute step"'} begins anew, with all items.`,
		);
	}
	// Of one item alone the error itself says it.
	if (unknown.length > 1) {
		// A number that is cut off would name another item.
		const named = clipped(unknown.join(', ')).replace(/\d+…$/, '…');
		parts.push(`These items may or may not have been done (the first item is 0): ${named}.`);
	}
	return parts.join(' ');
}

/**
 * The error of a tool, with all of it in the message: some of n8n's agents give a model nothing else, and others
 * add the description to it.
 */
function forModel(error: NodeError): NodeError {
	error.message = `${sentence(error.message)} ${withoutCode(error.description ?? '')}`.trim();
	error.description = undefined;
	return error;
}
