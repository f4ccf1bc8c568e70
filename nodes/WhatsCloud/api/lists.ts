import pLimit from 'p-limit';

import type { Client } from './client';
import { BudgetSpent } from './http';
import { otherPageSize, Pass, Proof } from './listProof';
import type { ApiRecord, PageReader, Query, Rows } from './pages';
import { createdAt, createPageReader, LARGEST_PAGE } from './pages';

export interface Reading {
	/** The newest first, none twice. */
	records: ApiRecord[];
	/** None is missing: as many different records were seen as have a place in the list. */
	isWhole: boolean;
	/** How many records stand there; undefined where the reading ended before. */
	places?: number;
}

export interface ReadOptions {
	query?: Query;
	/** Only records created after this moment, in milliseconds: the list is sorted, and is read no further. */
	newerThan?: number;
}

export interface ProofOptions extends ReadOptions {
	/** What was read already. Away from the head of the list, only what is older than its first record can be whole. */
	begin?: Rows;
	/** How often the list is read at most where one reading proves nothing. */
	passes?: number;
	/** Reads again although that has shown nothing new; a reading during which records came proves nothing. */
	isStrict?: boolean;
	/** Asked before every request. Once it says no, the reading ends with what it has. */
	mayReadOn?(): boolean;
}

export interface ListOptions extends ReadOptions {
	/** At most so many records; without it, all. */
	limit?: number;
	/** Applied to every record, since the server may ignore the query (quirk 4). The limit counts what passes. */
	matches?(record: ApiRecord): boolean;
}

/** Lists by the place of their records, although these move and rows of one second have no fixed order (quirk 3). */
export interface Lists extends Pick<PageReader, 'rows'> {
	/** One answer after the other from the head of the list on, some records perhaps twice. @throws ApiError */
	pages(path: string, count?: number, query?: Query): AsyncGenerator<Rows, void>;
	/** Reads anew, until nothing is missing or reading again shows nothing else. @throws ApiError */
	read(path: string, options?: ProofOptions): Promise<Reading>;
	/** Reads as far as needed, and no part of a list twice in a run. Warns when some may be missing. @throws ApiError */
	list(path: string, options?: ListOptions): Promise<ApiRecord[]>;
}

const PAGES_IN_FLIGHT = 6;

