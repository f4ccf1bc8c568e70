import type { IContextObject, IDataObject } from 'n8n-workflow';

import { ApiError } from '../../api/errors/ApiError';

/** What became of one write, kept with the execution. Without `output` nobody knows. */
interface Entry {
	item: number;
	output?: IDataObject;
	unknown?: Pick<ApiError, 'message' | 'description' | 'request' | 'status'>;
}

/** The writes of one run of the node, by fingerprint. */
interface RunEntries {
	executionId?: string;
	byFingerprint: Record<string, Entry[]>;
}

export type Recalled = { output: IDataObject } | { error: ApiError } | undefined;

export interface Ledger {
	/** What an earlier try of this run made of the same write; each record answers one item. */
	recall(item: number, fingerprint: string): Recalled;
	recordDone(item: number, fingerprint: string, output: IDataObject): void;
	recordUnknown(item: number, fingerprint: string, error: ApiError): void;
	/** The run is over and won't be tried again. */
	clear(): void;
}

export interface LedgerScope {
	/** Which run of the node in the execution: loops run it several times. */
	run: string;
	executionId: string | undefined;
	/** Several calls share this run, and n8n may try one again that another has finished. */
	shared: boolean;
}

const KEY = 'whatsCloudDone';
/** Answers beyond this size together keep only what later nodes need most. */
const MAX_CHARACTERS = 4_000_000;
const ESSENTIAL_KEYS = ['id', 'message_id', 'contact_id', 'phone', 'deleted'];
const MAX_ESSENTIALS = 1_000;
/** At 60 requests a minute, a run that lasts a day. What comes after is not recorded. */
const MAX_ENTRIES = 100_000;

/**
 * n8n's Retry On Fail and Retry execution run the whole node again. The ledger lives in the node's
 * context, which n8n keeps with the execution in both cases, so that no accepted write is repeated.
 * An unknown outcome stays an error within the same execution; when the user retries the execution,
 * that is the user's decision to repeat it.
 */
export function openLedger(context: IContextObject, scope: LedgerScope): Ledger {
	const runs = (context[KEY] ??= {}) as Record<string, RunEntries>;
	const known = (runs[scope.run] ??= { byFingerprint: {} });
	if (known.executionId !== scope.executionId) forgetUnknown(known);
	known.executionId = scope.executionId;

	const { byFingerprint } = known;
	const answered = new Set<Entry>();
	let characters = JSON.stringify(byFingerprint).length;
	let entries = Object.values(byFingerprint).flat().length;

	function add(fingerprint: string, entry: Entry) {
		if (++entries > MAX_ENTRIES) return;
		(byFingerprint[fingerprint] ??= []).push(entry);
		answered.add(entry);
	}

	return {
		recall: (item, fingerprint) => {
			const free = (byFingerprint[fingerprint] ?? []).filter((entry) => !answered.has(entry));
			const entry = free.find((candidate) => candidate.item === item) ?? free[0];
			if (!entry) return undefined;
			answered.add(entry);
			// The items may have changed places: from now on the record belongs to this one.
			entry.item = item;
			return entry.output ? { output: entry.output } : asError(entry);
		},
		recordDone: (item, fingerprint, output) => {
			const size = JSON.stringify(output).length;
			const isFull = characters + size > MAX_CHARACTERS;
			characters += isFull ? 0 : size;
			add(fingerprint, { item, output: isFull ? essentials(output) : output });
		},
		recordUnknown: (item, fingerprint, { message, description, request, status }) => {
			const { method, path } = request;
			add(fingerprint, {
				item,
				unknown: { message, description, request: { method, path }, status },
			});
		},
		clear: () => {
			// Another call may still be tried again, and an unknown outcome must not be repeated by a model.
			if (scope.shared) forget(known, (entry) => answered.has(entry) && entry.output !== undefined);
			else delete runs[scope.run];
		},
	};
}

function asError({ unknown }: Entry): Recalled {
	if (!unknown) return undefined;
	const { message, description, request, status } = unknown;
	const explanation = { title: message, description, outcome: 'unknown' } as const;
	return { error: new ApiError(request, explanation, status) };
}

function forgetUnknown(run: RunEntries): void {
	forget(run, ({ output }) => output === undefined);
}

function forget({ byFingerprint }: RunEntries, isOver: (entry: Entry) => boolean): void {
	for (const [fingerprint, entries] of Object.entries(byFingerprint)) {
		const left = entries.filter((entry) => !isOver(entry));
		if (left.length > 0) byFingerprint[fingerprint] = left;
		else delete byFingerprint[fingerprint];
	}
}

function essentials(output: IDataObject): IDataObject {
	const kept = Object.fromEntries(
		Object.entries(output).filter(([key]) => ESSENTIAL_KEYS.includes(key)),
	);
	return JSON.stringify(kept).length > MAX_ESSENTIALS ? {} : kept;
}
