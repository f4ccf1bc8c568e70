import type { ApiRecord } from '../api/pages';
import { createdAt } from '../api/pages';
import { Passes } from './triggerPasses';
import type { Reader } from './reader';
import { highestId, newestDate } from './reader';
import type { FirstState, TriggerState } from './state';
import { grouped, isSettledIn, ungrouped } from './state';
import { Window } from './window';

export interface PollOptions {
	/** How many contacts one poll hands out at most, from 1; the others come with the next polls. */
	maxContacts: number;
	/** The filters; contacts that do not match are consumed. */
	matches(contact: ApiRecord): boolean;
	/** Asked before every request but the first. */
	hasTimeLeft(): boolean;
	/** Unix time in milliseconds. */
	now: number;
	/** Without a state: the moment from which on contacts are new; otherwise those are that come from now on. */
	from?: number;
}

export interface PollResult {
	/** The oldest first. */
	contacts: ApiRecord[];
	state: TriggerState;
	/** How many contacts have appeared that nobody can tell from old ones. */
	hidden: number;
}

/** How late rows may show: five minutes, and what dates and clocks cut off. */
export const GRACE_MS = 310_000;
/** A list that has not changed for so long is taken as seen when the number of known contacts is right. */
const PATIENCE_MS = 3_600_000;

/** One poll, from the state that it finds to the one that it leaves. */
export class Poll {
	private readonly options: PollOptions;
	private readonly window: Window;
	private readonly passes: Passes;
	private readonly handedOut: ApiRecord[] = [];
	private readonly newest: TriggerState['newest'];
	private undated: number;
	private takenOver: FirstState | undefined;
	private hidden = 0;
	/** How many rows have come that are not newer than `since` and are not settled. */
	private unsettled = 0;
	/** When the first contact that is left over was created. */
	private leftOver = Infinity;

	constructor(reader: Reader, options: PollOptions, state: TriggerState) {
		this.options = options;
		const { since, total = 0, below } = state;
		const counted = ungrouped(state.settled, since);
		const newest = newestDate(reader.newest);
		this.newest = newest === state.newest[0] ? state.newest : [newest, options.now];
		this.window = new Window({
			since,
			settled: new Map([...counted, ...ungrouped(state.doubtful, since)]),
			counted: this.newest === state.newest ? counted : new Map<number, number>(),
			distrusted: new Map(state.moved),
			total,
		});
		this.passes = new Passes(reader, this.window, { now: options.now, below });
		this.undated = state.undated;
		this.takenOver = state.takenOver;
	}

	async run(): Promise<PollResult> {
		let hasMoved = true;
		while (hasMoved) {
			const { maxContacts } = this.options;
			const isAllRead = await this.passes.read(maxContacts, () => this.isWorthAPass);
			this.settleNewer();
			this.settleUndated(isAllRead);
			hasMoved = this.moveOn() && isAllRead && !this.window.isFromTop && !this.isFull;
		}
		return this.result;
	}

	/**
	 * Takes every contact as old. Without the proof, also those of the newest second that come later.
	 * @throws BudgetSpent
	 */
	async settleAll(): Promise<PollResult> {
		const { window } = this;
		await this.passes.readFirst();
		for (const row of window.fresh.values()) window.settle(row);
		if (!window.isWhole) window.moveTo(this.newest[0]);
		this.passes.below = window.below;
		return this.result;
	}

	private get result(): PollResult {
		const { window, newest, undated, takenOver: old } = this;
		const { below } = this.passes;
		const { since, total } = window;
		const doubtful = grouped(window.doubtful, since);
		return {
			contacts: this.handedOut,
			state: {
				...{ since, settled: grouped(window.certain, since), total, newest, undated },
				...(below !== undefined && { below }),
				...(doubtful.length > 0 && { doubtful }),
				...(window.moved.size > 0 && { moved: [...window.moved] }),
				...(old && { takenOver: old }),
			},
			hidden: this.hidden,
		};
	}

