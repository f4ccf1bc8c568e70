import { counted } from '../checks/text';
import type { ApiRecord, Query, Rows } from './pages';
import { createdAt, SMALLEST_PAGE } from './pages';

/** One reading of a list, from a place on towards the oldest record. */
export class Pass {
	readonly path: string;
	query: Query | undefined;
	readonly from: number;
	/** In the order of their places; a record that moved meanwhile may stand here twice. */
	readonly records: ApiRecord[] = [];
	/** The place up to which it was read. */
	at: number;
	isEnd = false;
	/** The largest of its pages. */
	size = 1;
	answers = 0;
	/** Of the first answer, by the server's clock. */
	serverTime: number | undefined;
	/** How many records the list has, by the last answer and by the first. */
	total?: number;
	totalAtStart?: number;
	/** All answers said the same total. */
	isSteady = true;
	/** Of the first answer. Ids of an account grow, so higher ones came later. */
	highestAtStart = 0;
	/** How many records are known to be newer than any moment that was asked for. */
	private compared = 0;
	private oldest = Infinity;
	private readonly ids = new Set<number>();

	constructor(path: string, query?: Query, from = 0) {
		this.path = path;
		this.query = query;
		this.from = this.at = from;
	}

	add({ from, records, size, total, serverTime, isEnd }: Rows): void {
		// The list has become shorter while several of its pages were read.
		if (this.isEnd && from > this.at) return;
		if (this.answers === 0) {
			this.totalAtStart = total;
			this.serverTime = serverTime;
			this.highestAtStart = highestId(records);
		}
		this.isSteady &&= total === this.totalAtStart;
		this.total = total;
		if (records.length > 0 || this.answers === 0) this.answers++;
		this.size = Math.max(this.size, size);
		this.at = from + records.length;
		const known = this.ids.size;
		for (const record of records) {
			this.records.push(record);
			this.ids.add(record.id);
		}
		// A server that ignores the page would go on for ever.
		this.isEnd = isEnd || (total === undefined && this.ids.size === known);
	}

	/** Whether it has come to the end of the list, or to a record that is not newer. */
	reaches(moment: number | undefined): boolean {
		if (this.isEnd || moment === undefined) return this.isEnd;
		for (; this.compared < this.records.length; this.compared++) {
			const record = this.records[this.compared];
			if (record) this.oldest = Math.min(this.oldest, createdAt(record) || Infinity);
		}
		return this.oldest <= moment;
	}

	/** Its records up to the first that is not newer. */
	newerThan(moment: number | undefined): ApiRecord[] {
		const isOlder = (record: ApiRecord) => createdAt(record) <= Number(moment);
		const end = moment === undefined ? -1 : this.records.findIndex(isOlder);
		return end < 0 ? this.records : this.records.slice(0, end);
	}
}

/** When records of one second change their order at random, one pass over many pages misses a third. */
const MAX_PASSES = 20;
const MIN_PASSES = 3;
/** For all passes after the first; at 60 a minute, a quarter of an hour. */
const MAX_REPEATED_PAGES = 1_000;
const SIZE_STEP = 7;

/** What a pass shows of the records that are newer than a moment. */
interface Extent {
	records: ApiRecord[];
	/** Those older than this count: of the first ones of a pass that does not begin at the head of the list, some may stand before it. */
	upper: number;
	/** How many places the list has for records that count. */
	places: number;
}

function extentOf(pass: Pass, moment: number | undefined): Extent {
	const { from, at, total = at } = pass;
	const records = pass.newerThan(moment);
	const [first] = records;
	const upper = from > 0 && first ? createdAt(first) : Infinity;
	const uncounted = from > 0 ? records.findIndex((record) => createdAt(record) < upper) : 0;
	const end = records.length < pass.records.length ? from + records.length : Math.max(at, total);
	return { records, upper, places: uncounted < 0 ? 0 : end - from - uncounted };
}

interface ProofLimits {
	newerThan?: number;
	passes?: number;
	isStrict?: boolean;
}

/**
 * Whether all was seen, by counting: the server says how many records there are, or the place of the first
 * that is not newer says it, and as many different ones were seen.
 */
export class Proof {
	isWhole = false;
	/** Reading again would show nothing else, or take too long. */
	isOver = false;
	passes = 0;
	private readonly moment: number | undefined;
	private readonly mostPasses: number;
	private readonly isStrict: boolean;
	private readonly everything = new Map<number, ApiRecord>();
	/** Seen since the list was last found changed: what earlier passes saw may be deleted. */
	private readonly current = new Map<number, ApiRecord>();
	private last: (Extent & { pass: Pass; ids: Set<number>; highest: number }) | undefined;

