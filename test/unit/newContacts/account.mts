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
	private cache: { key: string; seconds: Row[][] } = { key: '', seconds: [] };
	private changes = 0;

	constructor(behaviour: Partial<Behaviour> = {}) {
		this.behaviour = { ...PLAIN, ...behaviour };
		this.random = randomNumbers(this.behaviour.seed);
		// The reader of lists chooses sizes of pages at random.
		jest.spyOn(Math, 'random').mockImplementation(randomNumbers(this.behaviour.seed));
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
		const data = this.page(page, size).map((row) => this.toRecord(row));
		const total = this.seconds().reduce((sum, { length }) => sum + length, 0);
		return { data, total, per_page: size };
	}

	/** The newest second first. */
	private seconds(): Row[][] {
		const key = `${this.changes}/${this.now}`;
		if (this.cache.key === key) return this.cache.seconds;
		const bySecond = new Map<number, Row[]>();
		for (const row of this.visible()) {
			const second = row.createdAt ?? 0;
			const rows = bySecond.get(second);
			if (rows) rows.push(row);
			else bySecond.set(second, [row]);
		}
		const seconds = [...bySecond].sort(([a], [b]) => b - a).map(([, rows]) => rows);
		for (const rows of seconds) rows.sort((a, b) => b.id - a.id);
		this.cache = { key, seconds };
		return seconds;
	}

	private page(page: number, size: number): Row[] {
		const random = this.randomFor(page, size);
		const shown: Row[] = [];
		let skip = (page - 1) * size;
		for (const rows of this.seconds()) {
			if (shown.length >= size) break;
			const count = Math.min(size - shown.length, rows.length - skip);
			if (count > 0)
				shown.push(...(random ? anyOf(rows, count, random) : rows.slice(skip, skip + count)));
			skip = Math.max(0, skip - rows.length);
		}
		return shown;
	}

	/** What decides on the order of rows of one second. */
	private randomFor(page: number, size: number): (() => number) | undefined {
		switch (this.behaviour.ties) {
			case 'by id':
				return undefined;
			case 'random':
				return this.random;
			case 'fixed for each page':
				return randomNumbers(page * 104_729 + size);
		}
	}

	private toRecord({ id, createdAt }: Row): ApiRecord {
		return { id, created_at: this.dateOf(createdAt ?? this.now) };
	}

	/** By the server's clock. */
	private dateOf(seconds: number): string {
		return new Date((seconds + this.behaviour.clock) * 1_000).toISOString();
	}
}

/** So many rows of the second, any of them. */
function anyOf(rows: Row[], count: number, random: () => number): Row[] {
	const copy = [...rows];
	for (let first = 0; first < Math.min(count, copy.length); first++) {
		const other = first + Math.floor(random() * (copy.length - first));
		[copy[first], copy[other]] = [copy[other] as Row, copy[first] as Row];
	}
	return copy.slice(0, count);
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
