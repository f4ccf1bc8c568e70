/*
 * Every new contact, exactly once.
 *
 * Ids only grow, so a contact is new when its id has not been settled. Settled means: handed out,
 * consumed by the filters, or found not to exist. The state says which ids are settled: all up to
 * `cursor`, except those in the ranges `open` and `missing`. Nothing else decides what is handed out:
 *
 * - Nothing twice: a contact is handed out only while its id is unsettled, and settles with it.
 * - Nothing missed: `cursor` moves over an id only when its contact was handed out or consumed, or when
 *   the id is remembered in `open` or `missing`. The list is merely the cheap way to many contacts at
 *   once; an id that it does not show is asked for by itself. So rows that a moving page, an unstable
 *   order or an old `created_at` hide from the list cost requests, not contacts (quirk 3).
 * - An id may be given out seconds before its row can be seen (a transaction under way). Therefore an id
 *   that was asked for in vain stays in `missing`, where any page that shows it hands it out, and is
 *   asked for once more after GRACE_SECONDS before it counts as deleted.
 * - A contact with a new id deep in the list (old `created_at`) leaves no trace on the newest page but
 *   the total: when that grew more than what was found explains, the ids above the cursor are asked for.
 *   Where the total cannot tell (one deleted meanwhile, a list without total), the next contact on the
 *   newest page makes the hidden one a gap, and gaps are asked for.
 *
 * Pages are read from old to new, so that the lowest ids settle first and a poll may end anywhere.
 *
 * What stays uncertain: a transaction longer than the grace whose contacts also have an old date; more than
 * 2,000 unused ids at once that hide a contact with an old date; at the first poll, contacts of the very
 * second in which it runs, or without a date, which may count as old or as new, and likewise those of an
 * account sorted oldest first whose first page, full of ties, does not show the order.
 */
import type { ApiRecord } from '../api/pages';
import { compareAge, ContactList, type ListOrder } from './contactList';
import { BudgetSpent } from '../api/wait';
import type { ContactSource } from './contactSource';

/** Ids `from` to `to`, inclusive, and the second (Unix time) at which the gap was noticed. */
export type Gap = [from: number, to: number, noticed: number];

/** Plain JSON below 1 kB, whatever the account's size. */
export interface TriggerState extends ListOrder {
	/** Every id up to this one is settled, except those in `open` and `missing`. */
	cursor: number;
	/** Ids not asked for yet, because the poll's time or its allowance of vain requests was over. */
	open: Gap[];
	/** Ids asked for in vain, to be asked for once more. */
	missing: Gap[];
	/** How many contacts the account held when all was settled, where the list tells. */
	total?: number;
}

export interface PollOptions {
	/** How many contacts one poll hands out at most, from 1; the others come with the next polls. */
	maxContacts: number;
	/** The filters; contacts that do not match are consumed. */
	matches(contact: ApiRecord): boolean;
	/** Asked before every request but the first. */
	hasTimeLeft(): boolean;
	/** Unix time in milliseconds. */
	now: number;
}

/** Imports rarely run longer in one transaction; a longer grace costs no request, only patience. */
const GRACE_SECONDS = 300;
/** Each takes at most some 35 characters of the state. */
const MAX_GAPS = 8;
/** Requests in vain that a poll may spend on ids that do not exist, besides one per contact found. */
const VAIN_REQUESTS = 30;
/** How many ids stay under suspicion when a poll has spent its allowance in vain: the newest ones. */
const MAX_SUSPECTS = 2_000;
/** Pages are read in groups of this size before the ids they do not show are asked for one by one. */
const GROUP = 10;
/** A list of so many pages is read completely when that is cheaper than asking for single ids. */
const SMALL_LIST = 50;
/** Deletions and failed inserts: so many unused ids in a row may hide the next contact above the cursor. */
const SKIPPED_IDS = 10;

/**
 * The contacts that are new since the last poll, lowest id first, and the state for the next poll. Without
 * a state (the first poll) it hands out nothing and remembers where the account stands.
 * Costs one request when nothing is new. Calls nothing but the source and changes nothing: a poll that
 * throws, or whose result is dropped, has not happened.
 * @throws whatever the source throws; BudgetSpent only when the newest page could not be read or when a
 * first poll could not be completed
 */
