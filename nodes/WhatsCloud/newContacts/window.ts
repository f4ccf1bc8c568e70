import type { ApiRecord } from '../api/pages';
import { createdAt } from '../api/pages';
import type { CountedPage } from './reader';
import { MOMENT_MS, startOfUndated } from './reader';

/** When rows were created, by their ids. */
type Dates = Map<number, number>;

/** What earlier polls knew. */
export interface Known {
	since: number;
	settled: Dates;
	/** The settled rows seen while the list was as `total` says. */
	counted: Dates;
	/** Rows that may have no date of their own, and the date with which they were seen. */
	distrusted: Dates;
	total: number;
}

/** What is known of the rows newer than `since`, and whether these are all. */
export class Window {
	since: number;
	readonly settled: Dates;
	/** Rows that are not settled. */
	readonly fresh = new Map<number, ApiRecord>();
	/** Those of them that may have no date: shown with the moment of the answer, they seem to be the newest. */
	readonly newestLooking = new Set<number>();
	/** Rows that stand behind newer ones than their date says: they are stored without one. */
	readonly undated = new Map<number, ApiRecord>();
	/** The last pass has seen where the rows end that are newer than `since`. */
	hasEnd = false;
	/** How many rows are not newer than `since`. */
	below = 0;
	/** Rows that this poll or an earlier one distrusts, and the dates. */
	readonly moved: Dates;
	/** When the newest row of a pass was created that does not begin with the newest of all. */
	latest = Infinity;
	/** How many pages the pass has read. */
	pages = 0;
	total: number;
	/** What this pass has seen; its rows stay counted when others come on top of the list. */
	private readonly pass: Dates = new Map();
	/** What was seen while the list stayed as it is. */
	private counted: Dates;
	/** Rows distrusted by earlier polls. */
	private readonly distrusted: Dates;
	/** How many rows are not newer than a moment, for each moment at which rows of the pass were created. */
	private readonly ranks = new Map<number, number>();
	/** How many rows stand before the first of the pass, and how many do not. */
	private start = 0;
	private top = 0;
	/** How many rows stand behind those of the last page. */
	private rest = 0;
	/** When the newest row was created. */
	private newest = 0;
	private previous = Infinity;
	private isBroken = false;

	constructor({ since, settled, counted, distrusted, total }: Known) {
		this.since = since;
		this.settled = settled;
		this.counted = counted;
		this.distrusted = distrusted;
		this.moved = new Map(distrusted);
		this.total = total;
	}

	/** A pass begins at a page and goes on to older rows. */
	begin(): void {
		this.pages = 0;
		this.pass.clear();
		this.ranks.clear();
		this.hasEnd = false;
		this.isBroken = false;
		this.previous = this.latest = Infinity;
	}

	/** @param offset how many rows stand before the page @throws UnreadableList */
	add({ records: rows, total }: CountedPage, offset: number): void {
		this.noticeChange(total);
		const dates = rows.map(createdAt);
		if (offset === 0) this.newest = dates[0] ?? 0;
		if (this.pages === 0) {
			this.top = total - offset;
			this.rest = this.top;
			this.start = offset;
			// Rows of the second with which the page before ends may stand on either page.
			if (offset > 0) this.previous = this.latest = dates[0] ?? Infinity;
		}
		// Rows that come meanwhile move newer ones on, too.
		const isBehind = this.isUnchanged && dates.every((date) => date > this.previous);
		const firstUndated = isBehind ? 0 : startOfUndated(dates);
		rows.forEach((row, index) => {
			const date = dates[index] ?? NaN;
			const rank = total - offset - index;
			const isOver = !(date > this.since) || index >= firstUndated;
			if (isOver && !this.hasEnd) [this.hasEnd, this.below] = [true, rank];
			if (this.hasEnd) {
				if (date > this.since) this.undated.set(row.id, row);
				return;
			}
			if (date < this.previous) this.ranks.set(date, rank);
			this.previous = Math.min(this.previous, date);
			this.note(row, date);
		});
		if (rows.length > 0) {
			this.pages++;
			this.rest = total - offset - rows.length;
		}
		if (!this.hasEnd && (rows.length === 0 || this.rest <= 0))
			[this.hasEnd, this.below] = [true, this.rest];
	}

	/** Whether the pass began with the newest row. */
	get isFromTop(): boolean {
		return this.start === 0;
	}

