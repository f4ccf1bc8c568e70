/** What look-ups learn of an account that the next execution need not ask again. */
export interface AccountHabits {
	/** The server's words for a phone number that is taken. */
	wordsForTaken?: string;
	/** How the phone numbers of the oldest contacts are written, the most frequent way first. */
	oldestMasks?: string[];
}

/** Long enough for forms and messages that come one by one, each in an execution of its own. */
const KEPT_MS = 10 * 60_000;

const known = new Map<string, { habits: AccountHabits; since: number }>();

/** What is known of the account, to be filled in; it is forgotten ten minutes after the first question. */
export function habitsOf(account: string, now: number = Date.now()): AccountHabits {
	for (const [key, { since }] of known) if (now - since >= KEPT_MS) known.delete(key);
	const { habits } = known.get(account) ?? { habits: {} };
	if (!known.has(account)) known.set(account, { habits, since: now });
	return habits;
}
