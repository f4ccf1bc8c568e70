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
import { isObject } from '../checks/json';
import type { Question } from '../operation';
import { MAX_ANSWER_LENGTH, noticePage, PAGE_HEADERS, questionPage } from './page';

/**
 * The question that waits, kept in the node's context with the execution: expressions may give something
 * else when the page is opened.
 */
interface OpenQuestion extends Question {
	/** Which run of the node asked. It stands in the link, so that an old link answers no later question. */
	run: string;
}

const KEY = 'whatsCloudQuestion';
const PARAMETER = 'question';

/**
 * The address of the page on which the question of this run is answered, signed by n8n. It is the same in
 * each try of the run: the message with it may have been sent already.
 * @throws InputError where the execution can't wait for an answer
 */
export function answerLink(context: IExecuteFunctions): string {
	checkCanWait(context);
	return context.getSignedResumeUrl({ [PARAMETER]: runOf(context) });
}

/** The names of the tools whose calls this node reviews. */
export function reviewedTools(context: IExecuteFunctions): string[] {
	return context
		.getParentNodes(context.getNode().name, {
			connectionType: NodeConnectionTypes.AiTool,
			depth: 1,
		})
		.map(({ name }) => name);
}

/** Keeps what the page shows: the text of the message without the link to the page itself. */
export function keepQuestion(context: IExecuteFunctions, question: Question): void {
	const text = question.text.replaceAll(answerLink(context), '').trim();
	const open: OpenQuestion = { ...question, text, run: runOf(context) };
	context.getContext('node')[KEY] = open;
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
	const escaped = name.replace(
		/[^]/g,
		(unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
	const open: unknown = context.evaluateExpression(`{{ $("${escaped}").context.${KEY} }}`, 0);
	const { [PARAMETER]: run } = context.getQueryData() as IDataObject;
	return isObject(open) && open.run === run ? (open as unknown as OpenQuestion) : undefined;
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

/** Shows a page without resuming the execution. */
function show(context: IWebhookFunctions, status: number, page: string): IWebhookResponseData {
	context.getResponseObject().status(status).set(PAGE_HEADERS).send(page);
	return { noWebhookResponse: true };
}

/** What an answer becomes in the output, or why it is none. */
function answerIn(body: unknown, { buttons }: Question): IDataObject | string {
	// Browsers send line breaks as CR LF.
	const given =
		isObject(body) && typeof body.answer === 'string'
			? body.answer.replaceAll('\r\n', '\n').trim()
			: '';
	if (buttons) {
		const isOffered = buttons.some(({ value }) => value === given);
		if (!isOffered) return 'Please press one of the buttons.';
		const approved = given === 'true';
		return { approved, outcome: approved ? 'approved' : 'declined' };
	}
	if (given === '') return 'Please write your answer first.';
	if (given.length <= MAX_ANSWER_LENGTH) return { text: given, outcome: 'answered' };
	return `Please write at most ${MAX_ANSWER_LENGTH} characters.`;
}
