import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import axios, { type AxiosInstance } from 'axios';
import { parse } from 'flatted';
import type {
	ExecutionStatus,
	ICredentialDataDecryptedObject,
	IConnections,
	INode,
	INodeListSearchResult,
	INodeParameters,
	INodePropertyOptions,
	INodeTypeDescription,
	ICredentialType,
	IRunExecutionData,
	IWorkflowSettings,
	ResourceMapperFields,
} from 'n8n-workflow';

const WAIT_MILLISECONDS = 100;
const OVER: ExecutionStatus[] = ['success', 'error', 'crashed', 'canceled'];

export interface Owner {
	email: string;
	firstName: string;
	lastName: string;
	password: string;
}

export interface Credential {
	name: string;
	type: string;
	data: ICredentialDataDecryptedObject;
}

export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

/** As in an exported workflow file. */
export interface WorkflowFile {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

export interface Workflow extends WorkflowFile {
	id: string;
	versionId: string;
	active: boolean;
}

export interface Execution {
	id: string;
	status: ExecutionStatus;
	mode: string;
	finished: boolean;
	retryOf?: string | null;
	retrySuccessId?: string | null;
	data: IRunExecutionData;
}

export type ExecutionSummary = Omit<Execution, 'data'>;

export interface PublicationStatus {
	status: string;
	triggers: Array<{ nodeId: string; status: string; errorMessage?: string | null }>;
}

/** Which field of which node asks; the path is the parameter's, for example `parameters.contactId`. */
export interface DynamicParameter {
	nodeType: string;
	typeVersion: number;
	path: string;
	methodName: string;
	parameters: INodeParameters;
	credentials: INode['credentials'];
}

export class N8nAnswerError extends Error {
	readonly status: number;

	constructor(request: string, status: number, body: unknown) {
		super(`n8n answered ${request} with ${status}: ${JSON.stringify(body).slice(0, 600)}`);
		this.name = 'N8nAnswerError';
		this.status = status;
	}
}

/** What the editor says to n8n over HTTP, said by a program. */
export class N8nClient {
	private readonly http: AxiosInstance;
	/** The cookie of the log-in; another client that has it needs none. */
	session: string;

	constructor(url: string, session = '') {
		this.session = session;
		// No proxy: n8n is on loopback, and a proxy from the environment could not reach it.
		this.http = axios.create({
			baseURL: url,
			proxy: false,
			validateStatus: () => true,
			// A busy n8n closes kept connections just when the next request takes one.
			httpAgent: new Agent({ keepAlive: false }),
		});
	}

	async setUpOwner(owner: Owner): Promise<void> {
		await this.rest('POST', '/owner/setup', owner);
	}

	async logIn({ email, password }: Pick<Owner, 'email' | 'password'>): Promise<void> {
		await this.rest('POST', '/login', { emailOrLdapLoginId: email, password });
	}

	async createCredential(credential: Credential): Promise<{ id: string; name: string }> {
		return await this.rest('POST', '/credentials', credential);
	}

	async credentials(): Promise<Array<{ id: string; name: string; type: string }>> {
		return await this.rest('GET', '/credentials');
	}

	async updateCredential(id: string, credential: Credential): Promise<void> {
		await this.rest('PATCH', `/credentials/${id}`, credential);
	}

	/** Tests the given data; n8n wants the id of a credential that exists. */
	async testCredential(id: string, credential: Credential): Promise<CredentialTestResult> {
		return await this.rest('POST', '/credentials/test', { credentials: { id, ...credential } });
	}

	async createWorkflow(workflow: WorkflowFile): Promise<Workflow> {
		const { name, nodes, connections, settings } = workflow;
		return await this.rest('POST', '/workflows', {
			name,
			nodes,
			connections,
			settings: { executionOrder: 'v1', ...settings },
		});
	}

	async workflow(id: string): Promise<Workflow> {
		return await this.rest('GET', `/workflows/${id}`);
	}

	async updateWorkflow(id: string, change: Partial<Workflow>): Promise<Workflow> {
		return await this.rest('PATCH', `/workflows/${id}`, change);
	}

	/** n8n answers before the triggers run: see waitForPublication. */
	async activateWorkflow(workflow: Pick<Workflow, 'id' | 'versionId'>): Promise<void> {
		await this.rest('POST', `/workflows/${workflow.id}/activate`, {
			versionId: workflow.versionId,
		});
	}

	async deactivateWorkflow(id: string): Promise<void> {
		await this.rest('POST', `/workflows/${id}/deactivate`, {});
	}

	async publicationStatus(workflowId: string): Promise<PublicationStatus> {
		return await this.rest('GET', `/workflows/${workflowId}/publication-status`);
	}

	/** Waits until every trigger has started or finally failed. */
	async waitForPublication(workflowId: string, seconds = 30): Promise<PublicationStatus> {
		return await until(`workflow ${workflowId} is published`, seconds, async () => {
			const status = await this.publicationStatus(workflowId);
			const settled = status.triggers.every((trigger) =>
				['activated', 'failed'].includes(trigger.status),
			);
			return status.triggers.length > 0 && settled ? status : undefined;
		});
	}

