import type { Page } from 'playwright-core';
import {
	answeringExample,
	exampleWorkflows,
	webhookUrl,
	withCredential,
} from '../../../sandbox/n8n/exampleWorkflows.mts';
import type { N8nClient, Workflow } from '../../../sandbox/n8n/n8nClient.mts';
import type { Stage } from '../../../sandbox/n8n/startStage.mts';
import type { Editor } from '../editor.mts';

interface Scene {
	editor: Editor;
	page: Page;
	n8n: N8nClient;
	stage: Stage;
	/** Says what is seen, and waits until it can have been read. */
	caption: (text: string) => Promise<void>;
}

const ADA = '+1 555 555 0101';

const lastBubble = (page: Page, words: string) =>
	page.locator('#bubbles .bubble').filter({ hasText: words }).last();

async function openChat({ page, stage }: Scene, person: string): Promise<void> {
	await page.goto(stage.sandboxUrl);
	await page.getByRole('button', { name: person }).click();
}

async function write(page: Page, words: string): Promise<void> {
	await page.locator('#say').pressSequentially(words);
	await page.keyboard.press('Enter');
}

/** Imports one of the package's examples, with the credential that was made in an earlier scene. */
async function importExample({ n8n, stage }: Scene, name: string): Promise<Workflow> {
	const { type } = stage.credential;
	const example = exampleWorkflows().find(({ file }) => file === name);
	const credential = (await n8n.credentials()).find((made) => made.type === type);
	if (!example || !credential) throw new Error(`${name} or its credential is missing.`);
	return await n8n.createWorkflow(withCredential(example.workflow, type, credential));
}

async function meet(scene: Scene): Promise<void> {
	const { page, caption } = scene;
	// Bo approves a message later; the video begins with the first caption.
	await openChat(scene, 'Bo Sample');
	await write(page, 'Good morning');
	await lastBubble(page, 'Good morning').waitFor();
	await openChat(scene, 'Ada Example');
	await caption('n8n-nodes-whatscloud: WhatsApp messages and contacts, through WhatsCloud.');
	await caption('This is its sandbox: it stands in for WhatsCloud and for phones.');
	await caption('Ada writes on her phone.');
	await write(page, 'Is my order ready?');
	await lastBubble(page, 'Is my order ready?').waitFor();
	await caption('No workflow answers yet, but for 24 hours free texts now reach her.');
}

async function install({ editor, caption }: Scene): Promise<void> {
	await editor.openNewWorkflow();
	await caption('1. Install: this n8n has the package, as npm packs it.');
	await editor.searchNodes('whatsapp');
	await caption('Typing "whatsapp" finds its nodes.');
	await editor.openActions('WhatsCloud');
	await editor.showAction('Send a text message');
	await caption('One node for contacts, messages, templates, groups and more.');
}

async function testCredential({ editor, stage, caption }: Scene): Promise<void> {
	const { baseUrl, subdomain, apiToken } = stage.credential.data as Record<
		'baseUrl' | 'subdomain' | 'apiToken',
		string
	>;
	await editor.chooseAction('Send a text message');
	await editor.startFirstCredential();
	await caption('2. Credential: address, subdomain and token, as WhatsCloud shows them.');
	await caption('First with a wrong token.');
	await editor.saveCredential({ baseUrl, subdomain, apiToken: 'f'.repeat(64) });
	await caption('n8n tests it on saving, and the node says what is wrong and what to do.');
	await caption('Now the right token.');
	await editor.saveCredential({ apiToken });
	await caption('The test passes: the credential is saved and chosen.');
}

async function sendText(scene: Scene): Promise<void> {
	const { editor, page, caption } = scene;
	await caption('3. Send a text: an answer to Ada.');
	await editor.fill('phoneNumber', ADA);
	await editor.fill('text', 'Hello Ada, your order 1001 is ready.');
	await editor.execute();
	await caption('WhatsApp has accepted the message; its ID comes out.');
	await openChat(scene, 'Ada Example');
	await lastBubble(page, 'order 1001 is ready').waitFor();
	await caption('On the phone of Ada: the text is there.');
}

