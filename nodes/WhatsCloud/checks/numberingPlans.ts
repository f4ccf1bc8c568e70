import { PLANS } from './plans';

/** What is known of the numbers of a country code. */
interface Plan {
	/** Those that are known, by the length of a number without the country code. */
	firstDigits: Map<number, string>;
	/** Dialled before a number within the country; '' for nothing. */
	trunkPrefix: string;
	/** That prefix, and what else may stand there. */
	trunkPattern?: RegExp;
	/** What takes its place, for `String.replace`; '' for nothing. */
	trunkRule: string;
}

/** Digits with a country code, read by the country's numbering plan. */
export interface InternationalNumber {
	/** '' where no country has such a code. */
	countryCode: string;
	/** With the country code, without a trunk prefix. National variants stay as given. */
	digits: string;
	/** The country has numbers of this length. */
	isPossible: boolean;
	/**
	 * They begin like this, too, as far as is known: some countries open new ranges each year. Ten digits
	 * are known as mobile numbers only, since they may be a local number of another country.
	 */
	isKnown: boolean;
}

/** A country that has written one number in two ways. */
interface Variants {
	/** Finds what both ways have in common, in its groups. */
	pattern: RegExp;
	/** Both ways, for `String.replace`. The first is the canonical one. */
	forms: [string, string];
}

const VARIANTS: Variants[] = [
	// Mexico dropped the 1 before mobile numbers in 2019. WhatsApp keeps it in some ids.
	{ pattern: /^521?(\d{10})$/, forms: ['52$1', '521$1'] },
	// Brazil put a 9 before its mobile numbers, which begin with 6 to 9. Numbers that begin with 2 to 5
	// are land lines, and the mobile number with a 9 before the same digits belongs to somebody else.
	{ pattern: /^55(\d\d)9?([6-9]\d{7})$/, forms: ['55$1$2', '55$19$2'] },
	// Argentina wants a 9 before mobile numbers in calls from abroad.
	{ pattern: /^549?(\d{10})$/, forms: ['54$1', '549$1'] },
];

/** North America's area codes begin with 2 to 9, their second digit is no 9, and they do not end in 11. */
const IMPOSSIBLE_AREA_CODE = /^(?:[01]|\d9|\d11)/;

const LONGEST_COUNTRY_CODE = 3;

/** Reads digits that begin with a country code; a trunk prefix behind it is left out. */
export function internationalNumber(given: string): InternationalNumber {
	const countryCode = countryCodeOf(given);
	const plan = planOf(countryCode);
	if (!plan) return { countryCode: '', digits: given, isPossible: false, isKnown: false };
	const rest = given.slice(countryCode.length);
	const asGiven = reading(rest, countryCode, plan);
	if (asGiven.isKnown) return asGiven;
	const others = withoutTrunkPrefix(rest, plan).map((other) => reading(other, countryCode, plan));
	return (
		others.find(({ isKnown }) => isKnown) ??
		[asGiven, ...others].find(({ isPossible }) => isPossible) ??
		asGiven
	);
}

/** Whether a 0 in brackets behind this country code is for calls within the country. */
export function hasTrunkZero(countryCode: string): boolean {
	return planOf(countryCode)?.trunkPrefix.startsWith('0') ?? false;
}

/** The fewest and the most digits of a country's numbers, without its code. */
export function lengths(countryCode: string): [fewest: number, most: number] {
	const all = [...(planOf(countryCode)?.firstDigits.keys() ?? [])];
	return [Math.min(...all), Math.max(...all)];
}

/** The one form that stands for all forms of the number. */
export function canonicalForm(digits: string): string {
	return inCanonicalForm(internationalNumber(digits).digits);
}

/** The number in each national form that reaches the same person. */
export function nationalForms(given: string): string[] {
	const { digits } = internationalNumber(given);
	const variants = variantsOf(digits);
	return variants?.forms.map((form) => digits.replace(variants.pattern, form)) ?? [digits];
}

/** No country code is the beginning of another. */
function countryCodeOf(digits: string): string {
	for (let length = 1; length <= LONGEST_COUNTRY_CODE; length++) {
		if (planOf(digits.slice(0, length))) return digits.slice(0, length);
	}
	return '';
}

function reading(national: string, countryCode: string, plan: Plan): InternationalNumber {
	const digits = countryCode + national;
	const checked = inCanonicalForm(digits).slice(countryCode.length);
	const known = plan.firstDigits.get(checked.length);
	if (known === undefined || (countryCode === '1' && IMPOSSIBLE_AREA_CODE.test(checked)))
		return { countryCode, digits, isPossible: false, isKnown: false };
	const isKnown = known.includes(checked.charAt(0));
	return { countryCode, digits, isKnown, isPossible: isKnown || !checked.startsWith('0') };
}

/** What may be left of a number when the prefix for calls within the country is taken off it. */
function withoutTrunkPrefix(rest: string, plan: Plan): string[] {
	const { trunkPrefix, trunkPattern, trunkRule } = plan;
	const found = trunkPattern?.exec(rest);
	if (!trunkPattern || !found) return [];
	const isReplaced = trunkRule !== '' && found.at(-1) !== undefined;
	const replaced = isReplaced ? rest.replace(trunkPattern, trunkRule) : rest.slice(found[0].length);
	// A pattern also takes digits behind the prefix that may be those of a telephone company.
	return rest.startsWith(trunkPrefix) ? [rest.slice(trunkPrefix.length), replaced] : [replaced];
}

function inCanonicalForm(digits: string): string {
	const variants = variantsOf(digits);
	return variants ? digits.replace(variants.pattern, variants.forms[0]) : digits;
}

function variantsOf(digits: string): Variants | undefined {
	return VARIANTS.find(({ pattern }) => pattern.test(digits));
}

const plans = new Map<string, Plan>();

/** Reads the table at first use, not when n8n starts. */
function planOf(countryCode: string): Plan | undefined {
	if (plans.size === 0) {
		for (const [, code = '', prefix = '', shapes = '', pattern, trunkRule = ''] of PLANS.matchAll(
			/(\d+) (\S+) ([^\s;]+)(?: ([^\s;]+))?(?: ([^\s;]+))?;/g,
		)) {
			const trunkPrefix = prefix.replace('-', '');
			const trunk = pattern ?? trunkPrefix;
			plans.set(code, {
				firstDigits: new Map(shapes.split(',').flatMap(firstDigitsByLength)),
				trunkPrefix,
				trunkPattern: trunk === '' ? undefined : new RegExp(`^(?:${trunk})`),
				trunkRule,
			});
		}
	}
	return plans.get(countryCode);
}

/** `2-46:7/9-10`: numbers of 7, 9 and 10 digits begin with 2, 3, 4 and 6. */
function firstDigitsByLength(shape: string): Array<[length: number, digits: string]> {
	const [digits = '', lengthRanges = ''] = shape.split(':');
	const first = digits.replace(/(\d)-(\d)/g, (_, from, to) => rangeOf(from, to).join(''));
	return lengthRanges
		.split('/')
		.flatMap((range) => rangeOf(...(range.split('-') as [string, string?])))
		.map((length) => [length, first]);
}

function rangeOf(from: string, to = from): number[] {
	return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => Number(from) + index);
}
