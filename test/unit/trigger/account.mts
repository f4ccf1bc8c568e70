import { BudgetSpent } from '../../../nodes/WhatsCloud/api/wait';
import type { ContactSource } from '../../../nodes/WhatsCloud/trigger/contactSource';

export interface Behaviour {
	/** The largest page the server serves, whatever is asked for. */
	clamp: number;
	shape: 'with pages' | 'with total' | 'bare';
	isOldestFirst: boolean;
	/** The order of rows of one second: new in each request, fixed for each page, or by id. */
	ties: 'random' | 'fixed for each page' | 'by id';
	seed: number;
}

export const PLAIN: Behaviour = {
	clamp: 100,
	shape: 'with pages',
	isOldestFirst: false,
	ties: 'by id',
	seed: 1,
};

export interface Creation {
	count: number;
	/** Seconds by which `created_at` lies in the past; null is reported as now, but sorted as oldest. */
	age?: number | null;
	/** Seconds from the moment the ids are given out to the moment the rows can be seen. */
	visibleAfter?: number;
	/** Whether each contact has its own second. */
	isSpread?: boolean;
}

export interface Row {
	id: number;
	createdAt: number | null;
	/** When its id was given out. */
	givenOutAt: number;
	visibleFrom: number;
}

/** An account of WhatsCloud as the trigger's two requests show it. Time is in seconds and stands still by itself. */
export class Account {
	now = 1_800_000_000;
	lastId = 0;
	readonly rows = new Map<number, Row>();
	readonly behaviour: Behaviour;
	private readonly random: () => number;
	private cache: { key: string; rows: Row[] } = { key: '', rows: [] };

	constructor(behaviour: Partial<Behaviour> = {}) {
		this.behaviour = { ...PLAIN, ...behaviour };
		this.random = randomNumbers(this.behaviour.seed);
	}

	create({ count, age = 0, visibleAfter = 0, isSpread = false }: Creation): Row[] {
		return Array.from({ length: count }, () => {
			if (isSpread) this.now++;
			const row: Row = {
				id: ++this.lastId,
				createdAt: age === null ? null : this.now - age,
				givenOutAt: this.now,
				visibleFrom: this.now + visibleAfter,
			};
			this.rows.set(row.id, row);
			return row;
		});
	}

	/** Deletes contacts, counted from the newest visible one. */
	delete(first: number, count = 1): number[] {
		const ids = this.visible()
			.map(({ id }) => id)
			.sort((a, b) => b - a)
			.slice(first, first + count);
		for (const id of ids) this.rows.delete(id);
		return ids;
	}

	visible(): Row[] {
		return [...this.rows.values()].filter((row) => row.visibleFrom <= this.now);
	}

	readPage(page: number, perPage: number): Awaited<ReturnType<ContactSource['readPage']>> {
		if (perPage > 100) throw new Error('This server refuses more than 100 rows a page');
		const { clamp, shape } = this.behaviour;
		const size = Math.min(perPage, clamp);
		const rows = this.sorted(page);
		const total = rows.length;
		return {
			records: rows.slice((page - 1) * size, page * size).map((row) => this.toRecord(row)),
			...(shape !== 'bare' && { total }),
			...(shape === 'with pages' && { lastPage: Math.max(1, Math.ceil(total / size)) }),
		};
	}

	readContact(id: number): ReturnType<Account['toRecord']> | undefined {
		const row = this.rows.get(id);
		return row && row.visibleFrom <= this.now ? this.toRecord(row) : undefined;
	}

	private sorted(page: number): Row[] {
		const { ties, isOldestFirst } = this.behaviour;
		const key = `${this.lastId}/${this.rows.size}/${this.now}/${String(isOldestFirst)}`;
		if (ties === 'by id' && this.cache.key === key) return this.cache.rows;
		const rank = this.tieBreaker(page);
		const rows = this.visible()
			.map((row) => ({ row, rank: rank(row.id) }))
			.sort((a, b) => (b.row.createdAt ?? 0) - (a.row.createdAt ?? 0) || a.rank - b.rank)
			.map(({ row }) => row);
		if (isOldestFirst) rows.reverse();
		this.cache = { key, rows };
		return rows;
	}

	private toRecord({ id, createdAt }: Row) {
		return { id, created_at: new Date((createdAt ?? this.now) * 1_000).toISOString() };
	}

	private tieBreaker(page: number): (id: number) => number {
		switch (this.behaviour.ties) {
			case 'by id':
				return (id) => -id;
			case 'random':
				return () => this.random();
			case 'fixed for each page':
				return (id) => randomNumbers(id * 7_919 + page * 104_729)();
		}
	}
}

export interface Disturbances {
	/** Called before each request, with its number from 1. */
	before?(request: number): void;
	/** The request that fails, if any. */
	failsAt?: number | undefined;
	/** The request for which the poll's time does not suffice, if any. */
	spentAt?: number | undefined;
}

/** The account as a source; `requests` counts. */
export function sourceOf(
	account: Account,
	disturbances: Disturbances = {},
): ContactSource & { requests: number } {
	const source = {
		requests: 0,
		readPage: async (page: number, perPage: number) =>
			await request(() => account.readPage(page, perPage)),
		readContact: async (id: number) => await request(() => account.readContact(id)),
	};
	const request = <T,>(answer: () => T): Promise<T> => {
		source.requests++;
		disturbances.before?.(source.requests);
		if (source.requests === disturbances.failsAt)
			return Promise.reject(new Error('The server is down'));
		if (source.requests === disturbances.spentAt) return Promise.reject(new BudgetSpent());
		return Promise.resolve().then(answer);
	};
	return source;
}

/** Mulberry32: numbers from 0 to 1 that depend on the seed only. */
export function randomNumbers(seed: number): () => number {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