export async function newContacts(
	state: TriggerState | undefined,
	source: ContactSource,
	options: PollOptions,
): Promise<{ contacts: ApiRecord[]; state: TriggerState }> {
	return state
		? await new Poll(state, source, options).run()
		: { contacts: [], state: await startingPoint(source, options) };
}

/**
 * The state that takes every existing contact as settled. A contact created while this runs is newer than
 * the newest on the page read first, and stays new. What ties with that newest one can stand on any page
 * that holds only such ties; what is older but has a higher id (old `created_at`) is looked for by id.
 */
async function startingPoint(
	source: ContactSource,
	{ hasTimeLeft }: PollOptions,
): Promise<TriggerState> {
	const list = new ContactList(source);
	let rows = await list.readNewest();
	const { total } = list;
	const [newest] = rows;
	let cursor = Math.max(0, ...rows.map(({ id }) => id));
	if (newest && !list.isWhole) {
		const inTime = async <T>(request: () => Promise<T>) => {
			if (!hasTimeLeft()) throw new BudgetSpent();
			return await request();
		};
		const tiesWithNewest = (row: ApiRecord) => compareAge(row, newest) === 0;
		const hasTiesBehind = rows.every(tiesWithNewest);
		const isOld = (row: ApiRecord) => compareAge(newest, row) >= (hasTiesBehind ? 0 : 1);
		for (
			let page = 2;
			page <= SMALL_LIST && rows.length > 0 && rows.every(tiesWithNewest);
			page++
		) {
			rows = await inTime(async () => await list.read(page));
			cursor = Math.max(cursor, ...rows.filter(isOld).map(({ id }) => id));
		}
		const isOldId = async (id: number) => {
			const contact = await inTime(async () => await source.readContact(id));
			return contact !== undefined && isOld(contact);
		};
		let step = 1;
		for (; await isOldId(cursor + step); step *= 2) cursor += step;
		for (; step > 1; step /= 2) if (await isOldId(cursor + step / 2)) cursor += step / 2;
		// Ties can hide from every page, also behind an id that does not exist.
		for (let ahead = 1; hasTiesBehind && ahead <= SKIPPED_IDS; ahead++) {
			if (!(await isOldId(cursor + ahead))) continue;
			cursor += ahead;
			ahead = 0;
		}
	}
	return { cursor, open: [], missing: [], ...list.order, total };
}

class Poll {
	private readonly list: ContactList;
	private readonly nowSeconds: number;
	private cursor: number;
	private readonly open: Gap[] = [];
	private missing: Gap[] = [];
	/** Gaps of the last poll that were not looked at yet; their places in the state stay theirs. */
	private waiting = 0;
	private readonly handedOut: ApiRecord[] = [];
	/** Contacts settled in this poll, handed out or not. */
	private found = 0;
	private readonly askedInVain = new Set<number>();
	private isTimeOver = false;
	private readonly before: TriggerState;
	private readonly source: ContactSource;
	private readonly options: PollOptions;

	constructor(before: TriggerState, source: ContactSource, options: PollOptions) {
		this.before = before;
		this.source = source;
		this.options = options;
		this.list = new ContactList(source, before);
		this.cursor = before.cursor;
		this.nowSeconds = Math.floor(options.now / 1_000);
	}

	async run(): Promise<{ contacts: ApiRecord[]; state: TriggerState }> {
		await this.list.readNewest();
		await this.settleOldGaps();
		const reachedNewest = await this.readBack();
		const sawAll = reachedNewest && (await this.findHidden());
		const settledTotal =
			this.before.total === undefined ? undefined : this.before.total + this.found;
		return {
			contacts: this.handedOut.sort((a, b) => a.id - b.id),
			state: {
				cursor: this.cursor,
				open: this.suspects(this.open),
				missing: this.suspects(this.missing),
				...this.list.order,
				total: sawAll ? this.list.total : settledTotal,
			},
		};
	}

	private async settleOldGaps(): Promise<void> {
		const gaps = [
			...this.before.open.map((gap) => ({ gap, origin: 'open' as const })),
			...this.before.missing.map((gap) => ({ gap, origin: 'missing' as const })),
		];
		this.waiting = this.before.open.length;
		for (const { gap, origin } of gaps.sort((a, b) => a.gap[0] - b.gap[0])) {
			const [, to, noticed] = gap;
			const left = await this.settle(gap, origin);
			// Also what was missing: a contact that this poll had no room for must not be given up.
			if (left <= to) remember(this.open, [left, to, noticed]);
			if (origin === 'open') this.waiting--;
		}
	}

