/** At fifty events a second, several times the ninety seconds in which WhatsCloud repeats a delivery. */
const REMEMBERED = 20_000;
/** n8n writes them to its database with each delivery: 2,000 are 30 kB. */
const STORED = 2_000;

/** Which events were taken already, by their keys; the newest of them, so that it never grows without end. */
export class SeenEvents {
	private readonly taken = new Set<string>();
	private readonly claimed = new Set<string>();

	/** What an earlier process, or another one, has stored. */
	recall(stored: unknown): void {
		if (!Array.isArray(stored)) return;
		for (const key of stored) if (typeof key === 'string') this.remember(key);
	}

	/** Whether the event is new; from then on it is not, also for a copy that comes at the same moment. */
	claim(key: string): boolean {
		if (this.taken.has(key) || this.claimed.has(key)) return false;
		this.claimed.add(key);
		return true;
	}

	/** The claimed event has started an execution. */
	take(key: string): void {
		this.claimed.delete(key);
		this.remember(key);
	}

	/** The claimed event is new again, since nothing came of it. */
	release(key: string): void {
		this.claimed.delete(key);
	}

	/** What to store, the oldest first. Never what is only claimed: its execution may fail to start. */
	newest(): string[] {
		return [...this.taken].slice(-STORED);
	}

	private remember(key: string): void {
		this.taken.add(key);
		for (const oldest of this.taken) {
			if (this.taken.size <= REMEMBERED) return;
			this.taken.delete(oldest);
		}
	}
}
