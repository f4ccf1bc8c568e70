import type { IContextObject, IDataObject } from 'n8n-workflow';

import type { Explanation } from '../api/ApiError';
import { ApiError } from '../api/ApiError';

/** What became of one write, kept with the execution. */
interface Entry {
	item: number;
	output?: IDataObject;
	/** Nobody knows whether it was carried out; only the user may repeat it. */
	unknown?: Explanation & { request: ApiError['request']; status?: number; executionId: string };
}

/** Entries by fingerprint of the write, by run of the node (loops run it several times). */
type Runs = Record<string, Record<string, Entry[]>>;

const KEY = 'whatsCloudDone';
/** Recorded answers beyond this size keep only their ids. */
const MAX_CHARACTERS = 4_000_000;
const ESSENTIAL_KEYS = ['id', 'message_id', 'contact_id', 'phone', 'deleted'];

export type Recalled = { output: IDataObject } | { error: ApiError } | undefined;

/** The writes of one run of the node. */
export interface Ledger {
	/** What an earlier try of this run made of the same write; each record answers one item. */
	recall(item: number, fingerprint: string): Recalled;
	recordDone(item: number, fingerprint: string, output: IDataObject): void;
	recordUnknown(item: number, fingerprint: string, error: ApiError): void;
	/** The run is over and won't be tried again. */
	clear(): void;
}

/**
 * n8n's Retry On Fail and Retry execution run the whole node again. The ledger lives in the node's
 * context, which n8n keeps with the execution in both cases, so that no accepted write is repeated.
 * An unknown outcome stays an error within the same execution; when the user retries the execution,
 * that is the user's decision to repeat it.
 */
export function openLedger(context: IContextObject, run: number, executionId: string): Ledger {
	const runs = (context[KEY] ??= {}) as Runs;
	const entries = (runs[run] ??= {});
	const used = new Set<Entry>();
	let characters = JSON.stringify(entries).length;

	function add(fingerprint: string, entry: Entry) {
		// The new record replaces the one of an earlier execution for the same item.
		const others = (entries[fingerprint] ?? []).filter(({ item }) => item !== entry.item);
		entries[fingerprint] = [...others, entry];
		used.add(entry);
	}

	return {
		recall: (item, fingerprint) => {
			const free = (entries[fingerprint] ?? []).filter((entry) => !used.has(entry));
			const entry = free.find((candidate) => candidate.item === item) ?? free[0];
			if (!entry || (entry.unknown && entry.unknown.executionId !== executionId)) return undefined;
			used.add(entry);
			if (entry.output) return { output: entry.output };
			if (!entry.unknown) return undefined;
			const { request, status, ...explanation } = entry.unknown;
			return { error: new ApiError(request, explanation, status) };
		},
		recordDone: (item, fingerprint, output) => {
			characters += JSON.stringify(output).length;
			const kept = characters > MAX_CHARACTERS ? essentials(output) : output;
			add(fingerprint, { item, output: kept });
		},
		recordUnknown: (item, fingerprint, { message, description, outcome, request, status }) => {
			add(fingerprint, {
				item,
				unknown: { title: message, description, outcome, request, status, executionId },
			});
		},
		clear: () => {
			delete runs[run];
		},
	};
}

function essentials(output: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(output).filter(([key]) => ESSENTIAL_KEYS.includes(key)));
}
