import { PollContext } from 'n8n-core';
import {
	deepCopy,
	type IDataObject,
	type INodeExecutionData,
	Workflow,
	type WorkflowActivateMode,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { logsOfRun, useBinaryMode, type LogLine } from './services.mts';
import { type NodeOptions, buildWorkflow, newAdditionalData } from './workflow.mts';

export interface PollOptions extends NodeOptions {
	mode?: WorkflowExecuteMode;
	activation?: WorkflowActivateMode;
	/** The node's stored static data, as after a restart of n8n. */
	staticData?: IDataObject;
	/** An earlier poll of the same process: its workflow and static data are used again as they are. */
	after?: PollRun;
	/** What `getPollBudgetMs()` answers; n8n's own default is five minutes. */
	budgetMs?: number;
}

export interface PollRun {
	/** What poll() returned; null starts no execution. */
	result: INodeExecutionData[][] | null;
	/** What poll() threw. */
	error?: unknown;
	emitted: INodeExecutionData[][][];
	emittedErrors: Error[];
	/** A copy of the node's static data as it is now. */
	staticData: IDataObject;
	/** Whether n8n noticed a change to it, and so would store it. */
	staticDataChanged: boolean;
	logs: LogLine[];
	decrypts: number;
	workflow: Workflow;
}

let polledWorkflows = 0;

export const runPoll = async (options: PollOptions): Promise<PollRun> => {
	await useBinaryMode(options.binaryMode ?? 'filesystem');
	const mode = options.mode ?? 'trigger';
	const name = options.nodeName ?? 'Node';
	if (!options.after) polledWorkflows += 1;
	const made = buildWorkflow(
		// A node may keep state per workflow in its module: another trigger is another workflow.
		{ workflowId: `workflow-${polledWorkflows}`, ...options },
		{
			...(options.staticData && {
				staticData: { [`node:${name}`]: deepCopy(options.staticData) },
			}),
		},
	);
	const workflow = options.after?.workflow ?? made.workflow;
	const node = workflow.getNode(name);
	const { type, store } = made;
	if (!node || !type.poll) throw new Error(`${name} has nothing to poll`);
	Object.assign(workflow.staticData, { __dataChanged: false });
	const emitted: INodeExecutionData[][][] = [];
	const emittedErrors: Error[] = [];
	const context = new PollContext(
		workflow,
		node,
		newAdditionalData(store, workflow, mode),
		mode,
		options.activation ?? (mode === 'manual' ? 'manual' : 'activate'),
		(data) => emitted.push(data),
		(error) => emittedErrors.push(error),
		undefined,
		undefined,
		undefined,
		options.budgetMs === undefined ? undefined : () => options.budgetMs ?? 0,
	);
	const logs: LogLine[] = [];
	const outcome: Pick<PollRun, 'result' | 'error'> = { result: null };
	await logsOfRun.run(logs, async () => {
		try {
			outcome.result = (await type.poll?.call(context)) ?? null;
		} catch (error) {
			outcome.error = error;
		}
	});
	return {
		...outcome,
		emitted,
		emittedErrors,
		staticData: JSON.parse(JSON.stringify(workflow.getStaticData('node', node))) as IDataObject,
		staticDataChanged: workflow.staticData.__dataChanged === true,
		logs,
		decrypts: store.decrypts,
		workflow,
	};
};
