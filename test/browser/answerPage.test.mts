import type { INode, INodeParameters } from 'n8n-workflow';
import type { N8nClient } from '../../sandbox/n8n/n8nClient.mts';
import {
	answeredWith,
	approved,
	asking,
	declined,
	jsonOf,
	linkIn,
	startWorkflow,
	waitForMessage,
} from '../e2e/questions.mts';
import { loggedIn } from '../e2e/stage.mts';
import { inARow, manualTrigger } from '../e2e/workflows.mts';
import { useSession } from './session.mts';

jest.setTimeout(120_000);

const session = useSession();
let n8n: N8nClient;
let asked = 0;

beforeAll(() => {
	n8n = loggedIn(session.stage);
});

/** Asks on a new number, and opens the page on a phone. */
async function openQuestion(parameters: INodeParameters, ...next: INode[]): Promise<string> {
	const { stage, page } = session;
	const phone = `1555730${String(++asked).padStart(4, '0')}`;
	const ask = asking(stage, { phoneNumber: phone, ...parameters });
	const execution = await startWorkflow(n8n, inARow('Ask', [manualTrigger, ask, ...next]));
	const link = linkIn((await waitForMessage(stage, phone))[0]);
	await n8n.waitForPause(execution);
	await page.setViewportSize({ width: 390, height: 600 });
	await page.goto(link);
	return execution;
}

/** Takes pictures in both colours; nothing may lead over the edge of the phone. */
async function expectFits(name: string): Promise<void> {
	const { page, picture } = session;
	for (const colorScheme of ['light', 'dark'] as const) {
		await page.emulateMedia({ colorScheme });
		await picture(`${name}-${colorScheme}`);
	}
	const width = await page.evaluate(() => document.documentElement.scrollWidth);
	expect(width).toBeLessThanOrEqual(390);
}

const directionOf = async (selector: string) =>
	await session.page
		.locator(selector)
		.first()
		.evaluate((element) => getComputedStyle(element).direction);

test('the answer page fits a phone, light and dark, and takes the answer', async () => {
	const { page, picture } = session;
	const execution = await openQuestion({
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
	await expectFits('answer-page');
	await page.getByRole('button', { name: 'Yes, Friday suits me' }).click();
	await page.getByText('Your answer has arrived.').waitFor();
	await picture('answer-page-thanks');
	expect(jsonOf(await n8n.waitForExecution(execution), 'Ask')).toEqual([approved]);
});

test('in Arabic it reads from right to left', async () => {
	const { page } = session;
	const execution = await openQuestion({
		message: 'مرحبا آدا! هل يمكننا توصيل طلبك رقم 1001 صباح الجمعة؟\nالعنوان: 12 Rue de la Paix',
		approvalOptions: {
			values: {
				approvalType: 'double',
				approveLabel: 'نعم، يناسبني',
				disapproveLabel: 'لا، اتصلوا بي',
			},
		},
		options: { pageTitle: 'طلبك رقم 1001', thankYou: 'شكرا لك! وصل ردك.' },
	});
	await expectFits('answer-page-arabic');
	for (const part of ['h1', '.question', 'button']) expect(await directionOf(part)).toBe('rtl');
	await page.getByRole('button', { name: 'لا، اتصلوا بي' }).click();
	await page.getByText('شكرا لك').waitFor();
	expect(await directionOf('h1')).toBe('rtl');
	await expectFits('answer-page-arabic-thanks');
	expect(jsonOf(await n8n.waitForExecution(execution), 'Ask')).toEqual([declined]);
});

test('in French every word can be French, and the text box takes any language', async () => {
	const { page } = session;
	const execution = await openQuestion({
		...{ message: 'Bonjour Ada, à quelle heure pouvons-nous livrer ?', responseType: 'freeText' },
		options: {
			...{ pageTitle: 'Votre commande n° 1001', answerLabel: 'Votre réponse' },
			...{ buttonLabel: 'Envoyer', thankYou: 'Merci ! Votre réponse est bien arrivée.' },
		},
	});
	await page.getByLabel('Votre réponse').fill('صباح الجمعة');
	expect(await directionOf('textarea')).toBe('rtl');
	await expectFits('answer-page-french');
	const texts = await page.locator('main').innerText();
	expect(texts).not.toMatch(/answer|send/i);
	await page.getByRole('button', { name: 'Envoyer' }).click();
	await page.getByText('Merci !').waitFor();
	expect(jsonOf(await n8n.waitForExecution(execution), 'Ask')).toEqual([
		answeredWith('صباح الجمعة'),
	]);
});

test('a double tap is one answer, and leads to the thanks', async () => {
	const { page } = session;
	const slow: INode = {
		...{ id: 'slow', name: 'Slow', type: 'n8n-nodes-base.code', typeVersion: 2 },
		...{ position: [0, 0], parameters: { jsCode: sleeping(6_000) } },
	};
	const execution = await openQuestion({ message: 'May we?' }, slow);
	const sent: string[] = [];
	page.on('request', (request) => {
		if (request.method() === 'POST') sent.push(request.url());
	});
	await page.getByRole('button', { name: 'Approve' }).dblclick();
	await page.getByText('Your answer has arrived.').waitFor();
	expect(sent).toHaveLength(1);
	expect(jsonOf(await n8n.waitForExecution(execution), 'Ask')).toEqual([approved]);
});

function sleeping(milliseconds: number): string {
	return `await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));\nreturn $input.all();`;
}
