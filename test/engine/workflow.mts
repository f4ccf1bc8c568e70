import { ExecutionLifecycleHooks, ExternalSecretsProxy } from 'n8n-core';
import {
	deepCopy,
	type IBinaryKeyData,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypeDescription,
	type IWorkflowExecuteAdditionalData,
	NodeConnectionTypes,
	Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { type Credential, CredentialStore } from './credentialStore.mts';
import { Container, type BinaryMode } from './services.mts';

export type NodeSettings = Pick<
	INode,
	| 'onError'
	| 'retryOnFail'
	| 'maxTries'
	| 'waitBetweenTries'
	| 'executeOnce'
	| 'alwaysOutputData'
	| 'continueOnFail'
	| 'disabled'
>;

export interface NodeOptions {
	node: INodeType | (new () => INodeType);
	/** As the user set them; n8n fills in the defaults. */
	parameters?: INodeParameters;
	/** Left out: no credential is set in the node. */
	credential?: Credential;
	/** The full type name; the default is the one of the installed package. */
	nodeType?: string;
	/** The variant n8n derives for AI agents: `Tool` at the end of the type, one `ai_tool` output. */
	asTool?: boolean;
	nodeName?: string;
	workflowId?: string;
	/** Time zone of the workflow, America/New_York as in n8n if left out. */
	timezone?: string;
	/** Where n8n keeps files; on disk if left out, as n8n does. */
	binaryMode?: BinaryMode;
}

const packageName = 'n8n-nodes-whatscloud';

const toolVariant = (type: INodeType): INodeType => {
	const description: INodeTypeDescription = deepCopy(type.description);
	description.name += 'Tool';
	description.inputs = [];
	description.outputs = [NodeConnectionTypes.AiTool];
	return Object.create(type, { description: { value: description } }) as INodeType;
};

const startNode = (items: INodeExecutionData[]): INodeType => ({
	description: {
		displayName: 'Start',
		name: 'start',
		group: ['trigger'],
		version: 1,
		description: 'Emits the items of the test',
		defaults: { name: 'Start' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	},
	async execute(this: IExecuteFunctions) {
		const stored = items.map(async ({ binary, ...item }) => {
			if (!binary) return item;
			const kept: IBinaryKeyData = {};
			for (const [name, content] of Object.entries(binary)) {
				const { data, id, fileName, mimeType } = content;
				kept[name] = id
					? content
					: await this.helpers.prepareBinaryData(Buffer.from(data, 'base64'), fileName, mimeType);
			}
			return { ...item, binary: kept };
		});
		return [await Promise.all(stored)];
	},
});

interface LoopContext {
	waiting?: INodeExecutionData[];
	done: INodeExecutionData[];
}

/** "Loop Over Items", kept as small as its mechanism: outputs `done` and `loop`, state in the context. */
const loopNode = (batchSize: number): INodeType => ({
	description: {
		displayName: 'Loop Over Items',
		name: 'loop',
		group: ['transform'],
		version: 1,
		description: 'Hands on the items in batches',
		defaults: { name: 'Loop' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['done', 'loop'],
		properties: [],
	},
	execute(this: IExecuteFunctions) {
		const context = this.getContext('node') as LoopContext;
		const arrived = this.getInputData();
		if (context.waiting) {
			context.done = [...context.done, ...arrived];
		} else {
			context.done = [];
			const sourceOverwrite = this.getInputSourceData();
			context.waiting = arrived.map((item, index) => ({
				...item,
				pairedItem: { item: index, sourceOverwrite },
			}));
		}
		const batch = context.waiting.splice(0, batchSize);
		return Promise.resolve(batch.length > 0 ? [[], batch] : [context.done, []]);
	},
});

interface Surroundings {
	items?: INodeExecutionData[];
	batchSize?: number;
	settings?: NodeSettings;
	staticData?: IDataObject;
}

export const buildWorkflow = (options: NodeOptions, around: Surroundings = {}) => {
	const given = typeof options.node === 'function' ? new options.node() : options.node;
	const type = options.asTool ? toolVariant(given) : given;
	const store = new CredentialStore(options.credential);
	const { version } = type.description;
	const node: INode = {
		id: 'node-under-test',
		name: options.nodeName ?? 'Node',
		type: options.nodeType ?? `${packageName}.${type.description.name}`,
		typeVersion: Array.isArray(version) ? Math.max(...version) : version,
		position: [400, 0],
		parameters: deepCopy(options.parameters ?? {}),
		...(store.type && {
			credentials: { [store.type.name]: { id: store.id, name: 'Credential of the test' } },
		}),
		...(options.asTool && { rewireOutputLogTo: NodeConnectionTypes.AiTool }),
		...around.settings,
	};
	const plain = (name: string, x: number): INode => ({
		id: name,
		name,
		type: `test.${name}`,
		typeVersion: 1,
		position: [x, 0],
		parameters: {},
	});
	const to = (name: string) => [{ node: name, type: NodeConnectionTypes.Main, index: 0 }];
	const looped = around.batchSize !== undefined;
	const types: Record<string, INodeType> = {
		[node.type]: type,
		'test.Start': startNode(around.items ?? []),
		'test.Loop': loopNode(around.batchSize ?? 1),
	};
	const typeOf = (name: string): INodeType => {
		const known = types[name];
		if (!known) throw new Error(`Unknown node type ${name}`);
		return known;
	};
	const workflow = new Workflow({
		id: options.workflowId ?? 'workflow-under-test',
		name: 'Workflow of the test',
		nodes: [plain('Start', 0), ...(looped ? [plain('Loop', 200)] : []), node],
		connections: looped
			? {
					Start: { main: [to('Loop')] },
					Loop: { main: [[], to(node.name)] },
					[node.name]: { main: [to('Loop'), to('Loop')] },
				}
			: { Start: { main: [to(node.name)] } },
		active: false,
		nodeTypes: { getByName: typeOf, getByNameAndVersion: typeOf, getKnownTypes: () => ({}) },
		staticData: around.staticData,
		settings: {
			executionOrder: 'v1',
			...(options.binaryMode === 'combined' && { binaryMode: 'combined' as const }),
			...(options.timezone !== undefined && { timezone: options.timezone }),
		},
	});
	return { workflow, node, type, store };
};

let executions = 0;

export const newAdditionalData = (
	store: CredentialStore,
	workflow: Workflow,
	mode: WorkflowExecuteMode,
): IWorkflowExecuteAdditionalData => {
	executions += 1;
	const executionId = String(executions);
	const now = new Date();
	const absent = (what: string) => () => Promise.reject(new Error(`No ${what} in the test engine`));
	return {
		credentialsHelper: store,
		hooks: new ExecutionLifecycleHooks(mode, executionId, {
			id: workflow.id,
			name: workflow.name ?? '',
			active: false,
			isArchived: false,
			createdAt: now,
			updatedAt: now,
			nodes: Object.values(workflow.nodes),
			connections: workflow.connectionsBySourceNode,
			activeVersionId: null,
		}),
		externalSecretsProxy: Container.get(ExternalSecretsProxy),
		executionId,
		workflowId: workflow.id,
		currentNodeExecutionIndex: 0,
		variables: {},
		// Never called; n8n only wants to be able to parse them.
		restApiUrl: 'http://localhost/rest',
		instanceBaseUrl: 'http://localhost/',
		formBaseUrl: 'http://localhost/form',
		formWaitingBaseUrl: 'http://localhost/form-waiting',
		formTestBaseUrl: 'http://localhost/form-test',
		webhookBaseUrl: 'http://localhost/webhook',
		webhookWaitingBaseUrl: 'http://localhost/webhook-waiting',
		webhookTestBaseUrl: 'http://localhost/webhook-test',
		mcpBaseUrl: 'http://localhost/mcp',
		mcpTestBaseUrl: 'http://localhost/mcp-test',
		logAiEvent: () => undefined,
		getRunExecutionData: () => Promise.resolve(undefined),
		getRuntimeCredential: () => Promise.resolve(undefined),
		executeWorkflow: absent('sub-workflows'),
		startRunnerTask: absent('task runner'),
	};
};
