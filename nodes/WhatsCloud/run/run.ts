import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import type { Api } from '../api/api';
import { openAccounts } from '../api/api';
import type { ApiError, NodeError } from '../api/errors/ApiError';
import { nodeError } from '../api/errors/ApiError';
import { orCancelled } from '../api/http';
import { readShown, runOptionsOf, withRunOptions } from '../fields/collections';
import type { FilesOfItem } from '../files/runFiles';
import { openFiles } from '../files/runFiles';
import type { Call, Fields, Operation, Values } from '../operation';
import { answerLink, keepQuestion, reviewedTools } from '../question/question';

/** An input item on its way through the run. Neither outputs nor an error come of it where the run ends before. */
export interface Item {
	index: number;
	json: IDataObject;
	outputs?: IDataObject[];
	error?: NodeError;
	/** Empty where they can't be right, which then is the error. */
	params: Values<Fields>;
	/** The account of its credential, once it was needed. */
	api?: Api;
	files?: FilesOfItem;
	/** What the operation's `check` found, for its `run`. */
	checked?: unknown;
	/** Under which its write is recorded. */
	writeKey?: string;
	/** The request of an earlier try, which may have been carried out. To repeat it does no harm. */
	earlier?: ApiError['request'];
}

/** One run of the node: what all its items share. */
export type Run = Awaited<ReturnType<typeof openRun>>;

export async function openRun(context: IExecuteFunctions, operation: Operation) {
	const isTool = isUsedAsTool(context);
	const items = await readItems(context, operation, isTool);
	const options = items.find(({ error }) => !error)?.params.options;
	const { parallelRequests: parallel, timeout, onRateLimit } = runOptionsOf(options);
	const end = new AbortController();
	const ended = orCancelled(context, end.signal);
	return {
		...{ context, operation, isTool, items, parallel },
		filesOf: openFiles(context, { timeout, ended }),
		accounts: openAccounts(context, { timeout, onRateLimit, ended }),
		/** Tells its writes from those of other runs of the node, such as those in a loop. */
		scope: isTool
			? [context.getWorkflow().id, context.getNode().name, context.getExecutionId()]
			: [context.getWorkflowDataProxy(0).$runIndex],
		/** The first failure ends the run; otherwise the node continues on errors. */
		stopsAtError: !context.continueOnFail(),
		/** From then on no item begins and nothing is sent: an item failed, or all is done. */
		end: () => {
			end.abort();
		},
		/** Aborted by `end`, or when the user cancels. */
		ended,
	};
}

/** Evaluating the expressions of an item takes milliseconds. Timers and other executions run in between. */
const LONGEST_BLOCK_MS = 20;

async function readItems(
	context: IExecuteFunctions,
	operation: Operation,
	isTool: boolean,
): Promise<Item[]> {
	const fields = withRunOptions(operation.fields);
	const items: Item[] = [];
	let began = performance.now();
	for (const [index, { json }] of context.getInputData().entries()) {
		if (performance.now() - began > LONGEST_BLOCK_MS) {
			await sleep(0);
			began = performance.now();
		}
		const item: Item = { index, json, params: {} };
		const valueOf = (name: string, otherwise: unknown) =>
			context.getNodeParameter(name, index, otherwise);
		try {
			item.params = readShown(fields, valueOf, {
				timezone: context.getTimezone(),
				json,
				parameters: context.getNode().parameters,
				evaluated: (typed) =>
					typed.startsWith('=') ? context.evaluateExpression(typed.slice(1), index) : typed,
				answerLink: () => answerLink(context),
				reviewedTools: () => reviewedTools(context),
				isTool,
			});
		} catch (error) {
			item.error = nodeError(context.getNode(), error, index);
		}
		items.push(item);
	}
	return items;
}

/** Agents differ: some say so, some only by the node's type, and the newest run it outside of executions. */
export function isUsedAsTool(context: IExecuteFunctions): boolean {
	return (
		context.getNode().type.endsWith('Tool') ||
		('isToolExecution' in context && context.isToolExecution()) ||
		context.getExecutionId() === undefined
	);
}

/** n8n reads and decrypts a credential each time, so only for items that come to be worked on. */
export async function apiOf({ accounts }: Run, item: Item): Promise<Api> {
	return (item.api ??= await accounts.of(item.index));
}

export async function callOf(run: Run, item: Item): Promise<Call<Fields>> {
	return {
		api: await apiOf(run, item),
		params: item.params,
		...(item.files ??= run.filesOf(item.index)),
		keepQuestion: (question) => {
			keepQuestion(run.context, question);
		},
	};
}
