import type { INode, INodeParameters } from 'n8n-workflow';
import type { WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import {
	after,
	answer,
	answerEach,
	answeredWith,
	approved,
	asking,
	askingOnBothOutputs,
	askingWorkflow,
	declined,
	jsonOf,
	linkIn,
	messagesTo,
	openPage,
	outputsOfBoth,
	startWorkflow,
	waitForMessage,
} from './questions.mts';
import { loggedIn, sharedStage } from './stage.mts';
import {
	addFault,
	clearFaults,
	inARow,
	itemsNode,
	manualTrigger,
	outputsOf,
} from './workflows.mts';

jest.setTimeout(180_000);

const stage = sharedStage();
const n8n = loggedIn(stage);
let series = 0;

afterEach(async () => {
	await clearFaults(stage);
});

/** A number that no other test uses, so that its messages can be told from theirs. */
const newPhone = () => `15557${String(++series).padStart(6, '0')}`;

/** One item, the node that asks this number, and what comes after. */
function askOf(phone: string, parameters: INodeParameters = {}, settings: Partial<INode> = {}) {
	return askingWorkflow(
		asking(
			stage,
			{
				phoneNumber: phone,
				message: 'May we deliver <b>order 17</b>? {link} Thank you!',
				approvalOptions: { values: { approvalType: 'double', approveLabel: 'Yes & please' } },
				...parameters,
			},
			settings,
		),
	);
}

/** Starts, and gives the link that arrived. */
async function ask(file: WorkflowFile, phone: string): Promise<{ id: string; link: string }> {
	const id = await startWorkflow(n8n, file);
	await n8n.waitForPause(id);
	const messages = await messagesTo(stage, phone);
	expect(messages).toHaveLength(1);
	return { id, link: linkIn(messages[0]) };
}

test('guarantee: Opening the link answers nothing: only a button does.', async () => {
	const phone = newPhone();
	const { id, link } = await ask(askOf(phone), phone);

	for (let look = 0; look < 10; look++) expect((await openPage(link)).status).toBe(200);
	const { data: page, headers } = await openPage(link);
	expect(page).toContain('May we deliver &#60;b&#62;order 17&#60;/b&#62;?');
	expect(page).toContain('Yes &#38; please');
	expect(page).toContain('Decline');
	expect(page).not.toMatch(/https?:/);
	expect(headers['content-security-policy']).toContain("default-src 'none'");
	expect((await n8n.execution(id)).status).toBe('waiting');

	const thanks = await answer(link, 'true');
	expect([thanks.status, thanks.data]).toEqual([200, expect.stringContaining('Thank you')]);
	const execution = await n8n.waitForExecution(id);
	expect(execution.status).toBe('success');
	expect(jsonOf(execution, 'After')).toEqual([approved]);
	const [item] = outputsOf(execution, 'Ask').flat();
	expect(item?.pairedItem).toEqual({ item: 0 });

	const again = await answer(link, 'false');
	expect([again.status, again.data]).toEqual([200, expect.stringContaining('No action required')]);
	expect(jsonOf(await n8n.execution(id), 'After')).toEqual([approved]);
	expect(await messagesTo(stage, phone)).toHaveLength(1);
});

test.each([
	['nothing special', 'Ask'],
	['braces and quotes', 'Ask {{ "them" }} \\ \'all\' `of` ${them}'],
	['a line separator', 'Ask\u2028them\u2029all'],
	['emoji', 'Ask 👩🏽‍💻 é ع'],
	['a name of JavaScript', 'constructor'],
])('asks and answers when the node is called %s', async (_, name) => {
	const phone = newPhone();
	// In a workflow with such a name n8n runs neither Code nodes nor what comes after the node.
	const node = asking(stage, { phoneNumber: phone, message: 'May we deliver?' }, { name });
	const { id, link } = await ask(inARow('Ask', [manualTrigger, node]), phone);
	expect((await openPage(link)).data).toContain('May we deliver?');
	await answer(link, 'true');
	expect(jsonOf(await n8n.waitForExecution(id), name)).toEqual([approved]);
});

test('asks once where the item that came in has an error, also with Retry On Fail', async () => {
	const phone = newPhone();
	const node = asking(
		stage,
		{ phoneNumber: phone, message: 'It failed. Once more?' },
		{ retryOnFail: true, maxTries: 3, waitBetweenTries: 100 },
	);
	const rows = itemsNode('Rows', [{ error: 'an earlier step failed' }]);
	const { id, link } = await ask(inARow('Ask about an error', [manualTrigger, rows, node]), phone);
	await answer(link, 'true');
	expect(jsonOf(await n8n.waitForExecution(id), 'Ask')).toEqual([approved]);
	expect(await messagesTo(stage, phone)).toHaveLength(1);
});

test('declined', async () => {
	const phone = newPhone();
	const { id, link } = await ask(askOf(phone, { approvalOptions: {} }), phone);
	expect((await openPage(link)).data).toContain('Decline');
	await answer(link, 'false');
	expect(jsonOf(await n8n.waitForExecution(id), 'After')).toEqual([declined]);
});

test('one button takes no other answer', async () => {
	const phone = newPhone();
	const approvalOptions = { values: { approvalType: 'single' } };
	const { id, link } = await ask(askOf(phone, { approvalOptions }), phone);
	for (const wrong of ['false', '', 'maybe']) {
		const refused = await answer(link, wrong);
		expect([refused.status, refused.data]).toEqual([
			400,
			expect.stringContaining('one of the buttons'),
		]);
	}
	expect((await n8n.execution(id)).status).toBe('waiting');
	await answer(link, 'true');
	expect(jsonOf(await n8n.waitForExecution(id), 'After')).toEqual([approved]);
});

test('an answer in words is data, whatever is in it, on a page in the words of the user', async () => {
	const phone = newPhone();
	const options = {
		...{ pageTitle: 'طلب 17', answerLabel: 'إجابتك', buttonLabel: 'إرسال', thankYou: 'شكرا لك' },
	};
	const { id, link } = await ask(askOf(phone, { responseType: 'freeText', options }), phone);
	const { data: page } = await openPage(link);
	for (const word of ['<h1 dir="auto">طلب 17</h1>', 'إجابتك', 'إرسال'])
		expect(page).toContain(word);
	expect(page).not.toMatch(/lang=|Your answer|Send/);
	expect((await answer(link, '  ')).status).toBe(400);
	const words = 'Grüße <script>alert(1)</script> {{ $json.order }} 👍\r\nsecond line';
	const { data: thanks } = await answer(link, words);
	expect(thanks).toContain('شكرا لك');
	expect(thanks).not.toMatch(/Thank you/);
	const output = jsonOf(await n8n.waitForExecution(id), 'After');
	expect(output).toEqual([answeredWith(words.replace('\r\n', '\n'))]);
});

test('the page of a template shows what WhatsApp shows', async () => {
	const phone = newPhone();
	const { id, link } = await ask(
		askOf(phone, {
			sendAs: 'template',
			template: { __rl: true, mode: 'name', value: 'order_update' },
			templateLanguage: 'en',
			templateVariables: {
				mappingMode: 'defineBelow',
				value: { header_field_1: '17', field_1: 'Ada {link}', field_2: 'here: {link}' },
			},
		}),
		phone,
	);
	const { data: page } = await openPage(link);
	expect(page).toMatch(/Ada[^{]*here:/s);
	expect(page).not.toMatch(/\{\{|\{link|https?:/);
	await answer(link, 'true');
	expect(jsonOf(await n8n.waitForExecution(id), 'After')).toEqual([approved]);
});

test('{link} is the link where the user typed it, and text where it came with the data', async () => {
	const phone = newPhone();
	const file = askOf(phone, {
		message: '={{ $json.note }}: { Link } or {{link}}',
	});
	file.nodes[1] = itemsNode('Orders', [{ note: 'Pay {link} or {{link}}' }]);
	const { id, link } = await ask(file, phone);
	const [message] = await messagesTo(stage, phone);
	expect(message?.text).toBe(`Pay {link} or {{link}}: ${link} or ${link}`);
	expect((await openPage(link)).data).toContain('Pay {link} or {{link}}:');
	await answer(link, 'true');
	expect(jsonOf(await n8n.waitForExecution(id), 'After')).toEqual([approved]);
});

test('an address that was changed is refused', async () => {
	const phone = newPhone();
	const { id, link } = await ask(askOf(phone), phone);
	const changed = [
		link.replace(/signature=[^&]+/, 'signature=0'),
		link.replace(/question=[^&]+/, 'question=other'),
		`${link}&answer=true`,
		link.replace(/[?&]signature=[^&]+/, ''),
	];
	for (const wrong of changed) {
		expect(wrong).not.toBe(link);
		expect((await answer(wrong, 'true')).status).toBeGreaterThanOrEqual(400);
	}
	expect((await n8n.execution(id)).status).toBe('waiting');
	await n8n.stopExecution(id);
	expect((await openPage(link)).status).toBeGreaterThanOrEqual(400);
});

test('guarantee: Two presses at the same moment count once.', async () => {
	const phone = newPhone();
	const { id, link } = await ask(askOf(phone), phone);
	await Promise.all([answer(link, 'true'), answer(link, 'false')]);
	const execution = await n8n.waitForExecution(id);
	expect(jsonOf(execution, 'After')).toHaveLength(1);
	expect(execution.data.resultData.runData['Ask']).toHaveLength(1);
});

/** Sends the items in turn through the node that asks, as users do who have several. */
const loop: INode = {
	...{ id: 'loop', name: 'Loop', type: 'n8n-nodes-base.splitInBatches', typeVersion: 3 },
	...{ position: [0, 0], parameters: {} },
};
const to = (node: string) => [{ node, type: 'main' as const, index: 0 }];

test('in a loop an old link answers no later question', async () => {
	const phones = [newPhone(), newPhone(), newPhone()];
	const items = phones.map((phone) => ({ phone }));
	const id = await startWorkflow(n8n, {
		name: 'Ask each',
		nodes: [
			...[manualTrigger, itemsNode('Orders', items), loop],
			...[asking(stage, { phoneNumber: '={{ $json.phone }}' }), after],
		],
		connections: {
			Manual: { main: [to('Orders')] },
			Orders: { main: [to('Loop')] },
			Loop: { main: [to('After'), to('Ask')] },
			Ask: { main: [to('Loop')] },
		},
	});
	const links: string[] = [];
	for (const phone of phones) {
		const messages = await waitForMessage(stage, phone);
		await n8n.waitForPause(id);
		for (const old of links) {
			const refused = await answer(old, 'false');
			expect([refused.status, refused.data]).toEqual([410, expect.stringContaining('is over')]);
		}
		links.push(linkIn(messages[0]));
		await answer(links.at(-1) ?? '', 'true');
	}
	const execution = await n8n.waitForExecution(id);
	expect(jsonOf(execution, 'After')).toEqual(Array(3).fill(approved));
	expect(new Set(links).size).toBe(3);
});

test('items on both outputs of an If node are asked, and each gets its own answer', async () => {
	const [first, second] = [newPhone(), newPhone()];
	const id = await startWorkflow(n8n, askingOnBothOutputs(stage, manualTrigger, [first, second]));
	await answerEach({ stage, n8n }, id, { [first]: 'true', [second]: 'false' });
	expect(outputsOfBoth(await n8n.waitForExecution(id))).toEqual([approved, declined]);
});

test('Retry On Fail before the wait sends once, and then waits', async () => {
	const phone = newPhone();
	const refusal = {
		kind: 'answer',
		status: 422,
		body: { status: 'error', message: 'Not now' },
	} as const;
	await addFault(stage, { path: '/messages/send', times: 1, ...refusal });
	const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
	const { id, link } = await ask(askOf(phone, {}, retry), phone);
	await answer(link, 'true');
	expect(jsonOf(await n8n.waitForExecution(id), 'After')).toEqual([approved]);
	expect(await messagesTo(stage, phone)).toHaveLength(1);
});

test('three items are refused before anything is sent', async () => {
	const phone = newPhone();
	const items = [{ order: 1 }, { order: 2 }, { order: 3 }];
	const run = async (settings: Partial<INode>) =>
		await n8n.waitForExecution(
			await startWorkflow(
				n8n,
				askingWorkflow(asking(stage, { phoneNumber: phone }, settings), items),
			),
		);
	const stopped = await run({});
	expect(stopped.data.resultData.error?.message).toContain('waits for one answer, but 3 items');
	const failed = await run({ onError: 'continueErrorOutput' });
	const [success, errors] = outputsOf(failed, 'Ask');
	expect([success, errors?.length]).toEqual([[], 3]);
	expect(await messagesTo(stage, phone)).toEqual([]);
});

test('in a sub-workflow the answer comes back to the parent', async () => {
	const phone = newPhone();
	const trigger: INode = {
		...{ id: 'start', name: 'Start', type: 'n8n-nodes-base.executeWorkflowTrigger' },
		...{ typeVersion: 1.1, position: [0, 0], parameters: { inputSource: 'passthrough' } },
	};
	const child = await n8n.createWorkflow(
		inARow('Child', [trigger, asking(stage, { phoneNumber: phone })]),
	);
	await n8n.activateWorkflow(child);
	const call: INode = {
		...{ id: 'call', name: 'Call', type: 'n8n-nodes-base.executeWorkflow', typeVersion: 1.2 },
		position: [0, 0],
		parameters: { workflowId: { __rl: true, mode: 'id', value: child.id }, options: {} },
	};
	const orders = itemsNode('Orders', [{ order: 17 }]);
	const id = await startWorkflow(n8n, inARow('Parent', [manualTrigger, orders, call, after]));
	await n8n.waitForPause(id);
	const [message] = await waitForMessage(stage, phone);
	await answer(linkIn(message), 'true');
	expect(jsonOf(await n8n.waitForExecution(id), 'After')).toEqual([approved]);
});
