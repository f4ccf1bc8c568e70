import type { IContextObject, IExecuteFunctions } from 'n8n-workflow';

import type { Ledger } from './ledger';
import { openLedger } from './ledger';
import { openToolLedger } from './toolLedger';

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
