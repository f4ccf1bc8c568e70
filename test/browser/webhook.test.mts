import axios from 'axios';
import { loggedIn } from '../e2e/stage.mts';
import { useSession } from './session.mts';

jest.setTimeout(120_000);

const session = useSession();

const message = {
	entry: [
		{
			changes: [
				{
					field: 'messages',
					value: {
						contacts: [{ wa_id: '15555550101', profile: { name: 'Ada Example' } }],
						messages: [
							{
								...{ id: 'wamid.1', from: '15555550101', timestamp: '1768557720' },
								...{ type: 'text', text: { body: 'Are you open today?' } },
							},
						],
					},
				},
			],
		},
	],
};

describe('the webhook trigger', () => {
	test('says where its URL goes, waits for a message, and shows it', async () => {
		const { editor, page, picture, stage } = session;
		await editor.openEmptyWorkflow();
		expect(await editor.searchNodes('incoming')).toContain('WhatsCloud Webhook');
		const actions = await editor.openActions('WhatsCloud Webhook');
		expect(actions).toContain('On message failed');
		expect(actions).toContain('On contact created (at once)');
		await editor.chooseAction('On message received');
		await editor.showProductionUrl();
		await picture('webhook-trigger');
		const panel = await page.locator('[data-test-id=ndv]').innerText();
		for (const words of ['WebHooks re-send', 'Webhook management', 'method POST', 'sandbox']) {
			expect(panel).toContain(words);
		}

		await page.getByPlaceholder('Add option').click();
		await page.getByText('Accept Unsigned Deliveries').last().click();
		await page.locator('[data-test-id=ndv] [data-test-id=node-execute-button]').first().click();
		await page.getByText('Listening for test event').first().waitFor();
		await picture('webhook-trigger-listening');

		const id = /workflow\/(\w+)/.exec(page.url())?.[1] ?? '';
		const { nodes } = await loggedIn(stage).workflow(id);
		// n8n hands over the body unread, with whatever options are chosen.
		expect(nodes[0]?.parameters).toMatchObject({
			options: { acceptUnsigned: false, binaryData: true },
		});
		const url = `${stage.n8nUrl}/webhook-test/${nodes[0]?.webhookId ?? ''}/webhook`;
		expect((await axios.post(url, message, { proxy: false })).status).toBe(200);
		const [columns = [], ...rows] = await editor.output();
		await picture('webhook-trigger-message');
		expect(columns).toEqual(expect.arrayContaining(['event', 'phone', 'name', 'text']));
		expect(rows.flat()).toContain('Are you open today?');

		await editor.closeNode();
		const onCanvas = page.locator('[data-test-id=canvas-node]').first();
		expect(await onCanvas.innerText()).toContain('Message Received');
	});

	test('leads whoever wants every new contact to the trigger that polls', async () => {
		const { editor, page, picture } = session;
		await editor.openEmptyWorkflow();
		await editor.searchNodes('WhatsCloud Webhook');
		await editor.openActions('WhatsCloud Webhook');
		await editor.chooseAction('On contact created (at once)');
		const panel = await page.locator('[data-test-id=ndv]').innerText();
		expect(panel).toContain('use the WhatsCloud Trigger, which polls');
		await picture('webhook-trigger-contact');
	});
});
