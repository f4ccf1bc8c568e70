import axios from 'axios';
import type { INode, INodeExecutionData, INodeParameterResourceLocator } from 'n8n-workflow';
import type { Execution, WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import type { Contact, SentMessage } from '../../sandbox/server/sandbox.mts';
import { sharedStage } from '../e2e/stage.mts';
import { OldestClient } from './oldestClient.mts';

jest.setTimeout(60_000);

const stage = sharedStage();
const n8n = new OldestClient(stage.n8nUrl);
const phone = '15550300001';

beforeAll(async () => {
	await n8n.logIn(stage.owner);
});

describe('in the oldest n8n that the README names', () => {
	test.each(['whatsCloud', 'whatsCloudTool', 'whatsCloudTrigger'])('%s is there', async (name) => {
		const types = await n8n.nodeTypes();
		expect(types.map((type) => type.name)).toContain(`n8n-nodes-whatscloud.${name}`);
	});

	test('the credential is tested', async () => {
		const { id, ...credential } = stage.credential;
		expect((await n8n.testCredential(id, credential)).status).toBe('OK');
		const wrong = { ...credential, data: { ...credential.data, apiToken: 'f'.repeat(64) } };
		expect((await n8n.testCredential(id, wrong)).message).toContain('refuses the API token');
	});

	test('a template is found and its variables are shown', async () => {
		const template = await orderUpdate();
		const { fields } = await n8n.resourceMapperFields({
			...editor,
			parameters: { ...editor.parameters, template },
			...{ path: 'parameters.templateVariables', methodName: 'getTemplateVariables' },
		});
		expect(fields.map((field) => field.id)).toEqual(Object.keys(variables));
	});

	test('a contact is created and gets a text and a template', async () => {
		const execution = await run([
			whatsCloud('Create', {
				...{ resource: 'contact', operation: 'create', firstName: 'Ada', lastName: 'Osei', phone },
				statusId: { __rl: true, mode: 'id', value: '1' },
				sourceId: { __rl: true, mode: 'id', value: '1' },
			}),
			whatsCloud('Text', {
				...{ resource: 'message', operation: 'sendText', phoneNumber: phone, text: 'Hello Ada' },
			}),
			whatsCloud('Template', {
				...{ resource: 'message', operation: 'sendTemplate', phoneNumber: phone },
				template: await orderUpdate(),
				templateVariables: {
					...{ mappingMode: 'defineBelow', value: variables, matchingColumns: [], schema: [] },
				},
			}),
		]);
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(execution.status).toBe('success');
		expect(outputOf(execution, 'Create')).toMatchObject([{ json: { phone } }]);

		const messages = await inSandbox<SentMessage>('messages');
		expect(messages.map(({ kind }) => kind)).toEqual(['text', 'template']);
	});

	test('a refused message leaves with its reason by the error output', async () => {
		const refused = whatsCloud('Text', {
			...{ resource: 'message', operation: 'sendText', phoneNumber: '15550309999', text: 'Hello' },
		});
		const execution = await run([{ ...refused, onError: 'continueErrorOutput' }]);
		expect(execution.status).toBe('success');
		const [accepted, failed] = execution.data.resultData.runData.Text?.[0]?.data?.main ?? [];
		expect(accepted).toEqual([]);
		expect(JSON.stringify(failed)).toContain('no contact with this phone number');
	});

	test('a retried execution sends only what was not sent', async () => {
		const texts = ['First', 'Second'];
		const people = texts.map((text) => ({ text }));
		await axios.post(`${stage.sandboxUrl}/sandbox/faults`, {
			...{ method: 'POST', path: '/messages/send', times: 1, kind: 'answer', status: 503 },
		});
		const failed = await run([
			node('People', 'n8n-nodes-base.code', { jsCode: `return ${JSON.stringify(people)};` }, 2),
			whatsCloud('Text', {
				...{ resource: 'message', operation: 'sendText' },
				...{ phoneNumber: phone, text: '={{ $json.text }}' },
			}),
		]);
		expect(failed.status).toBe('error');
		const retried = await n8n.waitForExecution(await n8n.retryExecution(failed.id));
		expect(retried.status).toBe('success');
		const sent = (await inSandbox<SentMessage>('messages')).map(({ text }) => text);
		expect(sent.filter((text) => texts.includes(text)).sort()).toEqual(texts);
	});

	test('the trigger brings a new contact once', async () => {
		const trigger = node('New', type('whatsCloudTrigger'), {
			event: 'contactCreated',
			pollTimes: { item: [{ mode: 'everyMinute' }] },
		});
		const workflow = await n8n.createWorkflow(chain([trigger, noOp]));
		await n8n.activateWorkflow(workflow);
		await axios.post(`${stage.sandboxUrl}/sandbox/contacts`, { contacts: [{ firstname: 'New' }] });
		// Each activation polls at once.
		for (let poll = 0; poll < 2; poll++) {
			await n8n.deactivateWorkflow(workflow.id);
			await n8n.activateWorkflow(workflow);
		}
		const executions = await n8n.executionsOf(workflow.id);
		expect(executions).toHaveLength(1);
		const execution = await n8n.waitForExecution(executions[0]?.id ?? '');
		const newest = (await inSandbox<Contact>('contacts')).at(-1);
		expect(outputOf(execution, 'New').map(({ json }) => json.id)).toEqual([newest?.id]);
	});
});

const { id, name } = stage.credential;
const credentials = { whatsCloudApi: { id, name } };
const variables = { header_field_1: '17', field_1: 'Ada', field_2: '17' };
const editor = {
	...{ nodeType: type('whatsCloud'), typeVersion: 1, credentials },
	parameters: { resource: 'message', operation: 'sendTemplate' },
};
const noOp = node('End', 'n8n-nodes-base.noOp', {});

/** Chosen from the list, as in the editor. */
async function orderUpdate(): Promise<INodeParameterResourceLocator> {
	const { results } = await n8n.resourceLocatorResults(
		{ ...editor, path: 'parameters.template', methodName: 'searchApprovedTemplates' },
		{ filter: 'order_update' },
	);
	return { __rl: true, mode: 'list', value: Number(results[0]?.value) };
}

function type(nodeName: string): string {
	return `n8n-nodes-whatscloud.${nodeName}`;
}

function node(
	nodeName: string,
	nodeType: string,
	parameters: INode['parameters'],
	typeVersion = 1,
): INode {
	return {
		...{ id: nodeName, name: nodeName, type: nodeType, typeVersion, parameters, credentials },
		position: [0, 0],
	};
}

function whatsCloud(nodeName: string, parameters: INode['parameters']): INode {
	return node(nodeName, type('whatsCloud'), parameters);
}

function chain(nodes: INode[]): WorkflowFile {
	const links = nodes
		.slice(1)
		.map((next, index) => [
			nodes[index]?.name,
			{ main: [[{ node: next.name, type: 'main', index: 0 }]] },
		]);
	return {
		...{ name: nodes.map((each) => each.name).join(', '), nodes },
		connections: Object.fromEntries(links) as WorkflowFile['connections'],
	};
}

/** Runs the nodes one after another, with one item. */
async function run(nodes: INode[]): Promise<Execution> {
	const manual = node('Manual', 'n8n-nodes-base.manualTrigger', {});
	const workflow = await n8n.createWorkflow(chain([manual, ...nodes]));
	return await n8n.waitForExecution(await n8n.runWorkflow(workflow.id, 'Manual'));
}

function outputOf({ data }: Execution, nodeName: string): INodeExecutionData[] {
	return data.resultData.runData[nodeName]?.[0]?.data?.main?.[0] ?? [];
}

async function inSandbox<Entry>(what: 'contacts' | 'messages'): Promise<Entry[]> {
	return (await axios.get<Entry[]>(`${stage.sandboxUrl}/sandbox/${what}`)).data;
}
