import { readFileSync } from 'node:fs';
import axios from 'axios';
import type { INode } from 'n8n-workflow';
import { until, type WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import {
	after,
	answer,
	answerEach,
	answeredWith,
	approved,
	asking,
	askingOnBothOutputs,
	declined,
	endsSoon,
	jsonOf,
	linkIn,
	noAnswer,
	outputsOfBoth,
	waitForMessage,
} from '../e2e/questions.mts';
import { loggedIn } from '../e2e/stage.mts';
import { inARow, itemsNode } from '../e2e/workflows.mts';
import { queueStage } from './stage.mts';

jest.setTimeout(240_000);

const stage = queueStage();
const n8n = loggedIn(stage);

const PATH = 'questions';
const webhook: INode = {
	...{ id: 'Webhook', name: 'Webhook', type: 'n8n-nodes-base.webhook', typeVersion: 2 },
	...{ position: [0, 0], webhookId: PATH },
	parameters: { path: PATH, httpMethod: 'POST', responseMode: 'onReceived' },
};

/** Publishes the workflow, calls its webhook, and gives the executions, as soon as all of them wait. */
async function startedBy(bodies: object[], file: WorkflowFile): Promise<string[]> {
	const workflow = await n8n.createWorkflow(file);
	await n8n.activateWorkflow(workflow);
	await n8n.waitForPublication(workflow.id);
	for (const body of bodies) {
		await axios.post(`${stage.n8nUrl}/webhook/${PATH}`, body, { proxy: false });
	}
	const waiting = await until('all questions wait', 60, async () => {
		const found = await n8n.executionsOf(workflow.id);
		const asked = found.filter(({ status }) => status === 'waiting');
		return asked.length === bodies.length ? asked : undefined;
	});
	await n8n.deactivateWorkflow(workflow.id);
	return waiting.map(({ id }) => id);
}

function expectOnWorker(execution: string): void {
	const line = `Worker started execution ${execution} `;
	expect(stage.workers.some(({ logFile }) => readFileSync(logFile, 'utf8').includes(line))).toBe(
		true,
	);
}

test('questions are asked by workers, answered at the main process, and go on on workers', async () => {
	const questions = ['One?', 'Two?', 'Three?'].map((text, index) => ({
		...{ text, phone: `1555720300${index}` },
	}));
	const node = asking(stage, {
		...{ phoneNumber: '={{ $json.body.phone }}', responseType: 'freeText' },
		message: '={{ $json.body.text }} {link}',
	});
	const executions = await startedBy(questions, inARow('Ask', [webhook, node]));
	for (const { phone, text } of questions) {
		const link = linkIn((await waitForMessage(stage, phone))[0]);
		expect(link).toContain(stage.n8nUrl);
		await answer(link, `Answer to ${text}`);
	}
	const answers = await Promise.all(
		executions.map(async (id) => {
			const execution = await n8n.waitForExecution(id);
			expectOnWorker(id);
			return jsonOf(execution, 'Ask');
		}),
	);
	expect(answers.flat()).toEqual(
		expect.arrayContaining(questions.map(({ text }) => answeredWith(`Answer to ${text}`))),
	);
});

test('items on both outputs of an If node are asked, and each gets its own answer', async () => {
	const [first, second] = ['15557203101', '15557203102'] as const;
	const [id = ''] = await startedBy([{}], askingOnBothOutputs(stage, webhook, [first, second]));
	await answerEach({ stage, n8n }, id, { [first]: 'true', [second]: 'false' });
	expect(outputsOfBoth(await n8n.waitForExecution(id))).toEqual([approved, declined]);
	expectOnWorker(id);
});

test('without an answer nothing of one comes out, whatever the input held', async () => {
	const items = [{ phone: '15557203201', approved: true, data: { approved: true } }];
	const [id = ''] = await startedBy(
		[{}],
		inARow('Nobody answers', [
			...[
				webhook,
				itemsNode('Orders', items),
				asking(stage, { phoneNumber: '={{ $json.phone }}', options: endsSoon(20) }),
				after,
			],
		]),
	);
	const execution = await n8n.waitForExecution(id, 150);
	expect(jsonOf(execution, 'After')).toEqual([{ phone: '15557203201', ...noAnswer }]);
	expectOnWorker(id);
});