	/** Whether as many different rows were seen as the newest rows of the pass say that there are. */
	get isComplete(): boolean {
		if (!this.isProof || !this.isUnchanged) return false;
		if (this.isFromTop) return this.seen.size === this.top - this.below;
		return this.provenUpTo(Infinity) === Math.max(...this.ranks.keys());
	}

	/** Whether all rows newer than `since` were seen, and not only the old part of them. */
	get isWhole(): boolean {
		return this.isFromTop && this.isComplete;
	}

	/**
	 * The latest moment, not after `limit`, up to which every row newer than `since` was seen; undefined
	 * without a proof.
	 */
	provenUpTo(limit: number): number | undefined {
		if (!this.isProof) return undefined;
		const dates = [...this.seen.values()].sort((a, b) => a - b);
		let proven: number | undefined;
		let seen = 0;
		for (const [moment, rank] of [...this.ranks].sort(([a], [b]) => a - b)) {
			if (moment > limit) break;
			while ((dates[seen] ?? Infinity) <= moment) seen++;
			if (seen === rank - this.below) proven = moment;
		}
		return proven;
	}

	/** Whether an earlier poll has distrusted the row for this date, so that it is the row's own. */
	isShownAgain(id: number, date: number): boolean {
		return this.distrusted.get(id) === date;
	}

	/**
	 * The date may be no date but the moment of the answer. A contact without a date is shown with another
	 * one by the next poll; an id that was given out again after a backup was restored, with the same.
	 */
	distrust(id: number, date: number): void {
		this.moved.set(id, date);
	}

	/** Whether an earlier poll has distrusted the row for another date: it has none of its own. */
	hasAnotherDate(row: ApiRecord): boolean {
		const date = this.distrusted.get(row.id);
		return date !== undefined && date !== createdAt(row);
	}

	trust(rows: ApiRecord[]): void {
		for (const { id } of rows) this.moved.delete(id);
	}

	settle(row: ApiRecord): void {
		const { id } = row;
		this.settled.set(id, createdAt(row));
		this.moved.delete(id);
		this.distrusted.delete(id);
		this.fresh.delete(id);
	}

	/** What was not seen although everything was seen is deleted. */
	forgetDeleted(): void {
		for (const rows of [this.settled, this.moved])
			for (const id of rows.keys()) if (!this.seen.has(id)) rows.delete(id);
	}

	/** @param moment that `provenUpTo` gave */
	moveTo(moment: number): void {
		this.below = this.ranks.get(moment) ?? this.below;
		this.since = moment;
		for (const rows of [this.settled, this.counted])
			for (const [id, date] of rows) if (date <= moment) rows.delete(id);
		this.begin();
	}

	/** Counts what earlier passes have seen, although the list has changed since. */
	trustSettled(): void {
		this.counted = new Map([...this.settled, ...this.counted]);
	}

	/** Settled rows that were counted. */
	get certain(): Array<[number, number]> {
		return [...this.settled].filter(([id]) => this.counted.has(id));
	}

	/** Settled rows that may be deleted. */
	get doubtful(): Array<[number, number]> {
		return [...this.settled].filter(([id]) => !this.counted.has(id));
	}

	/** No rows came during the pass. */
	private get isUnchanged(): boolean {
		return this.top + this.start === this.total;
	}

	private get isProof(): boolean {
		return this.hasEnd && !this.isBroken;
	}

	/** What counts for the proof: one answer proves by itself. */
	private get seen(): Dates {
		return this.pages === 1 ? this.pass : this.counted;
	}

	private note(row: ApiRecord, date: number): void {
		const { id } = row;
		const known = this.settled.get(id) ?? this.distrusted.get(id);
		if (known === undefined || this.isShownAgain(id, date)) this.fresh.set(id, row);
		else if (known !== date) this.distrust(id, date);
		if (date < this.newest - MOMENT_MS) this.newestLooking.delete(id);
		else this.newestLooking.add(id);
		this.pass.set(id, date);
		this.counted.set(id, date);
	}

	/** Rows that come on top only move the others on, which a pass then sees twice. Rows that go hide others. */
	private noticeChange(total: number): void {
		if (total === this.total) return;
		if (total < this.total) {
			this.isBroken ||= this.pages > 0;
			this.pass.clear();
		}
		this.counted = new Map(this.pass);
		this.total = total;
	}
}