	/** Starts a manual run from the named trigger and gives the execution's id. */
	async runWorkflow(workflowId: string, triggerName: string): Promise<string> {
		const { executionId } = await this.rest<{ executionId: string }>(
			'POST',
			`/workflows/${workflowId}/run`,
			{ triggerToStartFrom: { name: triggerName } },
		);
		return executionId;
	}

	async execution(id: string): Promise<Execution> {
		const execution = await this.rest<ExecutionSummary & { data: string }>(
			'GET',
			`/executions/${id}`,
		);
		return { ...execution, data: parse(execution.data) as IRunExecutionData };
	}

	async executionsOf(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.rest<{ results: ExecutionSummary[] }>(
			'GET',
			`/executions?filter=${filter}`,
		);
		return results;
	}

	async countExecutions(workflowId: string, status: ExecutionStatus): Promise<number> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId, status: [status] }));
		const { count } = await this.rest<{ count: number }>(
			'GET',
			`/executions?filter=${filter}&limit=1`,
		);
		return count;
	}

	async waitForExecution(id: string, seconds = 60): Promise<Execution> {
		return await until(`execution ${id} is over`, seconds, async () => {
			const execution = await this.execution(id);
			// n8n 1 stores the status a moment before the data.
			return OVER.includes(execution.status) && Boolean(execution.data) ? execution : undefined;
		});
	}

	/** Waits until the execution pauses, as for somebody's answer. */
	async waitForPause(id: string, seconds = 30): Promise<Execution> {
		return await until(`execution ${id} waits`, seconds, async () => {
			const execution = await this.execution(id);
			if (OVER.includes(execution.status)) throw new Error(`Execution ${id}: ${execution.status}`);
			return execution.status === 'waiting' ? execution : undefined;
		});
	}

	/** Waits until a workflow that starts by itself has run so many times; gives the newest. */
	async waitForExecutionOf(workflowId: string, times = 1, seconds = 60): Promise<Execution> {
		const id = await until(`workflow ${workflowId} has run`, seconds, async () => {
			const executions = await this.executionsOf(workflowId);
			return executions.length >= times ? executions[0]?.id : undefined;
		});
		return await this.waitForExecution(id, seconds);
	}

	/** "Retry with original workflow", or with the one saved now; gives the new execution's id. */
	async retryExecution(id: string, { loadWorkflow = false } = {}): Promise<string> {
		const retried = await this.rest<{ id: string }>('POST', `/executions/${id}/retry`, {
			loadWorkflow,
		});
		return retried.id;
	}

	async stopExecution(id: string): Promise<void> {
		await this.rest('POST', `/executions/${id}/stop`, {});
	}

	async options(parameter: DynamicParameter): Promise<INodePropertyOptions[]> {
		return await this.dynamic('options', parameter);
	}

	async resourceLocatorResults(
		parameter: DynamicParameter,
		page: { filter?: string; paginationToken?: string } = {},
	): Promise<INodeListSearchResult> {
		return await this.dynamic('resource-locator-results', parameter, page);
	}

	async resourceMapperFields(parameter: DynamicParameter): Promise<ResourceMapperFields> {
		return await this.dynamic('resource-mapper-fields', parameter);
	}

	async nodeTypes(): Promise<INodeTypeDescription[]> {
		return await this.request('GET', '/types/nodes.json');
	}

	async credentialTypes(): Promise<ICredentialType[]> {
		return await this.request('GET', '/types/credentials.json');
	}

	private async dynamic<Result>(
		kind: string,
		parameter: DynamicParameter,
		page: { filter?: string; paginationToken?: string } = {},
	): Promise<Result> {
		const { nodeType, typeVersion, path, methodName, parameters, credentials } = parameter;
		return await this.rest('POST', `/dynamic-node-parameters/${kind}`, {
			nodeTypeAndVersion: { name: nodeType, version: typeVersion },
			path,
			methodName,
			currentNodeParameters: parameters,
			credentials,
			...page,
		});
	}

	protected async rest<Result>(method: string, path: string, body?: object): Promise<Result> {
		const answer = await this.request<{ data: Result }>(method, `/rest${path}`, body);
		return answer.data;
	}

	private async request<Body>(method: string, url: string, data?: object): Promise<Body> {
		const answer = await this.http.request<Body>({
			method,
			url,
			data,
			headers: { Cookie: this.session },
		});
		if (answer.status >= 300) {
			throw new N8nAnswerError(`${method} ${url}`, answer.status, answer.data);
		}
		const cookie = answer.headers['set-cookie']?.find((text) => text.startsWith('n8n-auth='));
		if (cookie !== undefined) this.session = cookie.split(';')[0] ?? '';
		return answer.data;
	}
}

/** Looks again and again until there is something. */
export async function until<Result>(
	what: string,
	seconds: number,
	look: () => Promise<Result | undefined>,
): Promise<Result> {
	const deadline = Date.now() + seconds * 1000;
	for (;;) {
		const found = await look();
		if (found !== undefined) return found;
		if (Date.now() > deadline) throw new Error(`Not within ${seconds} s: ${what}.`);
		await delay(WAIT_MILLISECONDS);
	}
}
