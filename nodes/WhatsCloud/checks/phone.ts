import type { InternationalNumber } from './numberingPlans';
import {
	canonicalForm,
	hasTrunkZero,
	internationalNumber,
	lengths,
	nationalForms,
} from './numberingPlans';
import { InputError, isEmpty, shown, visibleText } from './text';

/** The fewest digits that the API's endpoints take (quirk 25). The shortest numbers in the world have 7. */
const SHORTEST = { contact: 7, text: 7, media: 10, template: 8 };
const LONGEST = 15;

/** A number of 15 digits with signs between and marks around is shorter. No pattern sees a longer text. */
const MAX_LENGTH = 40;

/** Without `+` or `00`, fewer digits are a local number as a rule, and somebody else's as an international one. */
const SHORTEST_WITHOUT_PLUS = 10;

const HOW_TO_WRITE_IT =
	'Give one full international number: +, the country code, then the number without its leading 0, up to 15 digits in all. For example +1 555 555 0101, or 15555550101.';

/** What the number is for. */
export type PhoneUse = keyof typeof SHORTEST;

/** The zero of each script whose digits people type on their keyboards; its 1 to 9 follow it in Unicode. */
const NATIVE_ZEROS = '٠۰߀०০੦૦୦௦౦೦൦๐໐༠၀០᠐';

/** Spaces of all kinds, dashes, dots, slashes. Not brackets. */
const SEPARATORS = /[\s\p{Pd}\u2212.\u00b7\u2022/\\]/gu;

