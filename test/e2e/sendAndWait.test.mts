import axios, { type AxiosResponse } from 'axios';
import type { INode, INodeParameters } from 'n8n-workflow';
import type { Execution, N8nClient, WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
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

jest.setTimeout(180_000);

const stage = sharedStage();
let n8n: N8nClient;
let series = 0;

beforeAll(() => {
	n8n = loggedIn(stage);
});

afterEach(async () => {
	await clearFaults(stage);
});

/** A number that no other test uses, so that its messages can be told from theirs. */
const newPhone = () => `15557${String(++series).padStart(6, '0')}`;

const after: INode = {
	...{ id: 'after', name: 'After', type: 'n8n-nodes-base.noOp', typeVersion: 1 },
	...{ position: [0, 0], parameters: {} },
};

function asking(phone: string, parameters: INodeParameters = {}, settings: Partial<INode> = {}) {
	return whatsCloudNode(
		stage,
		'Ask',
		{
			resource: 'message',
			operation: 'sendAndWait',
			phoneNumber: phone,
			message: 'May we deliver <b>order 17</b>? {link} Thank you!',
			approvalOptions: { values: { approvalType: 'double', approveLabel: 'Yes & please' } },
			contactIfNew: { firstName: 'Ada' },
			...parameters,
		},
		settings,
	);
}

function workflow(ask: INode, items: object[] = [{ order: 17 }]): WorkflowFile {
	return inARow('Ask', [manualTrigger, itemsNode('Orders', items), ask, after]);
}

async function start(file: WorkflowFile): Promise<string> {
	const { id } = await n8n.createWorkflow(file);
	return await n8n.runWorkflow(id, 'Manual');
}

async function messagesTo(phone: string): Promise<SentMessage[]> {
	return (await inSandbox<SentMessage>(stage, 'messages')).filter((sent) => sent.phone === phone);
}

const linkIn = (message: SentMessage | undefined) =>
	/https?:\/\/\S+/.exec(message?.text ?? '')?.[0] ?? '';

/** Starts, and gives the link that arrived. */
async function ask(file: WorkflowFile, phone: string): Promise<{ id: string; link: string }> {
	const id = await start(file);
	await n8n.waitForPause(id);
	const messages = await messagesTo(phone);
	expect(messages).toHaveLength(1);
	return { id, link: linkIn(messages[0]) };
}

const http = axios.create({ proxy: false, validateStatus: () => true });
const open = async (link: string) => await http.get<string>(link);
const answer = async (
	link: string,
	fields: Record<string, string>,
): Promise<AxiosResponse<string>> => await http.post(link, new URLSearchParams(fields));

const jsonOf = (execution: Execution, name: string) =>
	outputsOf(execution, name)
		.flat()
		.map(({ json }) => json);

test('approved: the page repeats the message, and only the button resumes', async () => {
	const phone = newPhone();
	const { id, link } = await ask(workflow(asking(phone)), phone);

	for (let look = 0; look < 10; look++) expect((await open(link)).status).toBe(200);
	const { data: page, headers } = await open(link);
	expect(page).toContain('May we deliver &#60;b&#62;order 17&#60;/b&#62;?');
	expect(page).toContain('Yes &#38; please');
	expect(page).toContain('Decline');
	expect(page).not.toMatch(/<script|https?:/);
	expect(headers['content-security-policy']).toContain("default-src 'none'");
	expect((await n8n.execution(id)).status).toBe('waiting');

	const thanks = await answer(link, { answer: 'true' });
	expect([thanks.status, thanks.data]).toEqual([200, expect.stringContaining('Thank you')]);
	const execution = await n8n.waitForExecution(id);
	expect(execution.status).toBe('success');
	expect(jsonOf(execution, 'After')).toEqual([{ data: { approved: true } }]);
	const [item] = outputsOf(execution, 'Ask').flat();
	expect(item?.pairedItem).toEqual({ item: 0 });

	const again = await answer(link, { answer: 'false' });
	expect([again.status, again.data]).toEqual([200, expect.stringContaining('No action required')]);
	expect(jsonOf(await n8n.execution(id), 'After')).toEqual([{ data: { approved: true } }]);
	expect(await messagesTo(phone)).toHaveLength(1);
});

test('a node may be called anything', async () => {
	const phone = newPhone();
	const name = 'Ask {{ "them" }} \\ all';
	const ask = { ...asking(phone), name };
	const id = await start(workflow(ask));
	await n8n.waitForPause(id);
	const link = linkIn((await messagesTo(phone))[0]);
	expect((await open(link)).data).toContain('May we deliver');
	await answer(link, { answer: 'true' });
	expect(jsonOf(await n8n.waitForExecution(id), name)).toEqual([{ data: { approved: true } }]);
});

test('declined', async () => {
	const phone = newPhone();
	const { id, link } = await ask(workflow(asking(phone)), phone);
	await answer(link, { answer: 'false' });
	const execution = await n8n.waitForExecution(id);
	expect(jsonOf(execution, 'After')).toEqual([{ data: { approved: false } }]);
});

test('one button takes no other answer', async () => {
	const phone = newPhone();
	const { id, link } = await ask(workflow(asking(phone, { approvalOptions: {} })), phone);
	for (const wrong of ['false', '', 'maybe']) {
		const refused = await answer(link, { answer: wrong });
		expect([refused.status, refused.data]).toEqual([
			400,
			expect.stringContaining('one of the buttons'),
		]);
	}
	expect((await n8n.execution(id)).status).toBe('waiting');
	await answer(link, { answer: 'true' });
	expect(jsonOf(await n8n.waitForExecution(id), 'After')).toEqual([{ data: { approved: true } }]);
});

test('an answer in words is data, whatever is in it', async () => {
	const phone = newPhone();
	const parameters = { responseType: 'freeText', options: { pageTitle: 'Order 17' } };
	const { id, link } = await ask(workflow(asking(phone, parameters)), phone);
	expect((await open(link)).data).toContain('<h1>Order 17</h1>');
	expect((await answer(link, { answer: '  ' })).status).toBe(400);
	const words = 'Grüße <script>alert(1)</script> {{ $json.order }} 👍\r\nsecond line';
	await answer(link, { answer: words });
	const [json] = jsonOf(await n8n.waitForExecution(id), 'After');
	expect(json).toEqual({ data: { text: words.replace('\r\n', '\n') } });
});

test('an address that was changed is refused', async () => {
	const phone = newPhone();
	const { id, link } = await ask(workflow(asking(phone)), phone);
	const changed = [
		link.replace(/signature=[^&]+/, 'signature=0'),
		link.replace(/question=[^&]+/, 'question=other'),
		`${link}&answer=true`,
		link.replace(/[?&]signature=[^&]+/, ''),
	];
	for (const wrong of changed) {
		expect(wrong).not.toBe(link);
		expect((await answer(wrong, { answer: 'true' })).status).toBeGreaterThanOrEqual(400);
	}
	expect((await n8n.execution(id)).status).toBe('waiting');
	await n8n.stopExecution(id);
	expect((await open(link)).status).toBeGreaterThanOrEqual(400);
});

test('two presses at the same moment count once', async () => {
	const phone = newPhone();
	const { id, link } = await ask(workflow(asking(phone)), phone);
	await Promise.all([answer(link, { answer: 'true' }), answer(link, { answer: 'false' })]);
	const execution = await n8n.waitForExecution(id);
	expect(jsonOf(execution, 'After')).toHaveLength(1);
	expect(execution.data.resultData.runData['Ask']).toHaveLength(1);
});

test('without an answer the input item comes out when the time is up', async () => {
	const phone = newPhone();
	const soon = new Date(Date.now() + 5_000).toISOString();
	const values = { limitType: 'atSpecifiedTime', maxDateAndTime: soon };
	const { id } = await ask(
		workflow(asking(phone, { options: { limitWaitTime: { values } } })),
		phone,
	);
	const execution = await n8n.waitForExecution(id, 120);
	expect(jsonOf(execution, 'After')).toEqual([{ order: 17 }]);
});

test('in a loop an old link answers no later question', async () => {
	const phones = [newPhone(), newPhone(), newPhone()];
	const loop: INode = {
		...{ id: 'loop', name: 'Loop', type: 'n8n-nodes-base.splitInBatches', typeVersion: 3 },
		...{ position: [0, 0], parameters: {} },
	};
	const nodes = [
		manualTrigger,
		itemsNode(
			'Orders',
			phones.map((phone) => ({ phone })),
		),
		loop,
		asking('={{ $json.phone }}'),
		after,
	];
	const to = (node: string) => [{ node, type: 'main' as const, index: 0 }];
	const id = await start({
		name: 'Ask each',
		nodes,
		connections: {
			Manual: { main: [to('Orders')] },
			Orders: { main: [to('Loop')] },
			Loop: { main: [to('After'), to('Ask')] },
			Ask: { main: [to('Loop')] },
		},
	});
	const links: string[] = [];
	for (const phone of phones) {
		await n8n.waitForPause(id);
		const messages = await waitForMessage(phone);
		for (const old of links) {
			const refused = await answer(old, { answer: 'false' });
			expect([refused.status, refused.data]).toEqual([410, expect.stringContaining('is over')]);
		}
		links.push(linkIn(messages[0]));
		await answer(links.at(-1) ?? '', { answer: 'true' });
	}
	const execution = await n8n.waitForExecution(id);
	expect(jsonOf(execution, 'After')).toEqual(Array(3).fill({ data: { approved: true } }));
	expect(new Set(links).size).toBe(3);
});

async function waitForMessage(phone: string): Promise<SentMessage[]> {
	for (let look = 0; look < 300; look++) {
		const messages = await messagesTo(phone);
		if (messages.length > 0) return messages;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Error(`No message to ${phone}`);
}

test('Retry On Fail before the wait sends once, and then waits', async () => {
	const phone = newPhone();
	await addFault(stage, { path: '/messages/send', times: 1, kind: 'answer', status: 422 });
	const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
	const { id, link } = await ask(workflow(asking(phone, {}, retry)), phone);
	await answer(link, { answer: 'true' });
	expect(jsonOf(await n8n.waitForExecution(id), 'After')).toEqual([{ data: { approved: true } }]);
	expect(await messagesTo(phone)).toHaveLength(1);
});

test('three items are refused before anything is sent', async () => {
	const phone = newPhone();
	const items = [{ order: 1 }, { order: 2 }, { order: 3 }];
	const stopped = await n8n.waitForExecution(await start(workflow(asking(phone), items)));
	expect(stopped.data.resultData.error?.message).toContain('waits for one answer, but 3 items');
	const settings = { onError: 'continueErrorOutput' } as const;
	const failed = await n8n.waitForExecution(
		await start(workflow(asking(phone, {}, settings), items)),
	);
	const [success, errors] = outputsOf(failed, 'Ask');
	expect([success, errors?.length]).toEqual([[], 3]);
	expect(await messagesTo(phone)).toEqual([]);
});

test('in a sub-workflow the answer comes back to the parent', async () => {
	const phone = newPhone();
	const trigger: INode = {
		...{ id: 'start', name: 'Start', type: 'n8n-nodes-base.executeWorkflowTrigger' },
		...{ typeVersion: 1.1, position: [0, 0], parameters: { inputSource: 'passthrough' } },
	};
	const child = await n8n.createWorkflow(inARow('Child', [trigger, asking(phone)]));
	await n8n.activateWorkflow(child);
	const call: INode = {
		...{ id: 'call', name: 'Call', type: 'n8n-nodes-base.executeWorkflow', typeVersion: 1.2 },
		position: [0, 0],
		parameters: { workflowId: { __rl: true, mode: 'id', value: child.id }, options: {} },
	};
	const parent = inARow('Parent', [
		manualTrigger,
		itemsNode('Orders', [{ order: 17 }]),
		call,
		after,
	]);
	const id = await start(parent);
	await n8n.waitForPause(id);
	const [message] = await waitForMessage(phone);
	await answer(linkIn(message), { answer: 'true' });
	expect(jsonOf(await n8n.waitForExecution(id), 'After')).toEqual([{ data: { approved: true } }]);
});
