import { createHash } from 'crypto';

import type { IDataObject } from 'n8n-workflow';

import { ApiError, isNodeError } from '../api/errors/ApiError';
import { RunEnded } from '../api/http';
import { InputError } from '../checks/text';
import type { Operation } from '../operation';
import type { Item, Run } from './run';
import { apiOf, callOf, isTool } from './run';

/**
 * Gives an item the result that an earlier try has left of it.
 * @throws ApiError for one that may have been done, and that nobody may repeat
 */
export async function recall(run: Run, item: Item): Promise<void> {
	if (!run.sentBefore.knows(item.index)) return;
	const earlier = run.sentBefore.of(item.index, await identityOf(run, item));
	if (!earlier) return;
	if ('output' in earlier) {
		item.result = { outputs: [earlier.output] };
		return;
	}
	if (earlier.error.mayDuplicate) throw earlier.error;
	item.maybeDone = true;
}

/** Does the write, and records what became of it. @throws whatever kept it from being done */
export async function writeOnce(run: Run, item: Item): Promise<IDataObject[]> {
	const { operation, sentBefore } = run;
	const identity = await identityOf(run, item);
	const call = await callOf(run, item);
	const output = await operation.run(call, item.checked).catch((error: unknown) => {
		const failure = isForeseen(error) ? error : unforeseen(operation, error);
		if (!(failure instanceof ApiError)) throw failure;
		if (failure.outcome === 'unknown') sentBefore.recordUnknown(item.index, identity, failure);
		throw item.maybeDone ? failure.afterUnknown() : failure;
	});
	const outputs = [output].flat();
	sentBefore.recordDone(item.index, identity, outputs[0] ?? {});
	return outputs;
}

/**
 * Tells a write from others that stand in the same place. Not by the parameters: whoever corrects a text or
 * fills in a field and then retries the execution does not want to send to everybody again.
 */
async function identityOf(run: Run, item: Item): Promise<string> {
	const { context, operation } = run;
	const { account } = await apiOf(run, item);
	return hash([
		account,
		context.getNode().parameters.resource,
		operation.value,
		// A model's calls have all the same place and differ in what they ask for.
		textOf(isTool(context) ? item.params : item.json),
		// A question's link belongs to its execution, so that a retried execution has to ask anew.
		operation.waitUntil && context.getExecutionId(),
	]);
}

function hash(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}

/** An item may be no JSON, such as one that contains itself: then its number alone tells it. */
function textOf(value: unknown): string {
	try {
		return JSON.stringify(value);
	} catch {
		return '';
	}
}

function isForeseen(error: unknown): boolean {
	return (
		error instanceof ApiError ||
		error instanceof InputError ||
		error instanceof RunEnded ||
		isNodeError(error)
	);
}

/** A fault of the node itself, which may have come after the server accepted the write. */
function unforeseen({ action }: Operation, error: unknown): ApiError {
	return new ApiError(
		{ method: 'POST', path: '' },
		{
			title: `It is not known whether this was done (${action}): ${String(error)}`,
			description:
				'The node itself failed. To avoid doing it twice, it did not try again. Look in WhatsCloud whether it was done, and please report this error.',
			outcome: 'unknown',
		},
	);
}
