import { setTimeout as delay } from 'node:timers/promises';
import type { INode } from 'n8n-workflow';
import type { Execution, WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import type { SentMessage } from '../../sandbox/server/sandbox.mts';
import { loggedIn, sharedStage } from './stage.mts';
import {
	addFault,
	clearFaults,
	inARow,
	inSandbox,
	itemsNode,
	manualTrigger,
	outputsOf,
	whatsCloudNode,
} from './workflows.mts';

jest.setTimeout(120_000);

const stage = sharedStage();
const n8n = loggedIn(stage);
let series = 0;

afterEach(async () => {
	await clearFaults(stage);
});

/** Numbers that no other test uses, so that its messages can be told from theirs. */
function recipients(count: number): Array<{ phone: string; text: string }> {
	series++;
	return Array.from({ length: count }, (_, index) => ({
		phone: `1558${String(series).padStart(3, '0')}${String(index).padStart(3, '0')}1`,
		text: `Message ${index} of series ${series}`,
	}));
}

function sendTo(
	people: Array<{ phone: string; text: string }>,
	settings: Partial<INode>,
	options: object = {},
): WorkflowFile {
	return inARow('Send', [
		manualTrigger,
		itemsNode('People', people),
		whatsCloudNode(
			stage,
			'Send',
			{
				resource: 'message',
				operation: 'sendText',
				phoneNumber: '={{ $json.phone }}',
				text: '={{ $json.text }}',
				contactIfNew: { firstName: 'Somebody' },
				options: { parallelRequests: 1, ...options },
			},
			settings,
		),
	]);
}

async function run(workflow: WorkflowFile): Promise<Execution> {
	const { id } = await n8n.createWorkflow(workflow);
	return await n8n.waitForExecution(await n8n.runWorkflow(id, 'Manual'));
}

async function textsSentTo(people: Array<{ phone: string }>): Promise<Array<string | undefined>> {
	const phones = new Set(people.map(({ phone }) => phone));
	const messages = await inSandbox<SentMessage>(stage, 'messages');
	return messages.filter(({ phone }) => phones.has(phone)).map(({ text }) => text);
}

/** The sandbox refuses one message once: the one that comes as number `position`, from 0. */
async function refuseOnce(position: number): Promise<void> {
	await addFault(stage, {
		kind: 'answer',
		status: 422,
		body: { status: 'error', message: 'Validation failed', errors: { message_body: ['Not now.'] } },
		path: '/messages/send',
		...(position > 0 && { skip: position }),
		times: 1,
	});
}

const retryOnFail = { retryOnFail: true, maxTries: 2, waitBetweenTries: 100 };
const positions = [
	['first', 0],
	['middle', 2],
	['last', 4],
] as const;

describe.each(positions)('Retry On Fail, the %s of five items failing once', (_, position) => {
	test('with On Error "Stop Workflow" sends each message once', async () => {
		const people = recipients(5);
		await refuseOnce(position);
		const execution = await run(sendTo(people, retryOnFail));
		expect(execution.status).toBe('success');
		expect(outputsOf(execution, 'Send')[0]).toHaveLength(5);
		expect((await textsSentTo(people)).sort()).toEqual(people.map(({ text }) => text));
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'with On Error "%s" repeats nothing that was accepted',
		async (onError) => {
			const people = recipients(5);
			await refuseOnce(position);
			const execution = await run(sendTo(people, { ...retryOnFail, onError }));
			const outputs = outputsOf(execution, 'Send').flat();
			// Under Continue n8n tries again when the first item failed.
			const failed = people.filter((_person, index) => index === position && index > 0);
			const done = people.filter((person) => !failed.includes(person));
			expect(outputs.filter(({ json }) => json.message_id)).toHaveLength(done.length);
			// With its row, which tells who it was.
			expect(outputs.filter(({ json }) => json.error)).toMatchObject(
				failed.map((json) => ({ json, pairedItem: { item: position } })),
			);
			expect((await textsSentTo(people)).sort()).toEqual(done.map(({ text }) => text));
		},
	);
});

describe('Retry execution', () => {
	test.each([
		['the original workflow', false],
		['the workflow as it is now', true],
	])('with %s does only what is missing', async (_, loadWorkflow) => {
		const people = recipients(5);
		await refuseOnce(2);
		const failed = await run(sendTo(people, {}));
		expect(failed.status).toBe('error');
		expect(failed.data.resultData.error?.message).toContain('Not now.');
		expect(await textsSentTo(people)).toHaveLength(2);

		const retried = await n8n.waitForExecution(
			await n8n.retryExecution(failed.id, { loadWorkflow }),
		);
		expect(retried.status).toBe('success');
		expect(outputsOf(retried, 'Send')[0]).toHaveLength(5);
		expect((await textsSentTo(people)).sort()).toEqual(people.map(({ text }) => text));
	});
});

test('stops at once when the user cancels 200 sends, and sends none twice', async () => {
	const people = recipients(200);
	await addFault(stage, { kind: 'delay', ms: 200, path: '/messages/send' });
	const { id } = await n8n.createWorkflow(sendTo(people, {}, { parallelRequests: 5 }));
	const executionId = await n8n.runWorkflow(id, 'Manual');
	while ((await textsSentTo(people)).length < 10) await delay(100);
	await n8n.stopExecution(executionId);
	await n8n.waitForExecution(executionId);
	await delay(500);
	const sent = (await textsSentTo(people)).length;
	expect(sent).toBeLessThan(60);
	await delay(1000);
	// Nothing leaves any more, and nothing twice.
	const texts = await textsSentTo(people);
	expect(texts).toHaveLength(sent);
	expect(new Set(texts).size).toBe(sent);
	// The README says so: n8n keeps nothing of the run from which it could go on.
	await expect(n8n.retryExecution(executionId)).rejects.toThrow('cannot be retried');
});
