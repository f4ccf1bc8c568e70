export interface RateLimit {
	max: number;
	windowMs: number;
}

/** A fixed window: it opens with the first counted request and does not slide. */
export class RateLimiter {
	limit: RateLimit | undefined;
	private used = 0;
	private closesAt = 0;
	private readonly now: () => Date;

	constructor(limit: RateLimit | undefined, now: () => Date) {
		this.limit = limit;
		this.now = now;
	}

	/** Counts the request, or gives back the seconds until the window closes (quirk 14). */
	count(): number | undefined {
		if (!this.limit) return undefined;
		const now = this.now().getTime();
		if (now >= this.closesAt) {
			this.used = 0;
			this.closesAt = now + this.limit.windowMs;
		}
		if (this.used >= this.limit.max) return Math.max(1, Math.ceil((this.closesAt - now) / 1000));
		this.used++;
		return undefined;
	}

	restart(): void {
		this.used = 0;
		this.closesAt = 0;
	}
}
