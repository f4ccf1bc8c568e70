import type { Api } from '../api/api';
import { ApiError } from '../api/errors/ApiError';
import type { Body } from '../api/envelope';
import { errorTexts } from '../api/envelope';
import type { ApiRecord } from '../api/pages';
import { isObject } from '../checks/json';
import { phoneDigits, phoneSpellings } from '../checks/phone';

/** What the server's answer says of a phone number; `unknown`: nothing may be concluded from it. */
export type Existence = 'free' | 'taken' | 'unknown';

/** How the account writes phone numbers, as far as was seen. */
export interface Sample {
	/** The number of some contact, exactly as it is stored. */
	stored?: string;
	/** Ways to write a number, `#` for each digit, the most frequent first; those of newest and of oldest contacts. */
	masks: string[][];
}

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

/** Asks whether a phone number is taken without reading the list, and without creating anything. */
export interface ExistenceProbe {
	/** How many requests `ask` makes at most; once in a run, one more. */
	cost(phone: string, sample: Sample): number;
	/** What goes wrong is `unknown`. */
	ask(phone: string, sample: Sample): Promise<Existence>;
	/** Whether `taken` of this number meant that a contact has it, and not that the server dislikes its form. */
	confirm(phone: string, sample: Sample): Promise<boolean>;
}

/** No address by any rule, and longer than storage holds. Trimming and shortening leave it none. */
const NO_ADDRESS = 'only asks whether the phone number is taken '.repeat(6);

/** So many answers in a row that say nothing, and the server is not asked again. */
const MAX_UNANSWERED = 3;

/**
 * The server checks all rules of POST /contacts at once (contract, section 1), so a contact that can't be
 * created, since its required fields are missing and its e-mail is none, is refused with `phone` among the
 * errors exactly if the number is taken. A server that does not name the phone of a contact that is there
 * checks in another way; then no answer counts.
 */
export function createExistenceProbe(api: Api, habits: AccountHabits): ExistenceProbe {
	let unanswered = 0;
	let control: Promise<string | undefined> | undefined;
	const wordsByPhone = new Map<string, string>();
	/** Spellings that nobody has. */
	const free = new Set<string>();

	/** The fields that the server names for this spelling; undefined for any other answer than that refusal. */
	async function errorsFor(spelling: string): Promise<Map<string, string[]> | undefined> {
		const error: unknown = await api
			.post('contacts', { phone: spelling, email: NO_ADDRESS })
			.catch((reason: unknown) => {
				// What is no answer of the server ends the run.
				if (!(reason instanceof ApiError)) throw reason;
				return reason;
			});
		const isRefusal =
			error instanceof ApiError &&
			error.status === 422 &&
			isObject(error.body) &&
			isObject(error.body.errors);
		const errors = isRefusal ? errorTexts(error.body as Body) : undefined;
		// A server that stops at the first field says nothing of the phone.
		const isAnswer = errors !== undefined && errors.size > 1;
		unanswered = isAnswer ? 0 : unanswered + 1;
		return isAnswer ? errors : undefined;
	}

	/** The server's words for a number that is taken; undefined where it does not name it. */
	async function askForWords({ stored }: Sample): Promise<string | undefined> {
		if (stored === undefined || habits.wordsForTaken !== undefined) return habits.wordsForTaken;
		control ??= errorsFor(stored).then((errors) => errors?.get('phone')?.join());
		return (habits.wordsForTaken ??= await control);
	}

	return {
		cost: (phone, sample) => spellings(phone, sample).length,
		ask: async (phone, sample) => {
			if (unanswered >= MAX_UNANSWERED || sample.stored === undefined) return 'unknown';
			if (control && (await control) === undefined) return 'unknown';
			for (const spelling of spellings(phone, sample)) {
				if (free.has(spelling)) continue;
				const errors = await errorsFor(spelling);
				if (!errors) return 'unknown';
				const words = errors.get('phone')?.join();
				if (words === undefined) {
					free.add(spelling);
					continue;
				}
				wordsByPhone.set(phone, words);
				return 'taken';
			}
			return (await askForWords(sample)) === undefined ? 'unknown' : 'free';
		},
		confirm: async (phone, sample) =>
			wordsByPhone.get(phone) !== undefined &&
			wordsByPhone.get(phone) === (await askForWords(sample)),
	};
}

/** The number of one of the contacts, exactly as it is stored. */
export function storedNumber(contacts: ApiRecord[]): string | undefined {
	// The server cuts spaces off both ends before it compares.
	return numbersOf(contacts).find(
		(number) => phoneDigits(number) !== '' && number.trim() === number,
	);
}

/** Ways to write a number, the most frequent first. */
export function masksOf(contacts: ApiRecord[]): string[] {
	const counts = new Map<string, number>();
	for (const mask of numbersOf(contacts).map(maskOf)) {
		if (mask.includes('#')) counts.set(mask, (counts.get(mask) ?? 0) + 1);
	}
	return [...counts].sort(([, a], [, b]) => b - a).map(([mask]) => mask);
}

function numbersOf(contacts: ApiRecord[]): string[] {
	return contacts.map(({ phone }) => String(phone ?? ''));
}

/** Of some contacts, beside those of digits alone, with and without `+`. */
const MAX_OTHER_MASKS = 2;

/** Each form in which the number may be stored (quirk 26), the likeliest first. */
function spellings(phone: string, { masks }: Sample): string[] {
	return phoneSpellings(phone).flatMap((digits) => {
		const plain = ['', '+'].map((prefix) => prefix + '#'.repeat(digits.length));
		const known = masks.flatMap((ofSome) => {
			const fitting = ofSome.filter((mask) => mask.split('#').length - 1 === digits.length);
			const others = fitting.filter((mask) => !plain.includes(mask)).slice(0, MAX_OTHER_MASKS);
			return fitting.filter((mask) => plain.includes(mask) || others.includes(mask));
		});
		return [...new Set([...known, ...plain])].map((mask) => filled(mask, digits));
	});
}

/** `+1 (555) 010` becomes `+# (###) ###`; the zeros of an international prefix stay. */
function maskOf(number: string): string {
	let prefix = number.replace(/\D/g, '').length - phoneDigits(number).length;
	return number.replace(/\d/g, (digit) => (prefix-- > 0 ? digit : '#'));
}

function filled(mask: string, digits: string): string {
	let place = 0;
	return mask.replace(/#/g, () => digits.charAt(place++));
}
