import examples from 'libphonenumber-js/examples.mobile.json';
import metadata from 'libphonenumber-js/metadata.max.json';
import {
	getCountries,
	getCountryCallingCode,
	getExampleNumber,
	parsePhoneNumber,
	type PhoneNumber,
} from 'libphonenumber-js/max';

import {
	hasTrunkZero,
	longestLength,
	shortestLength,
} from '../../../nodes/WhatsCloud/checks/numberingPlans';
import { samePhone, toWhatsAppNumber } from '../../../nodes/WhatsCloud/checks/phone';

// Google's libphonenumber, which ships with Android, knows the numbering plans of all countries.

const countries = getCountries();
const numbers = countries.map((country): [string, PhoneNumber] => {
	const number = getExampleNumber(country, examples);
	if (!number) throw new Error(`There is no example for ${country}`);
	return [country, number];
});

/** No number in use has fewer digits. */
const SHORTEST = 7;

// The places of a country's data in the library's own format.
const LENGTHS = 3;
const TRUNK_PREFIX = 5;
const KINDS = 11;

/** A country's numbering plan; land lines and mobiles are the first two kinds. */
interface Plan {
	[LENGTHS]?: number[];
	[TRUNK_PREFIX]?: string | 0;
	[KINDS]?: Array<[pattern: string, lengths?: number[]] | 0>;
}
const PLANS = metadata.countries as unknown as Record<string, Plan | undefined>;

const digitsOf = ({ number }: PhoneNumber) => number.slice(1);
/** The national spelling behind the country code, as in `+44 07400 123456`. */
const mixed = (number: PhoneNumber) => `+${number.countryCallingCode} ${number.formatNational()}`;

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
		...[digits, `00${digits}`, `\u202a${number.formatInternational()}\u202c`],
	];
	for (const spelling of spellings) {
		expect(sentFor(spelling)).toBe(digits);
		expect(samePhone(spelling, digits)).toBe(true);
	}
});

/** Where the national spelling behind the country code is not understood, and why. */
const MISTAKEN = [
	// 15 behind the area code, in place of 9 before it. Where it stands depends on the area code.
	'AR',
	// Prefixes other than 0: 8, or 06 in Hungary. Hardly anybody writes them behind the country code.
	...['BY', 'HU', 'KZ', 'RU', 'TM'],
];

test('the national spelling behind the country code is the same number, but for six countries', () => {
	const mistaken = numbers.filter(([, number]) => {
		expect(digitsOf(parsePhoneNumber(mixed(number)))).toBe(digitsOf(number));
		return sentFor(mixed(number)) !== digitsOf(number) || !samePhone(mixed(number), number.number);
	});
	expect(mistaken.map(([country]) => country)).toEqual(MISTAKEN);
});

test('the national spelling alone is refused, but for fourteen countries', () => {
	const taken = numbers.filter(([, number]) => sentFor(number.formatNational()) !== undefined);
	// There it has no 0 and no brackets, and as many digits as an international number of another country.
	expect(taken.map(([country]) => country)).toEqual([
		...['CN', 'CO', 'CW', 'GR', 'GW', 'IT', 'KW', 'LU', 'MX', 'MZ', 'NO', 'NP', 'TM', 'VA'],
	]);
});

test('two numbers are one person here exactly if they are there, however they are spelled', () => {
	const understood = numbers.filter(([country]) => !MISTAKEN.includes(country));
	for (const [, a] of understood) {
		const same = numbers.filter(([, b]) => samePhone(mixed(a), b.number));
		const sameThere = numbers.filter(([, b]) => a.number === b.number);
		expect(same).toEqual(sameThere);
	}
});

describe.each([...new Set(countries.map((country) => getCountryCallingCode(country)))])(
	'+%s',
	(countryCode) => {
		const plans = countries
			.filter((country) => getCountryCallingCode(country) === countryCode)
			.map((country) => PLANS[country] ?? {});

		test('has a trunk zero here if it has one there', () => {
			expect(hasTrunkZero(countryCode)).toBe(plans.some((plan) => plan[TRUNK_PREFIX] === '0'));
		});

		test('has numbers as short here as land lines and mobiles are there', () => {
			const lengths = plans.flatMap(({ [LENGTHS]: all, [KINDS]: kinds }) =>
				[...(kinds ?? [])]
					.slice(0, 2)
					.flatMap((kind) => (kind ? (kind[1] ?? all ?? []) : []))
					.map((length) => countryCode.length + length),
			);
			// The countries of the codes 1 and 7 share numbers of one length.
			const most = countryCode.length === 1 ? Infinity : 10;
			expect(shortestLength(`${countryCode}5555555555`)).toBe(
				Math.max(SHORTEST, Math.min(most, ...lengths)),
			);
			expect(longestLength(`${countryCode}5555555555`)).toBeGreaterThanOrEqual(
				Math.min(15, Math.max(...lengths)),
			);
		});
	},
);
