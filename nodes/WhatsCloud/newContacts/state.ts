/** What a poll leaves to the next one. Plain JSON. */
export interface TriggerState {
	/** Contacts created up to this moment are done with. In milliseconds, like all moments here. */
	since: number;
	/** The contacts created later that are settled. */
	settled: Group[];
	/** Those of `settled` that have not been seen since the list last changed: they may be deleted. */
	doubtful?: Group[];
	/** How many contacts the list holds that are not newer than `since`. */
	below?: number;
	/** How many contacts the list held, where it tells. */
	total?: number;
	/** When the newest contact was created, and since when it has been the newest, by our clock. */
	newest: [created: number, noticed: number];
	/** The highest id at the end of the list, where contacts stand that are stored without a date. */
	undated: number;
	/** Ids whose contact was shown with another date than before. */
	moved?: Array<[id: number, created: number]>;
	/** What version 0.1.0 knew, until every contact was seen that it may be about. */
	takenOver?: FirstState;
}

/** Version 0.1.0: all ids up to `cursor` are settled, except those in the ranges. */
export interface FirstState {
	cursor: number;
	open: Gap[];
	missing: Gap[];
}

type Gap = [from: number, to: number, ...unknown[]];

/** Contacts of one second: the seconds after `since`, the lowest id, and the steps from id to id. */
type Group = number[];

export function isFirstState(state: TriggerState | FirstState): state is FirstState {
	return 'cursor' in state;
}

export function isSettledIn({ cursor, open, missing }: FirstState, id: number): boolean {
	return id <= cursor && ![...open, ...missing].some(([from, to]) => from <= id && id <= to);
}

/** @param contacts ids and when they were created */
export function grouped(contacts: Iterable<[id: number, created: number]>, since: number): Group[] {
	const sorted = [...contacts].sort(([a, x], [b, y]) => x - y || a - b);
	const groups: Group[] = [];
	let [second, last] = [NaN, 0];
	for (const [id, created] of sorted) {
		if (created === second) groups.at(-1)?.push(id - last);
		else groups.push([(created - since) / 1000, id]);
		[second, last] = [created, id];
	}
	return groups;
}

export function ungrouped(groups: Group[] = [], since: number): Map<number, number> {
	const contacts = new Map<number, number>();
	for (const [seconds = 0, ...steps] of groups) {
		let id = 0;
		for (const step of steps) contacts.set((id += step), since + seconds * 1000);
	}
	return contacts;
}
