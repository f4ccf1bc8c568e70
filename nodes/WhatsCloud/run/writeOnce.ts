import { createHash } from 'crypto';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { ApiError } from '../api/errors/ApiError';
import { RunEnded } from '../api/http';
import { RUN_OPTION_NAMES } from '../fields/runOptions';
import { InputError } from '../checks/InputError';
import type { Operation } from '../operation';
import { isNodeError, nodeError } from '../api/errors/nodeError';
import { binaryData } from '../files/binaryFile';
import type { WriteIdentity } from './ledger';
import type { Ready, Result } from './outcome';
import type { Run } from './run';
import { callOf } from './run';

const HASH_LENGTH = 22;

/**
 * Does the write, or gives what an earlier try made of it.
 * @throws whatever kept it from being done, now or in an earlier try that nobody may repeat
 */
export async function writeOnce(run: Run, index: number, item: Ready): Promise<IDataObject[]> {
	const { operation, ledger } = run;
	const identity = identityOf(run, index, item);
	const recalled = ledger.recall(index, identity);
	if (recalled && 'output' in recalled) return [recalled.output];
	// To change or delete once more does no harm.
	if (recalled?.error.mayDuplicate) throw recalled.error;

	const output = await operation
		.run(callOf(run, index, item), item.checked)
		.catch((error: unknown) => {
			const failure = isForeseen(error) ? error : unforeseen(operation, error);
			if (!(failure instanceof ApiError)) throw failure;
			if (failure.outcome === 'unknown') ledger.recordUnknown(index, identity, failure);
			throw recalled ? failure.afterUnknown() : failure;
		});
	const outputs = [output].flat();
	ledger.recordDone(index, identity, outputs[0] ?? {});
	return outputs;
}

/** What an earlier try made of an item that this one did not reach. */
export function recall(run: Run, index: number, item: Ready): Result {
	const recalled = run.ledger.recall(index, identityOf(run, index, item));
	if (!recalled) return undefined;
	if ('output' in recalled) return { ...item, outputs: [recalled.output] };
	return { error: nodeError(run.context.getNode(), recalled.error, index) };
}

function identityOf(
	{ context, operation, items, resource, parameters }: Run,
	index: number,
	{ params, connection }: Ready,
): WriteIdentity {
	const { json = {} } = items[index] ?? {};
	const files = (operation.files?.(params) ?? []).map((file) => binaryData(context, index, file));
	// A question's link belongs to its execution, so that a retried execution has to ask anew.
	const root = operation.waitUntil
		? `${connection.root} ${context.getExecutionId()}`
		: connection.root;
	// In another account it is another write.
	const write = { root, resource, operation: operation.value, files };
	return {
		content: hash([write, ...withoutRunOptions(params)]),
		origin: originHash({ root, parameters, json, files }),
	};
}

/** Undefined for an item that is no JSON, such as one that contains itself. */
function originHash(origin: object): string | undefined {
	try {
		return hash(origin);
	} catch {
		return undefined;
	}
}

/** Of the node's parameters before their expressions are evaluated. */
export function parametersHash(parameters: INodeParameters): string {
	return hash(withoutRunOptions(parameters));
}

/** A retry with a longer timeout must not send again. */
function withoutRunOptions({ options, ...what }: Record<string, unknown>): [unknown, unknown] {
	const own = Object.entries((options ?? {}) as IDataObject).filter(
		([name]) => !RUN_OPTION_NAMES.includes(name),
	);
	return [what, own];
}

function hash(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('base64').slice(0, HASH_LENGTH);
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
