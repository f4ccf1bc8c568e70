import { exampleWorkflows, withCredential } from '../../sandbox/n8n/exampleWorkflows.mts';
import type { SentMessage } from '../../sandbox/server/sandbox.mts';
import { loggedIn } from '../e2e/stage.mts';
import { inSandbox } from '../e2e/workflows.mts';
import { useSession } from './session.mts';

jest.setTimeout(120_000);

const session = useSession();

test('the first example creates and greets three people with one press', async () => {
	const { editor, page, picture, stage } = session;
	const example = exampleWorkflows().find(({ file }) => file === 'create-contacts-and-greet.json');
	if (!example) throw new Error('The first example is gone.');
	const { id } = await loggedIn(stage).createWorkflow(
		withCredential(example.workflow, stage.credential.type, stage.credential),
	);
	const before = (await inSandbox<SentMessage>(stage, 'messages')).length;
	await editor.openWorkflow(id);
	await editor.executeWorkflow();
	await page.getByText('3 items').nth(2).waitFor();
	// The notice covers the button that was pressed, and stays while the mouse is on it.
	await page.mouse.move(0, 0);
	await page.getByText('Workflow executed successfully').waitFor({ state: 'hidden' });
	await picture('workflow');
	expect(await inSandbox<SentMessage>(stage, 'messages')).toHaveLength(before + 3);
});
