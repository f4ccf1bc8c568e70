import { parse, stringify } from 'flatted';
import { WorkflowExecute } from 'n8n-core';
import {
	type ExecutionError,
	type ExecutionStatus,
	type IContextObject,
	type INodeExecutionData,
	type IRunExecutionData,
	type ITaskData,
	type NodeExecutionHint,
	NodeConnectionTypes,
	Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { logsOfRun, useBinaryMode, type LogLine } from './services.mts';
import {
	type NodeSettings,
	type NodeOptions,
	buildWorkflow,
	newAdditionalData,
} from './workflow.mts';

export interface RunOptions extends NodeOptions {
	/** One empty item if left out. Binary content is base64; it is stored as the binary mode has it. */
	items?: INodeExecutionData[];
	settings?: NodeSettings;
	mode?: WorkflowExecuteMode;
	/** Sends the items through the node in a loop, this many at a time. */
	batchSize?: number;
	/** Milliseconds after the start, or a promise to wait for: then the execution is cancelled. */
	cancelAfter?: number;
	cancel?: Promise<unknown>;
	/** `runData` of a failed run: "Retry execution" goes on from there, through storage, as a new one. */
	retryOf?: IRunExecutionData;
}

export interface NodeRun {
	status: ExecutionStatus;
	/** What the node put out, per output, over all its runs. */
	outputs: INodeExecutionData[][];
	/** What made the execution stop. */
	error?: ExecutionError;
	hints: NodeExecutionHint[];
	/** One entry for each run of the node. */
	taskData: ITaskData[];
	/** `getContext('node')` of the node, as it is stored with the execution. */
	context: IContextObject;
	runData: IRunExecutionData;
	logs: LogLine[];
	decrypts: number;
	durationMs: number;
}

/** As in n8n's ExecutionService.retry(), "with currently saved workflow". */
const prepareRetry = (failed: IRunExecutionData, workflow: Workflow): IRunExecutionData => {
	const data = parse(stringify(failed)) as IRunExecutionData;
	const { lastNodeExecuted, runData } = data.resultData;
	if (!data.executionData || lastNodeExecuted === undefined) {
		throw new Error('This execution has nothing to go on from');
	}
	delete data.resultData.error;
	const lastRuns = runData[lastNodeExecuted];
	if (lastRuns?.at(-1)?.error !== undefined) lastRuns.pop();
	for (const waiting of data.executionData.nodeExecutionStack) {
		const node = workflow.getNode(waiting.node.name);
		if (!node) throw new Error(`The node ${waiting.node.name} is gone`);
		waiting.node = node;
	}
	return data;
};

/** Start → node, or Start → Loop ⇄ node, through n8n's own WorkflowExecute. */
export const runNode = async (options: RunOptions): Promise<NodeRun> => {
	await useBinaryMode(options.binaryMode ?? 'filesystem');
	const mode = options.retryOf ? 'retry' : (options.mode ?? 'manual');
	const { items = [{ json: {} }], batchSize, settings } = options;
	const { workflow, node, store } = buildWorkflow(options, { items, batchSize, settings });
	const additionalData = newAdditionalData(store, workflow, mode);
	const logs: LogLine[] = [];
	return await logsOfRun.run(logs, async () => {
		const started = performance.now();
		const execution = options.retryOf
			? new WorkflowExecute(
					additionalData,
					mode,
					prepareRetry(options.retryOf, workflow),
				).processRunExecutionData(workflow)
			: new WorkflowExecute(additionalData, mode).run({
					workflow,
					startNode: workflow.getNode('Start') ?? undefined,
				});
		const cancel = () => {
			execution.cancel();
		};
		const timer =
			options.cancelAfter === undefined ? undefined : setTimeout(cancel, options.cancelAfter);
		void options.cancel?.then(cancel);
		const { status, data } = await execution;
		clearTimeout(timer);
		const taskData = data.resultData.runData[node.name] ?? [];
		const outputs: INodeExecutionData[][] = [];
		for (const { data: put } of taskData) {
			const lines = put?.[node.rewireOutputLogTo ?? NodeConnectionTypes.Main] ?? [];
			for (const [index, line] of lines.entries()) {
				outputs[index] = [...(outputs[index] ?? []), ...(line ?? [])];
			}
		}
		return {
			status,
			outputs,
			...(data.resultData.error && { error: data.resultData.error }),
			hints: taskData.flatMap(({ hints }) => hints ?? []),
			taskData,
			context: data.executionData?.contextData[`node:${node.name}`] ?? {},
			runData: data,
			logs,
			decrypts: store.decrypts,
			durationMs: performance.now() - started,
		};
	});
};
