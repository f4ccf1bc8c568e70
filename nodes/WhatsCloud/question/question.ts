import { randomBytes } from 'crypto';

import type {
	IDataObject,
	IExecuteFunctions,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { InputError } from '../checks/InputError';
import { isObject } from '../checks/json';
import type { Question } from '../operation';
import { MAX_ANSWER_LENGTH, noticePage, questionPage } from './page';

/**
 * A question that was sent and waits for its answer, kept in the node's context with the execution. All
 * that the page shows is in it, because an expression may give something else when the page is opened.
 */
interface OpenQuestion extends Question {
	/** Stands in the address of the page, so that an old link does not answer a later question. */
	id: string;
	executionId: string;
	/** Which run of the node asked: a loop asks once in each. */
	run: number;
}

const KEY = 'whatsCloudQuestion';
const PARAMETER = 'question';

/**
 * The address of the page on which this question is answered, signed by n8n. In a later try of the same
 * run it is the same address: the message with it may have been sent already.
 * @throws InputError in versions of n8n that sign no addresses
 */
export function answerLink(context: IExecuteFunctions, question: Question): string {
	checkCanWait(context);
	const kept = context.getContext('node') as Record<string, OpenQuestion | undefined>;
	const run = context.getWorkflowDataProxy(0).$runIndex as number;
	const executionId = context.getExecutionId();
	const known = kept[KEY];
	const isSameRun = known?.run === run && known.executionId === executionId;
	const id = isSameRun ? known.id : randomBytes(9).toString('base64url');
	kept[KEY] = { ...question, id, executionId, run };
	return context.getSignedResumeUrl({ [PARAMETER]: id });
}

/** n8n has signed addresses since 1.107. */
function checkCanWait(context: IExecuteFunctions & { setSignatureValidationRequired?(): void }) {
	if (typeof context.getSignedResumeUrl !== 'function') {
		throw new InputError(
			'"Send and Wait for Response" needs n8n 1.107 or newer',
			'Nothing was sent. Update n8n, or use Send Text or Send Template without waiting for an answer.',
		);
	}
	// The newest agents call their tools outside of any execution.
	if (context.getExecutionId() === undefined) {
		throw new InputError(
			'"Send and Wait for Response" can\'t wait here, because there is no execution to pause',
			'Nothing was sent. As a tool of an agent, use Send Text or Send Template; for approvals, add the node as a step of human review.',
		);
	}
	// The first versions with signed addresses check the signature only when asked to.
	context.setSignatureValidationRequired?.();
}

/** The question that this request is about; undefined when it is an earlier one, or none. */
function askedQuestion(context: IWebhookFunctions): Question | undefined {
	// An expression is the only way from a webhook to the node's context.
	// Braces in the node's name would end it.
	const name = JSON.stringify(context.getNode().name).replaceAll('}', '\\u007d');
	const open: unknown = context.evaluateExpression(`{{ $(${name}).context.${KEY} }}`, 0);
	const { [PARAMETER]: id } = context.getQueryData() as IDataObject;
	if (!isObject(open) || typeof id !== 'string' || open.id !== id) return undefined;
	return open as unknown as OpenQuestion;
}

/** The addresses under which a waiting execution is reached. */
export const resumeWebhooks = (['GET', 'POST'] as const).map(
	(httpMethod): IWebhookDescription => ({
		name: 'default',
		httpMethod,
		responseMode: 'onReceived',
		// Without it n8n would answer with its own text instead of the page.
		responseData: '',
		path: '={{ $nodeId }}',
		restartWebhook: true,
		isFullPath: true,
	}),
);

const HEADERS = {
	'content-type': 'text/html; charset=utf-8',
	'cache-control': 'no-store',
	'referrer-policy': 'no-referrer',
	'x-content-type-options': 'nosniff',
	'content-security-policy':
		"sandbox allow-forms; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
};

/**
 * The page of a question, and the answer given on it. Only a POST of the form resumes the execution:
 * WhatsApp, mail scanners and browsers open links to preview them. It never throws, because n8n would
 * then resume the execution with an empty item.
 */
export function answerQuestion(context: IWebhookFunctions): IWebhookResponseData {
	try {
		const question = askedQuestion(context);
		if (!question) {
			const over =
				'It has been answered already, or a newer question has taken its place. There is nothing to do.';
			return show(context, 410, noticePage('This question is over', over));
		}
		if (context.getRequestObject().method !== 'POST')
			return show(context, 200, questionPage(question));
		const answer = answerIn(context.getBodyData(), question);
		if ('problem' in answer) return show(context, 400, questionPage(question, answer.problem));
		return {
			webhookResponse: noticePage('Thank you', 'Your answer has arrived. You can close this page.'),
			workflowData: [[{ json: answer }]],
		};
	} catch (error) {
		context.logger.error(`The page for an answer could not be shown: ${String(error)}`);
		const later = 'Nothing was answered. Please open the link again a little later.';
		return show(context, 500, noticePage('This page can’t be shown right now', later));
	}
}

/** Shows a page without resuming the execution. */
function show(context: IWebhookFunctions, status: number, page: string): IWebhookResponseData {
	context.getResponseObject().status(status).set(HEADERS).send(page);
	return { noWebhookResponse: true };
}

/** What an answer becomes in the output, or why it is none. */
function answerIn(
	body: unknown,
	{ buttons }: Question,
): { data: IDataObject } | { problem: string } {
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
