import { InputError } from '../../../nodes/WhatsCloud/InputError';
import { phoneDigits, samePhone, toWhatsAppNumber } from '../../../nodes/WhatsCloud/whatsapp/phone';

const SENT: Array<[form: string, input: unknown, sent: string]> = [
	['digits', '15555550101', '15555550101'],
	['a number', 15555550101, '15555550101'],
	['ten digits', '3545555555', '3545555555'],
	['fifteen digits', '123456789012345', '123456789012345'],
	['fifteen digits as a number', 999999999999999, '999999999999999'],
	['plus', '+15555550101', '15555550101'],
	['plus and a space', '+ 1 555 555 0101', '15555550101'],
	['00', '0049 151 55550101', '4915155550101'],
	['00 after a plus', '+004915155550101', '4915155550101'],
	['spaces', '1 555 555 0101', '15555550101'],
	['spaces around', '  15555550101\t', '15555550101'],
	['a line break at the end', '15555550101\r\n', '15555550101'],
	['no-break and thin spaces', '+1\u00a0555\u202f555\u20090101', '15555550101'],
	['direction marks of a pasted number', '\u202a+1 555 555 0101\u202c', '15555550101'],
	['isolates and zero width marks', '\u2068+1\u200b5555550101\u2069\ufeff', '15555550101'],
	['hyphens', '1-555-555-0101', '15555550101'],
	['dashes of all kinds', '1\u2010555\u2011555\u201301\u2014\u22120\ufe581', '15555550101'],
	['brackets', '+1 (555) 555-0101', '15555550101'],
	['square brackets', '+1 [555] 5550101', '15555550101'],
	['the country code in brackets', '(+1) 555 555 0101', '15555550101'],
	['00 in brackets', '(0049) 151 55550101', '4915155550101'],
	['dots', '+1.555.555.0101', '15555550101'],
	['middle dots', '1·555·555·0101', '15555550101'],
	['slashes', '+49 151/5555 0101', '4915155550101'],
	['(0) after the country code', '+44 (0)20 7946 0018', '442079460018'],
	['(0) after 00 and the country code', '0044 (0) 20 7946 0018', '442079460018'],
	['(0) after a bracketed country code', '(+44)(0)2079460018', '442079460018'],
	['(0) without a plus', '44 (0)20 7946 0018', '442079460018'],
	['a link for phones', 'tel:+1-555-555-0101', '15555550101'],
	['the form of other WhatsApp services', 'WhatsApp:+15555550101', '15555550101'],
	['Arabic-Indic digits', '+٩٦٦٥٥٥٥٥٠١٠١', '966555550101'],
	['Persian digits', '۹۸۹۱۲۵۵۵۰۱۰۱', '989125550101'],
	['Devanagari digits', '+९१ ९८७६५ ४३२१०', '919876543210'],
	[
		'full-width digits and signs',
		'\uff0b\uff11\uff08\uff15\uff15\uff15\uff09\uff15\uff15\uff15\uff0d\uff10\uff11\uff10\uff11',
		'15555550101',
	],
	['an Italian land line', '+39 06 5555 0101', '390655550101'],
];

const REFUSED: Array<[form: string, input: unknown, title: RegExp]> = [
	['nothing', undefined, /is missing/],
	['null', null, /is missing/],
	['an empty text', '', /is missing/],
	['blanks', ' \u00a0 ', /is missing/],
	['only signs', '+ ( ) -', /is not a phone number/],
	['true', true, /neither text nor a number/],
	['an object', { phone: '15555550101' }, /neither text nor a number/],
	['a list', ['15555550101', '15555550102'], /several values/],
	['NaN', NaN, /"NaN" is not a whole/],
	['Infinity', Infinity, /not a whole/],
	['a fraction', 15555550101.5, /not a whole/],
	['a negative number', -15555550101, /not a whole/],
	['a number that lost its last digits', 1.2345678901234568e21, /not a whole/],
	['the number 0', 0, /not a whole/],
	['a spreadsheet exponent', '1.55556E+10', /changed by a spreadsheet/],
	['a spreadsheet exponent with a comma', '1,55556E+10', /changed by a spreadsheet/],
	['a spreadsheet exponent without decimals', '2E+10', /changed by a spreadsheet/],
	['a spreadsheet decimal', '15555550101.0', /changed by a spreadsheet/],
	['letters', '1-800-FLOWERS', /characters that do not belong/],
	['an extension', '+1 555 555 0101 ext. 5', /characters that do not belong/],
	['a WhatsApp id', '15555550101@s.whatsapp.net', /characters that do not belong/],
	['a superscript', '1555555010¹', /characters that do not belong/],
	['two numbers with a comma', '15555550101, 15555550102', /several numbers/],
	['two short numbers with a semicolon', '5550101;5550102', /several numbers/],
	['two numbers on two lines', '5550101\n5550102', /several numbers/],
	['two numbers with a plus', '+155501+155502', /several numbers/],
	['two plus signs', '++15555550101', /is not a phone number/],
	['a local number', '0151 55550101', /has no country code/],
	['a local number with brackets', '(0)151 55550101', /has no country code/],
	['an American exit code', '011 49 151 55550101', /has no country code/],
	['a plus before a local number', '+0151 55550101', /has no country code/],
	['three zeros', '000 151 55550101', /has no country code/],
	['an area code with its 0 in brackets', '+49 (0151) 55550101', /0 in brackets/],
	['(0) in Italy', '+39 (0)6 5555 0101', /0 in brackets/],
	['nine digits', '155555501', /is too short/],
	['sixteen digits', '1234567890123456', /is too long/],
	['two numbers with a slash', '15555550101/15555550102', /is too long/],
];

function errorOf(input: unknown): unknown {
	try {
		return toWhatsAppNumber(input);
	} catch (error) {
		return error;
	}
}

test.each(SENT)('%s is sent', (_form, input, sent) => {
	expect(toWhatsAppNumber(input)).toBe(sent);
});

test.each(REFUSED)('%s is refused, with an example of a right one', (_form, input, title) => {
	const error = errorOf(input);
	expect(error).toBeInstanceOf(InputError);
	expect(error).toMatchObject({
		message: expect.stringMatching(title) as string,
		description: expect.stringContaining('15555550101') as string,
	});
});

test('a long text is shortened in the error', () => {
	expect(errorOf('x'.repeat(5000))).toMatchObject({
		message: expect.stringMatching(/^.{0,120}$/) as string,
	});
});

test.each([
	['+1 (555) 555-0101', '15555550101'],
	['001 555 555 0101', '15555550101'],
	['+44 (0)20 7946 0018', '442079460018'],
	[15555550101, '15555550101'],
	['0151 5555', '01515555'],
	['call 555', '555'],
	['none', ''],
	[null, ''],
])('the digits of %p are %p', (phone, digits) => {
	expect(phoneDigits(phone)).toBe(digits);
});

test.each([
	['+15555550101', '15555550101', true],
	['0015555550101', 15555550101, true],
	['15555550101', '15555550102', false],
	['15555550101', '5555550101', false],
	['', '', false],
	[null, undefined, false],
])('%p and %p are the same: %p', (a, b, same) => {
	expect(samePhone(a, b)).toBe(same);
});
