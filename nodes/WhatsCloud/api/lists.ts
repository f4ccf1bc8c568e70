import pLimit from 'p-limit';

import { counted } from '../checks/text';
import type { Client } from './client';
import { BudgetSpent } from './http';
import type { ApiRecord, PageReader, Rows } from './pages';
import { createdAt, createPageReader, LARGEST_PAGE, SMALLEST_PAGE } from './pages';

export interface Reading {
	/** The newest first, none twice. */
	records: ApiRecord[];
	/** None is missing: as many different records were seen as have a place in the list. */
	isWhole: boolean;
	/** How many records stand there; undefined where the first pass did not come to the end. */
	places: number | undefined;
	/** The time did not suffice for the last pass. */
	isCut: boolean;
	/** How many answers all passes after the first took. */
	repeated: number;
}

interface ReadOptions {
	/** Only records created after this moment, in milliseconds: the list is sorted, and is read no further. */
	newerThan?: number;
	/** Reads until nothing has come or gone during a pass that shows all, at most so often. Left out, some may come. */
	steadyPasses?: number;
	/** Asked before every request. Once it says no, the reading ends with what it has. */
	mayReadOn?(): boolean;
}

interface ListOptions extends Pick<ReadOptions, 'newerThan'> {
	limit?: number;
	/** Applied to every record, since most servers have no filters (quirk 4). The limit counts what passes. */
	matches?(record: ApiRecord): boolean;
}

export type Lists = ReturnType<typeof createLists>;

const PAGES_IN_FLIGHT = 6;

/** Lists by the place of their records, although these move and rows of one second have no fixed order (quirk 3). */
export function createLists(
	client: Pick<Client, 'getList'>,
	warn: (message: string) => void = () => {},
) {
	const reader = createPageReader(client);
	const passes = new Map<string, Pass>();
	const once = createOnce();

	/** What this run has read of a list, to be read on. */
	function passOf(path: string): Pass {
		const pass = passes.get(path) ?? new Pass(reader, path);
		passes.set(path, pass);
		return pass;
	}

	/** Like `read`, going on from what this run has read; for all who ask, once. @throws ApiError */
	const readRest = async (path: string, newerThan?: number) =>
		await once(
			`${path} ${newerThan}`,
			async () => await readUntilComplete(reader, passOf(path), { newerThan }),
		);

	/** Reads as far as needed, and no part of a list twice in a run. Warns when some may be missing. @throws ApiError */
	async function list(path: string, options: ListOptions = {}): Promise<ApiRecord[]> {
		const { limit = Infinity, matches = () => true, newerThan } = options;
		const isSearch = options.matches !== undefined || newerThan !== undefined;
		const isWanted = (record: ApiRecord) =>
			matches(record) && !(newerThan !== undefined && createdAt(record) <= newerThan);
		const count = isSearch ? LARGEST_PAGE : Math.min(limit, LARGEST_PAGE);
		const pass = passOf(path);
		for (;;) {
			const found = new Map(pass.records.filter(isWanted).map((record) => [record.id, record]));
			if (found.size >= limit) return [...found.values()].slice(0, limit);
			if (pass.reaches(newerThan)) break;
			// Nobody knows how far a search has to go: twice as far each time.
			const { at, size, total = at } = pass;
			const enough = isSearch && limit < total ? at + Math.min(at, PAGES_IN_FLIGHT * size) : limit;
			await pass.readOn(newerThan === undefined ? Math.min(total, enough) : undefined, count);
		}
		const reading = await readRest(path, newerThan);
		if (!reading.isWhole) warn(mayBeMissing(pass, reading));
		return reading.records.filter(isWanted).slice(0, limit);
	}

	return {
		...{ rows: reader.rows, pages: reader.pages, list, passOf, readRest },
		/** Reads anew, until nothing is missing or reading again shows nothing else. @throws ApiError */
		read: async (path: string, options?: ReadOptions) =>
			await readUntilComplete(reader, new Pass(reader, path), options),
	};
}

