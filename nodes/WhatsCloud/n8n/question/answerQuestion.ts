import type {
	IDataObject,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { isObject } from '../../json';
import type { Question } from '../../operation';
import { MAX_ANSWER_LENGTH, noticePage, questionPage } from './page';
import { askedQuestion } from './question';

const resumeWebhook = (httpMethod: 'GET' | 'POST'): IWebhookDescription => ({
	name: 'default',
	httpMethod,
	responseMode: 'onReceived',
	// Without it n8n would answer with its own text instead of the page.
	responseData: '',
	path: '={{ $nodeId }}',
	restartWebhook: true,
	isFullPath: true,
});

/** The addresses under which a waiting execution is reached. */
export const resumeWebhooks: IWebhookDescription[] = [resumeWebhook('GET'), resumeWebhook('POST')];

const HEADERS = {
	'content-type': 'text/html; charset=utf-8',
	'cache-control': 'no-store',
	'referrer-policy': 'no-referrer',
	'x-content-type-options': 'nosniff',
	'content-security-policy':
		"sandbox allow-forms; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
};

interface Page {
	status: number;
	html: string;
}

/** What an answer becomes in the output, or why it is none. */
type Answer = { data: IDataObject } | { problem: string };

/**
 * The page of a question, and the answer given on it. Only a POST of the form resumes the execution:
 * WhatsApp, mail scanners and browsers open links to preview them. It never throws, because n8n would
 * then resume the execution with an empty item.
 */
export function answerQuestion(context: IWebhookFunctions): IWebhookResponseData {
	try {
		const outcome = outcomeOf(context);
		if ('html' in outcome) return shown(context, outcome);
		return {
			webhookResponse: noticePage('Thank you', 'Your answer has arrived. You can close this page.'),
			workflowData: [[{ json: { data: outcome.data } }]],
		};
	} catch (error) {
		context.logger.error(`The page for an answer could not be shown: ${String(error)}`);
		return shown(context, {
			status: 500,
			html: noticePage(
				'This page can’t be shown right now',
				'Nothing was answered. Please open the link again a little later.',
			),
		});
	}
}

function outcomeOf(context: IWebhookFunctions): Page | { data: IDataObject } {
	const question = askedQuestion(context);
	if (!question) {
		return {
			status: 410,
			html: noticePage(
				'This question is over',
				'It has been answered already, or a newer question has taken its place. There is nothing to do.',
			),
		};
	}
	if (context.getRequestObject().method !== 'POST') {
		return { status: 200, html: questionPage(question) };
	}
	const answer = answerIn(context.getBodyData(), question);
	return 'data' in answer ? answer : { status: 400, html: questionPage(question, answer.problem) };
}

/** Shows a page without resuming the execution. */
function shown(context: IWebhookFunctions, { status, html }: Page): IWebhookResponseData {
	context.getResponseObject().status(status).set(HEADERS).send(html);
	return { noWebhookResponse: true };
}

function answerIn(body: unknown, { buttons }: Question): Answer {
	// Browsers send line breaks as CR LF.
	const given =
		isObject(body) && typeof body.answer === 'string'
			? body.answer.replaceAll('\r\n', '\n').trim()
			: '';
	if (buttons) {
		const isOffered = buttons.some(({ value }) => value === given);
		return isOffered
			? { data: { approved: given === 'true' } }
			: { problem: 'Please press one of the buttons.' };
	}
	if (given === '') return { problem: 'Please write your answer first.' };
	if (given.length <= MAX_ANSWER_LENGTH) return { data: { text: given } };
	return { problem: `Please write at most ${MAX_ANSWER_LENGTH} characters.` };
}
