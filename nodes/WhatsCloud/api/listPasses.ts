import { counted } from '../checks/text';
import type { ApiRecord, Page } from './pages';

/** How much of a list was read, where that could not be proved to be all. */
export interface Shortfall {
	/** How many records were read. */
	read: number;
	/** How many the server says there are; undefined where it does not say. */
	total?: number;
	passes: number;
}

/** What a user is told when a list may lack records. */
export function shortfallWarning(path: string, { read, total, passes }: Shortfall): string {
	const records = path.replace(/bots$/, ' bots');
	const came = total === undefined ? counted(read) : `${counted(read)} of ${counted(total)}`;
	return [
		`Some ${records} may be missing: ${came} came when WhatsCloud's list was read ${passes} times.`,
		'The list changes while it is read, or many were created in the same second, and WhatsCloud gives those in another order each time.',
		'Run the node again to see the others.',
	].join(' ');
}

/**
 * What passes over a list have shown. Rows of one second have no fixed order and rows come and go while
 * pages are read, so a pass can miss some (quirk 3). The proof is by counting: the server says how many
 * rows there are, and as many different ones were seen.
 */
export class Passes {
	isWhole = false;
	private readonly everything = new Map<number, ApiRecord>();
	/** Seen since the list was last found changed: what earlier passes saw may be deleted. */
	private current = new Map<number, ApiRecord>();
	private last: PassFacts | undefined;
	private count = 0;

	/** @param pages of one pass from the first page to the last */
	add(pages: Page[]): void {
		const facts = factsOf(pages);
		const isUnchanged = this.last !== undefined && isSameList(this.last, facts);
		if (!isUnchanged) this.current = new Map();
		// Without totals, a pass during which a record went can't be told from the one after it.
		const isSafe = isUnchanged || facts.hasTotal || facts.pages <= 1;
		for (const record of pages.flatMap(({ records }) => records)) {
			if (isSafe) this.current.set(record.id, record);
			this.everything.set(record.id, record);
		}
		this.isWhole = isComplete(facts, this.current, isUnchanged);
		this.last = { ...facts, highest: Math.max(facts.highest, this.last?.highest ?? 0) };
		this.count++;
	}

	/** All records when the list is whole; otherwise all that were seen, perhaps with some deleted meanwhile. */
	get records(): ApiRecord[] {
		const list = [...(this.isWhole ? this.current : this.everything).values()];
		// Later passes append what the first one missed.
		return this.count === 1 ? list : list.sort(newestFirst);
	}

	/** Of the last pass. */
	get pages(): number {
		return this.last?.pages ?? 0;
	}

	get shortfall(): Shortfall {
		const total = this.last?.hasTotal ? this.last.total : undefined;
		return { read: this.everything.size, total, passes: this.count };
	}
}

interface PassFacts {
	/** How many had records. */
	pages: number;
	/** Of the list as each page saw it; the same number when nothing came or went. */
	totals: Set<number | undefined>;
	/** How many records there were when the pass began; counted where the server does not tell. */
	total: number;
	/** On the first page, which has the newest. Ids of an account grow, so higher ones came later. */
	highestAtStart: number;
	highest: number;
	hasTotal: boolean;
}

function factsOf(pages: Page[]): PassFacts {
	const filled = pages.filter(({ records }) => records.length > 0);
	const total = pages[0]?.total;
	return {
		pages: filled.length,
		totals: new Set(pages.map((page) => page.total)),
		total: total ?? filled.reduce((sum, { records }) => sum + records.length, 0),
		highestAtStart: highestId(pages[0]),
		highest: pages.reduce((highest, page) => Math.max(highest, highestId(page)), 0),
		hasTotal: total !== undefined,
	};
}

function highestId(page: Page | undefined): number {
	return Math.max(0, ...(page?.records ?? []).map(({ id }) => id));
}

/** Whether nothing came or went between two passes, nor during them. */
function isSameList(before: PassFacts, now: PassFacts): boolean {
	const isStill = before.totals.size === 1 && now.totals.size === 1;
	return isStill && before.total === now.total && before.highest >= now.highest;
}

/**
 * Whether every record was seen that was there when the pass began. Records that came meanwhile do not
 * count. Without totals, a record that went would hide another one that moved to a page already read, so
 * two passes have to agree.
 */
function isComplete(facts: PassFacts, seen: Map<number, ApiRecord>, isUnchanged: boolean): boolean {
	if (!facts.hasTotal && facts.pages > 1 && !isUnchanged) return false;
	if (facts.totals.size === 1) return seen.size >= facts.total;
	return [...seen.keys()].filter((id) => id <= facts.highestAtStart).length >= facts.total;
}

function newestFirst(a: ApiRecord, b: ApiRecord): number {
	return time(b).localeCompare(time(a)) || b.id - a.id;
}

function time({ created_at: createdAt }: ApiRecord): string {
	return String(createdAt ?? '');
}
