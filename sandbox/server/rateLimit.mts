export interface RateLimit {
	max: number;
	windowMs: number;
}

/** A fixed window: it opens with the first counted request and does not slide. */
export class RateLimiter {
	limit: RateLimit | undefined;
	private used = 0;
	private openedAt = -Infinity;
	private readonly now: () => Date;

	constructor(limit: RateLimit | undefined, now: () => Date) {
		this.limit = limit;
		this.now = now;
	}

	/**
	 * Counts the request, or gives back the seconds until the window closes, which can be 0 at its very end:
	 * the server counts whole seconds.
	 */
	count(): number | undefined {
		if (!this.limit) return undefined;
		const now = this.now().getTime();
		if (now >= this.openedAt + this.limit.windowMs) {
			this.used = 0;
			this.openedAt = now;
		}
		if (this.used >= this.limit.max) {
			const closesAt = Math.floor(this.openedAt / 1000) + Math.ceil(this.limit.windowMs / 1000);
			return Math.max(0, closesAt - Math.floor(now / 1000));
		}
		this.used++;
		return undefined;
	}

	restart(): void {
		this.used = 0;
		this.openedAt = -Infinity;
	}
}
