import fc from 'fast-check';

import { InputError } from '../../../nodes/WhatsCloud/checks/text';
import {
	phoneDigits,
	phoneKey,
	phoneSpellings,
	type PhoneUse,
	samePhone,
	toWhatsAppNumber,
} from '../../../nodes/WhatsCloud/checks/phone';

const SENT: Array<[form: string, input: unknown, sent: string]> = [
	['digits', '15555550101', '15555550101'],
	['a number', 15555550101, '15555550101'],
	['ten digits', '3546115555', '3546115555'],
	['fifteen digits', '492345678901234', '492345678901234'],
	['fifteen digits as a number', 492345678901234, '492345678901234'],
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
	['the country code in brackets', '(+1) 555 555 0101', '15555550101'],
	['00 in brackets', '(0049) 151 55550101', '4915155550101'],
	[
		"a Colombian mobile behind a 0, whose 3 is no telephone company's",
		'+57 0 310 1234567',
		'573101234567',
	],
	['(0) in Italy, where it belongs to the number', '+39 (0)6 5555 0101', '390655550101'],
	['an area code of San Marino with its 0', '+378 (0549) 886377', '3780549886377'],
	['a longer country code in brackets without +', '(55) 11 96123-4567', '5511961234567'],
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
	['a slash behind the area code', '+49 30/1234567', '49301234567'],
	['slashes behind country and area code', '+43/664/1234567', '436641234567'],
	['a British trunk zero', '+44 07911 123456', '447911123456'],
	['Hungary, which has 06 in place of 0', '+36 06 30 123 4567', '36301234567'],
	['the Argentine 15 behind the area code', '+54 11 15 2345-6789', '5491123456789'],
	['the same with the 0 before it', '+54 011 15 2345-6789', '5491123456789'],
	['the Argentine 15 behind a longer area code', '+54 2966 15 123456', '5492966123456'],
	["Lithuania's 8", '+370 8 612 34567', '37061234567'],
	['the 8 0 of Belarus', '+375 8 0 29 123 45 67', '375291234567'],
	["Russia's 8", '+7 8 912 345-67-89', '79123456789'],
	["Gabon's 0, which left its numbers", '+241 0 77 12 34 56', '24177123456'],
	[
		'the Brazilian 0 with the number of a telephone company',
		'+55 0 15 11 98765-4321',
		'5511987654321',
	],
	['the American 1 behind the country code', '+1 1 555 555 0101', '15555550101'],
	['a 0 behind a country code without +', '4407911123456', '447911123456'],
	['a Nigerian trunk zero', '+234 0803 555 0101', '2348035550101'],
	['a trunk zero in brackets with the area code', '+49 (0151) 55550101', '4915155550101'],
	['an Ivorian zero, which belongs to the number', '+225 07 01 23 45 67', '2250701234567'],
	['nine digits of the Faroe Islands', '+298 211 234', '298211234'],
	['nine digits of Greenland', '+299 22 12 34', '299221234'],
	['nine digits of New Caledonia', '+687 75 12 34', '687751234'],
	['eight digits of Saint Helena', '+290 22158', '29022158'],
	['seven digits of Niue', '+683 4002', '6834002'],
	["an emoji's variation selector", '+1\ufe0f-555-\ufe0f555-0101', '15555550101'],
	['Hangul fillers', '\u3164+1 555 555 0101\u3164', '15555550101'],
	['Braille blanks', '+1\u2800555\u2800555\u28000101', '15555550101'],
	['the quote with which sheets mark text', "'+15555550101", '15555550101'],
	['quotes around', '"+1 555 555 0101"', '15555550101'],
	['the form of lead ads', 'p:+919876543210', '919876543210'],
	['the Mexican 1 as it is given', '+52 1 55 1234 5678', '5215512345678'],
	['a Brazilian number without its 9 as it is given', '+55 11 8765-4321', '551187654321'],
];

