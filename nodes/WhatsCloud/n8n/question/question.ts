import { randomBytes } from 'crypto';

import type { IDataObject, IExecuteFunctions, IWebhookFunctions } from 'n8n-workflow';

import { InputError } from '../../InputError';
import { isObject } from '../../json';
import type { Question } from '../../operation';

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
export function askedQuestion(context: IWebhookFunctions): Question | undefined {
	// An expression is the only way from a webhook to the node's context.
	// Braces in the node's name would end it.
	const name = JSON.stringify(context.getNode().name).replaceAll('}', '\\u007d');
	const open: unknown = context.evaluateExpression(`{{ $(${name}).context.${KEY} }}`, 0);
	const { [PARAMETER]: id } = context.getQueryData() as IDataObject;
	if (!isObject(open) || typeof id !== 'string' || open.id !== id) return undefined;
	return open as unknown as OpenQuestion;
}
