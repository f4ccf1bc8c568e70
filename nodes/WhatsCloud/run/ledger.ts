import type { IContextObject, IDataObject } from 'n8n-workflow';

import { ApiError } from '../api/errors/ApiError';

/** By what a retried execution knows a write again that the one before has done. */
export interface WriteIdentity {
	/** What is written. Expressions with the time or a random number give another one at each try. */
	content: string;
	/** What it is made of: the input item, and the parameters before their expressions are evaluated. */
	origin?: string;
}

type Recalled = { output: IDataObject } | { error: ApiError } | undefined;

/** What became of the writes of one run of the node. */
export interface Ledger {
	/** What an earlier try of this run made of the same write; each record answers one item. */
	recall(item: number, identity: WriteIdentity): Recalled;
	recordDone(item: number, identity: WriteIdentity, output: IDataObject): void;
	recordUnknown(item: number, identity: WriteIdentity, error: ApiError): void;
	/** Whether no earlier try has done anything. */
	isEmpty(): boolean;
	/** The run is over and won't be tried again. */
	clear(): void;
}

export interface LedgerScope {
	/** Which run of the node in the execution: loops run it several times. */
	run: string;
	executionId: string | undefined;
}

/** A write of which nobody knows whether it was done, in plain JSON. */
type UnknownOutcome = Pick<ApiError, 'message' | 'description' | 'request' | 'status'>;

/** One write, kept with the execution. Without `output` nobody knows whether it was done. */
interface Entry {
	item: number;
	origin?: string;
	/** Recorded by the execution that this one retries, and not recalled yet. */
	isEarlier?: boolean;
	/** By another version of the package, whose hashes are others: here and in all later retries, the item's number has to do. */
	isByNumber?: boolean;
	output?: IDataObject;
	unknown?: UnknownOutcome;
}

interface RunEntries {
	executionId?: string;
	hashes?: typeof HASHES;
	/** By the hash of what was written. */
	byFingerprint: Record<string, Entry[]>;
}

const KEY = 'whatsCloudDone';
/** To be raised when the same write gets another hash. */
const HASHES = 2;
/** Answers beyond this size together keep only what later nodes need most. */
const MAX_CHARACTERS = 4_000_000;
const ESSENTIAL_KEYS = ['id', 'message_id', 'contact_id', 'phone', 'deleted'];
const MAX_ESSENTIALS = 1_000;
/** At 60 requests a minute, a run that lasts a day. What comes after is not recorded. */
const MAX_ENTRIES = 100_000;

/**
 * n8n's Retry On Fail and Retry execution run the whole node again. The ledger lives in the node's
 * context, which n8n keeps with the execution in both cases, so that no accepted write is repeated.
 *
 * Within one execution the items of a run stay what they are, so their numbers tell them apart, whatever
 * their expressions give at the next try. Retry execution may come with other parameters: then a record
 * answers the item that writes the same, or that is made of the same. An unknown outcome stays an error
 * within the same execution; when the user retries the execution, repeating it is the user's decision.
 */
export function openLedger(context: IContextObject, { run, executionId }: LedgerScope): Ledger {
	const runs = (context[KEY] ??= {}) as Record<string, RunEntries>;
	const { byFingerprint } = (runs[run] = entriesFor(executionId, runs[run]));

	const byItem = new Map<number, Entry>();
	/** What the execution before has recorded. Each record is taken once, in the same time for any number. */
	const earlier = new Map<number, { content: string; entry: Entry }>();
	/** The last one first. */
	const earlierByContent = new Map<string, Entry[]>();
	let entries = 0;
	for (const [content, recorded] of Object.entries(byFingerprint)) {
		entries += recorded.length;
		for (const entry of recorded) {
			if (entry.isEarlier) earlier.set(entry.item, { content, entry });
			else byItem.set(entry.item, entry);
		}
		earlierByContent.set(content, recorded.filter(({ isEarlier }) => isEarlier).reverse());
	}
	let characters = JSON.stringify(byFingerprint).length;

	function add(content: string, entry: Entry) {
		if (++entries > MAX_ENTRIES) return;
		(byFingerprint[content] ??= []).push(entry);
		byItem.set(entry.item, entry);
	}

	/** The record of this item if it is the same write, or else the first one that wrote the same. */
	function findEarlier(item: number, { content, origin }: WriteIdentity): Entry | undefined {
		const own = earlier.get(item);
		const isSame = own?.content === content || (origin && own?.entry.origin === origin);
		if (own?.entry.isEarlier && (isSame || own.entry.isByNumber)) return own.entry;
		const same = earlierByContent.get(content);
		while (same?.length && !same.at(-1)?.isEarlier) same.pop();
		return same?.at(-1);
	}

	function takeEarlier(item: number, identity: WriteIdentity): Entry | undefined {
		const entry = findEarlier(item, identity);
		if (!entry) return undefined;
		// The items may have changed places: from now on the record belongs to this one.
		delete entry.isEarlier;
		entry.item = item;
		byItem.set(item, entry);
		return entry;
	}

	return {
		recall: (item, identity) => {
			const { output, unknown } = byItem.get(item) ?? takeEarlier(item, identity) ?? {};
			return output ? { output } : unknown && { error: unknownError(unknown) };
		},
		recordDone: (item, { content, origin }, output) => {
			const size = JSON.stringify(output).length;
			const isFull = characters + size > MAX_CHARACTERS;
			characters += isFull ? 0 : size;
			add(content, { item, origin, output: isFull ? essentials(output) : output });
		},
		recordUnknown: (item, { content, origin }, error) => {
			add(content, { item, origin, unknown: unknownOutcome(error) });
		},
		isEmpty: () => entries === 0,
		clear: () => {
			delete runs[run];
		},
	};
}

