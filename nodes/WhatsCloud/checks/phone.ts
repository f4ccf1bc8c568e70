import { internationalNumber, lengths, nationalForms } from './numberingPlans';
import { InputError, isEmpty, outgoingText, quoted, visibleText } from './text';

/** The fewest digits that the API's endpoints take (quirk 25). The shortest numbers in the world have 7. */
const SHORTEST = { contact: 7, text: 7, media: 10, template: 8 };
const LONGEST = 15;

export type PhoneUse = keyof typeof SHORTEST;

/** A number of 15 digits with signs between and marks around is shorter. No pattern sees a longer text. */
const MAX_LENGTH = 40;

/** Without `+` or `00`, fewer digits are a local number as a rule, and somebody else's as an international one. */
const SHORTEST_WITHOUT_PLUS = 10;

/** The digits of a local number with its area code in brackets, at most. */
const MOST_LOCAL_DIGITS = 11;

/** The zero of each script whose digits people type on their keyboards; its 1 to 9 follow it in Unicode. */
const NATIVE_ZEROS = [...'٠۰߀०০੦૦୦௦౦೦൦๐໐༠၀០᠐'].map((zero) => zero.charCodeAt(0));

/** What sheets and forms put around a number: a quote that marks text, `p:` of lead forms, the scheme of links. */
const AROUND = /^(?:['"`‘’“”]|(?:tel|whatsapp|p):)+|['"`‘’“”]+$/gi;

/** Spaces of all kinds, dashes, dots, slashes. Not brackets. */
const SEPARATORS = /[\s\p{Pd}\u2212.\u00b7\u2022/\\]/gu;

/** Digits, some of them in brackets, but not the last. */
const NUMBER = /^\+?(?:\d|\(\d+\))*\d$/;

/** A cell that a spreadsheet took for a number: `1.55556E+10`, `15555550101.0`. */
const SPREADSHEET_NUMBER = /^\+?\d+(?:[.,]\d+)?e\+?\d+$|^\d{10,}[.,]0+$/i;

/** `ext. 5`, `x5`, `#5`, `(5)` behind the number. */
const EXTENSION = /\d[\s),;.-]*(?:(?:ext|extn|extension|x|ramal|poste|#)[\s.:=]*\d+|\(\d+\))$/i;

/** A `+` behind a digit; a slash behind more digits than an area code, as in `+49 30/1234567`, has. */
const SEVERAL = /[,;|&]|\d.*\+|(?:\d\D*){8}[/\\]/;

/** WhatsApp's own ids: of a person, such as `US.1349120865530274`, and of a group. */
const WHATSAPP_ID = /^(?:[A-Z]{2}\.[A-Za-z\d]{1,128}|[\d-]{1,40}@g\.us|120363\d{10,14})$/;

const HOW_TO_WRITE_IT =
	'Give one full international number: +, the country code, then the number without its leading 0, up to 15 digits in all. For example +1 555 555 0101, or 15555550101.';

/**
 * The number as the API takes it: digits, no `+` (quirks 25, 26), no trunk prefix. National variants stay as given.
 * @throws InputError for anything that is not one international number of a length that the endpoint takes
 */
export function toWhatsAppNumber(input: unknown, use: PhoneUse = 'contact'): string {
	if (isEmpty(input)) {
		throw new InputError(
			'The phone number is missing',
			`${HOW_TO_WRITE_IT} Nobody can write to a person who hides the number.`,
		);
	}
	const text = outgoingText(input, 'The phone number')?.trim() ?? '';
	const isWrongNumber = typeof input === 'number' && !(Number.isSafeInteger(input) && input > 0);
	const problem = isWrongNumber ? 'is not a whole, positive number' : problemOf(text, use);
	if (problem === undefined) return phoneDigits(text);
	throw new InputError(`The phone number ${quoted(text)} ${problem}`, HOW_TO_WRITE_IT);
}

/**
 * The digits of a phone number in any form, as ASCII, without the international prefix (`+`, `00`) and a trunk
 * prefix behind the country code. Never refuses: what is no phone number, such as an id, gives ''.
 */
export function phoneDigits(phone: unknown): string {
	if (typeof phone !== 'string' && typeof phone !== 'number') return '';
	const text = String(phone);
	if (text.length > MAX_LENGTH) return '';
	const number = compact(plain(text));
	const { digits } = NUMBER.test(number) ? internationalNumber(digitsOf(number)) : { digits: '' };
	return digits.length > LONGEST ? '' : digits;
}

/**
 * The same for two phone numbers exactly if they are one person's, however they are written: with `+`, `00`
 * or a trunk prefix, and in either national variant of Mexico, Brazil and Argentina. '' for what is no number.
 */
export function phoneKey(phone: unknown): string {
	return nationalForms(phoneDigits(phone))[0];
}

/** Whether two phone numbers are one person's. What is no number never is (quirk 26). */
export function samePhone(a: unknown, b: unknown): boolean {
	const key = phoneKey(a);
	return key !== '' && key === phoneKey(b);
}

/** The digits under which the person of this number is stored where numbers are right: as given first. */
export function phoneSpellings(digits: string): string[] {
	return [...new Set([digits, ...nationalForms(digits)])];
}

/** Why a text is not one international number for this use, to follow it in a sentence. */
function problemOf(text: string, use: PhoneUse): string | undefined {
	if (WHATSAPP_ID.test(text))
		return "is WhatsApp's ID of a person or a group, to which no version of WhatsCloud can send";
	if (text.length > MAX_LENGTH) return 'is too long to be one';
	if (SPREADSHEET_NUMBER.test(text))
		return 'was changed by a spreadsheet, in which its column must be text';
	const written = plain(text);
	if (EXTENSION.test(written)) return 'has an extension, which WhatsApp does not know';
	if (SEVERAL.test(written)) return 'looks like several numbers';
	const number = compact(written);
	if (/[^\d+()]/.test(number)) return 'has characters that do not belong in a phone number';
	if (!NUMBER.test(number)) return 'is not a phone number';
	const given = digitsOf(number);
	if (given.startsWith('0')) return 'has no country code';
	const beforeZero = digitsOf(/^(.+)\(0/.exec(number)?.[1] ?? '');
	if (beforeZero !== '' && beforeZero !== internationalNumber(given).countryCode)
		return 'has a 0 in brackets that may or may not belong to it';
	const isInternational = /^\+|^\(?00/.test(number);
	const problem = isInternational ? whyImpossible(given) : whyUnlikely(given, number);
	if (problem !== undefined || internationalNumber(given).digits.length >= SHORTEST[use])
		return problem;
	return `is too short: WhatsCloud takes only numbers of ${SHORTEST[use]} to ${LONGEST} digits here`;
}

/** For the digits of a number with `+` or `00`. */
function whyImpossible(given: string): string | undefined {
	const { countryCode, digits, isPossible } = internationalNumber(given);
	if (isPossible) return undefined;
	if (countryCode === '') return `begins with +${given.slice(0, 3)}, which is no country's code`;
	const [fewest, most] = lengths(countryCode);
	const length = digits.length - countryCode.length;
	if (length >= fewest && length <= most) return `is not a number that +${countryCode} has`;
	const range = fewest === most ? String(most) : `${fewest} to ${most}`;
	const flaw = length < fewest ? 'short' : 'long';
	return `is too ${flaw}: numbers have ${range} digits after +${countryCode}`;
}

/** For a number without `+` and `00`, which may also be a local one. */
function whyUnlikely(given: string, number: string): string | undefined {
	const { digits, isKnown } = internationalNumber(given);
	if (digits.length < SHORTEST_WITHOUT_PLUS)
		return 'is too short for a number without a + before its country code';
	if (number.startsWith('(') && digits.length <= MOST_LOCAL_DIGITS)
		return 'begins with an area code, or with a country code without its +';
	return isKnown ? undefined : 'has no country code, or a digit too many or too few';
}

/** ASCII without invisible marks and what forms put around; a line break inside becomes `;`. */
function plain(text: string): string {
	return visibleText(text)
		.replace(/[\uff01-\uff5e]/g, (fullWidth) => fullWidth.normalize('NFKC'))
		.replace(/[\u0080-\uffff]/g, asciiDigit)
		.replace(AROUND, '')
		.trim()
		.replace(/[\r\n\u2028\u2029]+/g, ';');
}

function asciiDigit(sign: string): string {
	const value = sign.charCodeAt(0);
	const zero = NATIVE_ZEROS.find((first) => value >= first && value < first + 10);
	return zero === undefined ? sign : String(value - zero);
}

/** Without separators; a `+` in brackets stands before them. */
function compact(written: string): string {
	return written.replace(SEPARATORS, '').replace(/^\(\+/, '+(');
}

/** The digits of a compact number without the 00 of international calls. */
function digitsOf(number: string): string {
	return number.replace(/\D/g, '').replace(/^00/, '');
}
