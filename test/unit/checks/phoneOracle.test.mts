import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import examples from 'libphonenumber-js/examples.mobile.json';
import metadata from 'libphonenumber-js/metadata.max.json';
import {
	getCountries,
	getExampleNumber,
	isPossiblePhoneNumber,
	parsePhoneNumber,
	type PhoneNumber,
} from 'libphonenumber-js/max';

import { phoneKey, samePhone, toWhatsAppNumber } from '../../../nodes/WhatsCloud/checks/phone';
import { withPlans } from './plansSource.mts';

// Google's libphonenumber, which ships with Android, knows the numbering plans of all countries.

const countries = getCountries();
const numbers = countries.map((country): [string, PhoneNumber] => {
	const number = getExampleNumber(country, examples);
	if (!number) throw new Error(`There is no example for ${country}`);
	return [country, number];
});

const digitsOf = ({ number }: PhoneNumber) => number.slice(1);
/** The national spelling behind the country code, as in `+44 07400 123456`. */
const mixed = (number: PhoneNumber) => `+${number.countryCallingCode} ${number.formatNational()}`;

function parsed(text: string): PhoneNumber | undefined {
	return isPossiblePhoneNumber(text) ? parsePhoneNumber(text) : undefined;
}

function sentFor(spelling: string): string | undefined {
	try {
		return toWhatsAppNumber(spelling);
	} catch {
		return undefined;
	}
}

test('it has an example for every country', () => {
	expect(numbers).toHaveLength(245);
});

test.each(numbers)('%s: all international spellings are sent as the same digits', (_, number) => {
	const digits = digitsOf(number);
	const spellings = [
		...[number.number, number.formatInternational(), number.getURI()],
		...[`00${digits}`, `\u202a${number.formatInternational()}\u202c`],
		// Without a +, fewer digits are a local number.
		...(digits.length >= 10 ? [digits] : []),
	];
	for (const spelling of spellings) {
		expect(sentFor(spelling)).toBe(digits);
		expect(samePhone(spelling, digits)).toBe(true);
	}
});

test('the table of numbering plans is what its script makes of the metadata', () => {
	const path = join(__dirname, '../../../nodes/WhatsCloud/checks/numberingPlans.ts');
	const file = readFileSync(path, 'utf8');
	expect(file).toBe(withPlans(file));
});

test('the national spelling behind the country code is the same number', () => {
	const mistaken = numbers.filter(([, number]) => {
		expect(digitsOf(parsePhoneNumber(mixed(number)))).toBe(digitsOf(number));
		return sentFor(mixed(number)) !== digitsOf(number) || !samePhone(mixed(number), number.number);
	});
	expect(mistaken.map(([country]) => country)).toEqual([]);
});

test('the national spelling alone is refused, but for China, whose mobiles look like American numbers', () => {
	const taken = numbers.filter(([, number]) => sentFor(number.formatNational()) !== undefined);
	expect(taken.map(([country]) => country)).toEqual(['CN']);
});

test('an American number with its area code alone is refused, but for a few area codes', () => {
	const areaCodes = Array.from({ length: 800 }, (_, index) => String(200 + index)).filter(
		(areaCode) => parsed(`+1${areaCode}2345678`)?.isValid(),
	);
	expect(areaCodes.length).toBeGreaterThan(400);
	const taken = areaCodes.filter((areaCode) =>
		['234-5678', '555-0101', '789-0123', '902-4680'].some((number) =>
			sentFor(`${areaCode}-${number}`),
		),
	);
	// There are mobile numbers of ten digits that begin like this, such as those of Denmark and Singapore.
	expect(taken).toEqual([
		...['220', '231', '239', '248', '252', '354', '423', '458', '474', '479'],
		...['507', '658', '659', '678', '680', '959'],
	]);
});

test('two numbers are one person here exactly if they are there, however they are spelled', () => {
	const keys = numbers.map(([, { number }]) => phoneKey(number));
	const mistaken = numbers.filter(([, a]) => {
		const key = phoneKey(mixed(a));
		return numbers.some(([, b], index) => (keys[index] === key) !== (a.number === b.number));
	});
	expect(mistaken.map(([country]) => country)).toEqual([]);
});

/** Who has WhatsApp. */
const PEOPLES_KINDS = ['FIXED_LINE', 'MOBILE', 'FIXED_LINE_OR_MOBILE', 'VOIP'];

/** The lengths that a country's numbers have, by their place in the library's metadata. */
const LENGTHS = 3;
/** With the country code. */
const SHORTEST = 7;
/** Without the country code; longer ones are above the 15 digits of E.164. */
const LONGEST = 12;
const shapes = Object.values(metadata.countries).flatMap((plan) =>
	(plan[LENGTHS] as number[])
		.filter((length) => length <= LONGEST)
		.map((length) => ({ code: String(plan[0]), length })),
);

test('every number of a person that the oracle knows is taken as it is', () => {
	let known = 0;
	fc.assert(
		fc.property(fc.constantFrom(...shapes), fc.stringMatching(/^\d{17}$/), (shape, digits) => {
			const text = `+${shape.code}${digits.slice(0, shape.length)}`;
			const number = parsed(text);
			if (!number || !PEOPLES_KINDS.includes(String(number.getType()))) return;
			// Nobody calls from abroad through a telephone company of the country, and WhatsCloud takes none so short.
			if (number.carrierCode || text.length <= SHORTEST) return;
			known++;
			if (sentFor(text) !== digitsOf(number)) throw new Error(text);
		}),
		{ numRuns: 7_000 },
	);
	expect(known).toBeGreaterThan(500);
});