	constructor({ newerThan, passes = MAX_PASSES, isStrict = false }: ProofLimits) {
		this.moment = newerThan;
		this.mostPasses = passes;
		this.isStrict = isStrict;
	}

	add(pass: Pass): void {
		const { last } = this;
		const extent = extentOf(pass, this.moment);
		const ids = new Set(extent.records.map(({ id }) => id));
		const highest = Math.max(highestId(extent.records), last?.highest ?? 0);
		const isSameList =
			last?.pass.isSteady === true &&
			pass.isSteady &&
			last.pass.total === pass.total &&
			last.places === extent.places &&
			last.upper === extent.upper &&
			last.highest === highest;
		if (!isSameList) this.current.clear();
		// Without a total, a pass during which a record went can't be told from the one after it.
		const isSafe = isSameList || pass.total !== undefined || pass.answers === 1;
		for (const record of extent.records) {
			if (isSafe) this.current.set(record.id, record);
			this.everything.set(record.id, record);
		}
		const hasAll = pass.reaches(this.moment);
		this.passes++;
		const mayProve = isSafe && (pass.isSteady || !this.isStrict);
		this.isWhole = mayProve && hasAll && this.hasEnough(pass, extent);
		const isRepetition = !this.isStrict && isSameList && isSame(ids, last.ids);
		const isTooMuch = this.passes >= Math.min(this.mostPasses, affordablePasses(pass.answers));
		this.isOver = this.isWhole || !hasAll || isRepetition || isTooMuch;
		this.last = { ...extent, pass, ids, highest };
	}

	/** All records when the list is whole; otherwise all that were seen, perhaps with some deleted meanwhile. */
	get records(): ApiRecord[] {
		const list = [...(this.isWhole ? this.current : this.everything).values()];
		// Later passes append what the first one missed.
		return this.passes === 1 ? list : list.sort(newestFirst);
	}

	get places(): number | undefined {
		return this.last?.pass.reaches(this.moment) ? this.last.places : undefined;
	}

	/** For the user, where it is not proved that all was read. */
	get warning(): string {
		const { path = '', total } = this.last?.pass ?? {};
		const records = path.replace(/bots$/, ' bots');
		const read = counted(this.everything.size);
		return [
			`Some ${records} may be missing: ${total === undefined ? read : `${read} of ${counted(total)}`} came when WhatsCloud's list was read ${this.passes} times.`,
			'The list changes while it is read, or many were created in the same second, and WhatsCloud gives those in another order each time.',
			'Run the node again to see the others.',
		].join(' ');
	}

	/** Records that came during the pass do not count: others stand in the places that they had when it began. */
	private hasEnough(pass: Pass, { places, upper }: Extent): boolean {
		const { isSteady, highestAtStart, total = 0, totalAtStart = 0 } = pass;
		const seen = [...this.current.values()].filter(
			(record) =>
				(isSteady || record.id <= highestAtStart) &&
				(upper === Infinity || createdAt(record) < upper),
		);
		return seen.length >= places - (total - totalAtStart);
	}
}

function isSame(ids: Set<number>, others: Set<number>): boolean {
	return ids.size === others.size && [...ids].every((id) => others.has(id));
}

function affordablePasses(pages: number): number {
	return Math.max(MIN_PASSES, 1 + Math.floor(MAX_REPEATED_PAGES / Math.max(pages, 1)));
}

/**
 * Borders of pages lie elsewhere in pages of another size; and in another minute, since a server may cut
 * pages of one size always alike.
 */
export function otherPageSize({ size, serverTime = 0 }: Pass, turn: number): number {
	const minute = Math.floor(serverTime / 60_000);
	const others = Math.max(1, Math.floor(size / 2));
	return Math.max(SMALLEST_PAGE, size - 1 - ((minute + turn * SIZE_STEP) % others));
}

function highestId(records: ApiRecord[]): number {
	return records.reduce((highest, { id }) => Math.max(highest, id), 0);
}

function newestFirst(a: ApiRecord, b: ApiRecord): number {
	return time(b).localeCompare(time(a)) || b.id - a.id;
}

function time({ created_at: moment }: ApiRecord): string {
	return String(moment ?? '');
}
