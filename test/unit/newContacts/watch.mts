import { newContacts } from '../../../nodes/WhatsCloud/newContacts/newContacts';
import type { PollOptions, TriggerState } from '../../../nodes/WhatsCloud/newContacts/newContacts';
import { Account, listsOf } from './account.mts';
import type { Behaviour, Disturbances } from './account.mts';

/** A trigger on an account, state kept as n8n keeps it. */
export class Watch {
	readonly account: Account;
	state: TriggerState | undefined;
	/** Of the last poll. */
	requests = 0;
	readonly found: number[] = [];

	constructor(account: Account) {
		this.account = account;
	}

	/** One poll, a minute after the one before. */
	async poll(
		options: Partial<PollOptions> & { timeFor?: number } = {},
		disturbances?: Disturbances,
	): Promise<number[]> {
		this.account.now += 60;
		const lists = listsOf(this.account, disturbances);
		const result = await newContacts(lists, this.state, {
			maxContacts: 100_000,
			matches: () => true,
			hasTimeLeft: () => lists.requests < (options.timeFor ?? Infinity),
			now: () => this.account.now * 1_000,
			...options,
		});
		this.requests = lists.requests;
		this.state = JSON.parse(JSON.stringify(result.state)) as TriggerState;
		const ids = result.contacts.map(({ id }) => id);
		this.found.push(...ids);
		return ids;
	}

	async polls(times: number): Promise<void> {
		for (let time = 0; time < times; time++) await this.poll();
	}

	get stateBytes(): number {
		return JSON.stringify(this.state).length;
	}
}

export async function watch(account: Account): Promise<Watch> {
	const started = new Watch(account);
	expect(await started.poll()).toEqual([]);
	return started;
}

export function accountWith(count: number, behaviour: Partial<Behaviour> = {}): Account {
	const account = new Account(behaviour);
	account.create({ count, isSpread: true });
	account.now += 600;
	return account;
}
