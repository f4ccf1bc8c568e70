import type { Row } from './records.mts';

/** Newest last; null sorts before everything, as in the database. */
function isBefore(a: Row, b: Row): boolean {
	const timeA = a.created_at ?? '';
	const timeB = b.created_at ?? '';
	return timeA === timeB ? a.id < b.id : timeA < timeB;
}

/** The first position whose row does not satisfy `isEarlier`, in rows where those that do come first. */
function firstNot<R>(rows: readonly R[], isEarlier: (row: R) => boolean): number {
	let [low, high] = [0, rows.length];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (isEarlier(rows[middle] as R)) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** Rows by id, kept in the order of their creation so that a page costs no sorting. */
export class Table<R extends Row> {
	private readonly byId = new Map<number, R>();
	private readonly ordered: R[] = [];
	private readonly idsOfOthers: () => number;
	private lastId = 0;

	/** @param idsOfOthers how many ids others use up before the next row */
	constructor(idsOfOthers: () => number = () => 0) {
		this.idsOfOthers = idsOfOthers;
	}

	get size(): number {
		return this.byId.size;
	}

	/** Oldest first. */
	all(): readonly R[] {
		return this.ordered;
	}

	get(id: number): R | undefined {
		return this.byId.get(id);
	}

	/** The database compares a text id loosely: `12abc` finds 12 (quirk 41). */
	getLoosely(id: string): R | undefined {
		return this.byId.get(Number.parseFloat(/^\s*[+-]?\d+(\.\d+)?/.exec(id)?.[0] ?? '0'));
	}

	/** In the order of ids, which is how the database finds a "first" row. */
	find(matches: (row: R) => boolean): R | undefined {
		for (const row of this.byId.values()) if (matches(row)) return row;
		return undefined;
	}

	insert(values: Omit<R, 'id'> & { id?: number }): R {
		const [row] = this.insertMany([values]);
		return row as R;
	}

	insertMany(values: readonly (Omit<R, 'id'> & { id?: number })[]): R[] {
		const rows = this.withIds(values);
		this.show(rows);
		return rows;
	}

	/** Rows of a transaction under way: they have their ids, and nobody sees them before `show`. */
	withIds(values: readonly (Omit<R, 'id'> & { id?: number })[]): R[] {
		return values.map((value) => {
			const { id = this.lastId + 1 + this.idsOfOthers(), ...rest } = value;
			this.lastId = Math.max(this.lastId, id);
			return { id, ...rest } as unknown as R;
		});
	}

	show(rows: readonly R[]): void {
		for (const row of rows) this.byId.set(row.id, row);
		for (const row of rows) this.place(row);
	}

	clear(): void {
		this.byId.clear();
		this.ordered.length = 0;
		this.lastId = 0;
	}

	/** A backup of that moment is restored: later rows are gone, and ids go on from its highest one. */
	restore(time: string): void {
		for (const row of this.ordered.filter(({ created_at }) => (created_at ?? '') > time))
			this.delete(row);
		this.lastId = this.ordered.reduce((highest, { id }) => Math.max(highest, id), 0);
	}

	/** Changes the row in place; a new time of creation moves it. */
	update(row: R, changes: Omit<Partial<R>, 'id'>): void {
		const moves = changes.created_at !== undefined && changes.created_at !== row.created_at;
		if (moves) this.ordered.splice(this.positionOf(row), 1);
		Object.assign(row, changes);
		if (moves) this.place(row);
	}

	delete(row: R): void {
		this.byId.delete(row.id);
		this.ordered.splice(this.positionOf(row), 1);
	}

	private place(row: R): void {
		const last = this.ordered.at(-1);
		if (!last || isBefore(last, row)) this.ordered.push(row);
		else this.ordered.splice(this.positionOf(row), 0, row);
	}

	private positionOf(row: R): number {
		return firstNot(this.ordered, (other) => isBefore(other, row));
	}
}

export interface Slice {
	start: number;
	count: number;
	/**
	 * Gives how far the rows of one second are turned for this reading: without a second sort key
	 * their order is the database's whim (quirk 3). Absent: they keep their order.
	 */
	turn?: (secondsRows: number) => number;
}

/** One page out of rows in the order of creation, the newest first. */
export function slice<R extends Row>(ordered: readonly R[], page: Slice): R[] {
	const turns = new Map<string | null, { from: number; size: number; by: number }>();
	const { turn } = page;
	const turned = (position: number): R => {
		const row = ordered[position] as R;
		if (!turn) return row;
		const time = row.created_at;
		let second = turns.get(time);
		if (!second) {
			const from = firstNot(ordered, (other) => (other.created_at ?? '') < (time ?? ''));
			const size = firstNot(ordered, (other) => (other.created_at ?? '') <= (time ?? '')) - from;
			second = { from, size, by: size > 1 ? turn(size) : 0 };
			turns.set(time, second);
		}
		return ordered[second.from + ((position - second.from + second.by) % second.size)] as R;
	};
	const rows: R[] = [];
	const end = Math.min(page.start + page.count, ordered.length);
	for (let index = page.start; index < end; index++) {
		rows.push(turned(ordered.length - 1 - index));
	}
	return rows;
}
