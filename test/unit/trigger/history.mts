import fc from 'fast-check';

import type { ApiRecord } from '../../../nodes/WhatsCloud/api/pages';
import type { ContactSource } from '../../../nodes/WhatsCloud/trigger/contactSource';
import type { PollOptions } from '../../../nodes/WhatsCloud/trigger/newContacts';
import { Account, sourceOf } from './account.mts';
import type { Behaviour, Creation } from './account.mts';

export type Trigger<State> = (
	state: State | undefined,
	source: ContactSource,
	options: PollOptions,
) => Promise<{ contacts: ApiRecord[]; state: State }>;

type Change =
	| ({ do: 'create' } & Creation)
	| { do: 'delete'; first: number; count: number }
	| { do: 'use up ids'; count: number }
	| { do: 'wait'; seconds: number };

interface PollStep {
	do: 'poll';
	/** What happens before the numbered request. */
	during: { request: number; change: Change }[];
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
	steps: (Change | PollStep | { do: 'restart' })[];
}

export interface Accounting {
	missed: number[];
	doubled: number[];
	/** Contacts from before the first poll that were handed out. */
	old: number[];
	/** Repetitions in n8n's own window. */
	repeated: number;
	polls: number;
	idleRequests: number;
}

/** Runs a history, then lets the account rest for some polls, and compares what was handed out with what exists. */
export async function run<State>(
	trigger: Trigger<State>,
	{ behaviour, filter, before, steps }: History,
): Promise<Accounting> {
	const account = new Account(behaviour);
	const matches = ({ id }: { id: number }) => filter === 'all' || id % 3 !== 0;
	const handedOut = new Map<number, number>();
	const repeatable = new Set<number>();
	const undecided = new Set<number>();
	let saved: State | undefined;
	let state: State | undefined;
	let lastOldId = 0;
	let repeated = 0;
	let polls = 0;

	const apply = (change: Change): void => {
		switch (change.do) {
			case 'create':
				// Contacts without a date are shown as now. Before the first poll, or at the old end of a list
				// that is sorted oldest first, that is proof of something wrong: not in these histories.
				account.create(
					behaviour.isOldestFirst || state === undefined
						? { ...change, age: change.age ?? 0 }
						: change,
				);
				break;
			case 'delete':
				account.delete(change.first, change.count);
				break;
			case 'use up ids':
				account.lastId += change.count;
				break;
			case 'wait':
				account.now += change.seconds;
		}
	};

	const poll = async (step: Omit<PollStep, 'do'>): Promise<number> => {
		polls++;
		const isFirst = state === undefined;
		let firstId = account.lastId;
		let newestSecond = 0;
		const source = sourceOf(account, {
			before(request) {
				account.now += request % 3 === 0 ? 1 : 0;
				for (const { change } of step.during.filter((event) => event.request === request))
					apply(change);
				if (request > 1) return;
				firstId = account.lastId;
				newestSecond = Math.max(0, ...account.visible().map((row) => row.createdAt ?? 0));
			},
			failsAt: step.failsAt,
			spentAt: step.spentAt,
		});
		const result = await trigger(state, source, {
			maxContacts: step.maxContacts,
			matches,
			hasTimeLeft: () => source.requests < step.timeFor,
			now: account.now * 1_000,
		}).catch((error: unknown) => {
			if (step.failsAt === undefined && step.spentAt === undefined && !isFirst) throw error;
			return undefined;
		});
		if (!result) return source.requests;
		if (step.outcome === 'dropped') {
			state = saved;
			return source.requests;
		}
		checkResult(result, step.maxContacts);
		for (const { id } of result.contacts) {
			if (repeatable.delete(id)) repeated++;
			else handedOut.set(id, (handedOut.get(id) ?? 0) + 1);
		}
		if (step.outcome === 'handed out but not saved' && !isFirst) {
			// A restart goes back to the saved state: all handed out since then may come again.
			for (const { id } of result.contacts) repeatable.add(id);
			state = saved;
			return source.requests;
		}
		// n8n keeps JSON, and saves it with the first poll and with those that hand something out.
		state = JSON.parse(JSON.stringify(result.state)) as State;
		if (isFirst || result.contacts.length > 0) saved = state;
		if (isFirst) {
			lastOldId = firstId;
			const hasMisdated = step.during.some(
				({ change }) => change.do === 'create' && change.age !== 0,
			);
			for (const row of account.rows.values()) {
				// Of the second of the newest old contact, or together with one that has an old date: nobody
				// can tell on which side of the first poll it came. Likewise when the list moves on the way
				// to its newest page.
				const isDuring =
					row.id > firstId &&
					row.givenOutAt <= account.now &&
					((row.createdAt ?? 0) <= newestSecond || hasMisdated);
				const isMoved = behaviour.isOldestFirst && step.during.length > 0;
				const isLate = row.visibleFrom > row.givenOutAt && row.givenOutAt <= account.now;
				// An old contact whose date is no proof of its age.
				const isMisdated = row.id <= firstId && row.createdAt !== row.givenOutAt;
				if (isDuring || isMoved || isLate || isMisdated) undecided.add(row.id);
			}
		}
		return source.requests;
	};

	before.forEach(apply);
	for (const step of steps) {
		if (step.do === 'poll') await poll(step);
		else if (step.do === 'restart') state = saved;
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
	// A hidden contact (old date, offset by a deletion) comes at the latest with the next visible one.
	account.create({ count: 1 });
	const idleRequests = await rest(12);
	const due = account
		.visible()
		.filter((row) => row.id > lastOldId && matches(row) && !undecided.has(row.id));
	return {
		missed: due.filter(({ id }) => !handedOut.has(id)).map(({ id }) => id),
		doubled: [...handedOut].filter(([, times]) => times > 1).map(([id]) => id),
		old: [...handedOut.keys()].filter((id) => id <= lastOldId && !undecided.has(id)),
		repeated,
		polls,
		idleRequests,
	};
}

function checkResult(
	{ contacts, state }: { contacts: ApiRecord[]; state: unknown },
	maxContacts: number,
): void {
	const ids = contacts.map(({ id }) => id);
	expect(ids).toEqual([...ids].sort((a, b) => a - b));
	expect(ids.length).toBeLessThanOrEqual(maxContacts);
	expect(JSON.stringify(state).length).toBeLessThan(1_000);
}

const rarely = <T,>(value: fc.Arbitrary<T>) =>
	fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, value);