	/** Settles what stands above the cursor, lowest first; true when it got up to the newest contact. */
	private async readBack(): Promise<boolean> {
		let oldest = await this.pageOfCursor();
		while (oldest !== undefined && oldest >= 1 && !this.isFull) {
			const newest = await this.readGroup(oldest);
			if (newest === undefined) return false;
			// The newest page of a group shares seconds, and so ids, with the page that comes next.
			const horizon = () => (newest > 1 ? this.list.middleId(newest) : this.list.highestId);
			await this.readAgainWhileWorthIt(newest, oldest, horizon);
			if (!(await this.advance(horizon()))) return false;
			oldest = newest - 1;
		}
		return oldest === 0;
	}

	/**
	 * The page, counted from the newest, down to which the list holds contacts above the cursor. Ids say
	 * how far that is at most; where contacts were deleted it is less, and halving finds it.
	 */
	private async pageOfCursor(): Promise<number | undefined> {
		const distance = this.list.highestId - this.cursor;
		if (distance <= 0) return 1;
		let tooNew = 0;
		let farEnough = Math.min(
			Math.ceil((distance + 1) / this.list.pageSize),
			this.list.pageCount ?? Infinity,
		);
		let middle = 1;
		while (farEnough - tooNew > 1) {
			const rows = await this.read(middle);
			if (!rows) return undefined;
			const oldestRow = rows.at(-1);
			const reachesBack = oldestRow === undefined || oldestRow.id <= this.cursor;
			if (reachesBack) farEnough = middle;
			else tooNew = middle;
			middle = middle === 1 ? farEnough - 1 : Math.floor((tooNew + farEnough) / 2);
		}
		return farEnough;
	}

	/** Undefined when the time was over before the page was read. */
	private async read(page: number): Promise<ApiRecord[] | undefined> {
		const read = async () => await this.list.read(page);
		return this.list.hasRead(page) ? await read() : await this.within(read);
	}

	/** Reads pages from the given one towards the newest; gives the newest page it got to. */
	private async readGroup(oldest: number): Promise<number | undefined> {
		let reached: number | undefined;
		for (let page = oldest; page >= 1 && page > oldest - GROUP; page--) {
			if (!(await this.read(page))) break;
			reached = page;
		}
		return reached;
	}

	/** Pages that moved or changed their order show more when read again: cheaper than asking for ids. */
	private async readAgainWhileWorthIt(
		newest: number,
		oldest: number,
		horizon: () => number,
	): Promise<void> {
		const { pageCount = Infinity } = this.list;
		let unseen = this.countUnseen(horizon());
		for (;;) {
			const isWholeListCheaper = unseen > pageCount && pageCount <= SMALL_LIST;
			const [first, last] = isWholeListCheaper
				? [1, pageCount]
				: [newest, Math.min(oldest + 1, pageCount)];
			const cost = last - first + 1;
			if (unseen <= cost) return;
			for (let page = last; page >= first; page--) {
				const isRead = await this.within(async () => {
					await this.list.readAgain(page);
					return true;
				});
				if (!isRead) return;
			}
			const left = this.countUnseen(horizon());
			if (unseen - left <= cost) return;
			unseen = left;
		}
	}

	private countUnseen(horizon: number): number {
		if (this.list.isWhole) return 0;
		let seen = 0;
		for (const id of this.list.contacts.keys()) if (id > this.cursor && id <= horizon) seen++;
		return Math.max(horizon - this.cursor, 0) - seen;
	}

	/** Looks for contacts that only the total tells of; false when time or room was over before. */
	private async findHidden(): Promise<boolean> {
		const { total, pageCount = Infinity } = this.list;
		if (total === undefined || this.before.total === undefined || this.list.isWhole) return true;
		const expected = total - this.before.total;
		if (expected - this.found > pageCount && pageCount <= SMALL_LIST) {
			for (let page = pageCount; page >= 1; page--) {
				if (!(await this.read(page))) return false;
			}
			if (!(await this.advance(this.list.highestId))) return false;
		}
		let id = this.cursor + 1;
		while (expected > this.found && id <= this.cursor + SKIPPED_IDS) {
			if (this.isFull) return false;
			const contact = await this.ask(id);
			if (contact && !(await this.advance(id))) return false;
			if (!contact && !this.askedInVain.has(id)) return false;
			id++;
		}
		return true;
	}

