import axios from 'axios';
import type { IConnections, INode, INodeParameters } from 'n8n-workflow';
import type { N8nClient, WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import type { SentMessage } from '../../sandbox/server/sandbox.mts';
import { startFakeModel } from './fakeModel.mts';
import { loggedIn, sharedStage } from './stage.mts';
import { inSandbox, manualTrigger } from './workflows.mts';

jest.setTimeout(120_000);

const stage = sharedStage();
const reviewer = '15550166001';
let n8n: N8nClient;

beforeAll(() => {
	n8n = loggedIn(stage);
});

const chosenByModel = (key: string) => `={{ $fromAI('${key}', \`\`, 'string') }}`;

function node(name: string, type: string, typeVersion: number, parameters: INodeParameters): INode {
	return { id: name, name, type, typeVersion, position: [0, 0], parameters };
}

function whatsCloud(name: string, type: string, parameters: INodeParameters): INode {
	const { id, name: credential } = stage.credential;
	return {
		...node(name, `n8n-nodes-whatscloud.${type}`, 1, parameters),
		credentials: { whatsCloudApi: { id, name: credential } },
	};
}

function reviewedAgent(openAi: { id: string; name: string }): WorkflowFile {
	const to = (target: string, type: string): IConnections[string] => ({
		[type]: [[{ node: target, type: type as 'main', index: 0 }]],
	});
	return {
		name: 'Reviewed agent',
		nodes: [
			manualTrigger,
			node('Agent', '@n8n/n8n-nodes-langchain.agent', 3, {
				...{
					promptType: 'define',
					text: 'Tell the customer that the parcel is late.',
					options: {},
				},
			}),
			{
				...node('Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2, {
					...{ model: { __rl: true, mode: 'id', value: 'fake' }, options: {} },
				}),
				credentials: { openAiApi: openAi },
			},
			whatsCloud('Review', 'whatsCloudHitlTool', {
				phoneNumber: reviewer,
				contactIfNew: { firstName: 'Reviewer' },
				approvalOptions: { values: { approvalType: 'double' } },
			}),
			whatsCloud('Send text', 'whatsCloudTool', {
				...{ resource: 'message', operation: 'sendText' },
				phoneNumber: chosenByModel('Phone_Number'),
				text: chosenByModel('Text'),
				contactIfNew: { firstName: 'Customer' },
			}),
		],
		connections: {
			Manual: to('Agent', 'main'),
			Model: to('Agent', 'ai_languageModel'),
			Review: to('Agent', 'ai_tool'),
			'Send text': to('Review', 'ai_tool'),
		},
	};
}

async function textsTo(phone: string): Promise<string[]> {
	return (await inSandbox<SentMessage>(stage, 'messages'))
		.filter((message) => message.phone === phone)
		.map(({ text }) => text);
}

test('n8n makes a step of human review of the node', async () => {
	const types = await n8n.nodeTypes();
	const review = types.find(({ name }) => name === 'n8n-nodes-whatscloud.whatsCloudHitlTool');
	expect(review?.codex?.subcategories).toEqual({ AI: ['Tools'], Tools: ['Human in the Loop'] });
	const operation = review?.properties.find(({ name }) => name === 'operation');
	expect([operation?.type, operation?.default]).toEqual(['hidden', 'sendAndWait']);
});

test.each([
	['approved', 'true', '15550166002', ['Your parcel is late.']],
	['declined', 'false', '15550166003', []],
])('%s on the phone', async (_, pressed, customer, sent) => {
	const model = await startFakeModel(
		[
			{
				tool: 'Send_text',
				input: { toolParameters: { Phone_Number: customer, Text: 'Your parcel is late.' } },
			},
		],
		'Done.',
	);
	try {
		const openAi = await n8n.createCredential({
			...{ name: 'Fake model', type: 'openAiApi', data: { apiKey: 'none', url: model.url } },
		});
		const asked = await textsTo(reviewer);
		const { id } = await n8n.createWorkflow(reviewedAgent(openAi));
		const executionId = await n8n.runWorkflow(id, 'Manual');
		await n8n.waitForPause(executionId);
		expect(await textsTo(customer)).toEqual([]);

		const question = (await textsTo(reviewer)).filter((text) => !asked.includes(text));
		expect(question).toEqual([expect.stringContaining('Text: Your parcel is late.')]);
		expect(question[0]).not.toContain('[object');
		const link = /https?:\/\/\S+/.exec(question[0] ?? '')?.[0] ?? '';
		const answer = await axios.post(link, new URLSearchParams({ answer: pressed }), {
			proxy: false,
		});
		expect(answer.status).toBe(200);

		const execution = await n8n.waitForExecution(executionId);
		expect(execution.data.resultData.error).toBeUndefined();
		expect(await textsTo(customer)).toEqual(sent);
		expect(model.toolResults()).toEqual([
			expect.stringContaining(pressed === 'true' ? '"message_id"' : 'rejected the tool call'),
		]);
	} finally {
		await model.close();
	}
});
