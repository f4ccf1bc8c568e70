import { InputError } from '../InputError';

const HOW_TO_WRITE_IT =
	'Give one full international number: the country code first, then the number without its leading 0, 10 to 15 digits in all. For example 15555550101 or +1 555 555 0101.';

/** The zero of each script whose digits people type on their keyboards; its 1 to 9 follow it in Unicode. */
const NATIVE_ZEROS = '٠۰߀०০੦૦୦௦౦೦൦๐໐༠၀០᠐';

/** Spaces of all kinds, invisible marks (direction, zero width), dashes, dots, slashes. Not brackets. */
const SEPARATORS = /[\s\p{Cf}\p{Pd}\u2212.\u00b7\u2022/\\]/gu;

// In Italy the 0 belongs to land lines and not to mobiles: there, only the user knows what (0) means.
const BRACKETED_TRUNK_ZERO = /^(\(?\+?(?:00)?(?!39)[1-9]\d{0,2}\)?)\(0\)/;

/**
 * The number in the form that all three send endpoints accept: 10 to 15 digits, no `+` (quirks 25, 26).
 * @throws InputError for anything that is not one international number
 */
export function toWhatsAppNumber(input: unknown): string {
	if (input === null || input === undefined || String(input).trim() === '') {
		throw new InputError('The phone number is missing', HOW_TO_WRITE_IT);
	}
	if (typeof input === 'number' && !(Number.isSafeInteger(input) && input > 0)) {
		throw refused(String(input), 'is not a whole, positive number');
	}
	if (typeof input !== 'string' && typeof input !== 'number') {
		throw new InputError(
			Array.isArray(input)
				? 'There are several values where one phone number is expected'
				: 'The phone number is neither text nor a number',
			HOW_TO_WRITE_IT,
		);
	}
	return checkedDigits(String(input));
}

/**
 * The digits of a phone number in any form, as ASCII, without the international prefix (`+`, `00`).
 * Never refuses: what holds no digits gives ''.
 */
export function phoneDigits(phone: unknown): string {
	if (typeof phone !== 'string' && typeof phone !== 'number') return '';
	return withoutPrefix(compact(String(phone)).replace(/[^\d+()]/g, '')).replace(/\D/g, '');
}

/** Whether two phone numbers are the same, however they are written; without digits they never are (quirk 26). */
export function samePhone(a: unknown, b: unknown): boolean {
	const digits = phoneDigits(a);
	return digits !== '' && digits === phoneDigits(b);
}

function checkedDigits(written: string): string {
	const text = written.trim();
	if (/^\+?\d+(?:[.,]\d+)?e\+?\d+$/i.test(text) || /^\d{10,}[.,]0+$/.test(text)) {
		throw new InputError(
			`The phone number "${shortened(text)}" was changed by a spreadsheet`,
			`Format the column as text before you export it, so that all digits are kept. ${HOW_TO_WRITE_IT}`,
		);
	}
	const number = compact(text);
	if (/[,;|&\n]|\d\)?\+/.test(number)) throw refused(text, 'looks like several numbers');
	if (/[^\d+()]/.test(number)) {
		throw refused(text, 'has characters that do not belong in a phone number');
	}
	const international = withoutPrefix(number);
	const digits = international.replace(/\D/g, '');
	if (digits === '' || /\+/.test(international)) throw refused(text, 'is not a phone number');
	if (digits.startsWith('0')) throw refused(text, 'has no country code');
	if (international.includes('(0')) {
		throw refused(text, 'has a 0 in brackets that may or may not belong to it');
	}
	if (digits.length < 10) throw refused(text, 'is too short');
	if (digits.length > 15) throw refused(text, 'is too long');
	return digits;
}

/** ASCII without separators and without `tel:` or `whatsapp:`; a line break inside becomes `;`. */
function compact(text: string): string {
	return text
		.replace(/[\uff01-\uff5e]/g, asciiFromFullWidth)
		.replace(/\p{Nd}/gu, asciiDigit)
		.replaceAll('[', '(')
		.replaceAll(']', ')')
		.trim()
		.replace(/[\r\n\u2028\u2029]+/g, ';')
		.replace(SEPARATORS, '')
		.replace(/^(?:tel|whatsapp):/i, '');
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

function refused(written: string, reason: string): InputError {
	return new InputError(`The phone number "${shortened(written)}" ${reason}`, HOW_TO_WRITE_IT);
}

function shortened(text: string): string {
	return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
