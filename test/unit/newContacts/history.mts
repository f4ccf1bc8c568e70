import fc from 'fast-check';

import { ApiError } from '../../../nodes/WhatsCloud/api/errors/ApiError';
import { BudgetSpent } from '../../../nodes/WhatsCloud/api/http';
import type { Lists } from '../../../nodes/WhatsCloud/api/lists';
import type { ApiRecord } from '../../../nodes/WhatsCloud/api/pages';
import type { PollOptions } from '../../../nodes/WhatsCloud/newContacts/newContacts';
import { Account, listsOf } from './account.mts';
import type { Behaviour, Creation, Row } from './account.mts';

export type Trigger<State> = (
	lists: Lists,
	state: State | undefined,
	options: PollOptions,
) => Promise<{ contacts: ApiRecord[]; state: State }>;

type Change =
	| ({ do: 'create' } & Creation)
	| { do: 'delete'; first: number; count: number }
	| { do: 'restore'; seconds: number }
	| { do: 'use up ids'; count: number }
	| { do: 'wait'; seconds: number };

interface PollStep {
	do: 'poll';
	/** What happens before the numbered request. */
	during: Array<{ request: number; change: Change }>;
	failsAt?: number | undefined;
	spentAt?: number | undefined;
	timeFor: number;
	maxContacts: number;
	/**
	 * What n8n makes of the result: it starts the execution and saves the state; it crashes before both;
	 * or it crashes between them (n8n's own window, where a repetition is unavoidable).
	 */
	outcome: 'kept' | 'dropped' | 'handed out but not saved';
}

export interface History {
	behaviour: Behaviour;
	filter: 'all' | 'some';
	before: Change[];
	/** `restart`: n8n goes on with the last state it saved, and polls that found nothing are not saved. */
	steps: Array<Change | PollStep | { do: 'restart' }>;
}

export interface Accounting {
	missed: number[];
	doubled: number[];
	/** Contacts from before the first poll that were handed out. */
	old: number[];
	/** Repetitions in n8n's own window. */
	repeated: number;
	polls: number;
	/** Polls that said that nobody can tell which contacts are new. */
	refusals: number;
	idleRequests: number;
}

