import type { N8nClient } from '../../sandbox/n8n/n8nClient.mts';
import type { SentMessage } from '../../sandbox/server/sandbox.mts';
import { approved, jsonOf } from '../e2e/questions.mts';
import { loggedIn } from '../e2e/stage.mts';
import { inARow, inSandbox, manualTrigger, whatsCloudNode } from '../e2e/workflows.mts';
import { openSession, type Session } from './session.mts';

jest.setTimeout(120_000);

const PHONE = '15555550101';

let session: Session;
let n8n: N8nClient;

beforeAll(async () => {
	session = await openSession();
	n8n = loggedIn(session.stage);
});

afterAll(async () => {
	await session.close();
});

/** Starts the workflow, and gives its execution and the link that reached the phone. */
async function ask(): Promise<{ execution: string; link: string }> {
	const { stage } = session;
	const node = whatsCloudNode(stage, 'Ask', {
		resource: 'message',
		operation: 'sendAndWait',
		phoneNumber: PHONE,
		message: 'Hello Ada! May we deliver order 1001 on Friday morning?',
		approvalOptions: {
			values: {
				approvalType: 'double',
				approveLabel: 'Yes, Friday suits me',
				disapproveLabel: 'No, please call me',
			},
		},
		options: { pageTitle: 'Your order 1001' },
	});
	const { id } = await n8n.createWorkflow(inARow('Ask', [manualTrigger, node]));
	const execution = await n8n.runWorkflow(id, 'Manual');
	await n8n.waitForPause(execution);
	const messages = await inSandbox<SentMessage>(stage, 'messages');
	const asked = messages.find(
		({ phone, text }) => phone === PHONE && text.includes('order 1001 on Friday morning'),
	);
	return { execution, link: /https?:\/\/\S+/.exec(asked?.text ?? '')?.[0] ?? '' };
}

test('the answer page fits a phone, light and dark, and takes the answer', async () => {
	const { page, picture } = session;
	const { execution, link } = await ask();
	await page.setViewportSize({ width: 390, height: 600 });
	await page.emulateMedia({ colorScheme: 'light' });
	await page.goto(link);
	const yes = page.getByRole('button', { name: 'Yes, Friday suits me' });
	await yes.waitFor();
	await picture('answer-page-light');
	await page.emulateMedia({ colorScheme: 'dark' });
	await picture('answer-page-dark');
	const width = await page.evaluate(() => document.documentElement.scrollWidth);
	expect(width).toBeLessThanOrEqual(390);

	await yes.click();
	await page.getByText('Your answer has arrived.').waitFor();
	await picture('answer-page-thanks');
	const answered = await n8n.waitForExecution(execution);
	expect(jsonOf(answered, 'Ask')).toEqual([approved]);
});
