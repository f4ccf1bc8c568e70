import axios from 'axios';
import {
	answeringExample,
	exampleWorkflows,
	webhookUrl,
	withCredential,
} from '../../sandbox/n8n/exampleWorkflows.mts';
import type { N8nClient, Workflow } from '../../sandbox/n8n/n8nClient.mts';
import { loggedIn } from '../e2e/stage.mts';
import { Film } from './film.mts';
import { useSession } from './session.mts';

jest.setTimeout(120_000);

const session = useSession();
let n8n: N8nClient;
let workflow: Workflow;

beforeAll(async () => {
	const { stage } = session;
	n8n = loggedIn(stage);
	const example = exampleWorkflows().find(({ file }) => file === answeringExample);
	if (!example) throw new Error(`There is no example ${answeringExample}.`);
	workflow = await n8n.createWorkflow(
		withCredential(example.workflow, stage.credential.type, stage.credential),
	);
	await axios.post(`${stage.sandboxUrl}/sandbox/reset`);
});

afterAll(async () => {
	const { stage } = session;
	await axios.put(`${stage.sandboxUrl}/sandbox/webhooks`, { messagesUrl: null });
	await n8n.deactivateWorkflow(workflow.id);
});

const bubbles = () => session.page.locator('#bubbles .bubble');

