import type { IConnections, INode, INodeParameters } from 'n8n-workflow';
import type { WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import type { Contact, SentMessage } from '../../sandbox/server/sandbox.mts';
import { type FakeModel, startFakeModel } from './fakeModel.mts';
import { loggedIn, sharedStage } from './stage.mts';
import { inSandbox, manualTrigger } from './workflows.mts';

jest.setTimeout(60_000);

const stage = sharedStage();
const n8n = loggedIn(stage);
const phone = '15550177001';
let model: FakeModel;

beforeAll(async () => {
	model = await startFakeModel(
		[
			{
				tool: 'Create_contact',
				input: { First_Name: 'Noor', Last_Name: 'Agent', Phone: `+${phone}` },
			},
			{ tool: 'Send_text', input: { Phone_Number: phone, Text: 'Welcome, Noor!' } },
			// A model fills in every field that it is offered, also with nothing.
			{ tool: 'Find_contacts', input: { Email: '', Phone: `+${phone}`, Type: '' } },
		],
		'Noor is a contact now and has been welcomed.',
	);
});

afterAll(async () => {
	await model.close();
});

const chosenByModel = (key: string) => `={{ $fromAI('${key}', \`\`, 'string') }}`;
const chosenByPerson = (id: string, name: string) => ({
	__rl: true,
	mode: 'list',
	value: id,
	cachedResultName: name,
});

function node(name: string, type: string, typeVersion: number, parameters: INodeParameters): INode {
	return { id: name, name, type, typeVersion, position: [0, 0], parameters };
}

function tool(name: string, parameters: INodeParameters): INode {
	const { id, name: credential } = stage.credential;
	return {
		...node(name, 'n8n-nodes-whatscloud.whatsCloudTool', 1, parameters),
		credentials: { whatsCloudApi: { id, name: credential } },
	};
}

function agentWorkflow(openAi: { id: string; name: string }, version = 3): WorkflowFile {
	const toAgent = (type: string): IConnections[string] => ({
		[type]: [[{ node: 'Agent', type: type as 'main', index: 0 }]],
	});
	return {
		name: 'Agent',
		nodes: [
			manualTrigger,
			node('Agent', '@n8n/n8n-nodes-langchain.agent', version, {
				promptType: 'define',
				text: `Add Noor Agent, +${phone}, and welcome her.`,
				options: {},
			}),
			{
				...node('Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2, {
					model: { __rl: true, mode: 'id', value: 'fake' },
					options: {},
				}),
				credentials: { openAiApi: openAi },
			},
			tool('Create contact', {
				resource: 'contact',
				operation: 'create',
				firstName: chosenByModel('First_Name'),
				lastName: chosenByModel('Last_Name'),
				phone: chosenByModel('Phone'),
				statusId: chosenByPerson('1', 'New'),
				sourceId: chosenByPerson('2', 'whatsapp'),
			}),
			tool('Send text', {
				resource: 'message',
				operation: 'sendText',
				phoneNumber: chosenByModel('Phone_Number'),
				text: chosenByModel('Text'),
			}),
			tool('Find contacts', {
				resource: 'contact',
				operation: 'getAll',
				filters: {
					email: chosenByModel('Email'),
					phone: chosenByModel('Phone'),
					type: chosenByModel('Type'),
				},
			}),
		],
		connections: {
			Manual: toAgent('main'),
			Model: toAgent('ai_languageModel'),
			'Create contact': toAgent('ai_tool'),
			'Send text': toAgent('ai_tool'),
			'Find contacts': toAgent('ai_tool'),
		},
	};
}

describe("n8n's AI agent with our nodes as tools", () => {
	test('creates a contact and sends it a text', async () => {
		const openAi = await n8n.createCredential({
			name: 'Fake model',
			type: 'openAiApi',
			data: { apiKey: 'none', url: model.url },
		});
		const { id } = await n8n.createWorkflow(agentWorkflow(openAi));
		const execution = await n8n.waitForExecution(await n8n.runWorkflow(id, 'Manual'));

		const { runData, error } = execution.data.resultData;
		expect(error).toBeUndefined();
		expect(runData.Agent?.at(-1)?.data?.main?.[0]?.[0]?.json).toEqual({
			output: 'Noor is a contact now and has been welcomed.',
		});
		const contact = (await inSandbox<Contact>(stage, 'contacts')).find(
			(known) => known.phone?.replace('+', '') === phone,
		);
		expect(contact).toMatchObject({ firstname: 'Noor', lastname: 'Agent', source_id: 2 });
		const texts = (await inSandbox<SentMessage>(stage, 'messages'))
			.filter(({ contactId }) => contactId === contact?.id)
			.map(({ text }) => text);
		expect(texts).toEqual(['Welcome, Noor!']);
		expect(model.toolResults()).toEqual([
			expect.stringContaining(`"id":${contact?.id ?? 'none'}`),
			expect.stringContaining('"message_id"'),
			expect.stringMatching(new RegExp(`^[^{]*\\{[^{]*"id":${contact?.id ?? 'none'}\\b[^{]*$`)),
		]);
	});

	test.each([2.2, 3])('tells the model why a tool failed, version %d', async (version) => {
		const failing = await startFakeModel(
			[{ tool: 'Send_text', input: { Phone_Number: phone, Text: '' } }],
			'It did not work.',
		);
		try {
			const openAi = await n8n.createCredential({
				name: `Fake model of version ${version}`,
				type: 'openAiApi',
				data: { apiKey: 'none', url: failing.url },
			});
			const { id } = await n8n.createWorkflow(agentWorkflow(openAi, version));
			await n8n.waitForExecution(await n8n.runWorkflow(id, 'Manual'));
			expect(failing.toolResults()).toEqual([expect.stringContaining('is empty. Fill it in.')]);
		} finally {
			await failing.close();
		}
	});

	test('tells the model what each tool does and which fields it fills in', () => {
		const tools = model.tools().sort((a, b) => a.name.localeCompare(b.name));
		const told = tools.map(({ name, description, parameters }) => ({
			name,
			description,
			fields: Object.keys(parameters.properties),
		}));
		expect(told).toEqual([
			{
				name: 'Create_contact',
				description: 'Create a contact in WhatsCloud',
				fields: ['First_Name', 'Last_Name', 'Phone'],
			},
			{
				name: 'Find_contacts',
				description: 'Get many contacts in WhatsCloud',
				fields: ['Email', 'Phone', 'Type'],
			},
			{
				name: 'Send_text',
				description: 'Send a text message in WhatsCloud',
				fields: ['Phone_Number', 'Text'],
			},
		]);
	});
});
