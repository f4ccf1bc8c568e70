import { createHmac } from 'node:crypto';
import axios from 'axios';
import type { INode, INodeExecutionData, INodeParameterResourceLocator } from 'n8n-workflow';
import type { Execution, WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import type { Contact, SentMessage } from '../../sandbox/server/sandbox.mts';
import {
	answerEach,
	approved,
	asking,
	askingOnBothOutputs,
	declined,
	endsSoon,
	linkIn,
	noAnswer,
	outputsOfBoth,
} from '../e2e/questions.mts';
import { startSharedStage } from '../e2e/setup.mts';
import type { SharedStage } from '../e2e/stage.mts';
import teardown from '../e2e/teardown.mts';
import { itemsNode } from '../e2e/workflows.mts';
import { middleN8n, oldestN8n } from './installations.mts';
import { N8n1Client } from './n8n1Client.mts';

jest.setTimeout(200_000);

/** Installing takes minutes, the first time. */
const INSTALL_MS = 20 * 60_000;
let stage: SharedStage;
let n8n: N8n1Client;
const phone = '15550300001';

describe.each([oldestN8n, middleN8n])('in n8n $version', (installation) => {
	beforeAll(async () => {
		stage = await startSharedStage(installation);
		n8n = new N8n1Client(stage.n8nUrl, stage.session);
	}, INSTALL_MS);

	afterAll(teardown);

	test.each(['whatsCloud', 'whatsCloudTool', 'whatsCloudTrigger', 'whatsCloudWebhookTrigger'])(
		'%s is there',
		async (name) => {
			const types = await n8n.nodeTypes();
			expect(types.map((type) => type.name)).toContain(`n8n-nodes-whatscloud.${name}`);
		},
	);

	test('the credential is tested', async () => {
		const { id, ...credential } = stage.credential;
		expect((await n8n.testCredential(id, credential)).status).toBe('OK');
		const wrong = { ...credential, data: { ...credential.data, apiToken: 'f'.repeat(64) } };
		expect((await n8n.testCredential(id, wrong)).message).toContain('refuses the API token');
	});

	test('a template is found and its variables are shown', async () => {
		const template = await orderUpdate();
		const { fields } = await n8n.resourceMapperFields({
			...editor(),
			parameters: { ...editor().parameters, template },
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
			...{ resource: 'message', operation: 'sendText', phoneNumber: '15550300000', text: 'Hello' },
		});
		const execution = await run([{ ...refused, onError: 'continueErrorOutput' }]);
		expect(execution.status).toBe('success');
		const [accepted, failed] = execution.data.resultData.runData.Text?.[0]?.data?.main ?? [];
		expect(accepted).toEqual([]);
		expect(JSON.stringify(failed)).toContain('WhatsApp refused the message');
	});

	test('a retried execution sends only what was not sent', async () => {
		const texts = ['First', 'Second'];
		const people = texts.map((text) => ({ text }));
		await axios.post(`${stage.sandboxUrl}/sandbox/faults`, {
			...{ method: 'POST', path: '/messages/send', times: 1 },
			...{ kind: 'answer', status: 503, body: { status: 'error', message: 'Not now' } },
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

	test('the webhook trigger takes signed events, each once', async () => {
		const secret = 'a secret of WhatsCloud';
		const { name, type: credentialType, data } = stage.credential;
		const signing = await n8n.createCredential({
			...{ name, type: credentialType },
			data: { ...data, webhookSecret: secret },
		});
		const trigger: INode = {
			...node('Webhook', type('whatsCloudWebhookTrigger'), {}),
			webhookId: 'compatibility',
			credentials: { whatsCloudApi: signing },
		};
		const workflow = await n8n.createWorkflow(chain([trigger, noOp]));
		await n8n.activateWorkflow(workflow);
		const bodies = ['One', 'Two', 'Three'].map((text) => {
			const message = { from: phone, id: `wamid.${text}`, type: 'text', text: { body: text } };
			const change = { field: 'messages', value: { messages: [message] } };
			return JSON.stringify({ entry: [{ changes: [change] }] });
		});
		const deliver = async (body: string, key: string) =>
			await http.post(`${stage.n8nUrl}/webhook/compatibility/webhook`, body, {
				headers: {
					'Content-Type': 'application/json',
					'X-Webhook-Signature': createHmac('sha256', key).update(body).digest('hex'),
				},
				transformRequest: (text: string) => text,
			});
		expect((await deliver(bodies[0] ?? '', 'wrong')).status).toBe(401);
		for (const body of [...bodies, ...bodies]) {
			expect((await deliver(body, secret)).status).toBe(200);
		}
		await n8n.waitForExecutionOf(workflow.id, bodies.length);
		const executions = await Promise.all(
			(await n8n.executionsOf(workflow.id)).map(
				async (each) => await n8n.waitForExecution(each.id),
			),
		);
		const texts = executions.map((each) => outputOf(each, 'Webhook').map(({ json }) => json.text));
		expect(texts.flat().sort()).toEqual(['One', 'Three', 'Two']);
	});

	const askOf = (phoneNumber: string, parameters: INode['parameters'] = {}) =>
		asking(stage, { phoneNumber, message: 'May we deliver? {link}', ...parameters });
	const ask = () => askOf(phone);

	if (installation === oldestN8n) {
		test('send and wait says what it needs, and sends nothing', async () => {
			// Those that are there go on from delivered to read.
			const sent = async () => (await inSandbox<SentMessage>('messages')).map(({ wamid }) => wamid);
			const before = await sent();
			const execution = await run([ask()]);
			expect(execution.data.resultData.error?.message).toContain('needs n8n 1.107 or newer');
			expect(await sent()).toEqual(before);
		});
	} else {
		test('send and wait goes on with the answer, and refuses a changed link', async () => {
			const manual = node('Manual', 'n8n-nodes-base.manualTrigger', {});
			const workflow = await n8n.createWorkflow(chain([manual, ask(), noOp]));
			const execution = await n8n.runWorkflow(workflow.id, 'Manual');
			await n8n.waitForPause(execution);
			const sent = (await inSandbox<SentMessage>('messages')).at(-1);
			const link = linkIn(sent);
			const answer = new URLSearchParams({ answer: 'true' });
			const changed = [
				link.replace(/signature=[^&]+/, 'signature=0'),
				link.replace(/[?&]signature=[^&]+/, ''),
			];
			for (const wrong of changed) {
				expect((await http.post(wrong, answer)).status).toBeGreaterThanOrEqual(400);
			}
			const page = await http.get<string>(link);
			expect([page.status, page.data]).toEqual([200, expect.stringContaining('May we deliver?')]);
			expect((await n8n.execution(execution)).status).toBe('waiting');
			expect((await http.post(link, answer)).status).toBe(200);
			const ended = await n8n.waitForExecution(execution);
			expect(outputOf(ended, 'End').map(({ json }) => json)).toEqual([approved]);
		});

		test('items on both outputs of an If node are asked, and each gets its own answer', async () => {
			const [first, second] = ['15550300101', '15550300102'] as const;
			const manual = node('Manual', 'n8n-nodes-base.manualTrigger', {});
			const { id } = await n8n.createWorkflow(askingOnBothOutputs(stage, manual, [first, second]));
			const execution = await n8n.runWorkflow(id, 'Manual');
			await answerEach({ stage, n8n }, execution, { [first]: 'true', [second]: 'false' });
			const ended = await n8n.waitForExecution(execution);
			expect(outputsOfBoth(ended)).toEqual([approved, declined]);
		});

		test('without an answer nothing of one comes out, whatever the input held', async () => {
			const items = [{ order: 17, approved: true, data: { approved: true } }];
			const ended = await run(
				[itemsNode('Orders', items), askOf('15550300103', { options: endsSoon() }), noOp],
				150,
			);
			expect(outputOf(ended, 'End').map(({ json }) => json)).toEqual([{ order: 17, ...noAnswer }]);
		});
	}
});

const http = axios.create({ proxy: false, validateStatus: () => true });
const variables = { header_field_1: '17', field_1: 'Ada', field_2: '17' };
const credentials = () => ({
	whatsCloudApi: { id: stage.credential.id, name: stage.credential.name },
});
const editor = () => ({
	...{ nodeType: type('whatsCloud'), typeVersion: 1, credentials: credentials() },
	parameters: { resource: 'message', operation: 'sendTemplate' },
});
const noOp: INode = {
	...{ id: 'End', name: 'End', type: 'n8n-nodes-base.noOp', typeVersion: 1 },
	...{ position: [0, 0], parameters: {} },
};

/** Chosen from the list, as in the editor. */
async function orderUpdate(): Promise<INodeParameterResourceLocator> {
	const { results } = await n8n.resourceLocatorResults(
		{ ...editor(), path: 'parameters.template', methodName: 'searchApprovedTemplates' },
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
		...{ id: nodeName, name: nodeName, type: nodeType, typeVersion, parameters },
		credentials: credentials(),
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
async function run(nodes: INode[], seconds?: number): Promise<Execution> {
	const manual = node('Manual', 'n8n-nodes-base.manualTrigger', {});
	const workflow = await n8n.createWorkflow(chain([manual, ...nodes]));
	return await n8n.waitForExecution(await n8n.runWorkflow(workflow.id, 'Manual'), seconds);
}

function outputOf({ data }: Execution, nodeName: string): INodeExecutionData[] {
	return data.resultData.runData[nodeName]?.[0]?.data?.main?.[0] ?? [];
}

async function inSandbox<Entry>(what: 'contacts' | 'messages'): Promise<Entry[]> {
	return (await axios.get<Entry[]>(`${stage.sandboxUrl}/sandbox/${what}`)).data;
}
