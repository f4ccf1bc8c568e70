import type { IContextObject, IDataObject } from 'n8n-workflow';

import { ApiError } from '../api/errors/ApiError';

/** What an earlier try made of an item: its output, or an error because nobody knows. */
export type Earlier = { output: IDataObject } | { error: ApiError };

/** The writes of one run of the node, so that a try after this one does not repeat them. */
export interface SentBefore {
	/** @param write tells the item's write from others in its place: its account, and what came in */
	of(item: number, write: string): Earlier | undefined;
	/** Whether an earlier try has left anything about this item. */
	knows(item: number): boolean;
	recordDone(item: number, write: string, output: IDataObject): void;
	recordUnknown(item: number, write: string, error: ApiError): void;
	/** The run is over and won't be tried again. */
	clear(): void;
}

/** A write of which nobody knows whether it was done, in plain JSON. */
export type UnknownOutcome = Pick<ApiError, 'message' | 'description' | 'request' | 'status'>;

type Entry = { write: string } & ({ output: IDataObject } | { unknown: UnknownOutcome });

interface RunOfNode {
	executionId: string | undefined;
	items: Record<number, Entry>;
}

const KEY = 'whatsCloudSent';

/**
 * Retry On Fail and "Retry execution" run the whole node again, with the same items. The record lives in the
 * node's context, which n8n keeps with the execution in both cases. An unknown outcome stays an error within
 * its execution; when the user retries the execution, repeating it is the user's decision.
 * @param run which run of the node in the execution: loops run it several times
 */
export function openSentBefore(
	context: IContextObject,
	{ run, executionId }: { run: number; executionId: string | undefined },
): SentBefore {
	const runs = (context[KEY] ??= {}) as Record<number, RunOfNode>;
	const ofRun = (runs[run] ??= { executionId, items: {} });
	const { items } = ofRun;
	if (ofRun.executionId !== executionId) {
		ofRun.executionId = executionId;
		for (const [item, entry] of Object.entries(items)) {
			if ('unknown' in entry) delete items[Number(item)];
		}
	}
	return {
		of: (item, write) => {
			const entry = items[item];
			if (entry?.write !== write) return undefined;
			return 'output' in entry ? { output: entry.output } : { error: unknownError(entry.unknown) };
		},
		knows: (item) => item in items,
		recordDone: (item, write, output) => {
			items[item] = { write, output };
		},
		recordUnknown: (item, write, error) => {
			items[item] = { write, unknown: unknownOutcome(error) };
		},
		clear: () => {
			delete runs[run];
		},
	};
}

export function unknownOutcome({
	message,
	description,
	request,
	status,
}: ApiError): UnknownOutcome {
	const { method, path } = request;
	return { message, description, request: { method, path }, status };
}

/** The error again, for a try that finds the outcome recorded. */
export function unknownError({ message, description, request, status }: UnknownOutcome): ApiError {
	return new ApiError(request, { title: message, description, outcome: 'unknown' }, status);
}
