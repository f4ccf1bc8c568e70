import { createHash } from 'crypto';

import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes, SEND_AND_WAIT_OPERATION } from 'n8n-workflow';

import { InputError } from '../checks/text';
import { isObject, objectOf } from '../checks/json';
import type { Question } from '../operation';

const KEY = 'whatsCloudQuestion';
const PARAMETER = 'question';

/** The same in each try of the run, since the message with it may have been sent. @throws InputError where nothing can wait */
export function answerLink(context: IExecuteFunctions): string {
	checkCanWait(context);
	return context.getSignedResumeUrl({ [PARAMETER]: runOf(context) });
}

export function reviewedTools(context: IExecuteFunctions): string[] {
	const direct = { connectionType: NodeConnectionTypes.AiTool, depth: 1 };
	return context.getParentNodes(context.getNode().name, direct).map(({ name }) => name);
}

/**
 * Keeps what the page shows: the text of the message without the link to the page itself. Expressions may give
 * something else when the page is opened, so it lives in the node's context, with the execution.
 */
export function keepQuestion(context: IExecuteFunctions, question: Question): void {
	const text = question.text.replaceAll(answerLink(context), '').trim();
	context.getContext('node')[KEY] = { ...question, text, run: runOf(context) };
}

/**
 * To be called right before the execution is put to wait: n8n then stores the entry of its stack that runs
 * now. When the execution goes on, n8n disables the entry's node, and puts out the entry's items if nobody
 * has answered. It takes `approved` and `data.approved` for a reviewer's decision, and `chatInput` for the
 * reason: a tool's input, in which a model writes what it likes, does not come out.
 */
export function prepareWait(context: IExecuteFunctions): void {
	const entry = context.getExecuteData();
	const node = context.getNode();
	const unanswered = context.getInputData().map((item) => {
		const kept = node.type.endsWith('Tool') ? {} : withoutAnswer(node, item.json);
		return { ...item, json: { ...kept, data: { outcome: 'noAnswer' } } };
	});
	// Other entries share the node's object, and would go through it unasked.
	entry.node = { ...entry.node };
	entry.data = { ...entry.data, main: [unanswered] };
}

/** An input item that comes out again. Of a question without an answer it must not look like one. */
export function withoutAnswer({ parameters }: INode, json: IDataObject): IDataObject {
	const kept = { ...json };
	if (parameters.operation === SEND_AND_WAIT_OPERATION) {
		delete kept.approved;
		delete kept.data;
	}
	return kept;
}

/** Which run of the node asks. It stands in the link, so that an old link answers no later question. */
function runOf(context: IExecuteFunctions): string {
	return String(context.getWorkflowDataProxy(0).$runIndex);
}

/** n8n has signed addresses since 1.107. */
function checkCanWait(context: IExecuteFunctions & { setSignatureValidationRequired?(): void }) {
	if (typeof context.getSignedResumeUrl !== 'function') {
		throw new InputError(
			'"Send and Wait for Response" needs n8n 1.107 or newer',
			'Nothing was sent. Update n8n, or use Send Text or Send Template without waiting for an answer.',
		);
	}
	// The newest agents call their tools outside of any execution, older ones within the agent's own step,
	// which an answer to the tool can't resume.
	const hasOwnStep = context.getExecuteData().node.name === context.getNode().name;
	if (context.getExecutionId() === undefined || !hasOwnStep) {
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
	// An expression is the only way from a webhook to the node's context. Escaped, no character of the
	// node's name can end it.
	const { name } = context.getNode();
	const codes = Array.from({ length: name.length }, (_, at) => name.charCodeAt(at));
	const escaped = codes.map((code) => `\\u${code.toString(16).padStart(4, '0')}`).join('');
	const open: unknown = context.evaluateExpression(`{{ $("${escaped}").context.${KEY} }}`, 0);
	const { [PARAMETER]: run } = context.getQueryData() as IDataObject;
	return isObject(open) && open.run === run ? (open as unknown as Question) : undefined;
}

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
		if (typeof answer === 'string') return show(context, 400, questionPage(question, answer));
		const data = { ...answer, respondedAt: new Date().toISOString() };
		return { webhookResponse: noticePage(question.thankYou), workflowData: [[{ json: { data } }]] };
	} catch (error) {
		context.logger.error(`The page for an answer could not be shown: ${String(error)}`);
		const later = 'Nothing was answered. Please open the link again a little later.';
		return show(context, 500, noticePage('This page can’t be shown right now', later));
	}
}

