import { createdAt } from '../api/pages';
import { BudgetSpent } from '../api/http';
import type { CountedPage, Reader } from './reader';
import { LARGE_PAGE, newestDate, sizeOf, SMALL_PAGE } from './reader';
import type { Window } from './window';

/** Rows that a page has room for beyond those expected, for contacts created meanwhile. */
const ROOM_FOR_NEW = 20;
/** Passes of one poll while contacts are missing. The next limit holds when only the proof is missing. */
const MAX_PASSES = 4;
const MAX_PASSES_FOR_PROOF = 2;
/** Publishing needs the proof at once. */
const MAX_FIRST_PASSES = 12;
/** So much of a second is read for that proof. */
const MAX_FIRST_PAGES = 20;
/** What the rate limit allows in a minute. */
const MAX_REPEATED_PAGES = 60;
const MINUTE_MS = 60_000;
/** The page size changes by this step, which reaches every size in the end. */
const SIZE_STEP = 7;
const MAX_LAST_PAGES = 20;

/** Passes over the pages of the list that hold the rows newer than `since`. */
export class Passes {
	/** How many rows are not newer than `since`, as far as earlier polls know. */
	below: number | undefined;
	private readonly reader: Reader;
	private readonly window: Window;
	private readonly now: number;

	constructor(reader: Reader, window: Window, { now, below }: { now: number; below?: number }) {
		this.reader = reader;
		this.window = window;
		this.now = now;
		this.below = below;
		this.see(reader.newest, 1);
	}

	/** How many rows are newer than `since`, as far as the total tells. */
	get expected(): number {
		return this.window.total - (this.below ?? 0);
	}

	/** Whether as many contacts are known as the total says that there are. */
	get isAccountedFor(): boolean {
		const { settled, fresh } = this.window;
		return this.below !== undefined && this.expected === settled.size + fresh.size;
	}

	/** How many rows are not newer than `since` that were not there before. */
	get grownBelow(): number {
		const { hasEnd, below } = this.window;
		return hasEnd ? Math.max(0, below - (this.below ?? 0)) : 0;
	}

	/**
	 * Reads until all is seen, or passes seem to help no more.
	 * @param room for so many contacts, a part of a long window is read, at its old end
	 * @returns false when the time was over before, or the list changed
	 */
	async read(room: number, isWorthAPass: () => boolean): Promise<boolean> {
		const readAll = async () => {
			await this.readNewer(MAX_PASSES, isWorthAPass, room);
			return await this.readLastPages();
		};
		return await readAll().catch((error: unknown) => {
			if (error instanceof BudgetSpent) return false;
			throw error;
		});
	}

	/** Reads the whole window, unless it is long. @throws BudgetSpent */
	async readFirst(): Promise<void> {
		await this.readNewer(MAX_FIRST_PASSES, () => true, Infinity, MAX_FIRST_PAGES);
	}

	private see(page: CountedPage, number: number, size = sizeOf(page)): void {
		this.window.add(page, (number - 1) * size);
	}

	private async readNewer(
		maxPasses: number,
		isWorthAPass: () => boolean,
		room: number,
		lastPage = Infinity,
	): Promise<void> {
		const { window } = this;
		let largest = Math.max(SMALL_PAGE, Math.min(LARGE_PAGE, this.expected + ROOM_FOR_NEW));
		let passes = this.isAccountedFor ? MAX_PASSES_FOR_PROOF : maxPasses;
		for (let pass = 0; pass < passes; pass++) {
			if (window.isComplete || !isWorthAPass()) return;
			const others = Math.floor(largest / 2) + 1;
			const turn = Math.floor(this.now / MINUTE_MS) + pass * SIZE_STEP;
			const wanted = pass === 0 ? largest : largest - (turn % others);
			const served = await this.pass(wanted, room, lastPage);
			if (!window.hasEnd) return;
			if (pass > 0) continue;
			largest = Math.min(largest, served);
			passes = Math.min(passes, Math.max(2, Math.ceil(MAX_REPEATED_PAGES / window.pages)));
		}
	}

	/** From the newest row to the first that is not newer than `since`. Gives the size of its pages. */
	private async pass(wanted: number, room: number, lastPage: number): Promise<number> {
		const { window, reader } = this;
		const first = await reader.read(1, wanted);
		const size = sizeOf(first);
		window.begin();
		this.see(first, 1);
		const start = window.hasEnd ? 1 : await this.startOfPart(size, room);
		if (start > 1) window.begin();
		for (let number = Math.max(2, start); !window.hasEnd && number <= lastPage; number++) {
			this.see(await reader.read(number, size), number, size);
		}
		return size;
	}

	/** The first page of the old end of the window, with room for what this poll may hand out. */
	private async startOfPart(size: number, room: number): Promise<number> {
		const { window, reader } = this;
		const { settled, since, total } = window;
		// When polls end before the end of the window, a part that is read in time moves `since` on.
		const isStuck = settled.size >= room && Math.floor(this.now / MINUTE_MS) % 2 === 0;
		const part = isStuck ? 2 : Math.ceil((settled.size + room) / size) + 1;
		if (Math.ceil(this.expected / size) <= part) return 1;
		let [low, high] = [1, Math.ceil(Math.min(total, this.expected) / size) + 1];
		while (low < high) {
			const middle = Math.ceil((low + high) / 2);
			const [row] = (await reader.read(middle, size)).records;
			// Contacts without a date are shown as newer than the newest.
			const isNewer = row && createdAt(row) > since && createdAt(row) <= newestDate(reader.newest);
			if (isNewer) low = middle;
			else high = middle - 1;
		}
		return Math.max(1, low - part + 1);
	}

	/**
	 * The end of the list, where contacts without a date stand, when more rows are there than before. False
	 * when the list changed meanwhile.
	 */
	private async readLastPages(): Promise<boolean> {
		const { window, reader } = this;
		const { total, below } = window;
		const size = sizeOf(reader.newest);
		const last = this.grownBelow === 0 ? 0 : Math.ceil(total / size);
		for (let number = last; number > 1 && number > last - MAX_LAST_PAGES; number--) {
			const page = await reader.read(number, size);
			if (page.total !== total) return false;
			const behind = page.records.slice(Math.max(0, total - below - (number - 1) * size));
			const undated = behind.filter((record) => createdAt(record) > window.since);
			for (const record of undated) window.undated.set(record.id, record);
			if (undated.length < page.records.length) break;
		}
		return true;
	}
}
