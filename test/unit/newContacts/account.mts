import { BudgetSpent } from '../../../nodes/WhatsCloud/api/http';
import { createLists, type Lists } from '../../../nodes/WhatsCloud/api/lists';
import type { ApiRecord } from '../../../nodes/WhatsCloud/api/pages';

export interface Behaviour {
	/** The largest page the server serves, whatever is asked for. */
	clamp: number;
	/** The order of rows of one second: new in each request, fixed for each page and page size, or by id. */
	ties: 'random' | 'fixed for each page' | 'by id';
	/** How many ids other tenants use up between two contacts, at most. */
	idsOfOthers: number;
	/** How many seconds the server's clock is ahead of ours. */
	clock: number;
	seed: number;
}

export const PLAIN: Behaviour = {
	clamp: 1_000,
	ties: 'by id',
	idsOfOthers: 0,
	clock: 0,
	seed: 1,
};

export interface Creation {
	count: number;
	/** Stored without a date: reported as now, but sorted as oldest. These show at once. */
	isUndated?: boolean;
	/** Seconds from the moment the ids are given out to the moment the rows can be seen. */
	visibleAfter?: number;
	/** Whether each contact has its own second. */
	isSpread?: boolean;
	/** By how many seconds the date is later than the moment of creation. */
	ahead?: number;
}

export interface Row {
	id: number;
	createdAt: number | null;
	/** When its id was given out. */
	givenOutAt: number;
	visibleFrom: number;
}

/** An account of WhatsCloud as the trigger's requests show it. Our time is in seconds and stands still by itself. */
export class Account {
	now = 1_800_000_000;
	lastId = 0;
	/** Every row there ever was; an id that is given out again has two. */
	readonly everything: Row[] = [];
	rows = new Map<number, Row>();
	readonly behaviour: Behaviour;
	private readonly random: () => number;
	private cache: { key: string; rows: Row[] } = { key: '', rows: [] };
	private changes = 0;

	constructor(behaviour: Partial<Behaviour> = {}) {
		this.behaviour = { ...PLAIN, ...behaviour };
		this.random = randomNumbers(this.behaviour.seed);
	}

	create({
		count,
		isUndated = false,
		visibleAfter = 0,
		isSpread = false,
		ahead = 0,
	}: Creation): Row[] {
		this.changes++;
		return Array.from({ length: count }, () => {
			if (isSpread) this.now++;
			this.lastId += 1 + Math.floor(this.random() * (this.behaviour.idsOfOthers + 1));
			const row: Row = {
				id: this.lastId,
				createdAt: isUndated ? null : this.now + ahead,
				givenOutAt: this.now,
				visibleFrom: this.now + (isUndated ? 0 : visibleAfter),
			};
			this.rows.set(row.id, row);
			this.everything.push(row);
			return row;
		});
	}

	/** Deletes contacts, counted from the newest visible one. */
	delete(first: number, count = 1): void {
		this.changes++;
		const rows = this.visible().sort((a, b) => b.givenOutAt - a.givenOutAt || b.id - a.id);
		for (const { id } of rows.slice(first, first + count)) this.rows.delete(id);
	}

	/** A backup from some seconds ago is restored, which takes a minute. */
	restore(seconds: number): void {
		this.changes++;
		const kept = this.visible().filter(({ visibleFrom }) => visibleFrom <= this.now - seconds);
		this.rows = new Map(kept.map((row) => [row.id, row]));
		this.lastId = Math.max(0, ...kept.map(({ id }) => id));
		this.now += 60;
	}

	visible(): Row[] {
		return [...this.rows.values()].filter((row) => row.visibleFrom <= this.now);
	}

	/** The row that was shown so. */
	rowOf({ id, created_at: shown }: ApiRecord): Row | undefined {
		const rows = this.everything.filter((row) => row.id === id);
		return (
			rows.find(({ createdAt }) => createdAt !== null && this.dateOf(createdAt) === shown) ??
			rows.at(-1)
		);
	}

	/** As the server answers a request for a page of contacts. */
	readPage(page: number, perPage: number): { data: ApiRecord[]; total?: number; per_page: number } {
		const size = Math.min(perPage, this.behaviour.clamp);
		const rows = this.sorted(page, size);
		const data = rows.slice((page - 1) * size, page * size).map((row) => this.toRecord(row));
		return { data, total: rows.length, per_page: size };
	}

	private sorted(page: number, size: number): Row[] {
		const { ties } = this.behaviour;
		const key = `${this.changes}/${this.now}`;
		if (ties === 'by id' && this.cache.key === key) return this.cache.rows;
		const rank = this.tieBreaker(page * 1_009 + size);
		const rows = this.visible()
			.map((row) => ({ row, rank: rank(row.id) }))
			.sort((a, b) => (b.row.createdAt ?? 0) - (a.row.createdAt ?? 0) || a.rank - b.rank)
			.map(({ row }) => row);
		this.cache = { key, rows };
		return rows;
	}

	private toRecord({ id, createdAt }: Row): ApiRecord {
		return { id, created_at: this.dateOf(createdAt ?? this.now) };
	}

	/** By the server's clock. */
	private dateOf(seconds: number): string {
		return new Date((seconds + this.behaviour.clock) * 1_000).toISOString();
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

/** The lists of the account; `requests` counts. */
export function listsOf(
	account: Account,
	disturbances: Disturbances = {},
): Lists & { readonly requests: number } {
	let requests = 0;
	const lists = createLists({
		getList: async (_path, { query = {} }) => {
			requests++;
			disturbances.before?.(requests);
			if (requests === disturbances.failsAt) throw new Error('The server is down');
			if (requests === disturbances.spentAt) throw new BudgetSpent();
			const data = account.readPage(Number(query.page), Number(query.per_page));
			const serverTime = (account.now + account.behaviour.clock) * 1_000;
			return await Promise.resolve({ body: { status: 'success', data }, serverTime });
		},
	});
	return {
		...lists,
		get requests() {
			return requests;
		},
	};
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