/** One reading of a list, from its head towards the oldest record. */
export class Pass {
	readonly path: string;
	/** In the order of their places; a record that moved meanwhile may stand here twice. */
	readonly records: ApiRecord[] = [];
	/** The place up to which it was read. */
	at = 0;
	isEnd = false;
	size = 1;
	answers = 0;
	/** How many records the list has, by the last answer and by the first. */
	total?: number;
	totalAtStart?: number;
	/** The highest id of the first answer: records with higher ones came later. */
	highestAtStart = Infinity;
	/** All answers said the same total. */
	isSteady = true;
	private readonly reader: PageReader;
	private readonly ids = new Set<number>();
	private oldest = Infinity;
	private movedUp = 0;
	private reading: Promise<void> | undefined;

	constructor(reader: PageReader, path: string) {
		this.reader = reader;
		this.path = path;
	}

	/** Reads on up to this place, perhaps a little further, or one page. Others may do so meanwhile. @throws ApiError */
	async readOn(upTo = 0, count = LARGEST_PAGE): Promise<void> {
		const end = Math.max(upTo, this.at + 1);
		while (this.at < end && !this.isEnd) {
			this.reading ??= this.readPages(end, count).finally(() => (this.reading = undefined));
			await this.reading;
		}
	}

	/** Whether it has come to the end of the list, or to a record that is not newer. */
	reaches(moment = -Infinity): boolean {
		return this.isEnd || this.oldest <= moment;
	}

	/** Its records up to the first that is not newer. */
	newerThan(moment = -Infinity): ApiRecord[] {
		if (this.oldest > moment) return this.records;
		const end = this.records.findIndex((record) => createdAt(record) <= moment);
		return this.records.slice(0, end);
	}

	has(id: number): boolean {
		return this.ids.has(id);
	}

	/** A record was deleted by this run: those behind it move up. */
	noteDeleted(id: number): void {
		if (this.has(id)) this.movedUp++;
	}

	private async readPages(upTo: number, count: number): Promise<void> {
		this.at = Math.max(0, this.at - this.movedUp);
		this.movedUp = 0;
		const size = this.reader.pageSize(this.path, count);
		const starts = [this.at];
		const pageEnd = (Math.floor(this.at / size) + 1) * size;
		for (let at = pageEnd; at < upTo; at += size) starts.push(at);
		const inFlight = pLimit(PAGES_IN_FLIGHT);
		let hasFailed = false;
		const readPart = async (start: number, index: number) => {
			// Several answers where the server has begun to give smaller pages.
			const answers: Rows[] = [];
			if (hasFailed) return answers;
			const end = starts[index + 1] ?? start + 1;
			for await (const rows of this.reader.pages(this.path, count, start, end)) answers.push(rows);
			return answers;
		};
		const parts = starts.map((start, index) => inFlight(readPart, start, index));
		for (const part of parts) part.catch(() => (hasFailed = true));
		// A run that ends has no requests under way.
		await Promise.allSettled(parts);
		const read = await Promise.all(parts);
		for (const rows of read.flat()) this.add(rows);
	}

	private add({ from, records, size, total, isEnd }: Rows): void {
		// The list has become shorter while several of its pages were read.
		if (from > this.at) return;
		if (this.answers === 0) {
			this.totalAtStart = total;
			this.highestAtStart = Math.max(...records.map(({ id }) => id));
		}
		if (records.length > 0 || this.answers === 0) this.answers++;
		this.isSteady &&= total === this.totalAtStart;
		this.total = total;
		this.size = Math.max(this.size, size);
		this.at = from + records.length;
		const known = this.ids.size;
		for (const record of records) {
			this.records.push(record);
			this.ids.add(record.id);
			this.oldest = Math.min(this.oldest, createdAt(record) || Infinity);
		}
		// A server that ignores the page would go on for ever.
		this.isEnd = isEnd || (total === undefined && this.ids.size === known);
	}
}

/** When records of one second change their order at random, one pass over many pages misses a third. */
const MAX_PASSES = 20;
/** For all passes after the first; at 60 a minute, a quarter of an hour. */
const MAX_REPEATED_PAGES = 1_000;

/**
 * Reads a list to its end, or to a moment, until all was seen, by counting: the server says how many records there
 * are, or the place of the first that is not newer says it, and as many different ones were seen. As long as they
 * were not, reads again in other page sizes, whose borders lie elsewhere.
 */