	private async advance(horizon: number): Promise<boolean> {
		if (horizon <= this.cursor) return true;
		const left = await this.settle([this.cursor + 1, horizon, this.nowSeconds], 'open');
		this.cursor = left - 1;
		return left > horizon;
	}

	/**
	 * Settles the ids of a range, lowest first; those that cannot be settled are remembered as gaps.
	 * @returns the first id that could be neither, or `to` + 1
	 */
	private async settle([from, to, noticed]: Gap, origin: 'open' | 'missing'): Promise<number> {
		const isLastCall = noticed + GRACE_SECONDS <= this.nowSeconds;
		const seen = [...this.list.contacts.keys()].filter((id) => id >= from && id <= to);
		seen.sort((a, b) => b - a);
		// Where one contact came to light, its neighbours may have: they wait no longer.
		const isStillMissing = origin === 'missing' && seen.length === 0;
		let id = from;
		while (id <= to) {
			while (seen.length > 0 && seen.at(-1)! < id) seen.pop();
			const mayAsk = !isStillMissing || isLastCall;
			const contact = this.list.contacts.get(id) ?? (mayAsk ? await this.ask(id) : undefined);
			if (contact) {
				if (!this.take(contact)) return id;
				id++;
				continue;
			}
			const isAsked = this.askedInVain.has(id);
			const end = isAsked ? id : (seen.at(-1) ?? to + 1) - 1;
			const isAbsent = isAsked || this.list.isWhole;
			if (isAbsent ? !isLastCall : isStillMissing) this.rememberMissing([id, end, noticed]);
			else if (!isAbsent && !this.rememberOpen([id, end, noticed])) return id;
			id = end + 1;
		}
		return id;
	}

	/** False when the poll has handed out all it may. */
	private take(contact: ApiRecord): boolean {
		const isWanted = this.options.matches(contact);
		if (isWanted && this.isFull) return false;
		if (isWanted) this.handedOut.push(contact);
		this.found++;
		return true;
	}

	private get isFull(): boolean {
		return this.handedOut.length >= this.options.maxContacts;
	}

	/** Undefined when there is no such contact, or when it may not be asked for in this poll. */
	private async ask(id: number): Promise<ApiRecord | undefined> {
		if (this.list.isWhole || this.askedInVain.has(id) || this.isAllowanceSpent) return undefined;
		return await this.within(async () => {
			const contact = await this.source.readContact(id);
			if (contact) this.list.contacts.set(id, contact);
			else this.askedInVain.add(id);
			return contact;
		});
	}

	private get isAllowanceSpent(): boolean {
		return this.askedInVain.size >= VAIN_REQUESTS + this.found;
	}

	/** Undefined when the time is over. */
	private async within<T>(request: () => Promise<T>): Promise<T | undefined> {
		this.isTimeOver ||= !this.options.hasTimeLeft();
		if (this.isTimeOver) return undefined;
		return await request().catch((error: unknown) => {
			if (!(error instanceof BudgetSpent)) throw error;
			this.isTimeOver = true;
			return undefined;
		});
	}

	/** Of too many, the lowest go: they have been missing for longest. */
	private rememberMissing(gap: Gap): void {
		remember(this.missing, gap);
		this.missing = this.missing.slice(-MAX_GAPS);
	}

	/**
	 * False when there is no room. Ids that nobody asked for make room only when there are far more of
	 * them than contacts, so that a counter that jumped does not stop the trigger.
	 */
	private rememberOpen(gap: Gap): boolean {
		if (this.open.length + this.waiting >= MAX_GAPS) {
			if (!this.isAllowanceSpent || this.open.length === 0) return false;
			this.open.shift();
		}
		remember(this.open, gap);
		return true;
	}

	private suspects(gaps: Gap[]): Gap[] {
		if (!this.isAllowanceSpent) return gaps;
		let room = MAX_SUSPECTS;
		const kept: Gap[] = [];
		for (const [from, to, noticed] of [...gaps].reverse()) {
			if (room > 0) kept.unshift([Math.max(from, to - room + 1), to, noticed]);
			room -= to - from + 1;
		}
		return kept;
	}
}

/** Adds a gap, to the one before it where they touch. */
function remember(gaps: Gap[], [from, to, noticed]: Gap): void {
	const last = gaps.at(-1);
	if (last && last[1] === from - 1 && last[2] === noticed) last[1] = to;
	else gaps.push([from, to, noticed]);
}
