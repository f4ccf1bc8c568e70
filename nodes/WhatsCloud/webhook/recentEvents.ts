/** WhatsCloud repeats a delivery within 93 seconds: three tries of up to 30, with pauses of 1 and 2. */
const TIME_TO_LIVE_MS = 100_000;

/** The answer to a delivery, as Node.js has it. */
export interface Answer {
	readonly statusCode: number;
	/** Also when the sender has hung up before. */
	readonly writableEnded: boolean;
	once(event: 'close', listener: () => void): unknown;
}

type Outcome = 'pending' | 'taken' | 'failed';

interface Claim {
	at: number;
	outcome: () => Outcome;
}

/** Which events came lately, and whether their executions exist: n8n answers with success after it has created one. */
export class RecentEvents {
	/** The oldest first. */
	private readonly claims = new Map<string, Claim>();

	/** An event is new again when nothing came of it. */
	stateOf(key: string, now: number): 'new' | 'pending' | 'taken' {
		this.forgetBefore(now - TIME_TO_LIVE_MS);
		const outcome = this.claims.get(key)?.outcome() ?? 'failed';
		return outcome === 'failed' ? 'new' : outcome;
	}

	/** From now on the events are no longer new, unless the answer is an error. */
	claim(keys: string[], answer: Answer, now: number): void {
		const claim = { at: now, outcome: () => outcomeOf(answer) };
		for (const key of keys) {
			this.claims.delete(key);
			this.claims.set(key, claim);
		}
		answer.once('close', () => {
			const outcome = claim.outcome();
			// The answer holds the request with its body; it is still needed when the sender has hung up before it.
			if (outcome !== 'pending') claim.outcome = () => outcome;
		});
	}

	private forgetBefore(moment: number): void {
		for (const [key, { at }] of this.claims) {
			if (at > moment) return;
			this.claims.delete(key);
		}
	}
}

function outcomeOf({ statusCode, writableEnded }: Answer): Outcome {
	if (statusCode >= 400) return 'failed';
	return writableEnded ? 'taken' : 'pending';
}
