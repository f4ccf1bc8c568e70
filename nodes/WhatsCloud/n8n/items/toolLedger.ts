import type { IContextObject } from 'n8n-workflow';

import type { ApiError } from '../../api/errors/ApiError';
import type { Ledger, UnknownOutcome } from './ledger';
import { unknownError, unknownOutcome } from './ledger';

/** By the hash of what was written; `at` in milliseconds since 1970. */
type KnownWrites = Record<string, UnknownOutcome & { at: number }>;

const KEY = 'whatsCloudUnknown';

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
	const kept = context[KEY] as { executionId: string; known: KnownWrites } | undefined;
	if (kept?.executionId === executionId) return kept.known;
	const known: KnownWrites = {};
	context[KEY] = { executionId, known };
	return known;
}

function knownOutside(now: number): KnownWrites {
	for (const [content, { at }] of Object.entries(outsideExecutions)) {
		if (now - at > KEPT_OUTSIDE_MS) delete outsideExecutions[content];
	}
	return outsideExecutions;
}
