import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { WebhookContext } from 'n8n-core';
import {
	deepCopy,
	type IDataObject,
	type INodeExecutionData,
	type IWebhookData,
	type IWebhookResponseData,
	jsonParse,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { logsOfRun, type LogLine } from './services.mts';
import { type NodeOptions, buildWorkflow, newAdditionalData } from './workflow.mts';

export interface WebhookOptions extends NodeOptions {
	/** `manual` is the test URL. */
	mode?: WorkflowExecuteMode;
	/** The node's stored static data, as after a restart of n8n. */
	staticData?: IDataObject;
	/** Creates the execution, and may fail at it. */
	start?: () => Promise<void>;
}

/** One node's webhook behind a real port, with the steps that n8n takes around it. */
export interface WebhookHost {
	url: string;
	/** The items of each execution that was started. */
	executions: INodeExecutionData[][];
	/** What webhook() threw; n8n answers 500 and stores an execution with the error. */
	errors: unknown[];
	/** The node's static data as it is in the database. */
	readonly staticData: IDataObject;
	/** How often the static data was written. */
	readonly saves: number;
	/** Until nothing is under way, also of those who hung up. */
	idle: () => Promise<void>;
	logs: LogLine[];
	close: () => Promise<void>;
}

interface Request extends IncomingMessage {
	body?: unknown;
	readRawBody: () => Promise<void>;
}
interface Response extends ServerResponse {
	status: (code: number) => Response;
	json: (body: unknown) => void;
}

let hosts = 0;

export const hostWebhook = async (options: WebhookOptions): Promise<WebhookHost> => {
	hosts += 1;
	const workflowId = options.workflowId ?? `webhook-workflow-${hosts}`;
	const mode = options.mode ?? 'webhook';
	const name = options.nodeName ?? 'Node';
	const executions: INodeExecutionData[][] = [];
	const errors: unknown[] = [];
	const logs: LogLine[] = [];
	let saves = 0;
	const underWay = new Set<Promise<void>>();
	let database: IDataObject = options.staticData
		? { [`node:${name}`]: deepCopy(options.staticData) }
		: {};

	const handle = async (request: Request, response: Response) => {
		const staticData = deepCopy(database);
		const { workflow, node, type, store } = buildWorkflow(
			{ ...options, workflowId },
			{ staticData },
		);
		const additionalData = newAdditionalData(store, workflow, mode);
		Object.assign(additionalData, { httpRequest: request, httpResponse: response });
		const [webhookDescription] = type.description.webhooks ?? [];
		if (!webhookDescription) throw new Error(`${name} has no webhook`);
		const webhookData = {
			...{ httpMethod: 'POST', node: node.name, path: '', userId: '', webhookDescription },
			...{ workflowId, workflowExecuteAdditionalData: additionalData },
		} satisfies IWebhookData;
		const { options: collection } = workflow.getNode(name)?.parameters ?? {};
		if ((collection as IDataObject | undefined)?.binaryData !== true) await parse(request);
		const context = new WebhookContext(
			...[workflow, node, additionalData, mode, webhookData, [], null],
		);
		const save = () => {
			if (workflow.staticData.__dataChanged === true && mode !== 'manual') {
				saves += 1;
				database = JSON.parse(JSON.stringify(workflow.staticData)) as IDataObject;
			}
		};
		let result: IWebhookResponseData;
		try {
			result = (await type.webhook?.call(context)) ?? {};
		} catch (error) {
			errors.push(error);
			response.status(500).json({ message: 'Workflow could not be started!' });
			return;
		}
		if (result.noWebhookResponse !== true && result.workflowData === undefined) {
			save();
			response.json(result.webhookResponse);
			return;
		}
		if (result.noWebhookResponse === true) save();
		if (result.workflowData === undefined) return;
		await options.start?.();
		// The runner's own Workflow over the same data makes n8n forget what was changed before it.
		buildWorkflow({ ...options, workflowId }, { staticData });
		executions.push(result.workflowData[0] ?? []);
		if (result.noWebhookResponse === true) return;
		const body: unknown = result.webhookResponse;
		save();
		response.json(body);
	};

	const server = createServer((incoming, outgoing) => {
		const response = asExpress(outgoing);
		const done = logsOfRun.run(logs, async () => {
			try {
				await handle(withReader(incoming), response);
			} catch (error) {
				const status = error instanceof Unprocessable ? 422 : 500;
				response.status(status).json({ message: String(error) });
			}
		});
		underWay.add(done);
		void done.finally(() => underWay.delete(done));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		...{ executions, errors, logs },
		get staticData() {
			return (database[`node:${name}`] ?? {}) as IDataObject;
		},
		get saves() {
			return saves;
		},
		idle: async () => {
			await Promise.all(underWay);
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
};

class Unprocessable extends Error {}

/** As n8n's body parser: it reads nothing before it is asked to. */
function withReader(incoming: IncomingMessage): Request {
	const request: Request = Object.assign(incoming, {
		readRawBody: async () => {
			if (!('rawBody' in request)) Object.assign(request, { rawBody: await buffer(incoming) });
		},
	});
	return request;
}

async function parse(request: Request): Promise<void> {
	await request.readRawBody();
	if (request.headers['content-type'] !== 'application/json') return;
	try {
		request.body = jsonParse(String(request.rawBody));
	} catch (error) {
		throw new Unprocessable('Failed to parse request body', { cause: error });
	}
}

function asExpress(outgoing: ServerResponse): Response {
	const response: Response = Object.assign(outgoing, {
		status: (code: number) => {
			outgoing.statusCode = code;
			return response;
		},
		json: (body: unknown) => {
			outgoing.setHeader('Content-Type', 'application/json');
			outgoing.end(JSON.stringify(body));
		},
	});
	return response;
}
