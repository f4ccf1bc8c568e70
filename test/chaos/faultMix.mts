import type { Fault, RateLimit } from '../../sandbox/server/sandbox.mts';

const TIMEOUT_MS = 1_000;
/** What the node's own Timeout option is set to, in seconds. */
export const TIMEOUT_S = TIMEOUT_MS / 1000;
/** Longer than that. */
export const SLOW_MS = TIMEOUT_MS * 1.3;

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
	// What a proxy answers, although the request went through it.
	{ kind: 'redirect', to: 'http://127.0.0.1:9/elsewhere', when: 'after' },
	...[408, 409, 425, 460, 499].map((status): Fault => ({ kind: 'html', status, when: 'after' })),
	{ kind: 'tooFast', code: 131056 },
	{ kind: 'tooFast', code: 130429 },
	{ kind: 'delay', ms: SLOW_MS, when: 'before' },
	{ kind: 'delay', ms: SLOW_MS, when: 'after' },
];

/** A selection of them, each with so much probability that about `share` of the requests go wrong. */
export function faultMix(random: () => number, share: number): Fault[] {
	const chosen = kinds.filter(() => random() < 0.5);
	// Timeouts take a second each.
	const weight = (fault: Fault) => (fault.kind === 'delay' ? 0.15 : 1);
	const all = chosen.reduce((sum, fault) => sum + weight(fault), 0);
	return chosen.map((fault) => ({ ...fault, probability: (share * weight(fault)) / all }));
}

/** Refusals that ask for no wait, in a row where few items go at a time. */
export function storm(random: () => number): Fault {
	return { kind: 'tooMany', retryAfter: 0, times: 2 + Math.floor(random() * 4) };
}

/** A limit that some runs use up several times. */
export function narrowLimit(random: () => number): RateLimit {
	return { max: 20 + Math.floor(random() * 60), windowMs: 500 };
}

/** Pages of lists that fail, some for good, or do not come in time. */
export function pageFaults(random: () => number): Fault[] {
	if (random() < 0.4) return [];
	const page = 1 + Math.floor(random() * 6);
	const times = random() < 0.7 ? 1 + Math.floor(random() * 2) : undefined;
	const effects: Fault[] = [
		{ kind: 'answer', status: 500 },
		{ kind: 'html', status: 504 },
		{ kind: 'answer', status: 413 },
		{ kind: 'truncate' },
		{ kind: 'reset' },
	];
	const effect = effects[Math.floor(random() * effects.length)];
	return effect ? [{ ...effect, method: 'GET', path: '/contacts', page, times }] : [];
}

/** What keeps a whole run from being right. */
export interface Mistake {
	credential?: { baseUrl?: string; subdomain?: string; apiToken?: string };
	options?: Record<string, string | number>;
}

export function brokenSetting(random: () => number): Mistake | undefined {
	const mistakes: Mistake[] = [
		{ credential: { subdomain: '' } },
		{ credential: { baseUrl: 'http://example.com/api/v1/' } },
		{ credential: { apiToken: 'a token that was replaced' } },
		{ options: { timeout: '={{ $("Nowhere").item.json.seconds }}' } },
		{ options: { timeout: 3_600_000 } },
		{ options: { parallelRequests: 1_000 } },
	];
	return mistakes[Math.floor(random() * mistakes.length)];
}