const REFUSED: Array<[form: string, input: unknown, title: RegExp]> = [
	['nothing', undefined, /is missing/],
	['null', null, /is missing/],
	['an empty text', '', /is missing/],
	['blanks', ' \u00a0 ', /is missing/],
	['only signs', '+ ( ) -', /is not a phone number/],
	['a fraction', 15555550101.5, /not a whole/],
	['a negative number', -15555550101, /not a whole/],
	['a number that lost its last digits', 1.2345678901234568e21, /not a whole/],
	['the number 0', 0, /not a whole/],
	['a spreadsheet exponent', '1.55556E+10', /changed by a spreadsheet/],
	['a spreadsheet exponent with a comma', '1,55556E+10', /changed by a spreadsheet/],
	['a spreadsheet exponent without decimals', '2E+10', /changed by a spreadsheet/],
	['a spreadsheet decimal', '15555550101.0', /changed by a spreadsheet/],
	['letters', '1-800-FLOWERS', /characters that do not belong/],
	['an extension', '+1 555 555 0101 ext. 5', /has an extension/],
	['an extension with x', '+44 20 7946 0018 x123', /has an extension/],
	['an extension in Brazil', '+55 11 96123-4567 ramal 12', /has an extension/],
	['an extension behind a hash', '+1 555 555 0101 #5', /has an extension/],
	['an extension in brackets', '+1 555 555 0101 (123)', /has an extension/],
	['an extension in brackets of a short number', '+298 211234 (12)', /has an extension/],
	[
		'an extension behind a dash',
		'+1 555-555-0101-123',
		/is too long: numbers have 10 digits after \+1$/,
	],
	['an extension of a link', 'tel:+1-555-555-0101;ext=123', /has an extension/],
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
	['an American number with its area code', '(201) 555-0123', /begins with an area code/],
	['a Brazilian number with its area code', '(11) 96123-4567', /begins with an area code/],
	['a Russian number with its 8', '8 (912) 345-67-89', /has no country code/],
	['three zeros', '000 151 55550101', /has no country code/],
	['a 0 in brackets at another place', '+49 30 (0151) 55550101', /0 in brackets/],
	['a 0 in brackets within the number', '+49 30 (0)1234567', /0 in brackets/],
	['two zeros in brackets', '+43 (0)1 (0)123456', /0 in brackets/],
	['only invisible marks', '\u200b\u3164', /is missing/],
	['six digits', '298211', /is too short/],
	['six digits with a plus', '+298 211', /is too short: numbers have 6 digits after \+298$/],
	['a Brazilian number without country code', '11 96123-4567', /has no country code/],
	['an American number without country code', '212-555-0101', /has no country code/],
	['the same in digits', '4155550101', /has no country code/],
	['an area code that begins with 1', '+1 196 123 4567', /is not a number that \+1 has/],
	['an emergency number for an area code', '+1 911 555 0101', /is not a number that \+1 has/],
	[
		'a country code that nobody has',
		'+219 12 34 56 78',
		/begins with \+219, which is no country's code/,
	],
	['the same with 00', '00219 12 34 56 78', /begins with \+219, which is no country's code/],
	[
		'a Spanish number without country code',
		'612 345 678',
		/is too short for a number without a \+/,
	],
	['a Faroese number without +', '298211234', /is too short for a number without a \+/],
	['a toll-free Russian number', '8 800 555-35-35', /has no country code/],
	['another number in place of a country', '+49 0049 151 55550101', /is too long/],
	['letters without end', 'x'.repeat(100_000), /is too long to be one/],
	['digits without end', '1 '.repeat(50_000), /is too long to be one/],
	["WhatsApp's id of a person", 'US.13491208655302741918', /WhatsApp's ID of a person/],
	["a group's id", '120363023456789012@g.us', /WhatsApp's ID of a person or a group/],
	['sixteen digits', '4912345678901234', /or a digit too many/],
	['sixteen digits with a plus', '+4912345678901234', /is too long/],
	['an American number with a digit more', '1 555 555 01011', /or a digit too many/],
	['a Russian number with a digit more', '+7 912 345 67 890', /is too long/],
	['two numbers with a slash', '15555550101/15555550102', /several numbers/],
	['a second ending behind a slash', '+49 30 1234567/68', /several numbers/],
	['a second short number behind a slash', '+298 211234/35', /several numbers/],
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

test.each<[what: string, input: unknown, problem: RegExp]>([
	['true', true, /must be text/],
	['an object', { phone: '15555550101' }, /must be text/],
	['a list', ['15555550101', '15555550102'], /must be text/],
	['a calculation without a result', NaN, /contains NaN/],
	['a division by zero', Infinity, /division by zero/],
])('%s is refused', (_what, input, problem) => {
	expect(errorOf(input)).toBeInstanceOf(InputError);
	expect(errorOf(input)).toMatchObject({ message: expect.stringMatching(problem) as string });
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
	['call 555', ''],
	['tel:+1-555-555-0101', '15555550101'],
	['+55 0 15 11 98765-4321', '5511987654321'],
	['+219 123', '219123'],
	['US.13491208655302741918', ''],
	['120363023456789012@g.us', ''],
	['120363023456789012', ''],
	['Y2FwaV9nODYyMTM0NTY3ODkw', ''],
	['15555550101, 15555550102', ''],
	['1'.repeat(100_000), ''],
	['none', ''],
	[null, ''],
])('the digits of %p are %p', (phone, digits) => {
	expect(phoneDigits(phone)).toBe(digits);
});

test.each<[use: PhoneUse, sent: string[], refused: string[]]>([
	['contact', ['6834002', '29022158', '298211234', '3546115555'], []],
	['text', ['6834002', '29022158', '298211234', '3546115555'], []],
	['template', ['29022158', '298211234', '3546115555'], ['6834002']],
	['media', ['3546115555'], ['6834002', '29022158', '298211234']],
])('for %s, numbers are as short as WhatsCloud takes them', (use, sent, refused) => {
	for (const number of sent) expect(toWhatsAppNumber(`+${number}`, use)).toBe(number);
	for (const number of refused) {
		expect(() => toWhatsAppNumber(`+${number}`, use)).toThrow(
			new RegExp(
				`"\\+${number}" is too short: WhatsCloud takes only numbers of \\d+ to 15 digits here`,
			),
		);
	}
});

test.each([
	['an American number without area code', '555-0101'],
	['an American number with a digit less', '+1 555 555 010'],
	['a Kazakh number with a digit less', '+7 701 123 456'],
	['a Danish number without country code', '32 12 34 56'],
	['a Faroese number with a digit less', '+298 21123'],
])('%s is too short', (_what, number) => {
	expect(() => toWhatsAppNumber(number)).toThrow(/ is too short/);
});

const ONE_PERSON: Array<[who: string, spellings: unknown[]]> = [
	['everybody', ['+15555550101', '15555550101', '0015555550101', 15555550101, '+1 (555) 555-0101']],
	['a Briton', ['+44 7911 123456', '+44 07911 123456', '+44 (0)7911 123456', '447911123456']],
	['a Nigerian', ['+234 0803 555 0101', '+234 803 555 0101', '2348035550101']],
	['a Mexican', ['+52 55 1234 5678', '5215512345678', '+52 1 55 1234 5678']],
	['a Brazilian', ['+55 11 98765-4321', '551187654321', '+55 011 98765-4321']],
	[
		'an Argentine',
		['+54 11 2345 6789', '+54 9 11 2345 6789', '5491123456789', '+54 011 2345 6789'],
	],
];

test.each(ONE_PERSON)('all spellings of %s are one person', (_who, spellings) => {
	for (const a of spellings) {
		for (const b of spellings) expect(samePhone(a, b)).toBe(true);
		const digits = phoneDigits(a);
		const stored = phoneSpellings(digits);
		expect(stored[0]).toBe(digits);
		expect(new Set(stored).size).toBe(stored.length);
		// The zero for calls within the country belongs to no number.
		for (const b of spellings) expect(stored).toContain(toWhatsAppNumber(b));
		for (const spelling of stored) expect(phoneKey(spelling)).toBe(phoneKey(a));
	}
	for (const [, others] of ONE_PERSON) {
		expect(samePhone(spellings[0], others[0])).toBe(others === spellings);
	}
});

test.each<[what: string, a: unknown, b: unknown]>([
	['two numbers', '15555550101', '15555550102'],
	['a local number and an international one', '15555550101', '5555550101'],
	[
		'a land line of São Paulo and the mobile with 9 before it',
		'+55 11 3456-7890',
		'+55 11 93456-7890',
	],
	['a 0 that belongs to the number in Ivory Coast', '+225 0701234567', '+225 701234567'],
	['a 0 that belongs to the number in Italy', '+39 06 5555 0101', '+39 6 5555 0101'],
	['two empty cells', '', ''],
	['nothing and nothing', null, undefined],
])('%s are not one person', (_what, a, b) => {
	expect(samePhone(a, b)).toBe(false);
});

test('a look-up asks for each national form, as given first', () => {
	expect(phoneSpellings('15555550101')).toEqual(['15555550101']);
	expect(phoneSpellings('5215512345678')).toEqual(['5215512345678', '525512345678']);
	expect(phoneSpellings('5511987654321')).toEqual(['5511987654321', '551187654321']);
	expect(phoneSpellings('4915155550101')).toEqual(['4915155550101']);
});

test('what is sent is sent unchanged when it is given again', () => {
	const numbers = fc.stringMatching(/^[1-9]\d{9,14}$/);
	let taken = 0;
	fc.assert(
		fc.property(numbers, (number) => {
			if (errorOf(number) instanceof InputError) return;
			taken++;
			const sent = toWhatsAppNumber(number);
			expect(toWhatsAppNumber(sent)).toBe(sent);
			expect(toWhatsAppNumber(`+${sent}`)).toBe(sent);
			expect(samePhone(number, sent)).toBe(true);
			for (const spelling of phoneSpellings(sent)) expect(samePhone(spelling, sent)).toBe(true);
		}),
		{ numRuns: 5_000 },
	);
	expect(taken).toBeGreaterThan(200);
});

test('a number that no country has is the same as itself, however it is written', () => {
	expect(samePhone('+219 12-34', '0021912 34')).toBe(true);
	expect(samePhone('0151 5555', '01515555')).toBe(true);
	expect(samePhone('US.13491208655302741918', 'US.13491208655302741918')).toBe(false);
});
