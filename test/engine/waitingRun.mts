import { parse, stringify } from 'flatted';
import { WebhookContext, WorkflowExecute } from 'n8n-core';
import type {
	INodeExecutionData,
	IRunExecutionData,
	IWebhookData,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { buildWorkflow, newAdditionalData, type NodeOptions } from './workflow.mts';

const MODE: WorkflowExecuteMode = 'manual';

/** What n8n stored of the run that waits. */
const stored = (data: IRunExecutionData) => parse(stringify(data)) as IRunExecutionData;

/** Goes on with a run whose time to wait is over, as n8n does, and gives what the node puts out. */
export const timeIsUp = async (
	options: NodeOptions,
	waiting: IRunExecutionData,
): Promise<INodeExecutionData[]> => {
	const { workflow, node, store } = buildWorkflow(options);
	const additionalData = newAdditionalData(store, workflow, MODE);
	const { data } = await new WorkflowExecute(
		additionalData,
		MODE,
		stored(waiting),
	).processRunExecutionData(workflow);
	return data.resultData.runData[node.name]?.at(-1)?.data?.main?.[0] ?? [];
};

export interface PageRequest {
	link: string;
	method?: 'GET' | 'POST';
	body?: Record<string, string>;
}

export interface PageAnswer {
	status: number;
	page: string;
	headers: Record<string, string>;
	/** The items with which the run goes on; absent when it goes on waiting. */
	items?: INodeExecutionData[];
}

/** A request to the page of a run that waits, after n8n has checked the link. */
export const requestPage = async (
	options: NodeOptions,
	waiting: IRunExecutionData,
	{ link, method = 'GET', body = {} }: PageRequest,
): Promise<PageAnswer> => {
	const { workflow, node, type, store } = buildWorkflow(options);
	const additionalData = newAdditionalData(store, workflow, MODE);
	const answer: PageAnswer = { status: 200, page: '', headers: {} };
	const response = {
		status: (code: number) => {
			answer.status = code;
			return response;
		},
		set: (headers: Record<string, string>) => {
			answer.headers = headers;
			return response;
		},
		send: (page: string) => {
			answer.page = page;
		},
	};
	const query = Object.fromEntries(new URL(link).searchParams);
	Object.assign(additionalData, {
		httpRequest: { method, query, body, headers: {} },
		httpResponse: response,
	});
	const webhookDescription = type.description.webhooks?.find(
		({ httpMethod }) => httpMethod === method,
	);
	if (!webhookDescription) throw new Error(`No webhook for ${method}`);
	const webhookData = {
		...{ httpMethod: method, node: node.name, path: node.id, userId: '', webhookDescription },
		...{ workflowId: workflow.id, workflowExecuteAdditionalData: additionalData },
	} satisfies IWebhookData;
	const context = new WebhookContext(
		...[workflow, node, additionalData, MODE, webhookData, [], stored(waiting)],
	);
	const result = (await type.webhook?.call(context)) ?? {};
	const [items] = result.workflowData ?? [];
	const page = result.noWebhookResponse ? answer.page : String(result.webhookResponse);
	return { ...answer, page, ...(items && { items }) };
};
