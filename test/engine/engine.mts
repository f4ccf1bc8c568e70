import './user-folder.mts';
import 'reflect-metadata';
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { parse, stringify } from 'flatted';
import {
	BinaryDataConfig,
	BinaryDataService,
	ErrorReporter,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	LoadOptionsContext,
	PollContext,
	WorkflowExecute,
} from 'n8n-core';
import {
	deepCopy,
	type ExecutionError,
	type ExecutionStatus,
	type IBinaryKeyData,
	type IContextObject,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodeParameters,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
	type IRunExecutionData,
	type ITaskData,
	type IWorkflowExecuteAdditionalData,
	type Logger,
	type NodeExecutionHint,
	NodeConnectionTypes,
	type ResourceMapperFields,
	Workflow,
	type WorkflowActivateMode,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import { type Credential, CredentialStore } from './credential-store.mts';

export type { Credential } from './credential-store.mts';
export { expectNoSecret } from './secrets.mts';

interface EngineLogger extends Logger {
	scoped: () => EngineLogger;
}
type Service<Instance> = abstract new (...args: never[]) => Instance;
interface Registry {
	get<Instance>(type: Service<Instance>): Instance;
	set<Instance>(type: Service<Instance>, instance: Instance): void;
}
interface Di {
	Container: Registry;
}
interface BackendCommon {
	Logger: Service<EngineLogger>;
}
// n8n-core carries its own copies of these two; another copy would be another registry.
const requireFromCore = createRequire(require.resolve('n8n-core'));
const { Container } = requireFromCore('@n8n/di') as Di;
const backendCommon = requireFromCore('@n8n/backend-common') as BackendCommon;

export interface LogLine {
	level: 'error' | 'warn' | 'info' | 'debug';
	message: string;
	metadata?: unknown;
}

const logsOfRun = new AsyncLocalStorage<LogLine[]>();
const engineLogger = Container.get(backendCommon.Logger);
for (const level of ['error', 'warn', 'info', 'debug'] as const) {
	engineLogger[level] = (message: string, metadata?: unknown) => {
		logsOfRun.getStore()?.push({ level, message, ...(metadata === undefined ? {} : { metadata }) });
	};
}
engineLogger.scoped = () => engineLogger;

export type BinaryMode = 'default' | 'filesystem';

const newBinaryStore = () =>
	new BinaryDataService(
		Container.get(BinaryDataConfig),
		Container.get(ErrorReporter),
		engineLogger as unknown as ConstructorParameters<typeof BinaryDataService>[2],
	);
const memory = newBinaryStore();
let filesystem: Promise<BinaryDataService> | undefined;

/** The store is one for the whole engine, so runs with different modes must not overlap. */
const useBinaryMode = async (mode: BinaryMode): Promise<void> => {
	if (mode === 'default') {
		Container.set(BinaryDataService, memory);
		return;
	}
	filesystem ??= (async () => {
		const store = newBinaryStore();
		await store.init();
		return store;
	})();
	Container.set(BinaryDataService, await filesystem);
};

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

const buildWorkflow = (options: NodeOptions, around: Surroundings = {}) => {
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
			credentials: { [store.type.name]: { id: 'credential-1', name: 'Credential of the test' } },
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
			...(options.timezone !== undefined && { timezone: options.timezone }),
		},
	});
	return { workflow, node, type, store };
};

export interface SandboxAddress {
	/** `http://127.0.0.1:PORT` */
	url: string;
	subdomain: string;
	token: string;
}

/** What a user of that account enters in the WhatsCloud credential. */
export const addressOf = ({ url, subdomain, token }: SandboxAddress) => ({
	baseUrl: `${url}/api/v1/`,
	subdomain,
	apiToken: token,
});

let executions = 0;

const newAdditionalData = (
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
	await useBinaryMode(options.binaryMode ?? 'default');
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
	await useBinaryMode(options.binaryMode ?? 'default');
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

export interface EditorOptions extends NodeOptions {
	/** Where in the parameters the asking field is, for paths relative to it (`&field`). */
	path?: string;
}

const editorMethod = (options: EditorOptions) => {
	const { workflow, node, type, store } = buildWorkflow(options);
	const additionalData = newAdditionalData(store, workflow, 'internal');
	additionalData.currentNodeParameters = node.parameters;
	const context = new LoadOptionsContext(workflow, node, additionalData, options.path ?? '');
	return { methods: type.methods ?? {}, context };
};

const named = <Method,>(methods: Record<string, Method> | undefined, name: string): Method => {
	const method = methods?.[name];
	if (!method) throw new Error(`The node has no method ${name}`);
	return method;
};

export const runListSearch = async (
	options: EditorOptions,
	name: string,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> => {
	const { methods, context } = editorMethod(options);
	const found = await named(methods.listSearch, name).call(context, filter, paginationToken);
	const token: unknown = found.paginationToken;
	return typeof token === 'number' ? { ...found, paginationToken: String(token) } : found;
};

export const runLoadOptions = async (
	options: EditorOptions,
	name: string,
): Promise<INodePropertyOptions[]> => {
	const { methods, context } = editorMethod(options);
	return await named(methods.loadOptions, name).call(context);
};

export const runResourceMapping = async (
	options: EditorOptions,
	name: string,
): Promise<ResourceMapperFields> => {
	const { methods, context } = editorMethod(options);
	const mapping = await named(methods.resourceMapping, name).call(context);
	// n8n keeps the first of several fields with one id.
	const firsts = new Map(mapping.fields.toReversed().map((field) => [field.id, field]));
	return { ...mapping, fields: mapping.fields.filter((field) => firsts.get(field.id) === field) };
};
