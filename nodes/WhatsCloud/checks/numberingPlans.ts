/**
 * The country codes after which people write a 0 that belongs to calls within the country only.
 * In Italy, Ivory Coast, Benin and the like, a 0 there is part of the number.
 */
const WITH_TRUNK_ZERO = new Set(
	(
		'20 27 31 32 33 40 41 43 44 46 49 51 53 54 55 57 58 60 61 62 63 64 66 81 82 84 86 90 91 92 93 94 ' +
		'95 98 211 212 213 218 231 232 233 234 243 249 250 251 252 254 255 256 260 261 262 263 264 265 ' +
		'291 353 355 358 359 370 373 374 377 380 381 382 383 385 386 387 389 421 423 508 590 591 593 594 ' +
		'595 596 598 686 850 855 856 880 886 961 962 963 964 966 967 970 971 972 976 977 994 995 996'
	).split(' '),
);

/** The digits of the shortest numbers, by country code, where there are numbers of fewer than ten. */
const SHORTEST = new Map(
	(
		'27:7 39:8 40:8 43:7 46:9 48:9 49:7 53:8 62:9 63:8 82:7 86:9 95:8 98:8 247:8 252:9 290:7 298:9 299:9 ' +
		'352:7 358:8 359:9 376:9 421:9 500:8 508:9 597:9 672:9 676:8 677:8 678:8 681:9 682:8 683:7 685:8 ' +
		'686:8 687:9 688:8 690:7 880:9'
	)
		.split(' ')
		.map((entry) => entry.split(':'))
		.map(([countryCode = '', digits]) => [countryCode, Number(digits)]),
);
const SHORTEST_ELSEWHERE = 10;
/** All numbers of the countries with the codes 1 and 7 have as many digits. */
const LENGTH_OF_1_AND_7 = 11;
const LONGEST = 15;

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

/** Whether a 0 after this country code is for calls within the country only. */
export function hasTrunkZero(countryCode: string): boolean {
	return WITH_TRUNK_ZERO.has(countryCode);
}

/** How many digits a number of this country has at least. Shorter ones lack the country code, as a rule. */
export function shortestLength(digits: string): number {
	if (/^[17]/.test(digits)) return LENGTH_OF_1_AND_7;
	return SHORTEST.get(digits.slice(0, 2)) ?? SHORTEST.get(digits.slice(0, 3)) ?? SHORTEST_ELSEWHERE;
}

/** How many digits a number of this country has at most. */
export function longestLength(digits: string): number {
	return /^[17]/.test(digits) ? LENGTH_OF_1_AND_7 : LONGEST;
}

/** International digits without zeros between country code and number that are no part of it. */
export function withoutTrunkZero(digits: string): string {
	const countryCode = codeWithTrunkZero(digits);
	return countryCode + digits.slice(countryCode.length).replace(countryCode ? /^0+/ : '', '');
}

/** The one form that stands for all forms of the number. */
export function canonicalForm(digits: string): string {
	const number = withoutTrunkZero(digits);
	const variants = variantsOf(number);
	return variants ? number.replace(variants.pattern, variants.forms[0]) : number;
}

/** All forms of the number that people store, those with a trunk zero last. */
export function allForms(digits: string): string[] {
	const number = withoutTrunkZero(digits);
	const variants = variantsOf(number);
	const forms = variants?.forms.map((form) => number.replace(variants.pattern, form)) ?? [number];
	return [...forms, ...forms.flatMap(withTrunkZero)];
}

function variantsOf(number: string): Variants | undefined {
	return VARIANTS.find(({ pattern }) => pattern.test(number));
}

function withTrunkZero(number: string): string[] {
	const countryCode = codeWithTrunkZero(number);
	return countryCode ? [`${countryCode}0${number.slice(countryCode.length)}`] : [];
}

/** The country code, if the country has a trunk zero, or ''. No country code is the beginning of another. */
function codeWithTrunkZero(digits: string): string {
	return [digits.slice(0, 2), digits.slice(0, 3)].find(hasTrunkZero) ?? '';
}
