import axios from 'axios';
import type { IConnections, INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { Execution, WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import type { Fault } from '../../sandbox/server/sandbox.mts';
import type { SharedStage } from './stage.mts';

export const manualTrigger: INode = {
	id: 'manual',
	name: 'Manual',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

/** Gives one item for each of the objects. */
export function itemsNode(name: string, items: object[]): INode {
	return {
		id: name,
		name,
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		position: [0, 0],
		parameters: { jsCode: `return ${JSON.stringify(items)};` },
	};
}

export function whatsCloudNode(
	{ credential: { id, name: credential } }: SharedStage,
	name: string,
	parameters: INodeParameters,
	settings: Partial<INode> = {},
): INode {
	return {
		id: name,
		name,
		type: 'n8n-nodes-whatscloud.whatsCloud',
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: { whatsCloudApi: { id, name: credential } },
		...settings,
	};
}

/** The nodes one after the other, each with its first output on the next one's input. */
export function inARow(name: string, nodes: INode[]): WorkflowFile {
	const connections: IConnections = {};
	nodes.slice(1).forEach((node, index) => {
		const before = nodes[index];
		if (before)
			connections[before.name] = { main: [[{ node: node.name, type: 'main', index: 0 }]] };
	});
	return { name, nodes, connections };
}

/** What the node gave in its last run, by output. */
export function outputsOf({ data }: Execution, name: string): INodeExecutionData[][] {
	return data.resultData.runData[name]?.at(-1)?.data?.main?.map((items) => items ?? []) ?? [];
}

export async function inSandbox<Entry>(
	{ sandboxUrl }: SharedStage,
	what: 'contacts' | 'deliveries' | 'messages' | 'requests',
): Promise<Entry[]> {
	return (await axios.get<Entry[]>(`${sandboxUrl}/sandbox/${what}`)).data;
}

export async function addFault({ sandboxUrl }: SharedStage, fault: Fault): Promise<void> {
	await axios.post(`${sandboxUrl}/sandbox/faults`, fault);
}

export async function clearFaults({ sandboxUrl }: SharedStage): Promise<void> {
	await axios.delete(`${sandboxUrl}/sandbox/faults`);
}