const creation = fc.record({
	do: fc.constant('create' as const),
	count: fc.oneof(
		{ weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
		fc.integer({ min: 1, max: 40 }),
	),
	age: fc.oneof(
		{ weight: 5, arbitrary: fc.constant(0) },
		fc.integer({ min: 1, max: 5_000 }),
		fc.constant(null),
	),
	visibleAfter: fc.oneof(
		{ weight: 5, arbitrary: fc.constant(0) },
		fc.integer({ min: 1, max: 200 }),
	),
	isSpread: fc.boolean(),
});

const change: fc.Arbitrary<Change> = fc.oneof(
	{ weight: 5, arbitrary: creation },
	{
		weight: 2,
		arbitrary: fc.record({
			do: fc.constant('delete' as const),
			first: fc.nat({ max: 40 }),
			count: fc.integer({ min: 1, max: 8 }),
		}),
	},
	fc.record({ do: fc.constant('use up ids' as const), count: fc.integer({ min: 1, max: 6 }) }),
	fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 120 }) }),
);

const pollStep: fc.Arbitrary<PollStep> = fc.record({
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

/** What stands in the account before the first poll: dense at its newest end, without unset dates. */
const oldContacts = fc
	.tuple(
		fc.array(creation, { maxLength: 3 }),
		fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 120 }) }),
	)
	.map(([creations, wait]) => [
		...creations.map((one) => ({ ...one, age: one.age ?? 0, visibleAfter: 0 })),
		wait,
	]);

const anyHistory: fc.Arbitrary<History> = fc.record({
	behaviour: fc.record({
		clamp: fc.constantFrom(3, 5, 10, 15, 100),
		shape: fc.constantFrom('with pages', 'with total', 'bare'),
		isOldestFirst: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
		ties: fc.constantFrom('random', 'fixed for each page', 'by id'),
		seed: fc.integer(),
	}),
	filter: fc.constantFrom('all', 'some'),
	before: oldContacts,
	steps: fc.array(
		fc.oneof(
			{ weight: 5, arbitrary: change },
			{ weight: 5, arbitrary: pollStep },
			fc.constant({ do: 'restart' as const }),
		),
		{ maxLength: 25 },
	),
});

/**
 * Random histories. A list that is sorted oldest first must show its order on its first page: where that
 * is an import of one second, only comparing both ends helps, which has its own tests and may err.
 */
export const history = anyHistory.map((one) => {
	if (!one.behaviour.isOldestFirst) return one;
	const spread = [
		{ do: 'create' as const, count: 100, isSpread: true },
		{ do: 'wait' as const, seconds: 6_000 },
	];
	return { ...one, before: [...spread, ...one.before] };
});