/** What sheets and forms put before a number: a quote that marks text, `p:` of lead forms, the scheme of links. */
const MARKS_BEFORE = /^(?:['"`‘’“”]|(?:tel|whatsapp|p):)+/i;
const QUOTES_AFTER = /['"`‘’“”]+$/;

/** Digits, some of them in brackets, but not the last. */
const NUMBER = /^\+?(?:\d|\(\d+\))*\d$/;

/** A cell that a spreadsheet took for a number: `1.55556E+10`, `15555550101.0`. */
const SPREADSHEET_NUMBER = /^\+?\d+(?:[.,]\d+)?e\+?\d+$|^\d{10,}[.,]0+$/i;

/** `ext. 5`, `x5`, `#5`, `(5)` behind the number. */
const EXTENSION = /\d[\s),;.-]*(?:(?:ext|extn|extension|x|ramal|poste|#)[\s.:=]*\d+|\(\d+\))$/i;

/** The digits of a local number with its area code in brackets, at most. */
const MOST_LOCAL_DIGITS = 11;

/** A land line's slash stands behind the area code: `+49 30/1234567`. Behind more digits, it stands behind a number. */
const MOST_DIGITS_BEFORE_SLASH = 7;

/**
 * The number as the API takes it: digits, no `+` (quirks 25, 26), no trunk prefix. National variants stay as given.
 * @throws InputError for anything that is not one international number of a length that the endpoint takes
 */
export function toWhatsAppNumber(input: unknown, use: PhoneUse = 'contact'): string {
	if (isEmpty(input)) {
		throw new InputError('The phone number is missing', HOW_TO_WRITE_IT);
	}
	if (typeof input !== 'string' && typeof input !== 'number') {
		throw new InputError(
			Array.isArray(input)
				? 'There are several values where one phone number is expected'
				: 'The phone number is neither text nor a number',
			HOW_TO_WRITE_IT,
		);
	}
	const text = String(input).trim();
	if (typeof input === 'number' && !(Number.isSafeInteger(input) && input > 0)) {
		throw refused(text, 'is not a whole, positive number');
	}
	if (text.length > MAX_LENGTH) throw refused(text, 'is too long to be one');
	if (SPREADSHEET_NUMBER.test(text)) {
		throw refused(
			text,
			'was changed by a spreadsheet',
			`Format the column as text before you export it, so that all digits are kept. ${HOW_TO_WRITE_IT}`,
		);
	}
	const problem = problemOf(plain(text), use);
	if (problem !== undefined) throw refused(text, problem);
	return phoneDigits(text);
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
	return canonicalForm(phoneDigits(phone));
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
function problemOf(written: string, use: PhoneUse): string | undefined {
	const number = compact(written);
	if (EXTENSION.test(written)) return 'has an extension, which WhatsApp does not know';
	if (holdsSeveral(written)) return 'looks like several numbers';
	if (/[^\d+()]/.test(number)) return 'has characters that do not belong in a phone number';
	if (!NUMBER.test(number)) return 'is not a phone number';

	const given = digitsOf(number);
	const read = internationalNumber(given);
	const isInternational = /^\+|^\(?00/.test(number);
	if (given.startsWith('0')) return 'has no country code';
	if (hasUnclearZero(number)) return 'has a 0 in brackets that may or may not belong to it';
	return (
		(isInternational ? whyImpossible(given, read) : whyUnlikely(number, read)) ??
		(read.digits.length < SHORTEST[use]
			? `is too short: WhatsCloud takes only numbers of ${SHORTEST[use]} to ${LONGEST} digits here`
			: undefined)
	);
}

/** For a number with `+` or `00`. */
function whyImpossible(given: string, read: InternationalNumber): string | undefined {
	const { countryCode, digits, isPossible } = read;
	if (isPossible) return undefined;
	if (countryCode === '') return `begins with +${given.slice(0, 3)}, which is no country's code`;
	const [fewest, most] = lengths(countryCode);
	const length = digits.length - countryCode.length;
	const range = fewest === most ? String(most) : `${fewest} to ${most}`;
	if (length < fewest) return `is too short: numbers have ${range} digits after +${countryCode}`;
	if (length > most) return `is too long: numbers have ${range} digits after +${countryCode}`;
	return `is not a number that +${countryCode} has`;
}

/** For a number without `+` and `00`, which may also be a local one. */
function whyUnlikely(number: string, { digits, isKnown }: InternationalNumber): string | undefined {
	if (digits.length < SHORTEST_WITHOUT_PLUS)
		return 'is too short for a number without a + before its country code';
	if (number.startsWith('(') && digits.length <= MOST_LOCAL_DIGITS)
		return 'begins with an area code, or with a country code without its +';
	return isKnown ? undefined : 'has no country code, or a digit too many or too few';
}

function refused(text: string, reason: string, advice = HOW_TO_WRITE_IT): InputError {
	return new InputError(`The phone number ${shown(text)} ${reason}`, advice);
}

function holdsSeveral(written: string): boolean {
	const beforeSlash = /^(.*)[/\\]/.exec(written)?.[1] ?? '';
	return (
		/[,;|&]|\d\)?\+/.test(compact(written)) ||
		beforeSlash.replace(/\D/g, '').length > MOST_DIGITS_BEFORE_SLASH
	);
}

/** A `(0` that does not follow the code of a country with a trunk zero. */
function hasUnclearZero(number: string): boolean {
	const [before = '', ...after] = number.split('(0');
	if (before === '' || before === '+') return false;
	return after.length > 1 || (after.length === 1 && !hasTrunkZero(digitsOf(before)));
}

/** ASCII without invisible marks and what forms put around; a line break inside becomes `;`. */
function plain(text: string): string {
	return visibleText(text)
		.replace(/[\uff01-\uff5e]/g, asciiFromFullWidth)
		.replace(/[\u0080-\u{10ffff}]/gu, asciiDigit)
		.replace(/\u20e3/g, '')
		.replaceAll('[', '(')
		.replaceAll(']', ')')
		.trim()
		.replace(MARKS_BEFORE, '')
		.replace(QUOTES_AFTER, '')
		.trim()
		.replace(/[\r\n\u2028\u2029]+/g, ';');
}

/** Without separators; a `+` in brackets stands before them. */
function compact(written: string): string {
	return written.replace(SEPARATORS, '').replace(/^\(\+/, '+(');
}

/** The digits of a compact number without the 00 of international calls. */
function digitsOf(number: string): string {
	return number.replace(/\D/g, '').replace(/^00/, '');
}

function asciiFromFullWidth(sign: string): string {
	return String.fromCharCode(sign.charCodeAt(0) - 0xfee0);
}

function asciiDigit(digit: string): string {
	const code = digit.codePointAt(0) ?? 0;
	const zero = [...NATIVE_ZEROS]
		.map((sign) => sign.codePointAt(0) ?? 0)
		.find((z) => code >= z && code < z + 10);
	return zero === undefined ? digit : String(code - zero);
}
