import type { Server, ServerSwitch } from '../server/generations.mts';

export type Verdict = 'holds' | 'differs' | 'not asked';

/** A sentence of the API's description that is the same for all generations. */
export interface Fact {
	says: string;
	verdict: Verdict;
	/** What came: never a name, a number, a text or an id of the account. */
	came?: string;
}

/** What the answers have told so far. */
export class Findings {
	readonly switches: Partial<Server> = {};
	/** Why a switch is not among them. */
	readonly notAsked: Partial<Record<ServerSwitch, string>> = {};
	readonly facts: Fact[] = [];
	readonly counts: Record<string, number> = {};

	set<S extends ServerSwitch>(name: S, value: Server[S]): void {
		this.switches[name] = value;
	}

	/** `holds` undefined: the account gave no occasion to ask, and `came` says why. */
	fact(says: string, holds: boolean | undefined, came?: string): void {
		const verdict = holds === undefined ? 'not asked' : holds ? 'holds' : 'differs';
		this.facts.push({ says, verdict, ...(came && { came }) });
	}
}