	/** Whether there is more to see than the newest page shows, or enough to be gained by a proof. */
	private get isWorthAPass(): boolean {
		if (!this.isAccountedFor || this.window.moved.size > 0) return true;
		const dates = [...this.window.settled.values()];
		const old = dates.filter((date) => date <= this.limit);
		return old.length > 0 && old.length * 2 >= dates.length;
	}

	private get isAccountedFor(): boolean {
		return this.passes.isAccountedFor && !this.takenOver;
	}

	private get isFull(): boolean {
		return this.handedOut.length >= this.options.maxContacts;
	}

	/** False when the contact is left over. */
	private handOut(contact: ApiRecord): boolean {
		if (!this.options.matches(contact)) return true;
		if (this.isFull) return false;
		this.handedOut.push(contact);
		return true;
	}

	private settleNewer(): void {
		const { window, takenOver: old } = this;
		const { below, expected } = this.passes;
		for (const row of window.fresh.values())
			if (old && isSettledIn(old, row.id)) window.settle(row);
		const rows = [...window.fresh.values()];
		rows.sort((a, b) => createdAt(a) - createdAt(b) || a.id - b.id);
		// More than there can be: the list begins with contacts without a date, perhaps old ones.
		const areTooMany =
			!old && (below === undefined || rows.length + window.settled.size > expected);
		for (const row of rows) {
			const date = createdAt(row);
			// Older ones are not read yet.
			if (date > window.latest) return;
			const mayBeOld = window.newestLooking.has(row.id) && (areTooMany || row.id <= this.undated);
			if (mayBeOld && !window.isShownAgain(row.id, date)) window.distrust(row.id, date);
			else if (this.handOut(row)) window.settle(row);
			else {
				this.leftOver = date;
				return;
			}
		}
	}

	/** Contacts that are stored without a date, known by a date that is another one in each poll. */
	private settleUndated(isAllRead: boolean): void {
		const { window, passes } = this;
		this.unsettled = passes.grownBelow;
		if (!isAllRead) return;
		const isOld = ({ id }: ApiRecord) => id <= this.undated || window.settled.has(id);
		const late = [...window.undated.values()].filter((contact) => !isOld(contact));
		late.sort((a, b) => a.id - b.id);
		const isSeenOnce = late.some((contact) => !window.hasAnotherDate(contact));
		for (const contact of late) {
			if (isSeenOnce) window.distrust(contact.id, createdAt(contact));
			else if (this.handOut(contact)) this.undated = contact.id;
			else return;
		}
		if (isSeenOnce) return;
		// Settled while contacts without a date were all that there was, so that they seemed to be the newest.
		const wereNewest = [...window.undated.keys()].some((id) => window.settled.has(id));
		const above = wereNewest ? [...window.settled.keys()] : [];
		this.undated = Math.max(highestId(window.undated.values(), this.undated), ...above);
		window.trust(late);
		if (passes.below !== undefined) this.hidden += Math.max(0, this.unsettled - late.length);
		this.unsettled = 0;
	}

	/** The last moment to which a proof may move `since`. */
	private get limit(): number {
		const [created, noticed] = this.newest;
		const isQuiet = this.options.now - noticed >= GRACE_MS;
		const unsettled = Math.min(this.leftOver, ...this.window.moved.values());
		return Math.min(isQuiet ? created : created - GRACE_MS, unsettled - 1);
	}

	/** Whether `since` has moved. */
	private moveOn(): boolean {
		const { window } = this;
		if (this.unsettled > 0) return false;
		if (window.isWhole) {
			window.forgetDeleted();
			this.takenOver = undefined;
		}
		const isOld = this.options.now - this.newest[1] >= PATIENCE_MS;
		if (isOld && this.isAccountedFor) window.trustSettled();
		const moment = window.provenUpTo(this.limit);
		const hasMoved = moment !== undefined && moment > window.since;
		const { hasEnd } = window;
		if (hasMoved) window.moveTo(moment);
		if (hasEnd) this.passes.below = window.below;
		return hasMoved;
	}
}