/** Those of this execution, or what is left of them for one that retries it. */
function entriesFor(executionId: string | undefined, known: RunEntries | undefined): RunEntries {
	if (known && known.executionId === executionId) return known;
	const byFingerprint: RunEntries['byFingerprint'] = {};
	for (const [content, recorded] of Object.entries(known?.byFingerprint ?? {})) {
		const done = recorded.filter(({ output }) => output !== undefined);
		if (done.length === 0) continue;
		const isByNumber = known?.hashes !== HASHES;
		byFingerprint[content] = done.map((entry) => ({
			...entry,
			isEarlier: true,
			...(isByNumber && { isByNumber }),
		}));
	}
	return { executionId, hashes: HASHES, byFingerprint };
}

function essentials(output: IDataObject): IDataObject {
	const kept = Object.fromEntries(
		Object.entries(output).filter(([key]) => ESSENTIAL_KEYS.includes(key)),
	);
	return JSON.stringify(kept).length > MAX_ESSENTIALS ? {} : kept;
}

function unknownOutcome({ message, description, request, status }: ApiError): UnknownOutcome {
	const { method, path } = request;
	return { message, description, request: { method, path }, status };
}

/** The error again, for a try that finds the outcome recorded. */
function unknownError({ message, description, request, status }: UnknownOutcome): ApiError {
	return new ApiError(request, { title: message, description, outcome: 'unknown' }, status);
}

/** By the hash of what was written; `at` in milliseconds since 1970. */
type KnownWrites = Record<string, UnknownOutcome & { at: number }>;

const TOOL_KEY = 'whatsCloudUnknown';

/** n8n's newest agents call a tool outside of any execution, and n8n keeps nothing of the call. */
const outsideExecutions: KnownWrites = {};
/** Longer than an agent works on one question. */
const KEPT_OUTSIDE_MS = 60 * 60_000;

/**
 * The ledger of an AI agent's tool. A model that reads an error likes to call again, which n8n counts as
 * another run: a write of unknown outcome must not be repeated by that. A write that was accepted may be:
 * then the model wants it twice.
 */
export function openToolLedger(
	context: IContextObject,
	executionId: string | undefined,
	now: () => number = Date.now,
): Ledger {
	const known =
		executionId === undefined ? knownOutside(now()) : knownOfExecution(context, executionId);
	return {
		recall: (_item, { content }) => known[content] && { error: repeated(known[content]) },
		recordDone: () => undefined,
		recordUnknown: (_item, { content }, error) => {
			known[content] = { ...unknownOutcome(error), at: now() };
		},
		isEmpty: () => true,
		clear: () => undefined,
	};
}

/** A model reads the title alone. */
function repeated(outcome: UnknownOutcome): ApiError {
	const message = `${outcome.message}. That was an earlier call; this one did nothing.`;
	return unknownError({ ...outcome, message });
}

/** In an execution that the user retries, repeating is the user's decision. */
function knownOfExecution(context: IContextObject, executionId: string): KnownWrites {
	const kept = context[TOOL_KEY] as { executionId: string; known: KnownWrites } | undefined;
	if (kept?.executionId === executionId) return kept.known;
	const known: KnownWrites = {};
	context[TOOL_KEY] = { executionId, known };
	return known;
}

function knownOutside(now: number): KnownWrites {
	for (const [content, { at }] of Object.entries(outsideExecutions)) {
		if (now - at > KEPT_OUTSIDE_MS) delete outsideExecutions[content];
	}
	return outsideExecutions;
}
