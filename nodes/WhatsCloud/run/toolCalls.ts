import type { SentBefore, UnknownOutcome } from './sentBefore';
import { unknownError, unknownOutcome } from './sentBefore';

/** Longer than an agent works on one question. */
const KEPT_MS = 10 * 60_000;

/** By tool and write; `at` in milliseconds since 1970. */
const unknownCalls = new Map<string, UnknownOutcome & { at: number }>();

/**
 * A model that reads an error likes to call its tool again, which n8n counts as another run or as no
 * execution at all: a write of unknown outcome must not be repeated by that. A write that was accepted may
 * be: then the model wants it twice.
 * @param tool the workflow, the node and the execution, as far as n8n names them
 */
export function openToolCalls(tool: string, now: () => number = Date.now): SentBefore {
	for (const [call, { at }] of unknownCalls) {
		if (now() - at > KEPT_MS) unknownCalls.delete(call);
	}
	const earlier = (write: string) => unknownCalls.get(`${tool} ${write}`);
	return {
		of: (_item, write) => {
			const outcome = earlier(write);
			if (!outcome) return undefined;
			// A model reads the title alone.
			const message = `${outcome.message}. That was an earlier call; this one did nothing.`;
			return { error: unknownError({ ...outcome, message }) };
		},
		knows: () => unknownCalls.size > 0,
		recordDone: () => undefined,
		recordUnknown: (_item, write, error) => {
			unknownCalls.set(`${tool} ${write}`, { ...unknownOutcome(error), at: now() });
		},
		clear: () => undefined,
	};
}
