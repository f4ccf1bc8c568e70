import { createHash } from 'crypto';

import type { IDataObject } from 'n8n-workflow';
import { jsonStringify } from 'n8n-workflow';

import { ApiError, isNodeError } from '../api/errors/ApiError';
import { RunEnded } from '../api/http';
import { isObject } from '../checks/json';
import { InputError } from '../checks/text';
import type { Operation } from '../operation';
import type { Item, Run } from './run';
import { apiOf, callOf } from './run';

/** A write of which nobody knows whether it was done. */
interface Unknown extends Pick<ApiError, 'message' | 'description' | 'request'> {
	executionId: string | undefined;
	/** Milliseconds since 1970. */
	at: number;
}

/** What became of writes, by their keys, in plain JSON. */
type Writes = Record<string, { output: IDataObject } | Unknown>;

/** Longer than an agent works on one question. */
const TOOL_CALLS_KEPT_MS = 10 * 60_000;
const toolCalls: Writes = {};

/**
 * The record of earlier tries. Retry On Fail and "Retry execution" run the whole node again, with the same items:
 * it lives in the node's context, which n8n keeps with the execution in both cases. A model that reads an error
 * likes to call its tool again, which n8n counts as another run or as no execution at all: for tools, it lives in
 * memory, and what is old goes.
 */
export function openWrites({ context, isTool }: Run): Writes {
	if (!isTool) return (context.getContext('node').whatsCloudSent ??= {}) as Writes;
	for (const [key, call] of Object.entries(toolCalls)) {
		if ('at' in call && Date.now() - call.at > TOOL_CALLS_KEPT_MS) delete toolCalls[key];
	}
	return toolCalls;
}

/** The run is over and won't be tried again. A model may still call a tool again. */
export function forgetWrites(run: Run): void {
	if (run.isTool) return;
	const writes = openWrites(run);
	for (const { writeKey = '' } of run.items) delete writes[writeKey];
}

/**
 * Gives an item the output that an earlier try has left of it.
 * @throws ApiError for one that may have been done, and that nobody may repeat
 */
export async function recall(run: Run, item: Item): Promise<void> {
	const earlier = openWrites(run)[await writeKeyOf(run, item)];
	if (!earlier) return;
	if ('output' in earlier) {
		item.outputs = [earlier.output];
		return;
	}
	const { message, description, request } = earlier;
	// To repeat a POST could create or send a second time (quirk 20); PUT and DELETE do no harm.
	if (request.method !== 'POST') {
		item.earlier = request;
		const name = `${String(run.context.getNode().parameters.resource)}Id`;
		const picked = item.params[name];
		const [, id] = request.path.split('/');
		// Its number or name may be another by now, or somebody else's.
		if (isObject(picked) && !('id' in picked)) item.params[name] = { id: Number(id) };
		return;
	}
	// Repeating it is the decision of the user who retries the execution.
	if (earlier.executionId !== run.context.getExecutionId()) return;
	// A model reads the title alone.
	const title = run.isTool ? `${message}. That was an earlier try; this one did nothing.` : message;
	throw new ApiError(request, { title, description, outcome: 'unknown' });
}

/** Does the write, and records what became of it. @throws whatever kept it from being done */
export async function writeOnce(run: Run, item: Item): Promise<IDataObject[]> {
	const { operation } = run;
	const writes = openWrites(run);
	const key = await writeKeyOf(run, item);
	const call = await callOf(run, item);
	const output = await operation.run(call, item.checked).catch((error: unknown) => {
		const isRefused =
			error instanceof InputError || error instanceof RunEnded || isNodeError(error);
		if (isRefused) throw error;
		const failure = error instanceof ApiError ? error : unforeseen(operation, error);
		const { method, path } = failure.request;
		if (failure.outcome === 'unknown') {
			if (operation.waitUntil)
				failure.description += ' The link in it is dead in any case: ask once more.';
			const { message, description } = failure;
			const executionId = run.context.getExecutionId();
			const unknown = { message, description, request: { method, path }, executionId };
			writes[key] = { ...unknown, at: Date.now() };
		}
		if (!item.earlier) throw failure;
		// What is no longer there was deleted by the earlier try.
		if (method === 'DELETE' && failure.status === 404)
			return { deleted: true, id: Number(path.split('/')[1]) };
		throw failure.afterUnknown();
	});
	const outputs: IDataObject[] = [output].flat();
	// The try before has made the contact that an upsert now finds.
	if (item.earlier?.path === 'contacts') for (const one of outputs) one.created = true;
	// A model that repeats a call which was accepted wants it twice.
	if (run.isTool) delete writes[key];
	else writes[key] = { output: outputs[0] ?? {} };
	return outputs;
}

/**
 * A hash of what tells an item's write from all others. Not of the parameters: whoever corrects a text or fills
 * in a field and then retries the execution does not want to send to everybody again.
 */
async function writeKeyOf(run: Run, item: Item): Promise<string> {
	if (item.writeKey !== undefined) return item.writeKey;
	const { context, isTool, operation, scope } = run;
	const api = await apiOf(run, item);
	const { resource } = context.getNode().parameters;
	const parts = [
		...[...scope, api.account, resource],
		// Who got a text gets no template in its place.
		resource === 'message' ? '' : operation.value,
		// A model's calls have all the same place and differ in what they ask for.
		...(isTool ? [item.params] : [item.index, item.json]),
		// A question's link belongs to its execution, so that a retried execution has to ask anew.
		operation.waitUntil && context.getExecutionId(),
	];
	// An item of n8n 1 may contain itself.
	const text = jsonStringify(parts, { replaceCircularRefs: true });
	const hash = createHash('sha256').update(text);
	return (item.writeKey = hash.digest('base64url').slice(0, 22));
}

/** A fault of the node itself, which may have come after the server accepted the write. */
function unforeseen({ action }: Operation, error: unknown): ApiError {
	const title = `It is not known whether this was done (${action}): ${String(error)}`;
	const description =
		'The node itself failed. To avoid doing it twice, it did not try again. Look in WhatsCloud whether it was done, and please report this error.';
	return new ApiError({ method: 'POST', path: '' }, { title, description, outcome: 'unknown' });
}
