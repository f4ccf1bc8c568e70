import { BudgetSpent } from '../../../nodes/WhatsCloud/api/http';
import type { ApiRecord, Page } from '../../../nodes/WhatsCloud/api/pages';
import type { ContactSource } from '../../../nodes/WhatsCloud/newContacts/reader';

export interface Behaviour {
	/** The largest page the server serves, whatever is asked for. */
	clamp: number;
	/** The order of rows of one second: new in each request, fixed for each page and page size, or by id. */
	ties: 'random' | 'fixed for each page' | 'by id';
	/** How many ids other tenants use up between two contacts, at most. */
	idsOfOthers: number;
	seed: number;
}

export const PLAIN: Behaviour = {
	clamp: 1_000,
	ties: 'by id',
	idsOfOthers: 0,
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
}

export interface Row {
	id: number;
	createdAt: number | null;
	/** When its id was given out. */
	givenOutAt: number;
	visibleFrom: number;
}

/** An account of WhatsCloud as the trigger's requests show it. Time is in seconds and stands still by itself. */
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

	create({ count, isUndated = false, visibleAfter = 0, isSpread = false }: Creation): Row[] {
		this.changes++;
		return Array.from({ length: count }, () => {
			if (isSpread) this.now++;
			this.lastId += 1 + Math.floor(this.random() * (this.behaviour.idsOfOthers + 1));
			const row: Row = {
				id: this.lastId,
				createdAt: isUndated ? null : this.now,
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
			rows.find(({ createdAt }) => createdAt !== null && iso(createdAt) === shown) ?? rows.at(-1)
		);
	}

	readPage(page: number, perPage: number): Page {
		const size = Math.min(perPage, this.behaviour.clamp);
		const rows = this.sorted(page, size);
		const total = rows.length;
		return {
			records: rows.slice((page - 1) * size, page * size).map((row) => this.toRecord(row)),
			total,
			perPage: size,
		};
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
		return { id, created_at: iso(createdAt ?? this.now) };
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

const iso = (seconds: number) => new Date(seconds * 1_000).toISOString();

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
	const read: ContactSource = async (page, perPage) => {
		source.requests++;
		disturbances.before?.(source.requests);
		if (source.requests === disturbances.failsAt) throw new Error('The server is down');
		if (source.requests === disturbances.spentAt) throw new BudgetSpent();
		return await Promise.resolve(account.readPage(page, perPage));
	};
	const source = Object.assign(read, { requests: 0 });
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
