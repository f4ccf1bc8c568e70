import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INode } from 'n8n-workflow';
import { folders } from '../../sandbox/n8n/folders.mts';
import type { WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import {
	after,
	answer,
	approved,
	asking,
	askingWorkflow,
	endsSoon,
	jsonOf,
	linkIn,
	noAnswer,
	openPage,
	startWorkflow,
	waitForMessage,
} from './questions.mts';
import { loggedIn, sharedStage } from './stage.mts';
import { inARow, itemsNode, manualTrigger } from './workflows.mts';

jest.setTimeout(240_000);

const stage = sharedStage();
const n8n = loggedIn(stage);
/** The executions, which n8n all ends when it looks: once a minute. */
let started: Array<{ id: string; phone: string }>;

const earlier = { approved: true, outcome: 'approved', respondedAt: '2026-01-01T00:00:00.000Z' };
const before: INode = { ...after, id: 'before', name: 'Before' };

const cases: Array<{ what: string; items: IDataObject[]; node?: Partial<INode>; out: object[] }> = [
	{ what: 'an order', items: [{ order: 17 }], out: [{ order: 17, ...noAnswer }] },
	{
		what: 'an earlier answer',
		items: [{ data: earlier, order: 18 }],
		out: [{ order: 18, ...noAnswer }],
	},
	{
		what: 'data and an approval of its own',
		items: [{ data: 'a text', approved: true, order: 19 }],
		out: [{ order: 19, ...noAnswer }],
	},
	{
		what: 'several items, of which the node takes one',
		items: [{ approved: true, order: 20 }, { data: earlier, approved: true }, { approved: true }],
		node: { executeOnce: true },
		out: [{ order: 20, ...noAnswer }],
	},
];

beforeAll(async () => {
	started = await Promise.all(
		cases.map(async ({ items, node = {} }, index) => {
			const phone = `1555720001${index}`;
			const ask = asking(stage, { phoneNumber: phone, options: endsSoon() }, node);
			return { phone, id: await startWorkflow(n8n, askingWorkflow(ask, items)) };
		}),
	);
});

test.each(cases.map(({ what, out }, index) => [what, out, index] as const))(
	'guarantee: If nobody answers, nothing that came in looks like an approval. (the input holds %s)',
	async (_, out, index) => {
		const { id, phone } = started[index] ?? { id: '', phone: '' };
		const execution = await n8n.waitForExecution(id, 150);
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(jsonOf(execution, 'After')).toEqual(out);
		expect(jsonOf(execution, 'Orders')).toEqual(cases[index]?.items);
		const late = await answer(linkIn((await waitForMessage(stage, phone))[0]), 'true');
		expect(late.data).toContain('No action required');
	},
);

test('nobody answers the second of two questions in a row', async () => {
	const [first, second] = ['15557200101', '15557200102'];
	const id = await startWorkflow(
		n8n,
		inARow('Ask twice', [
			manualTrigger,
			itemsNode('Orders', [{ order: 17 }]),
			asking(stage, { phoneNumber: first }),
			before,
			asking(stage, { phoneNumber: second, options: endsSoon() }, { id: 'two', name: 'Ask again' }),
			after,
		]),
	);
	await n8n.waitForPause(id);
	const link = linkIn((await waitForMessage(stage, first))[0]);
	expect((await openPage(link)).status).toBe(200);
	await answer(link, 'true');
	const execution = await n8n.waitForExecution(id, 150);
	expect(jsonOf(execution, 'Before')).toEqual([approved]);
	expect(jsonOf(execution, 'After')).toEqual([noAnswer]);
});

test('the Switch of the example has a way for those who do not answer', async () => {
	const file = join(folders.root, 'examples', 'ask-before-you-send.json');
	const example = JSON.parse(readFileSync(file, 'utf8')) as WorkflowFile;
	const nodes = example.nodes.map((node) =>
		node.name === 'Ask for approval'
			? asking(stage, { phoneNumber: '15557200201', options: endsSoon() }, { name: node.name })
			: node,
	);
	const { id } = await n8n.createWorkflow({ ...example, nodes });
	const execution = await n8n.waitForExecution(
		await n8n.runWorkflow(id, 'When clicking ‘Execute workflow’'),
		150,
	);
	const ways = ['Send to the customer', 'Not approved', 'Nobody answered'];
	expect(ways.filter((way) => way in execution.data.resultData.runData)).toEqual([
		'Nobody answered',
	]);
});
