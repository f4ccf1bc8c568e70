import type { IContextObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Call, Fields, Operation } from '../../operation';
import { throwIfEnded } from '../http/connect';
import { download } from '../http/download';
import { answerLink } from '../question/question';
import { binaryFile } from './binaryFile';
import type { Ledger } from './ledger';
import { openLedger } from './ledger';
import type { Ready } from './outcome';
import { openToolLedger } from './toolLedger';

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
