import type { Fault } from '../../sandbox/server/sandbox.mts';

const TIMEOUT_MS = 1_000;
/** What the node's own Timeout option is set to, in seconds. */
export const TIMEOUT_S = TIMEOUT_MS / 1000;

/** Each way in which a request can go wrong, before and after the server carried it out. */
const kinds: Fault[] = [
	{ kind: 'tooMany', retryAfter: 0 },
	{ kind: 'tooMany', retryAfter: 0, style: 'header' },
	{ kind: 'answer', status: 500, when: 'before' },
	{ kind: 'answer', status: 500, when: 'after' },
	{ kind: 'answer', status: 503, when: 'before' },
	{ kind: 'answer', status: 503, when: 'after' },
	{ kind: 'html', status: 502, when: 'before' },
	{ kind: 'html', status: 504, when: 'after' },
	{ kind: 'html', status: 200, when: 'after' },
	{ kind: 'reset', when: 'before' },
	{ kind: 'reset', when: 'after' },
	{ kind: 'truncate' },
	{ kind: 'empty', when: 'before' },
	{ kind: 'empty', when: 'after' },
	{ kind: 'redirect', to: 'http://127.0.0.1:9/elsewhere' },
	{ kind: 'delay', ms: TIMEOUT_MS * 1.3, when: 'before' },
	{ kind: 'delay', ms: TIMEOUT_MS * 1.3, when: 'after' },
];

/** A selection of them, each with so much probability that about `share` of the requests go wrong. */
export function faultMix(random: () => number, share: number): Fault[] {
	const chosen = kinds.filter(() => random() < 0.5);
	// Timeouts take a second each.
	const weight = (fault: Fault) => (fault.kind === 'delay' ? 0.15 : 1);
	const all = chosen.reduce((sum, fault) => sum + weight(fault), 0);
	return chosen.map((fault) => ({ ...fault, probability: (share * weight(fault)) / all }));
}

/** A wave of refusals: the next requests all find the limit used up. */
export function storm(random: () => number): Fault {
	return { kind: 'tooMany', retryAfter: 0, times: 5 + Math.floor(random() * 60) };
}
