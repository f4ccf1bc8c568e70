import type { Wait } from './wait';

/**
 * What all requests of one execution pass: the limit is the account's, so one refusal holds back all.
 * After the wait one request goes ahead, and the others follow when it was let through.
 */
export interface RateLimitGate {
	/** Resolves when a request may go. Rejects when the execution is cancelled meanwhile. */
	pass(): Promise<void>;
	/** The rate limit refused a request; whoever wants to pass waits so long. */
	hold(ms: number): void;
	/** A request was answered by something else than the rate limit. */
	letThrough(): void;
	/** A request got no answer, which tells nothing about the limit. */
	unanswered(): void;
	/** For how many milliseconds every request has been refused. */
	blockedMs(): number;
}

export function createRateLimitGate(wait: Wait, now: () => number): RateLimitGate {
	let heldUntil = 0;
	let blockedSince: number | undefined;
	let held: Promise<void> | undefined;
	let needsScout = false;
	let scout: { isBack: Promise<void>; comesBack: () => void } | undefined;

	async function waitUntilOpen(): Promise<void> {
		while (heldUntil > now()) await wait(heldUntil - now(), 'rateLimit');
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
		},
		hold: (ms) => {
			needsScout = true;
			scoutIsBack();
			blockedSince ??= now();
			heldUntil = Math.max(heldUntil, now() + ms);
			if (held) return;
			held = waitUntilOpen().finally(() => (held = undefined));
			// Perhaps nobody wants to pass any more when the execution is cancelled.
			held.catch(() => undefined);
		},
		letThrough: () => {
			blockedSince = undefined;
			scoutIsBack();
		},
		unanswered: scoutIsBack,
		blockedMs: () => (blockedSince === undefined ? 0 : now() - blockedSince),
	};
}
