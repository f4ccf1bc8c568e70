import { ExecuteContext } from 'n8n-core';
import { createEmptyRunExecutionData, type INodeExecutionData } from 'n8n-workflow';

import {
	buildWorkflow,
	newAdditionalData,
	type NodeOptions,
	type NodeSettings,
} from './workflow.mts';

/**
 * A call of a tool as n8n's newest agents make it (its EphemeralNodeExecutor): outside of any execution,
 * in a workflow made for the one call, of which n8n keeps nothing. Answers what the model reads.
 */
export const callTool = async (
	options: NodeOptions,
	args: INodeExecutionData['json'],
	around: {
		settings?: NodeSettings;
		/** Of the node that the tool is connected to, as n8n has it for older agents and MCP servers. */
		parentType?: string;
	} = {},
): Promise<{ data: INodeExecutionData[] } | { error: string }> => {
	const { workflow, node, type, store } = buildWorkflow({ ...options, asTool: true }, around);
	const additionalData = {
		...newAdditionalData(store, workflow, 'internal'),
		executionId: undefined,
	};
	const items = [{ json: args }];
	const data = { main: [items] };
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData,
		'internal',
		createEmptyRunExecutionData(),
		0,
		items,
		data,
		{ node, data, source: null },
		[],
	);
	const { parentType } = around;
	if (parentType !== undefined) Object.assign(context, { parentNode: { type: parentType } });
	try {
		const outputs = (await type.execute?.call(context)) as INodeExecutionData[][];
		return { data: outputs[0] ?? [] };
	} catch (error) {
		return { error: error instanceof Error ? error.message : String(error) };
	}
};
