import type { Api } from '../../api/api';
import { ApiError } from '../../api/errors/ApiError';
import type { Body } from '../../api/envelope';
import { errorTexts } from '../../api/envelope';
import { isObject } from '../../json';
import { phoneSpellings } from '../../whatsapp/phone';

/** What the server's answer says of a phone number; `unknown`: nothing may be concluded from it. */
export type Existence = 'free' | 'taken' | 'unknown';

/** What is known of the account's phone numbers. */
export interface Sample {
	/** The number of some contact, exactly as it is stored. */
	stored?: string;
	/** Most numbers are stored with `+`. */
	mostHavePlus: boolean;
}

/** Asks whether a phone number is taken without reading the list, and without creating anything. */
export interface ExistenceProbe {
	/** How many requests `ask` makes at most; once in a run, one more. */
	cost(phone: string): number;
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
export function createExistenceProbe(api: Api): ExistenceProbe {
	let unanswered = 0;
	let wordsForTaken: Promise<string | undefined> | undefined;
	const wordsByPhone = new Map<string, string>();

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
		unanswered = isRefusal ? 0 : unanswered + 1;
		return isRefusal ? errorTexts(error.body as Body) : undefined;
	}

	/** The server's words for a number that is taken; undefined where it does not name it. */
	async function askForWords({ stored }: Sample): Promise<string | undefined> {
		if (stored === undefined) return undefined;
		wordsForTaken ??= errorsFor(stored).then((errors) => errors?.get('phone')?.join());
		return await wordsForTaken;
	}

	return {
		cost: (phone) => spellings(phone, false).length,
		ask: async (phone, sample) => {
			if (unanswered >= MAX_UNANSWERED || sample.stored === undefined) return 'unknown';
			if (wordsForTaken && (await wordsForTaken) === undefined) return 'unknown';
			for (const spelling of spellings(phone, sample.mostHavePlus)) {
				const errors = await errorsFor(spelling);
				if (!errors) return 'unknown';
				const words = errors.get('phone')?.join();
				if (words === undefined) continue;
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

/** Each form in which the number may be stored, with and without `+` (quirk 26), the likeliest first. */
function spellings(phone: string, plusFirst: boolean): string[] {
	const prefixes = plusFirst ? ['+', ''] : ['', '+'];
	return phoneSpellings(phone).flatMap((digits) => prefixes.map((prefix) => prefix + digits));
}
