import type { Client } from '../../../nodes/WhatsCloud/api/client';
import { ApiError } from '../../../nodes/WhatsCloud/api/errors/ApiError';

export interface Row {
	id: number;
	created_at: string;
	second: number;
}

export interface ListServerOptions {
	rows: number;
	/** How many neighbouring rows share one second. */
	tie: number;
	shape: 'paginator' | 'flat' | 'flatNoMeta';
	/** `fail`: a gateway gives up on larger pages. */
	limit?: { max: number; above: 'clamp' | 'refuse' | 'fail' };
	/** Rows of one second stand in another order on every request, or on every page. */
	ties: 'stable' | 'random' | 'byPage';
	/** What happens before the n-th request is answered. */
	events?: Array<{ request: number; kind: 'insert' | 'delete' | 'late'; at: number }>;
	/** How much too high the total is. */
	tooMany?: number;
	random: () => number;
}

/** The list endpoint of a server whose pages move, without HTTP. */
export class ListServer {
	rows: Row[];
	requests: Array<{ page: number; perPage: number }> = [];
	/** Rows that were there all the time; only these must be found. */
	readonly constant: Set<number>;
	private readonly options: ListServerOptions;
	private nextId: number;
	private sorted: Row[] | undefined;

	constructor(options: ListServerOptions) {
		this.options = options;
		this.rows = Array.from({ length: options.rows }, (_, index) =>
			rowOf(index + 1, Math.floor(index / options.tie)),
		);
		this.nextId = options.rows + 1;
		this.constant = new Set(this.rows.map(({ id }) => id));
	}

	readonly client: Pick<Client, 'getList'> = {
		getList: async (path, { query = {} }) => {
			const { page = 1, per_page: perPage = 15 } = query as Record<string, number>;
			this.requests.push({ page, perPage });
			this.happen(this.requests.length);
			// The answer is of this moment, its arrival is later.
			const answer = this.answer(path, page, perPage);
			await Promise.resolve();
			return { body: answer };
		},
	};

	private happen(request: number): void {
		for (const event of this.options.events ?? []) {
			if (event.request !== request) continue;
			if (event.kind === 'insert') {
				const id = this.nextId++;
				const row = rowOf(id, 1_000_000 + id);
				this.rows.push(row);
				this.sorted?.unshift(row);
			} else if (event.kind === 'late') {
				this.sorted = undefined;
				const { second = 0 } = this.rows[Math.floor(event.at * this.rows.length)] ?? {};
				this.rows.push(rowOf(this.nextId++, second));
			} else {
				this.sorted = undefined;
				const [gone] = this.rows.splice(Math.floor(event.at * this.rows.length), 1);
				if (gone) this.constant.delete(gone.id);
			}
		}
	}

	private answer(path: string, page: number, asked: number) {
		const { limit, shape, tooMany = 0 } = this.options;
		if (limit && limit.above !== 'clamp' && asked > limit.max) {
			throw new ApiError(
				{ method: 'GET', path },
				{ title: limit.above, description: '', outcome: 'refused' },
				{ status: limit.above === 'refuse' ? 422 : 504 },
			);
		}
		const perPage = Math.min(asked, limit?.max ?? Infinity);
		const rows = this.ordered(page, perPage);
		const data = rows.slice((page - 1) * perPage, page * perPage);
		const total = rows.length + tooMany;
		if (shape === 'flatNoMeta') return { status: 'success', data };
		if (shape === 'flat') {
			return { status: 'success', data, meta: { current_page: page, total, per_page: perPage } };
		}
		const lastPage = Math.max(1, Math.ceil(total / perPage));
		return {
			status: 'success',
			data: { data, current_page: page, last_page: lastPage, total, per_page: perPage },
		};
	}

	private ordered(page: number, perPage: number): Row[] {
		const { ties, random } = this.options;
		if (ties === 'stable' && this.sorted) return this.sorted;
		const order = (id: number) => {
			if (ties === 'stable') return -id;
			return ties === 'random' ? random() : scrambled(id * 7919 + page * 104_729 + perPage);
		};
		this.sorted = this.rows
			.map((row) => ({ row, order: order(row.id) }))
			.sort((a, b) => b.row.second - a.row.second || a.order - b.order)
			.map(({ row }) => row);
		return this.sorted;
	}
}

function rowOf(id: number, second: number): Row {
	return { id, second, created_at: new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString() };
}

/** The same number for the same seed, with no order among neighbours. */
function scrambled(seed: number): number {
	const value = Math.sin(seed) * 10_000;
	return value - Math.floor(value);
}
