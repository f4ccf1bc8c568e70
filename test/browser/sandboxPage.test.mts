import axios from 'axios';
import { startSandbox, type Sandbox } from '../../sandbox/server/sandbox.mts';
import { openBrowser, takePicture, type Browser } from './browser.mts';

jest.setTimeout(60_000);

const firstUrl = 'http://localhost:5678/webhook/answers/webhook';
const mine = 'http://localhost:5678/webhook/mine/webhook';
let sandbox: Sandbox;
let browser: Browser;

beforeAll(async () => {
	sandbox = await startSandbox();
	// As `npm start` does once it has published the example that answers.
	sandbox.webhooks = { ...sandbox.webhooks, messagesUrl: firstUrl };
	browser = await openBrowser({ viewport: { width: 1280, height: 900 } });
});

afterAll(async () => {
	await browser.close();
	await sandbox.close();
});

beforeEach(async () => {
	sandbox.reset();
	await browser.page.goto(sandbox.url);
	await browser.page.locator('#contacts .chat').first().waitFor();
});

const locate = (selector: string) => browser.page.locator(selector);

async function send(phone_number: string): Promise<void> {
	const message = { phone_number, message_body: 'Your order is ready.' };
	await axios.post(`${sandbox.baseUrl}${sandbox.subdomain}/messages/send`, message, {
		headers: { Authorization: `Bearer ${sandbox.token}` },
		validateStatus: () => true,
	});
}

async function pasteMine(): Promise<void> {
	await browser.page.fill('#messagesUrl', mine);
	await browser.page.keyboard.press('Enter');
	await locate('#first').waitFor();
}

/** Presses the button and answers the browser's own question; gives its words. */
async function backToTheStart(answer: 'accept' | 'dismiss'): Promise<string> {
	const { page } = browser;
	const asked = page.waitForEvent('dialog');
	const pressed = page.getByRole('button', { name: 'Back to the start' }).click();
	const dialog = await asked;
	await dialog[answer]();
	await pressed;
	return dialog.message();
}

test('somebody who can be reached is chosen at first; who can not is last', async () => {
	expect(await locate('#who b').innerText()).toBe('The phone of Ada Example');
	expect(await locate('#contacts .chat').last().innerText()).toContain('Max Unreachable');
	expect(await locate('#contacts .chat[aria-pressed=true]').innerText()).toContain('Ada Example');
});

test('a refused send shows in the chat, with its reason', async () => {
	await browser.page.getByRole('button', { name: /Max Unreachable/ }).click();
	await send('+15555550000');
	await locate('.turn.refused').waitFor();
	const shown = await locate('.turn.refused').innerText();
	expect(shown).toContain('Your order is ready.');
	expect(shown).toContain(
		'Refused, and the workflow was told: This sandbox refuses all numbers that end in 0000.',
	);
	expect(await locate('#contacts .chat').first().innerText()).toContain(
		'Refused: Your order is ready.',
	);
	expect(await locate('#count').innerText()).toBe('13 contacts, 1 message');
	await takePicture(browser.page, 'sandbox-refused');
});

test('a text after 24 hours shows what to do', async () => {
	await send('+15555550101');
	await browser.page.getByText('Write as this person first, or let').waitFor();
	await takePicture(browser.page, 'sandbox-24-hours');
});

test.each([
	['0151 99', 'has no country code'],
	['call me', 'is no phone number'],
	['+1 555', 'is too short'],
])('somebody new with the number "%s" is refused', async (phone, problem) => {
	const { page } = browser;
	await page.getByText('Somebody new writes').click();
	await page.fill('#new-name', 'Nora');
	await page.fill('#new-phone', phone);
	await page.getByRole('button', { name: 'Open the chat' }).click();
	expect(await locate('#new-problem').innerText()).toContain(`"${phone}" ${problem}. A phone`);
	expect(await locate('#who b').innerText()).toBe('The phone of Ada Example');
	await takePicture(page, 'sandbox-new-number');

	await page.fill('#new-phone', '00 1 555 018 8123');
	await page.getByRole('button', { name: 'Open the chat' }).click();
	expect(await locate('#who').innerText()).toContain('The phone of Nora\n+15550188123');
	expect(await locate('#new-problem').innerText()).toBe('');
});

describe('another URL for messages', () => {
	test('takes the place of the first, which comes back at one press, and nothing is erased', async () => {
		const { page } = browser;
		sandbox.data.insertContacts([{ firstname: 'Nia' }]);
		expect(await locate('#first').isVisible()).toBe(false);
		expect(await locate('#one-url').innerText()).toContain('One URL takes all messages');
		await pasteMine();
		expect(sandbox.webhooks.messagesUrl).toBe(mine);
		expect(await locate('#first').innerText()).toContain(firstUrl);
		await locate('#messagesUrl').scrollIntoViewIfNeeded();
		await takePicture(page, 'sandbox-another-url');

		await page.getByRole('button', { name: 'Take that one again' }).click();
		await locate('#first').waitFor({ state: 'hidden' });
		expect(sandbox.webhooks.messagesUrl).toBe(firstUrl);
		expect(await page.inputValue('#messagesUrl')).toBe(firstUrl);
		expect(sandbox.data.contacts.size).toBe(14);
	});

	test('goes with "Back to the start", which asks before it erases', async () => {
		sandbox.data.insertContacts([{ firstname: 'Nia' }]);
		await pasteMine();
		await browser.page.getByText('14 contacts').waitFor();
		expect(await backToTheStart('dismiss')).toMatch(/^Erase all that came since the start\?/);
		expect(sandbox.data.contacts.size).toBe(14);
		expect(sandbox.webhooks.messagesUrl).toBe(mine);

		await backToTheStart('accept');
		await browser.page.getByText('13 contacts').waitFor();
		expect(sandbox.data.contacts.size).toBe(13);
		expect(sandbox.webhooks.messagesUrl).toBe(firstUrl);
		expect(await browser.page.inputValue('#messagesUrl')).toBe(firstUrl);
	});
});

test('a phone of 360 pixels shows the page without scrolling sideways, and the version that is played', async () => {
	const { page } = browser;
	await page.setViewportSize({ width: 360, height: 740 });
	try {
		await page.evaluate(() => {
			for (const part of document.querySelectorAll('details')) part.open = true;
		});
		expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
		expect(await locate('header p').innerText()).toContain('version D');
		await page.selectOption('#generation', 'B2');
		await page.getByText('(version B2)').waitFor();
		expect(sandbox.behaviour).toMatchObject({ optOut: false, jpg: true });
	} finally {
		await page.setViewportSize({ width: 1280, height: 900 });
	}
});
