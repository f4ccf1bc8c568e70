import axios, { type AxiosResponse } from 'axios';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import { type Execution, type N8nClient, until } from '../../sandbox/n8n/n8nClient.mts';
import type { WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import type { SentMessage } from '../../sandbox/server/sandbox.mts';
import type { SharedStage } from './stage.mts';
import {
	inARow,
	inSandbox,
	itemsNode,
	manualTrigger,
	outputsOf,
	whatsCloudNode,
} from './workflows.mts';

/** The node that asks, with two buttons; who is asked becomes a contact. */
export function asking(
	stage: SharedStage,
	parameters: INodeParameters,
	settings: Partial<INode> = {},
): INode {
	return whatsCloudNode(
		stage,
		settings.name ?? 'Ask',
		{
			...{ resource: 'message', operation: 'sendAndWait', message: 'May we? {link}' },
			contactIfNew: { firstName: 'Ada' },
			...parameters,
		},
		settings,
	);
}

export const after: INode = {
	...{ id: 'after', name: 'After', type: 'n8n-nodes-base.noOp', typeVersion: 1 },
	...{ position: [0, 0], parameters: {} },
};

/** Items, the node that asks, and what comes after. */
export function askingWorkflow(ask: INode, items: object[] = [{ order: 17 }]): WorkflowFile {
	return inARow('Ask', [manualTrigger, itemsNode('Orders', items), ask, after]);
}

/** Starts the workflow and gives the execution's id. */
export async function startWorkflow(n8n: N8nClient, file: WorkflowFile): Promise<string> {
	const { id } = await n8n.createWorkflow(file);
	return await n8n.runWorkflow(id, manualTrigger.name);
}

export async function messagesTo(stage: SharedStage, phone: string): Promise<SentMessage[]> {
	return (await inSandbox<SentMessage>(stage, 'messages')).filter((sent) => sent.phone === phone);
}

export async function waitForMessage(
	stage: SharedStage,
	phone: string,
	count = 1,
): Promise<SentMessage[]> {
	return await until(`${count} messages to ${phone}`, 60, async () => {
		const messages = await messagesTo(stage, phone);
		return messages.length >= count ? messages : undefined;
	});
}

export const linkIn = (message: SentMessage | undefined) =>
	/https?:\/\/\S+?signature=\w+/.exec(message?.text ?? '')?.[0] ?? '';

const http = axios.create({ proxy: false, validateStatus: () => true });

export async function openPage(link: string): Promise<AxiosResponse<string>> {
	return await http.get<string>(link);
}

export async function answer(link: string, given: string): Promise<AxiosResponse<string>> {
	return await http.post<string>(link, new URLSearchParams({ answer: given }));
}

/** Whom a question goes to, and what they press. */
export type Presses = Record<string, 'true' | 'false'>;

/** Presses on whichever question comes next, until everybody has answered; n8n begins with any of them. */
export async function answerEach(
	{ stage, n8n }: { stage: SharedStage; n8n: N8nClient },
	execution: string,
	presses: Presses,
): Promise<void> {
	const open = new Map(Object.entries(presses));
	for (let count = 1; open.size > 0; count++) {
		const question = await until('the next question', 60, async () => {
			const messages = await inSandbox<SentMessage>(stage, 'messages');
			return messages.find(({ phone }) => open.has(phone));
		});
		// n8n 1 shows an execution as waiting until its next wait is stored.
		await until('n8n waits for this answer', 60, async () => {
			const { status, data } = await n8n.execution(execution);
			const runs = data.resultData.runData['Ask'] ?? [];
			const isLast = runs.length === count && runs.at(-1)?.executionStatus === 'waiting';
			return (status === 'waiting' && isLast) || undefined;
		});
		await answer(linkIn(question), open.get(question.phone) ?? '');
		open.delete(question.phone);
	}
}

/** One item on each output of an If node, whose outputs both lead to the node that asks. */
export function askingOnBothOutputs(
	stage: SharedStage,
	start: INode,
	[first, second]: readonly [string, string],
): WorkflowFile {
	const items = [
		{ isFirst: true, phone: first },
		{ isFirst: false, phone: second },
	];
	const conditions = { boolean: [{ value1: '={{ $json.isFirst }}', value2: true }] };
	const to = (node: string) => [{ node, type: 'main' as const, index: 0 }];
	return {
		name: 'Ask on both outputs',
		nodes: [
			...[start, itemsNode('Orders', items)],
			{
				...{ id: 'if', name: 'First?', type: 'n8n-nodes-base.if', typeVersion: 1 },
				...{ position: [0, 0], parameters: { conditions } },
			},
			asking(stage, { phoneNumber: '={{ $json.phone }}' }),
		],
		connections: {
			[start.name]: { main: [to('Orders')] },
			Orders: { main: [to('First?')] },
			'First?': { main: [to('Ask'), to('Ask')] },
		},
	};
}

/** What came of the item on each output of the If node. */
export function outputsOfBoth({ data }: Execution): Array<IDataObject | undefined> {
	return (data.resultData.runData['Ask'] ?? [])
		.toSorted(
			(a, b) => (a.source[0]?.previousNodeOutput ?? 0) - (b.source[0]?.previousNodeOutput ?? 0),
		)
		.map(({ data: put }) => put?.main?.[0]?.[0]?.json);
}

/** What the node put out in its last run. */
export function jsonOf(execution: Execution, name: string): IDataObject[] {
	return outputsOf(execution, name)
		.flat()
		.map(({ json }) => json);
}

const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

/** What the node puts out for each answer. */
export const approved = { data: { approved: true, outcome: 'approved', respondedAt: moment } };
export const declined = { data: { approved: false, outcome: 'declined', respondedAt: moment } };
export const noAnswer = { data: { outcome: 'noAnswer' } };
export const answeredWith = (text: string) => ({
	data: { text, outcome: 'answered', respondedAt: moment },
});

/** The option that ends the wait a few seconds from now. */
export function endsSoon(seconds = 5): INodeParameters {
	const maxDateAndTime = `={{ $now.plus({ seconds: ${seconds} }).toISO() }}`;
	return { limitWaitTime: { values: { limitType: 'atSpecifiedTime', maxDateAndTime } } };
}
