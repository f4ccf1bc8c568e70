import type { SentMessage } from '../../sandbox/server/sandbox.mts';
import { inSandbox } from '../e2e/workflows.mts';
import { useSession } from './session.mts';

jest.setTimeout(120_000);

const session = useSession();

describe('a template message', () => {
	test('is filled in field by field, sent, and arrives as written', async () => {
		const { editor, page, picture, stage } = session;
		await editor.openNewWorkflow();
		await editor.addNode('Send a template message');
		await editor.chooseCredential(stage.credential.name);
		await page.getByText('Choose a template first').waitFor();
		expect(await page.getByText('no variables').count()).toBe(0);
		expect(await page.getByText('Template Language').count()).toBe(0);
		await editor.chooseMode('template', 'By Name');
		await page.getByText('Template Language', { exact: true }).waitFor();
		await editor.chooseMode('template', 'From list');
		await page.getByText('Template Language', { exact: true }).waitFor({ state: 'detached' });
		await editor.fill('phoneNumber', '+1 555 555 0101');
		expect(await editor.openPicker('template')).not.toContainEqual(
			expect.stringContaining('old_notice'),
		);
		await picture('template-picker');
		await editor.choosePicked('order_update (en)');

		expect(await editor.mapperLabels()).toEqual([
			'Header: Order {{1}}',
			'Body: Hello {{1}}, order {{2}} is on its way.',
			'Body: …order {{2}} is on its way.',
		]);
		await editor.fill('header_field_1', '1001');
		await editor.fill('field_1', 'Ada');
		await editor.fill('field_2', '1001');
		await page.getByText('Contact If New').scrollIntoViewIfNeeded();
		await page.mouse.move(0, 0);
		await picture('template-variables');
		await editor.fill('field_2', ' ');
		const { title, text } = await editor.executeAndFail();
		expect(title).toContain('needs one more value');
		expect(text).toContain('missing or blank: Body: …order {{2}} is on its way.');
		expect(text).not.toContain('field_2');
		await picture('template-missing-value');
		await editor.fill('field_2', '1001');

		const [columns = [], row = []] = await editor.execute();
		await picture('template-sent');
		const messages = await inSandbox<SentMessage>(stage, 'messages');
		const arrived = messages.find(({ wamid }) => wamid === row[columns.indexOf('message_id')]);
		expect(arrived?.text).toContain('Hello Ada, order 1001 is on its way.');

		await editor.openPicker('template');
		await editor.choosePicked('hello_world (en_US)');
		await page.getByText('there is nothing to fill in').waitFor();
		await picture('template-without-variables');
		expect(await page.getByText('Retry', { exact: true }).count()).toBe(0);
		const started = page.waitForResponse((answer) => answer.url().includes('/run'));
		await editor.execute();
		await started;

		await page.goto(stage.sandboxUrl);
		await page.getByText('Hello Ada, order 1001 is on its way.').first().waitFor();
		await page.getByText('Welcome and congratulations!').first().waitFor();
		await picture('sandbox');
	});
});