export function createLists(
	client: Pick<Client, 'getList'>,
	warn: (message: string) => void = () => {},
): Lists {
	const { rows, pageSize } = createPageReader(client);
	/** What this run has read, by path and query. */
	const kept = new Map<string, Kept>();
	let ignoresQueries = false;

	async function* pages(path: string, count = LARGEST_PAGE, query?: Query) {
		const pass = new Pass(path, query);
		while (!pass.isEnd) {
			const page = await rows(path, pass.at, count, query);
			pass.add(page);
			yield page;
		}
	}

	/** Reads on up to this place, perhaps a little further, several pages at a time. */
	async function readOn(pass: Pass, upTo: number, count: number): Promise<void> {
		const size = pageSize(pass.path, count);
		const pageEnd = (at: number) => (Math.floor(at / size) + 1) * size;
		const starts = [pass.at];
		for (let at = pageEnd(pass.at); at < upTo; at += size) starts.push(at);
		const parts = await untilFailure(starts, async (start, index) => {
			const next = starts[index + 1] ?? start + 1;
			const read: Rows[] = [];
			// Several answers where the server has begun to give smaller pages.
			for (let at = start; at < next && read.at(-1)?.isEnd !== true; ) {
				const part = await rows(pass.path, at, count, pass.query);
				read.push(part);
				at += part.records.length;
			}
			return read;
		});
		for (const part of parts.flat()) pass.add(part);
	}

	/** Reads on as far as is wanted, or as the time allows. */
	async function finish(pass: Pass, count: number, options: ProofOptions): Promise<void> {
		const { newerThan, mayReadOn = () => true } = options;
		const readAll = async () => {
			while (!pass.reaches(newerThan) && mayReadOn()) {
				const end = newerThan === undefined ? pass.total : undefined;
				await readOn(pass, end ?? pass.at + 1, count);
			}
		};
		await readAll().catch((error: unknown) => {
			if (!(error instanceof BudgetSpent)) throw error;
		});
	}

	/** Reads again, in other page sizes, whose borders lie elsewhere. */
	async function prove(first: Pass, options: ProofOptions): Promise<Proof> {
		const proof = new Proof(options);
		proof.add(first);
		while (!proof.isOver) {
			const again = new Pass(first.path, first.query, first.from);
			await finish(again, otherPageSize(first, proof.passes), options);
			proof.add(again);
		}
		return proof;
	}

	async function read(path: string, options: ProofOptions = {}): Promise<Reading> {
		const { begin, query } = options;
		const pass = new Pass(path, query, begin?.from);
		if (begin) pass.add(begin);
		await finish(pass, begin?.size ?? LARGEST_PAGE, options);
		return await prove(pass, options);
	}

	/** Others may read the same list meanwhile. */
	async function readKept(list: Kept, upTo: number, count: number): Promise<void> {
		while (list.pass.at < upTo && !list.pass.isEnd) {
			const { path, query, at } = list.pass;
			// Less than one page was read: a page from the head on costs no more, and pages of one size fit together.
			if (!list.reading && at < pageSize(path, count)) list.pass = new Pass(path, query);
			list.reading ??= readOn(list.pass, upTo, count).finally(() => (list.reading = undefined));
			await list.reading;
		}
	}

	async function keptList(path: string, count: number, query: Query = {}): Promise<Kept> {
		const isFiltered = !ignoresQueries && Object.keys(query).length > 0;
		const key = isFiltered ? `${path}?${JSON.stringify(query)}` : path;
		const list = kept.get(key) ?? { pass: new Pass(path, query), proofs: new Map() };
		kept.set(key, list);
		if (!isFiltered) return list;
		await readKept(list, 1, count);
		if (list.pass.records.every((record) => isAsAsked(record, query))) return list;
		// The server gives the list as it is, which serves all other queries, too.
		ignoresQueries = true;
		const whole = kept.get(path) ?? list;
		whole.pass.query = undefined;
		kept.set(path, whole);
		return whole;
	}

	async function list(path: string, options: ListOptions = {}): Promise<ApiRecord[]> {
		const { limit = Infinity, query, matches = () => true, newerThan } = options;
		const isSearch = options.matches !== undefined || newerThan !== undefined;
		const isWanted = (record: ApiRecord) =>
			matches(record) && !(newerThan !== undefined && createdAt(record) <= newerThan);
		const count = isSearch ? LARGEST_PAGE : Math.min(limit, LARGEST_PAGE);
		const source = await keptList(path, count, query);
		const found = new Map<number, ApiRecord>();
		for (let looked = 0, known = source.pass; ; ) {
			const { pass } = source;
			if (pass !== known) looked = 0;
			known = pass;
			for (; looked < pass.records.length; looked++) {
				const record = pass.records[looked];
				if (record && isWanted(record)) found.set(record.id, record);
			}
			if (found.size >= limit) return [...found.values()].slice(0, limit);
			if (pass.reaches(newerThan)) break;
			const { at, size, total = at } = pass;
			// Nobody knows how far a search has to go: twice as far each time.
			const enough = isSearch ? at + Math.min(at, PAGES_IN_FLIGHT * size) : limit;
			const upTo = newerThan === undefined && limit === Infinity ? total : Math.min(total, enough);
			await readKept(source, Math.max(at + 1, upTo), count);
		}
		const { records, isWhole, warning } = await proved(source, newerThan);
		if (!isWhole) warn(warning);
		return records.filter(isWanted).slice(0, limit);
	}

	async function proved({ pass, proofs }: Kept, newerThan: number | undefined): Promise<Proof> {
		const proof = proofs.get(newerThan) ?? prove(pass, { newerThan });
		proofs.set(newerThan, proof);
		return await proof.catch((error: unknown) => {
			proofs.delete(newerThan);
			throw error;
		});
	}

	return { rows, pages, read, list };
}

/** A list, or what the server's filter leaves of it, as far as this run has read it. */
interface Kept {
	pass: Pass;
	/** The part that is being read. */
	reading?: Promise<void>;
	/** By the moment to which they go back. */
	proofs: Map<number | undefined, Promise<Proof>>;
}

/** Whether the server may have applied the query. A field that it does not show tells nothing. */
function isAsAsked(record: ApiRecord, query: Query): boolean {
	return Object.entries(query).every(
		([field, wanted]) => !(field in record) || String(record[field]) === String(wanted),
	);
}

/** Starts nothing after the first failure, and waits for what is under way. @throws that failure */
async function untilFailure<T, R>(
	values: T[],
	work: (value: T, index: number) => Promise<R>,
): Promise<R[]> {
	const inFlight = pLimit(PAGES_IN_FLIGHT);
	const failures: unknown[] = [];
	const attempt = async (value: T, index: number) => {
		if (failures.length > 0) return [];
		return await work(value, index).then(
			(result) => [result],
			(error: unknown) => {
				failures.push(error);
				return [];
			},
		);
	};
	const results = await Promise.all(values.map((value, index) => inFlight(attempt, value, index)));
	if (failures.length > 0) throw failures[0];
	return results.flat();
}
