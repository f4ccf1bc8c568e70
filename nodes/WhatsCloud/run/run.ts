import type { IContextObject, IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import type { Accounts, Api } from '../api/api';
import { openAccounts } from '../api/api';
import { nodeError } from '../api/errors/ApiError';
import { orCancelled } from '../api/http';
import { readShown, runOptionsOf, withRunOptions } from '../fields/collections';
import type { FilesOfItem } from '../files/runFiles';
import { openFiles } from '../files/runFiles';
import type { Call, Fields, Operation, Values } from '../operation';
import { answerLink, keepQuestion, reviewedTools } from '../question/question';
import type { Result } from './outcome';
import type { SentBefore } from './sentBefore';
import { openSentBefore } from './sentBefore';
import { openToolCalls } from './toolCalls';

/** An input item on its way through the run. */
export interface Item {
	index: number;
	json: IDataObject;
	/** Empty where they can't be right, which then is the result. */
	params: Values<Fields>;
	/** The account of its credential, once it was needed. */
	api?: Api;
	files?: FilesOfItem;
	/** What the operation's `check` found, for its `run`. */
	checked?: unknown;
	/** An earlier try may have done it, and doing it again does no harm. */
	maybeDone?: boolean;
	/** What became of it. None for an item that the run ended before. */
	result?: Result;
}

/** One run of the node: what all its items share. */
export interface Run {
	context: IExecuteFunctions;
	operation: Operation;
	items: Item[];
	accounts: Accounts;
	sentBefore: SentBefore;
	filesOf(index: number): FilesOfItem;
	parallel: number;
	/** The first failure ends the run; otherwise the node continues on errors. */
	stopsAtError: boolean;
	/** From then on no item begins and nothing is sent: an item failed, or all is done. */
	end(): void;
	/** Aborted by `end`, or when the user cancels. */
	ended: AbortSignal;
}

export async function openRun(context: IExecuteFunctions, operation: Operation): Promise<Run> {
	const items = await readItems(context, operation);
	const options = items.find(({ result }) => !result)?.params.options;
	const { parallelRequests: parallel, timeout, onRateLimit } = runOptionsOf(options);
	const end = new AbortController();
	const ended = orCancelled(context, end.signal);
	return {
		...{ context, operation, items, parallel, ended },
		filesOf: openFiles(context, { timeout, ended }),
		accounts: openAccounts(context, { timeout, onRateLimit, ended }),
		sentBefore: sentBeforeOf(context),
		stopsAtError: !context.continueOnFail(),
		end: () => {
			end.abort();
		},
	};
}

/** Evaluating the expressions of an item takes milliseconds. Timers and other executions run in between. */
const LONGEST_BLOCK_MS = 20;

async function readItems(context: IExecuteFunctions, { fields }: Operation): Promise<Item[]> {
	const items: Item[] = [];
	let began = performance.now();
	for (const [index, { json }] of context.getInputData().entries()) {
		if (performance.now() - began > LONGEST_BLOCK_MS) {
			await sleep(0);
			began = performance.now();
		}
		const item: Item = { index, json, params: {} };
		try {
			item.params = readParameters(context, fields, item);
		} catch (error) {
			item.result = { error: nodeError(context.getNode(), error, index) };
		}
		items.push(item);
	}
	return items;
}

/** The operation's parameters for one item. @throws InputError for what can't be right */
function readParameters(
	context: IExecuteFunctions,
	fields: Fields,
	{ index, json }: Item,
): Values<Fields> {
	const all = withRunOptions(fields);
	const given = Object.entries(all).map(([name, { property }]) => [
		name,
		context.getNodeParameter(name, index, property.default),
	]);
	return readShown(all, Object.fromEntries(given) as Record<string, unknown>, {
		timezone: context.getTimezone(),
		json,
		parameters: context.getNode().parameters,
		evaluated: (typed) =>
			typed.startsWith('=') ? context.evaluateExpression(typed.slice(1), index) : typed,
		answerLink: () => answerLink(context),
		reviewedTools: () => reviewedTools(context),
		isTool: isTool(context),
	});
}

/** What earlier tries of this run have done, kept where n8n keeps it for the next try. */
function sentBeforeOf(context: IExecuteFunctions): SentBefore {
	const executionId = context.getExecutionId();
	if (isTool(context)) {
		const { id = '' } = context.getWorkflow();
		return openToolCalls(JSON.stringify([id, context.getNode().name, executionId]));
	}
	const run = Number(context.getWorkflowDataProxy(0).$runIndex);
	return openSentBefore(nodeContext(context), { run, executionId });
}

/** Agents differ: some say so, some only by the node's type, and the newest run it outside of executions. */
export function isTool(context: IExecuteFunctions): boolean {
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

/** n8n reads and decrypts a credential each time, so only for items that come to be worked on. */
export async function apiOf({ accounts }: Run, item: Item): Promise<Api> {
	return (item.api ??= await accounts.of(item.index));
}

/** What an operation gets for one item. */
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