/** Runs a history, then lets the account rest for some polls, and compares what was handed out with what exists. */
export async function run<State>(
	trigger: Trigger<State>,
	{ behaviour, filter, before, steps }: History,
): Promise<Accounting> {
	const account = new Account(behaviour);
	const matches = ({ id }: { id: number }) => filter === 'all' || id % 3 !== 0;
	const handedOut = new Map<Row, number>();
	const repeatable = new Set<Row>();
	const old = new Set<Row>();
	const undecided = new Set<Row>();
	/** What n8n holds, and what it has stored. */
	let held: { state?: State; begun?: number } = {};
	let saved = held;
	let repeated = 0;
	let polls = 0;
	let refusals = 0;

	const apply = (change: Change): void => {
		switch (change.do) {
			case 'create':
				account.create(change);
				break;
			case 'delete':
				account.delete(change.first, change.count);
				break;
			case 'restore':
				account.restore(change.seconds);
				break;
			case 'use up ids':
				account.lastId += change.count;
				break;
			case 'wait':
				account.now += change.seconds;
		}
	};

	/** Nobody can tell on which side of the first poll the rows came that exist by now and are not old. */
	const leaveOpen = (isOpen: (row: Row) => boolean = () => true) => {
		for (const row of account.everything) if (!old.has(row) && isOpen(row)) undecided.add(row);
	};

	const poll = async (step: Omit<PollStep, 'do'>): Promise<number> => {
		polls++;
		// n8n polls once a minute at most.
		account.now++;
		const { state, begun } = held;
		const isFirst = state === undefined;
		const { now } = account;
		const isPublishing = isFirst && begun === undefined;
		const refusalsBefore = refusals;
		if (isPublishing) {
			old.clear();
			for (const row of account.visible()) old.add(row);
		}
		const lists = listsOf(account, {
			before(request) {
				account.now += request % 3 === 0 ? 1 : 0;
				for (const { change } of step.during.filter((event) => event.request === request))
					apply(change);
			},
			failsAt: step.failsAt,
			spentAt: step.spentAt,
		});
		const result = await trigger(lists, state, {
			maxContacts: step.maxContacts,
			matches,
			hasTimeLeft: () => lists.requests < step.timeFor,
			now: () => account.now * 1_000,
			waitingSince: begun,
		}).catch((error: unknown) => {
			if (error instanceof ApiError) refusals++;
			else if (step.failsAt === undefined && !(error instanceof BudgetSpent)) throw error;
			return undefined;
		});
		if (!result) {
			// Publishing fails where nobody can tell which contacts are new.
			if (isPublishing && refusals === refusalsBefore) {
				// The moment is remembered, by n8n's clock, and n8n saves what the first poll leaves.
				held = saved = { begun: now * 1_000 };
				for (const row of old) if (row.createdAt === now || row.createdAt === null) old.delete(row);
				leaveOpen();
			}
			return lists.requests;
		}
		if (step.outcome === 'dropped') {
			held = saved;
			return lists.requests;
		}
		const rows = result.contacts
			.map((contact) => account.rowOf(contact))
			.filter((row) => row !== undefined);
		checkLimits(rows, result.state, step.maxContacts);
		for (const row of rows) {
			if (repeatable.delete(row)) repeated++;
			else handedOut.set(row, (handedOut.get(row) ?? 0) + 1);
		}
		if (step.outcome === 'handed out but not saved' && !isFirst) {
			// A restart goes back to the saved state: all handed out since then may come again.
			for (const row of rows) repeatable.add(row);
			held = saved;
			return lists.requests;
		}
		// n8n keeps JSON, and saves it with the first poll and with those that hand something out.
		held = { state: JSON.parse(JSON.stringify(result.state)) as State };
		if (isFirst || result.contacts.length > 0) saved = held;
		if (isPublishing) leaveOpen();
		else if (isFirst)
			// Of contacts dated in the future, nobody can tell whether they came while the trigger waited.
			leaveOpen(({ createdAt }) => createdAt === null || createdAt > account.now + 900);
		return lists.requests;
	};

	before.forEach(apply);
	for (const step of steps) {
		if (step.do === 'poll') await poll(step);
		else if (step.do === 'restart') held = saved;
		else apply(step);
	}
	const quiet = { during: [], timeFor: Infinity, maxContacts: 40, outcome: 'kept' as const };
	const rest = async (times: number) => {
		let requests = 0;
		for (let time = 1; time <= times; time++) {
			account.now += 200;
			requests = await poll(quiet);
		}
		return requests;
	};
	await rest(2);
	account.create({ count: 1 });
	const idleRequests = await rest(12);
	const due = account
		.visible()
		.filter((row) => matches(row) && !old.has(row) && !undecided.has(row));
	const ids = (rows: Row[]) => rows.map(({ id }) => id);
	return {
		missed: ids(due.filter((row) => !handedOut.has(row))),
		doubled: ids([...handedOut].filter(([, times]) => times > 1).map(([row]) => row)),
		old: ids([...handedOut.keys()].filter((row) => old.has(row))),
		repeated,
		polls,
		refusals,
		idleRequests,
	};
}

function checkLimits(handedOut: Row[], state: unknown, maxContacts: number): void {
	if (handedOut.length > maxContacts) throw new Error('More than maxContacts');
	if (JSON.stringify(state).length > 16_000) throw new Error('The state is too large');
	const dates = handedOut.map(({ createdAt }) => createdAt).filter((date) => date !== null);
	if (dates.some((date, index) => date < (dates[index - 1] ?? 0)))
		throw new Error('Not the oldest first');
}

