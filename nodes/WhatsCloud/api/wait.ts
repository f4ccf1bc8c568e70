/** Waits, and tells it in n8n's log. Rejects when the execution is cancelled, with RunEnded or BudgetSpent. */
export type Wait = (ms: number, reason: 'rateLimit' | 'retry') => Promise<void>;

/** A poll has no time left for this wait. The poll then ends with what it has. */
export class BudgetSpent extends Error {
	constructor() {
		super('The time of this poll is over');
		this.name = 'BudgetSpent';
	}
}

/** The run was cancelled, or another item's failure stopped it: from then on no request leaves. */
export class RunEnded extends Error {
	constructor() {
		super('The run of the node has ended');
		this.name = 'RunEnded';
	}
}