async function readUntilComplete(
	reader: PageReader,
	first: Pass,
	options: ReadOptions = {},
): Promise<Reading> {
	const { newerThan, steadyPasses } = options;
	const seen = new Map<number, ApiRecord>();
	/** Since the list was last found changed: what earlier passes saw may be deleted. */
	const current = new Set<number>();
	let last: { pass: Pass; highest: number; places: number; isReliable: boolean } | undefined;
	for (let passes = 1, repeated = 0; ; passes++) {
		const pass = last ? new Pass(reader, first.path) : first;
		await readThrough(pass, last ? otherPageSize(first) : LARGEST_PAGE, options);
		if (last) repeated += pass.answers;

		const { total = 0, totalAtStart = 0 } = pass;
		const records = pass.newerThan(newerThan);
		const isPart = records.length < pass.records.length;
		const places = isPart ? records.length : Math.max(pass.at, total);
		const highest = records.reduce((most, { id }) => Math.max(most, id), last?.highest ?? 0);
		const isSameList =
			last !== undefined &&
			last.pass.isSteady &&
			pass.isSteady &&
			last.pass.total === pass.total &&
			last.places === places &&
			last.highest === highest;
		if (!(isSameList && last?.isReliable)) current.clear();
		const before = current.size;
		for (const record of records) {
			current.add(record.id);
			seen.set(record.id, record);
		}
		// Without a total, a pass during which a record went can't be told from the one after it.
		const isReliable = isSameList || pass.total !== undefined || pass.answers === 1;
		const hasAll = pass.reaches(newerThan);
		// Records that came during the pass do not count, nor do the places to which they pushed others.
		const counting = [...current].filter((id) => pass.isSteady || id <= pass.highestAtStart);
		const hasEnough = counting.length >= places - (total - totalAtStart);
		const isWhole = hasAll && isReliable && hasEnough && (pass.isSteady || !steadyPasses);
		const shown = new Set(records.map(({ id }) => id));
		const isRepetition = !steadyPasses && current.size === before && shown.size === before;
		const isTooMuch = passes >= (steadyPasses ?? MAX_PASSES) || repeated >= MAX_REPEATED_PAGES;
		if (isWhole || !hasAll || isRepetition || isTooMuch) {
			const all = [...seen.values()].filter(({ id }) => !isWhole || current.has(id));
			return {
				// Later passes append what the first one missed.
				records: last ? all.sort(newestFirst) : all,
				...{ isWhole, isCut: !hasAll, places: hasAll ? places : last?.places, repeated },
			};
		}
		last = { pass, highest, places, isReliable };
	}
}

/** As far as is wanted, or as the time allows. */
async function readThrough(pass: Pass, count: number, options: ReadOptions): Promise<void> {
	const { newerThan, mayReadOn = () => true } = options;
	while (!pass.reaches(newerThan) && mayReadOn()) {
		const end = newerThan === undefined ? pass.total : undefined;
		const isSpent = await pass.readOn(end, count).catch((error: unknown) => {
			if (error instanceof BudgetSpent) return true;
			throw error;
		});
		if (isSpent) return;
	}
}

/** Borders of pages lie elsewhere in pages of another size. A server may cut pages of one size always alike. */
function otherPageSize({ size }: Pass): number {
	return Math.max(SMALLEST_PAGE, Math.floor(size * (1 - 0.3 * Math.random())));
}

function newestFirst(a: ApiRecord, b: ApiRecord): number {
	return createdAt(b) - createdAt(a) || b.id - a.id;
}

/** For the user, where it is not proved that all was read. */
function mayBeMissing({ path, total }: Pass, { records }: Reading): string {
	const read = counted(records.length);
	return [
		`Some ${path.replace(/bots$/, ' bots')} may be missing: ${total === undefined ? read : `${read} of ${counted(total)}`} came, although WhatsCloud's list was read several times.`,
		'The list changes while it is read, or many were created in the same second, and WhatsCloud gives those in another order each time.',
		'Run the node again to see the others.',
	].join(' ');
}

/** Runs `load` once for each key, and gives everybody its result. */
export type Once = <T>(key: string, load: () => Promise<T>) => Promise<T>;

export function createOnce(): Once {
	const loaded = new Map<string, Promise<unknown>>();
	return async <T>(key: string, load: () => Promise<T>) => {
		let promise = loaded.get(key) as Promise<T> | undefined;
		if (!promise) {
			promise = load();
			loaded.set(key, promise);
			// A failure is told to those who wait; who comes later tries again.
			promise.catch(() => loaded.delete(key));
		}
		return await promise;
	};
}
