/** What must be true of one write whose text or phone is like no other. */
export interface Write {
	key: string;
	/** How often it stands in the account. */
	stands: number;
	outcome: 'done' | 'refused' | 'unknown' | 'notBegun' | 'missing';
	/** How often the user repeated it while its outcome was unknown. */
	userRepeats: number;
}

export interface Tally {
	writes: number;
	accepted: number;
	failed: number;
	unknown: number;
	notBegun: number;
	/** Told as done, but not there. */
	lost: string[];
	/** There more often than the node and the user can have wanted. */
	duplicated: string[];
	/** Told as not done, but there. */
	untold: string[];
	/** Neither output nor error nor counted as not begun. */
	unaccounted: string[];
	/** Allowed: unknown ones that the user repeated, and that stand twice. */
	repeatedByUser: number;
}

export function emptyTally(): Tally {
	return {
		...{ writes: 0, accepted: 0, failed: 0, unknown: 0, notBegun: 0, repeatedByUser: 0 },
		...{ lost: [], duplicated: [], untold: [], unaccounted: [] },
	};
}

export function count(tally: Tally, { key, stands, outcome, userRepeats }: Write): void {
	tally.writes++;
	if (outcome === 'done') tally.accepted++;
	if (outcome === 'refused') tally.failed++;
	if (outcome === 'unknown') tally.unknown++;
	if (outcome === 'notBegun') tally.notBegun++;
	if (outcome === 'missing') tally.unaccounted.push(key);
	if (outcome === 'done' && stands === 0) tally.lost.push(key);
	const mayStand = (outcome === 'done' || outcome === 'unknown' ? 1 : 0) + userRepeats;
	if (stands > mayStand) (mayStand === 0 ? tally.untold : tally.duplicated).push(key);
	else if (stands > 1) tally.repeatedByUser++;
}

export function isClean({ lost, duplicated, untold, unaccounted }: Tally): boolean {
	return [lost, duplicated, untold, unaccounted].every((keys) => keys.length === 0);
}
