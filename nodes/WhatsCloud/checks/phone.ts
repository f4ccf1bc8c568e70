import { InputError } from './InputError';
import { clipped, isEmpty, visibleText } from './text';
import {
	allForms,
	canonicalForm,
	hasTrunkZero,
	longestLength,
	shortestLength,
	withoutTrunkZero,
} from './numberingPlans';

/** The fewest digits that the API's endpoints take (quirk 25). The shortest numbers in the world have 7. */
const SHORTEST = { contact: 7, text: 7, media: 10, template: 8 };
/** How much of a wrong value the error quotes. */
const MAX_QUOTED = 40;

const HOW_TO_WRITE_IT =
	'Give one full international number: the country code first, then the number without its leading 0, up to 15 digits in all. For example 15555550101 or +1 555 555 0101.';

/** What the number is for. */
export type PhoneUse = keyof typeof SHORTEST;

/** The zero of each script whose digits people type on their keyboards; its 1 to 9 follow it in Unicode. */
const NATIVE_ZEROS = '٠۰߀०০੦૦୦௦౦೦൦๐໐༠၀០᠐';

/** Spaces of all kinds, dashes, dots, slashes. Not brackets. */
const SEPARATORS = /[\s\p{Pd}\u2212.\u00b7\u2022/\\]/gu;

/** What sheets and forms put before a number: a quote that marks text, `p:` of lead forms, the scheme of links. */
const MARKS_BEFORE = /^(?:['"`‘’“”]|(?:tel|whatsapp|p):)+/i;
const QUOTES_AFTER = /['"`‘’“”]+$/;

// Not in Italy: there the 0 belongs to land lines and not to mobiles, so (0) may mean either.
const BRACKETED_TRUNK_ZERO = /^(\(?\+?(?:00)?(?!39)[1-9]\d{0,2}\)?)\(0\)/;

/** The digits of a local number with its area code, at most. */
const MOST_LOCAL_DIGITS = 11;

/** 8 begins calls within Russia, Kazakhstan and Belarus. No country's numbers of this length begin like that. */
const RUSSIAN_LOCAL_NUMBER = /^8[079]\d{9}$/;

/** A land line's slash stands behind the area code: `+49 30/1234567`. Behind this many digits, it stands behind a number. */
const MOST_DIGITS_BEFORE_SLASH = 7;

/**
 * The number as the API takes it: digits, no `+` (quirks 25, 26), no trunk zero. National variants stay as given.
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
	return digitsToSend(text, use);
}

/**
 * The digits of a phone number in any form, as ASCII, without the international prefix (`+`, `00`).
 * Never refuses: what holds no digits gives ''.
 */
export function phoneDigits(phone: unknown): string {
	if (typeof phone !== 'string' && typeof phone !== 'number') return '';
	const written = withoutSeparators(plain(String(phone))).replace(/[^\d+()]/g, '');
	return withoutPrefix(written).replace(/\D/g, '');
}

/**
 * The same for two phone numbers exactly if they are one person's, however they are written: with `+`, `00`
 * or a trunk zero, and in either national variant of Mexico, Brazil and Argentina. '' without digits.
 */
export function phoneKey(phone: unknown): string {
	return canonicalForm(phoneDigits(phone));
}

/** Whether two phone numbers are one person's. Without digits they never are (quirk 26). */
export function samePhone(a: unknown, b: unknown): boolean {
	const key = phoneKey(a);
	return key !== '' && key === phoneKey(b);
}

/** The digits under which the person of this number may be stored: as given, then the likely forms first. */
export function phoneSpellings(digits: string): string[] {
	return [...new Set([digits, ...allForms(digits)])];
}

/** @throws InputError for what is not one whole international number */
function digitsToSend(text: string, use: PhoneUse): string {
	if (/^\+?\d+(?:[.,]\d+)?e\+?\d+$/i.test(text) || /^\d{10,}[.,]0+$/.test(text)) {
		throw refused(
			text,
			'was changed by a spreadsheet',
			`Format the column as text before you export it, so that all digits are kept. ${HOW_TO_WRITE_IT}`,
		);
	}
	const written = plain(text);
	const number = withoutSeparators(written);
	if (hasExtension(written)) throw refused(text, 'has an extension, which WhatsApp does not know');
	if (holdsSeveral(written)) throw refused(text, 'looks like several numbers');
	if (/[^\d+()]/.test(number))
		throw refused(text, 'has characters that do not belong in a phone number');

	const international = withoutPrefix(number);
	const digits = international.replace(/\D/g, '');
	if (digits === '' || international.includes('+')) throw refused(text, 'is not a phone number');
	if (digits.startsWith('0') || RUSSIAN_LOCAL_NUMBER.test(digits)) {
		throw refused(text, 'has no country code');
	}
	if (beginsWithAreaCode(number)) {
		throw refused(text, 'begins with an area code, or with a country code without its +');
	}
	if (hasUnclearZero(international)) {
		throw refused(text, 'has a 0 in brackets that may or may not belong to it');
	}
	const sent = withoutTrunkZero(digits);
	if (sent.length < shortestLength(sent)) throw refused(text, 'is too short');
	if (sent.length < SHORTEST[use]) {
		throw refused(
			text,
			`is too short: WhatsCloud takes only numbers of ${SHORTEST[use]} to ${longestLength(sent)} digits here`,
		);
	}
	if (sent.length > longestLength(sent)) throw refused(text, 'is too long');
	return sent;
}

function refused(text: string, reason: string, advice = HOW_TO_WRITE_IT): InputError {
	return new InputError(`The phone number "${clipped(text, MAX_QUOTED)}" ${reason}`, advice);
}

/** `ext. 5`, `x5`, `#5`, or digits after a number that is whole: in brackets, or after North America's 11 digits. */
function hasExtension(written: string): boolean {
	const inBrackets = /^(.*\d)\D*\(\d+\)$/.exec(written)?.[1] ?? '';
	return (
		/\d[\s),;.-]*(?:ext|extn|extension|x|ramal|poste|#)[\s.:=]*\d+$/i.test(written) ||
		inBrackets.replace(/\D/g, '').length >= SHORTEST.contact ||
		/^\D*(?:00)?\D*1(?:\D*\d){10}\D+\d{1,6}$/.test(written)
	);
}

/** `(201) 555-0123`, `(11) 96123-4567`: as an international number, it would be somebody's in another country. */
function beginsWithAreaCode(number: string): boolean {
	return /^\([1-9]\d{1,2}\)\d+$/.test(number) && number.length <= MOST_LOCAL_DIGITS + 2;
}

function holdsSeveral(written: string): boolean {
	const beforeSlash = /^(.*)[/\\]/.exec(written)?.[1] ?? '';
	return (
		/[,;|&\n]|\d\)?\+/.test(withoutSeparators(written)) ||
		beforeSlash.replace(/\D/g, '').length > MOST_DIGITS_BEFORE_SLASH
	);
}

/** A `(0` that does not follow the code of a country with a trunk zero. */
function hasUnclearZero(international: string): boolean {
	const [before, ...after] = international.split('(0');
	return (
		after.length > 0 && !(after.length === 1 && hasTrunkZero(String(before).replace(/\D/g, '')))
	);
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

function withoutSeparators(written: string): string {
	return written.replace(SEPARATORS, '');
}

/** Takes `+`, `00` and a `(0)` after the country code off the front of a compact number. */
function withoutPrefix(compactNumber: string): string {
	return compactNumber.replace(BRACKETED_TRUNK_ZERO, '$1').replace(/^\(?\+?(?:00)?/, '');
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
