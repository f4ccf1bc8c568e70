/** Waits, visibly for the user. Rejects when the execution is cancelled, or with BudgetSpent. */
export type Wait = (ms: number, reason: 'rateLimit' | 'retry') => Promise<void>;

/** A poll has no time left for this wait. The poll then ends with what it has. */
export class BudgetSpent extends Error {
	constructor() {
		super('The time of this poll is over');
		this.name = 'BudgetSpent';
	}
}