const rarely = <T,>(arbitrary: fc.Arbitrary<T>) =>
	fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const creation = (isUndated: fc.Arbitrary<boolean>) =>
	fc.record({
		do: fc.constant('create' as const),
		count: fc.integer({ min: 1, max: 12 }),
		isUndated,
		visibleAfter: fc.oneof(
			{ weight: 4, arbitrary: fc.constant(0) },
			fc.integer({ min: 1, max: 300 }),
		),
		isSpread: fc.boolean(),
		ahead: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.constantFrom(5_000, 100_000_000)),
	});

const harmless: Array<fc.Arbitrary<Change>> = [
	fc.record({ do: fc.constant('use up ids' as const), count: fc.integer({ min: 1, max: 900 }) }),
	fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 400 }) }),
];

/** Contacts that have dates, come, go, and are lost with a restored backup. */
const datedChange: fc.Arbitrary<Change> = fc.oneof(
	{ weight: 5, arbitrary: creation(fc.constant(false)) },
	{
		weight: 2,
		arbitrary: fc.record({
			do: fc.constant('delete' as const),
			first: fc.nat({ max: 40 }),
			count: fc.integer({ min: 1, max: 8 }),
		}),
	},
	fc.record({ do: fc.constant('restore' as const), seconds: fc.integer({ min: 1, max: 900 }) }),
	...harmless,
);

/** Some contacts have no date. None goes: that would hide them (see newContacts.ts). */
const undatedChange: fc.Arbitrary<Change> = fc.oneof(
	{ weight: 5, arbitrary: creation(fc.boolean()) },
	...harmless,
);

const pollStep = (change: fc.Arbitrary<Change>): fc.Arbitrary<PollStep> =>
	fc.record({
		do: fc.constant('poll' as const),
		during: fc.array(fc.record({ request: fc.integer({ min: 1, max: 12 }), change }), {
			maxLength: 3,
		}),
		failsAt: rarely(fc.integer({ min: 1, max: 20 })),
		spentAt: rarely(fc.integer({ min: 1, max: 20 })),
		timeFor: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 30 })),
		maxContacts: fc.oneof(fc.constant(1_000), fc.integer({ min: 1, max: 15 })),
		outcome: fc.oneof(
			{ weight: 6, arbitrary: fc.constant('kept' as const) },
			fc.constantFrom('dropped' as const, 'handed out but not saved' as const),
		),
	});

const historyOf = (
	change: fc.Arbitrary<Change>,
	{ clamp, ties }: Pick<{ [K in keyof Behaviour]: Array<Behaviour[K]> }, 'clamp' | 'ties'>,
): fc.Arbitrary<History> =>
	fc.record({
		behaviour: fc.record({
			clamp: fc.constantFrom(...clamp),
			ties: fc.constantFrom(...ties),
			idsOfOthers: fc.constantFrom(0, 3, 500),
			clock: fc.constantFrom(0, -600, 10_800),
			seed: fc.integer(),
		}),
		filter: fc.constantFrom('all', 'some'),
		before: fc.array(change, { maxLength: 4 }),
		steps: fc.array(
			fc.oneof(
				{ weight: 5, arbitrary: change },
				{ weight: 5, arbitrary: pollStep(change) },
				fc.constant({ do: 'restart' as const }),
			),
			{ maxLength: 25 },
		),
	});

/** Contacts without a date, among others or alone, where they all seem to be the newest. */
export const undatedHistory = historyOf(undatedChange, { clamp: [10, 100], ties: ['by id'] });

export const history = fc.oneof(
	{
		weight: 3,
		arbitrary: historyOf(datedChange, {
			clamp: [3, 5, 10, 15, 100],
			ties: ['random', 'by id'],
		}),
	},
	// Small pages that are always cut alike can hide a row for good.
	historyOf(datedChange, {
		clamp: [40, 100],
		ties: ['fixed for each page'],
	}),
);
