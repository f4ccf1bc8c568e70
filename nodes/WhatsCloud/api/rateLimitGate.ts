import type { Wait } from './http';

/**
 * What all requests of one execution pass: the limit is the account's, so one refusal holds back all.
 * After the wait one request goes ahead, and the others follow when it was let through.
 */
export interface RateLimitGate {
	/** Resolves when a request may go, with the wave it goes in. Rejects when the run ends meanwhile. */
	pass(): Promise<number>;
	/**
	 * The rate limit refused a request of this wave. Whoever wants to pass waits so long, at least: the
	 * shortest wait grows with each wave that is refused, whatever the server asks for.
	 */
	hold(ms: number, wave: number): void;
	/** A request was answered by something else than the rate limit. */
	letThrough(): void;
	/** A request tells nothing more about the limit: it got no answer, or is not repeated. Nobody waits for it. */
	givenUp(): void;
	/** For how many milliseconds every request has been refused. */
	blockedMs(): number;
}

/** After the first and the second refusal in a row; doubled with each after that. */
const SHORTEST_WAIT_MS = 250;
const MAX_SHORTEST_WAIT_MS = 60_000;

export function createRateLimitGate(waitFor: Wait, now: () => number): RateLimitGate {
	let heldUntil = 0;
	let blockedSince: number | undefined;
	/** Requests that were under way together are refused together: that is one refusal. */
	let wave = 0;
	let refusalsInARow = 0;
	let held: Promise<void> | undefined;
	let needsScout = false;
	let scout: { isBack: Promise<void>; comesBack: () => void } | undefined;

	async function waitUntilOpen(): Promise<void> {
		while (heldUntil > now()) await waitFor(heldUntil - now(), 'rateLimit');
	}

	function sendScout(): void {
		let comesBack = () => {};
		const isBack = new Promise<void>((resolve) => (comesBack = resolve));
		scout = { isBack, comesBack };
		needsScout = false;
	}

	function scoutIsBack(): void {
		scout?.comesBack();
		scout = undefined;
	}

	return {
		pass: async () => {
			while (held ?? scout) await (held ?? scout?.isBack);
			if (needsScout) sendScout();
			return wave;
		},
		hold: (ms, refusedWave) => {
			needsScout = true;
			scoutIsBack();
			blockedSince ??= now();
			if (wave === refusedWave) {
				wave++;
				refusalsInARow++;
			}
			const shortest = SHORTEST_WAIT_MS * 2 ** Math.max(0, refusalsInARow - 2);
			const wait = Math.max(ms, Math.min(shortest, MAX_SHORTEST_WAIT_MS));
			heldUntil = Math.max(heldUntil, now() + wait);
			if (held) return;
			held = waitUntilOpen().finally(() => (held = undefined));
			// Perhaps nobody wants to pass any more when the execution is cancelled.
			held.catch(() => undefined);
		},
		letThrough: () => {
			blockedSince = undefined;
			refusalsInARow = 0;
			scoutIsBack();
		},
		givenUp: scoutIsBack,
		blockedMs: () => (blockedSince === undefined ? 0 : now() - blockedSince),
	};
}
