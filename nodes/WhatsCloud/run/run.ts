import type { IContextObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { RunEnded } from '../api/http';
import { readShown } from '../fields/collections';
import type { Call, Fields, Operation, Values } from '../operation';
import { withRunOptions } from '../fields/runOptions';
import type { Accounts } from '../api/connect';
import { throwIfEnded } from '../api/connect';
import { download } from '../files/download';
import { nodeError } from '../api/errors/nodeError';
import { answerLink } from '../question/question';
import { binaryFile } from '../files/binaryFile';
import type { Ledger } from './ledger';
import { openLedger, openToolLedger } from './ledger';
import type { Failed, Prepared, Ready } from './outcome';
import { isFailed } from './outcome';

/** One run of the node: what all its items share. */
export interface Run {
	context: IExecuteFunctions;
	operation: Operation;
	/** Its name in the node's parameters. */
	resource: string;
	/** The hash of the node's parameters before their expressions are evaluated. */
	parameters: string;
	items: INodeExecutionData[];
	/** Milliseconds. */
	timeout: number;
	ledger: Ledger;
	/** Aborted when the run is cancelled or stops at an error: from then on nothing is sent. */
	ended: AbortSignal;
}

/** What an operation gets for one item. */
export function callOf(
	{ context, timeout, ended }: Run,
	index: number,
	{ params, connection }: Ready,
): Call<Fields> {
	return {
		api: connection.api,
		params,
		binary: (reference) => binaryFile(context, index, reference),
		answerLink: (question) => answerLink(context, question),
		download: async (url) => {
			throwIfEnded(ended);
			return await download(context, url, timeout);
		},
	};
}

/** The ledger of this run of the node, kept where n8n keeps it for the next try. */
export function ledgerOf(context: IExecuteFunctions): Ledger {
	const executionId = context.getExecutionId();
	if (isTool(context)) return openToolLedger(nodeContext(context), executionId);
	const run = String(context.getWorkflowDataProxy(0).$runIndex);
	return openLedger(nodeContext(context), { run, executionId });
}

/** Agents differ: some say so, some only by the node's type, and the newest run it outside of executions. */
function isTool(context: IExecuteFunctions): boolean {
	return (
		context.getNode().type.endsWith('Tool') ||
		('isToolExecution' in context && context.isToolExecution()) ||
		context.getExecutionId() === undefined
	);
}

/** n8n has no place to keep it where nothing is tried again, such as a step run alone in a test. */
function nodeContext(context: IExecuteFunctions): IContextObject {
	try {
		return context.getContext('node');
	} catch {
		return {};
	}
}

/** An item whose parameters were read, or why they can't be right. */
export type Read = { params: Values<Fields> } | Failed;

export function readItem(context: IExecuteFunctions, { fields }: Operation, index: number): Read {
	try {
		return { params: readParameters(context, fields, index) };
	} catch (error) {
		return { error: nodeError(context.getNode(), error, index) };
	}
}

/** Finds the item's account, and checks what only a look-up or a file can tell. */
export async function prepare(
	run: Run,
	accounts: Accounts,
	index: number,
	read: Read | undefined,
): Promise<Prepared> {
	if (!read || isFailed(read)) return read;
	try {
		const item = { ...read, connection: await accounts.of(index) };
		return { ...item, checked: await run.operation.check?.(callOf(run, index, item)) };
	} catch (error) {
		if (error instanceof RunEnded) return undefined;
		return { error: nodeError(run.context.getNode(), error, index) };
	}
}

/** The operation's parameters for one item. @throws InputError for what can't be right */
function readParameters(
	context: IExecuteFunctions,
	fields: Fields,
	itemIndex: number,
): Values<Fields> {
	const all = withRunOptions(fields);
	const given = Object.entries(all).map(([name, { property }]) => [
		name,
		context.getNodeParameter(name, itemIndex, property.default),
	]);
	return readShown(all, Object.fromEntries(given) as Record<string, unknown>, {
		timezone: context.getTimezone(),
		json: context.getInputData()[itemIndex]?.json ?? {},
		parameters: context.getNode().parameters,
		isTool: context.getNode().type.endsWith('Tool'),
	});
}