async function sendTemplate(scene: Scene): Promise<void> {
	const { editor, page, caption } = scene;
	await editor.openNewWorkflow();
	await caption('4. Send a template, which WhatsApp takes at any time.');
	await editor.addNode('Send a template message');
	await editor.fill('phoneNumber', ADA);
	await editor.openPicker('template');
	await caption('It is chosen from the account’s approved ones.');
	await editor.choosePicked('order_update (en)');
	await editor.showField('field_2');
	await caption('Each variable is a field, labelled with the words around it.');
	await editor.fill('header_field_1', '1001');
	await editor.fill('field_1', 'Ada');
	await editor.fill('field_2', '1001');
	await editor.execute();
	await caption('WhatsApp has accepted it.');
	await openChat(scene, 'Ada Example');
	await lastBubble(page, 'order 1001 is on its way').waitFor();
	await caption('And it has arrived, with its button.');
}

async function answerChat(scene: Scene): Promise<void> {
	const { editor, page, n8n, stage, caption } = scene;
	const workflow = await importExample(scene, answeringExample);
	await editor.openWorkflow(workflow.id);
	await caption('5. Trigger: one of the package’s examples answers who writes on WhatsApp.');
	await editor.openNode('Somebody writes');
	await editor.showProductionUrl();
	await caption('The trigger shows its URL, and where in WhatsCloud it is pasted.');
	await editor.closeNode();
	await caption('Publishing switches the workflow on.');
	await editor.publish();
	await n8n.waitForPublication(workflow.id);
	await caption('Published: n8n listens at that URL.');

	await openChat(scene, 'Ada Example');
	await caption('The URL is pasted into the sandbox, as into WhatsCloud.');
	await page.fill('#messagesUrl', webhookUrl(stage.n8nUrl, workflow) ?? '');
	await page.keyboard.press('Enter');
	await page.getByText('Saved.').waitFor();
	await caption('Saved: each message now goes to n8n.');
	await page.evaluate(() => {
		window.scrollTo(0, 0);
	});
	await caption('Ada writes "hi".');
	await write(page, 'hi');
	await lastBubble(page, 'Hello Ada! How can we help?').waitFor();
	await caption('The trigger fired, and the workflow has answered.');
	await caption('She chooses 1.');
	await write(page, '1');
	await lastBubble(page, 'We are open from 9 to 5').waitFor();
	await caption('And gets the opening hours.');
	await editor.openExecutions(workflow.id);
	await caption('In n8n, each message is one execution.');
}

async function sendAndWait(scene: Scene): Promise<void> {
	const { editor, page, n8n, caption } = scene;
	const workflow = await importExample(scene, 'ask-before-you-send.json');
	await editor.openWorkflow(workflow.id);
	await caption('6. Send and wait: Bo approves on his phone what Ada is going to get.');
	await editor.openNode('Ask for approval');
	await caption('The question. {link} becomes a link to a page with buttons.');
	await editor.closeNode();
	await n8n.waitForPause(await editor.startWorkflow());
	await caption('The question is sent. The workflow waits, for days if need be.');

	await openChat(scene, 'Bo Sample');
	const link = lastBubble(page, 'May we send this').locator('a');
	await link.waitFor();
	await caption('Bo gets the question, with a link.');
	await page.goto((await link.getAttribute('href')) ?? '');
	await caption('The link opens this page. Opening it alone answers nothing.');
	await caption('Bo presses "Send it".');
	await page.getByRole('button', { name: 'Send it' }).click();
	await page.getByText('Your answer has arrived.').waitFor();
	await caption('His answer has arrived.');
	await openChat(scene, 'Ada Example');
	await lastBubble(page, 'delayed until Friday').waitFor();
	await caption('The workflow went on, and Ada has got the message.');
	await editor.openExecutions(workflow.id);
	await caption('In n8n the execution has succeeded.');
	await caption('That was the package; the README has the rest.');
}

/** In the order in which n8n's reviewers look. */
export const scenes = [
	meet,
	install,
	testCredential,
	sendText,
	sendTemplate,
	answerChat,
	sendAndWait,
];