function show(context: IWebhookFunctions, status: number, page: string): IWebhookResponseData {
	context.getResponseObject().status(status).set(PAGE_HEADERS).send(page);
	return { noWebhookResponse: true };
}

function answerIn(body: unknown, { buttons }: Question): IDataObject | string {
	const { answer } = objectOf(body);
	// Browsers send line breaks as CR LF.
	const given = typeof answer === 'string' ? answer.replaceAll('\r\n', '\n').trim() : '';
	if (buttons) {
		if (!buttons.some(({ value }) => value === given)) return 'Please press one of the buttons.';
		const approved = given === 'true';
		return { approved, outcome: approved ? 'approved' : 'declined' };
	}
	if (given === '') return 'Please write your answer first.';
	if (given.length <= MAX_ANSWER_LENGTH) return { text: given, outcome: 'answered' };
	return `Please write at most ${MAX_ANSWER_LENGTH} characters.`;
}

const MAX_ANSWER_LENGTH = 4096;

/** A second press while the first one is on its way would be answered by n8n with an error. */
const SCRIPT = `document.addEventListener('submit', (event) => {
	const { dataset } = document.body;
	if (dataset.sent) return event.preventDefault();
	dataset.sent = 'yes';
	setTimeout(() => delete dataset.sent, 5000);
});`;

/** The page loads nothing, and nothing runs on it but its own script. */
export const PAGE_HEADERS = {
	'content-type': 'text/html; charset=utf-8',
	'cache-control': 'no-store',
	'referrer-policy': 'no-referrer',
	'x-content-type-options': 'nosniff',
	'content-security-policy': `sandbox allow-forms allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'; base-uri 'none'; frame-ancestors 'none'`,
};

/** Its form goes back to the address of the page itself, which carries the signature. */
export function questionPage(question: Question, problem?: string): string {
	const { title, text, buttons, answerLabel, buttonLabel } = question;
	const choices = buttons
		?.map(({ value, label }) => button(label, ` name="answer" value="${value}"`))
		.join('');
	const box = `<label for="answer" dir="auto">${escaped(answerLabel)}</label><textarea id="answer" name="answer" dir="auto" rows="5" maxlength="${MAX_ANSWER_LENGTH}" required></textarea>${button(buttonLabel)}`;
	const refused = problem && `<p class="problem" role="alert" dir="auto">${escaped(problem)}</p>`;
	return page(
		title,
		`<p class="question" dir="auto">${escaped(text)}</p>${refused ?? ''}<form method="post">${choices ?? box}</form><script>${SCRIPT}</script>`,
	);
}

function button(label: string, attributes = ''): string {
	return `<button${attributes} dir="auto">${escaped(label)}</button>`;
}

export function noticePage(title: string, text = ''): string {
	return page(title, text === '' ? '' : `<p dir="auto">${escaped(text)}</p>`);
}

/** Declares no language, since users write the words, and lets each text have its own direction. */
function page(title: string, content: string): string {
	return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body><main><h1 dir="auto">${escaped(title)}</h1>${content}</main></body>
</html>`;
}

const STYLE = `
:root { color-scheme: light dark; --page: #f0f2f5; --card: #fff; --text: #17212b; --quiet: #e7eaee; --main: #0b7a5c; --line: #c5ccd3; --problem: #a4262c; }
@media (prefers-color-scheme: dark) { :root { --page: #0c1317; --card: #18222a; --text: #e9edef; --quiet: #2b3942; --main: #12866a; --line: #43525d; --problem: #ffb3b3; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; background: var(--page); color: var(--text); font: 1.0625rem/1.5 system-ui, sans-serif; }
main { max-width: 32rem; margin: 5vh auto 0; padding: 1.5rem; background: var(--card); border-radius: 1rem; }
h1 { margin: 0; font-size: 1.3rem; line-height: 1.3; overflow-wrap: anywhere; }
.question { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.problem { color: var(--problem); font-weight: 600; }
p, form { margin: 1rem 0 0; }
form { display: flex; flex-direction: column; gap: .75rem; }
button { min-height: 3rem; padding: .6rem 1rem; border: 0; border-radius: .75rem; background: var(--quiet); color: var(--text); font: inherit; font-weight: 600; cursor: pointer; overflow-wrap: anywhere; }
body[data-sent] button { opacity: .6; }
button:first-of-type { background: var(--main); color: #fff; }
textarea { width: 100%; padding: .75rem; border: 1px solid var(--line); border-radius: .75rem; background: transparent; color: inherit; font: inherit; }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px; }
`;

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
