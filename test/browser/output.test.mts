import { loggedIn } from '../e2e/stage.mts';
import { inARow, itemsNode, manualTrigger, whatsCloudNode } from '../e2e/workflows.mts';
import { useSession } from './session.mts';

jest.setTimeout(120_000);

const session = useSession();

const people = [
	{ name: 'Ada', order: 1001, phone: '15555550101' },
	{ name: 'Ben', order: 1002, phone: '12345' },
	{ name: 'Cleo', order: 1003, phone: '15555550103' },
];

test('who failed is told with the whole row, beside what was sent', async () => {
	const { stage, editor, page, picture } = session;
	const send = whatsCloudNode(
		stage,
		'Send',
		{
			...{ resource: 'message', operation: 'sendText', phoneNumber: '={{ $json.phone }}' },
			text: '=Hello {{ $json.name }}',
		},
		{ onError: 'continueErrorOutput' },
	);
	const workflow = inARow('Who failed', [manualTrigger, itemsNode('People', people), send]);
	const { id } = await loggedIn(stage).createWorkflow(workflow);
	await editor.openWorkflow(id);
	await editor.openNode('Send');

	const [columns = [], ...sent] = await editor.execute();
	await picture('send-output');
	expect(columns.slice(0, 4)).toEqual(['message_id', 'phone', 'contact_id', 'contact_created']);
	expect(sent.map((row) => row[columns.indexOf('phone')])).toEqual(['15555550101', '15555550103']);

	await page.getByText(/^Error Branch/).click();
	await page.getByRole('cell', { name: 'Ben' }).waitFor();
	const [names = [], failed = []] = await editor.output();
	await picture('failed-row');
	expect(names).toEqual(expect.arrayContaining(['name', 'order', 'phone', 'error', 'details']));
	expect(failed.slice(0, 3)).toEqual(['Ben', '1002', '12345']);
	expect(failed[3]).toContain('too short');
});