describe('a chat in the sandbox', () => {
	test('is answered by the example, once its URL is pasted', async () => {
		const { page, picture, stage, editor } = session;
		await page.setViewportSize({ width: 950, height: 740 });
		const film = new Film(page, 'chat');
		await editor.openWorkflow(workflow.id);
		await film.frame(2);
		await n8n.activateWorkflow(workflow);
		await n8n.waitForPublication(workflow.id);

		await page.goto(stage.sandboxUrl);
		await page.getByRole('button', { name: /Ada Example/ }).click();
		await page.fill('#messagesUrl', webhookUrl(stage.n8nUrl, workflow) ?? '');
		await page.keyboard.press('Enter');
		await page.getByText('Saved.').waitFor();
		await page.evaluate(() => {
			window.scrollTo(0, 0);
		});
		await film.frame(1);
		await film.type('#say', 'hi');
		await page.keyboard.press('Enter');
		await bubbles().filter({ hasText: 'hi' }).first().waitFor();
		await film.frame(0.6);
		await bubbles().filter({ hasText: 'Hello Ada! How can we help?' }).waitFor();
		await page.locator('.turn.business .read').first().waitFor();
		await film.frame(2);
		await film.type('#say', '1');
		await page.keyboard.press('Enter');
		await bubbles().filter({ hasText: 'We are open from 9 to 5' }).waitFor();
		await page.waitForTimeout(800);
		await film.frame(2);
		await film.type('#say', 'and on Sundays, by phone?');
		await page.keyboard.press('Enter');
		await bubbles().filter({ hasText: 'A colleague will write to you soon.' }).waitFor();
		await page.waitForTimeout(800);
		await film.frame(3);
		film.develop();
		await page.setViewportSize({ width: 1400, height: 1000 });
		await picture('sandbox-chat');
	});

	test('shows what is typed as text, and addresses as links', async () => {
		const { page } = session;
		const typed = '<img src=x onerror=alert(1)> <b>2</b> http://127.0.0.1:1/a?b=1&c=<d>.';
		await page.fill('#say', typed);
		await page.keyboard.press('Enter');
		await bubbles().filter({ hasText: '<b>2</b>' }).waitFor();
		const bubble = bubbles().filter({ hasText: '<b>2</b>' });
		expect(await bubble.locator('img, b').count()).toBe(0);
		const links = bubble.locator('a');
		expect(await links.evaluateAll((all) => all.map((a) => a.getAttribute('href')))).toEqual([
			'http://127.0.0.1:1/a?b=1&c=',
		]);
		expect(await links.first().getAttribute('rel')).toBe('noopener noreferrer');
	});

	test('has the buttons of templates; pressing one answers', async () => {
		const { page, stage } = session;
		const { baseUrl, subdomain, apiToken } = stage.credential.data as Record<string, string>;
		const template = {
			...{ phone_number: '15555550101', template_name: 'order_update', template_language: 'en' },
			...{ header_field_1: '1001', field_1: 'Ada', field_2: '1001' },
		};
		await axios.post(`${baseUrl ?? ''}${subdomain ?? ''}/messages/template`, template, {
			headers: { Authorization: `Bearer ${apiToken ?? ''}` },
		});
		await page.getByRole('button', { name: 'Thanks' }).click();
		await page.locator('.turn.contact').filter({ hasText: 'Thanks' }).waitFor();
		const { data } = await axios.get<{ message: object; replyTo: string }[]>(
			`${stage.sandboxUrl}/sandbox/received?limit=1`,
		);
		expect(data).toMatchObject([
			{
				message: { type: 'button', button: { payload: 'Thanks', text: 'Thanks' } },
				replyTo: expect.stringMatching(/^wamid\./) as string,
			},
		]);
		await bubbles().filter({ hasText: 'A colleague will write' }).nth(1).waitFor();
	});

	test('can be begun by somebody new', async () => {
		const { page, picture } = session;
		await page.getByText('Somebody new writes').click();
		await page.fill('#new-name', 'Nia Newcomer');
		await page.fill('#new-phone', '+1 555 018 8123');
		await page.getByRole('button', { name: 'Open the chat' }).click();
		await page.fill('#say', 'Hello');
		await page.keyboard.press('Enter');
		await bubbles().filter({ hasText: 'Hello Nia! How can we help?' }).waitFor();
		expect(await page.locator('#who').innerText()).toContain('The phone of Nia Newcomer');
		await page.emulateMedia({ colorScheme: 'dark' });
		await picture('sandbox-chat-dark');
	});

	test('can hold all that people do on their phones; a location is drawn', async () => {
		const { page, picture } = session;
		await page.emulateMedia({ colorScheme: 'light' });
		const done: [kind: string, text: string, shown: string][] = [
			['Location', 'Town Hall', 'Town Hall'],
			['Location', '', '52.52, 13.405'],
			['Contact card', 'Ben Example', 'Contact: Ben Example, +1 555 555 0177'],
			['Order', 'Soon, please', '2 × coffee, 9.5 EUR'],
			['Form', '', 'guests: 4'],
			['Text after an ad', 'How much?', 'From the ad: Coffee at half price'],
			['Edit the last one', 'How much is it?', 'Edited: How much is it?'],
			['Delete the last one', '', 'Deleted a message'],
			['Text, number hidden', 'Who am I?', 'number hidden'],
			['Text in a group', 'Hi all', 'in a group'],
			['Your people write', 'We call you', 'written on the phone of the business'],
			['Call', '', 'Call'],
			['Photo', 'Look', 'Look'],
			['Document', '', 'document: prices.pdf'],
		];
		const kinds = await page.locator('#kind option').allInnerTexts();
		expect(new Set(['Text', ...done.map(([kind]) => kind)])).toEqual(new Set(kinds));
		for (const [kind, text, shown] of done) {
			await page.selectOption('#kind', { label: kind });
			await page.fill('#say', text);
			await page.getByRole('button', { name: 'Send' }).click();
			await bubbles().filter({ hasText: shown }).last().waitFor();
			expect(await page.locator('#chat-problem').innerText()).toBe('');
			if (kind === 'Form') {
				expect(await page.locator('#bubbles .place').count()).toBe(2);
				await picture('sandbox-place');
			}
		}
		await page.setViewportSize({ width: 360, height: 740 });
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
			360,
		);
		await page.setViewportSize({ width: 1400, height: 1000 });
	});

	test('says in words why nobody answers', async () => {
		const { page, stage } = session;
		await n8n.deactivateWorkflow(workflow.id);
		await axios.put(`${stage.sandboxUrl}/sandbox/webhooks`, {
			messagesUrl: `${stage.n8nUrl}/webhook/nobody/webhook`,
		});
		await page.fill('#say', 'Hello?');
		await page.keyboard.press('Enter');
		// Answers to what was written before may still arrive below it.
		const unheard = page.locator('.turn.contact').filter({ hasText: 'Hello?' });
		await unheard.filter({ hasText: 'n8n did not get this. n8n knows no workflow' }).waitFor();
	});
});
