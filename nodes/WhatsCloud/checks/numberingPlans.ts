/**
 * Numbering plans, for each country code: the code, the trunk prefix (`-` for none), the first digits and lengths
 * of land lines, mobiles and numbers of the internet without the code (`2-46:7/9`: numbers of 7 and 9 digits begin
 * with 2 to 4 or 6), and, where calls within the country have more before the number than that prefix: a pattern
 * for it, and what takes its place. Made from the metadata of libphonenumber-js by test/unit/checks/writePlans.mts.
 */
const PLANS = String.raw`
1 1 2-9:10;7 8 3-47-9:10;20 0 :8,1-24-68-9:9,1:10;27 0 8:5/6/7/8,1-8:9;30 - 269:10;31 0 1-9:9,9:11;
32 0 :8,4:9;33 0 1-79:9;34 - 46-9:9;36 06 :8,2-357:9;39 - 0:6/7/8/11/12,03:9,03-5:10;40 0 2-3:6,2-37:9;
41 0 2-9:9;43 0 15:5,13-7:6,1-7:7/9/10/11/12/13,6:8;44 0 1:9,1-257:10 0|180020;45 - 2-9:8;
46 0 1-468-9:7,:8,1-9:9;47 - 49:8;48 - 1-9:7/9;49 0 3-468:5,2-9:6/7/9/12/13,:8,1-9:10/11;51 0 :8,9:9;
52 - 2-9:10;53 0 3-4:6,2-47:7,5-6:8,8:10;
54 0 1-36:10,9:11 0?(?:(11|2(?:2(?:02?|[13]|2[13-79]|4[1-6]|5[2457]|6[124-8]|7[1-4]|8[13-6]|9[1267])|3(?:02?|1[467]|2[03-6]|3[13-8]|[49][2-6]|5[2-8]|[67])|4(?:7[3-578]|9)|6(?:[0136]|2[24-6]|4[6-8]?|5[15-8])|80|9(?:0[1-3]|[19]|2\d|3[1-6]|4[02568]?|5[2-4]|6[2-46]|72?|8[23]?))|3(?:3(?:2[79]|6|8[2578])|4(?:0[0-24-9]|[12]|3[5-8]?|4[24-7]|5[4-68]?|6[02-9]|7[126]|8[2379]?|9[1-36-8])|5(?:1|2[1245]|3[237]?|4[1-46-9]|6[2-4]|7[1-6]|8[2-5]?)|6[24]|7(?:[069]|1[1568]|2[15]|3[145]|4[13]|5[14-8]|7[2-57]|8[126])|8(?:[01]|2[15-7]|3[2578]?|4[13-6]|5[4-8]?|6[1-357-9]|7[36-8]?|8[5-8]?|9[124])))15)? 9$1;
55 0 1-9:10/11 (?:0|90)(?:(1[245]|2[1-35]|31|4[13]|[56]5|99)(\d{10,11}))? $2;56 - 2-9:9;
57 0 :8,369:10 0([3579]|4(?:[14]4|56))?;58 0 24-6:10;60 0 :8,13:9,1:10;61 0 1-47-8:9 (183[12])|0;
62 0 2-36:7,:8,2-9:9/10/11,8:12;63 0 2:6,:8,2-8:9,8-9:10;64 0 2:8/9/10;65 - 8-9:8;66 0 :8,168-9:9;
81 0 1-9:9,5-9:10 (000[2569]\d{4,6})$|(?:(?:003768)0?)|0 $1;
82 0 3-6:5/6,:8,1-6:9,13-7:10 0(8(?:[1-46-8]|5\d\d))?;84 0 135-9:9,2:10;
86 0 1-9:7/10,:8,3-9:9,13-57-8:11 (1(?:[12]\d|79)\d\d)|0;90 0 2-58:10;91 0 1-9:10;92 0 24-9:9,2-9:10;
93 0 2-7:9;94 0 1-9:9;95 0 1-2:6,1-24-8:7,9:8/10,24-9:9;98 0 1-8:6/7,1-9:10;211 0 19:9;212 0 5-8:9;
213 0 1-4:8,5-79:9;216 - 2-57-9:8;218 0 2-9:9;220 - 2-9:7,48:9;221 - 379:9;222 - 2-4:8;223 - 24-9:8;
224 - 3:8,6-7:9;225 - 02:10;226 - 024-7:8;227 - 27-9:8;228 - 279:8;229 - 0:10;230 - :7,57:8;
231 0 4-6:7,2:8,2-57-8:9;232 0 2-36-9:8;233 0 2-35:9;234 0 27-9:10;235 - 2-36-9:8;236 - 26-7:8;237 - 26:9;
238 - 359:7;239 - 9:7;240 - 2-35:9;241 - 2-7:7,0-16-7:8 0(11\d{6}|60\d{6}|61\d{6}|6[256]\d{6}|7[467]\d{6}) $1;
242 - 02:9;243 0 8:7,2:8,18-9:9,5:10;244 - 29:9;245 - :7,49:9;246 - 3:7;247 - 2-46-7:5;248 - 2:7;249 0 19:9;
250 0 0:8,27:9;251 0 1-57-9:9;252 0 13-48:6,2:7,1-26-79:8,3-46-9:9;253 - 27:8;254 0 :7,24-6:8,1-24-7:9;
255 0 246-7:9;256 0 2-47:9;257 - 2-36-7:8;258 - 2:8,8:9;260 0 25-79:9;261 0 2-3:9 ([24-9]\d{6})$|0 20$1;
262 0 26-79:9;263 0 2-35-8:9,8:10;264 0 68:8/9;265 0 :7,1-37-9:9;266 - 25-6:8;267 - :7,7:8;268 - 2-37:8;
269 - 3-4:7;290 - 8:4,25-69:5;291 0 17:7;297 - 25-79:7;298 - 2-9:6 (10(?:01|[12]0|88));299 - 1-9:6;
350 - 25-6:8;351 - 1-369:9;
352 - 2-57-9:4/5/6/8/10/11,:7,2-9:9 (15(?:0[06]|1[12]|[35]5|4[04]|6[26]|77|88|99)\d);
353 0 :7,1-24-69:8,1-24-9:9,4:10;354 - 6-8:7,3:9;355 0 2-58:8,6:9;356 - 2-379:8;357 - 29:8;
358 0 1-35-68-9:5,1-68-9:6/8/9,4-5:7/10;359 0 2:6,:7,2-9:8,8-9:9;370 0 3-68-9:8 [08];371 - 26:8;
372 - 5:7,58:8;373 0 2-35-7:8;374 0 1-9:8;375 8 1-4:9 0|80?;376 - 35-8:6,6:9;377 0 3-48-9:8,6-7:9;
378 - 5-6:8,0:10 ([89]\d{5})$ 0549$1;380 0 3-9:9;381 0 :7,1-36:8/9/10,1-3:11/12;382 0 2-7:8;
383 0 2-4:8,2-3:9,3:10/11/12;385 0 1-59:8,2-59:9;386 0 1-8:8;387 0 3-6:8,6:9;389 0 2-47:8;420 - 2-79:9;
421 0 2-5:6,:7,2-68-9:9;423 0 7:7,6:9 (1001)|0;500 - 2-7:5;501 - 6:7;502 - 2-8:8;503 - 25-7:8;504 - 2-37-9:8;
505 - 25-8:8;506 - 2-8:8 (19(?:0[0-2468]|1[09]|20|66|77|99));507 - 1-28:7,6:8;508 0 2-9:6,7-8:9;509 - 2-59:8;
590 0 5-9:9;591 0 2-7:8 0(1\d)?;592 - 5-7:7;593 0 2-7:8,9:9;594 0 5-9:9;595 0 :7,2-8:8,2-9:9;596 0 5-9:9;
597 - 2-5:6,6-8:7;598 0 1-249:8;599 - 3-47:7,9:8;670 - :7,7:8;672 - 13:6 ([0-258]\d{4})$ 3$1;673 - 27-8:7;
674 - 25-9:7;675 - :7,7-8:8;676 - 2-8:5,5-9:7;677 - 1-6:5,6-9:7;678 - 2-48:5,57-8:7;679 - 24-57-9:7;
680 - 46-8:7;681 - 7-9:6;682 - 2-57-8:5;683 - 4-7:4,8:7;685 - 2-6:5,6:6,7-8:7,8:10;686 0 2-58:5,36-7:8;
687 - 2-57-9:6;688 - 2:5,9:6,7:7;689 - 48:8;690 - 2-47:4/5/6,7:7;691 - 38-9:7;692 1 2-5:7;850 0 2-8:8,1:10;
852 - 2-9:8;853 - 268:8;855 0 1-9:8/9;856 0 2-8:8,3:9,2:10;880 0 57-9:6,:7,2-9:8/9,1-469:10;
886 0 2-8:8,2-68-9:9,7:10/11;960 - 479:7;961 0 3:7,27-8:8;962 0 2-35-68:8,47:9;963 0 1-5:8,1-359:9;
964 0 1-6:8,2-6:9,7:10;965 - 24-69:8;966 0 15:9;967 0 :7,1:8,7:9;968 - 1-279:8;970 0 248-9:8,5:9;
971 0 2-46-79:8,5:9;972 0 2-48-9:8,57:9,1:11/12;973 - 136-7:8;974 - 3-7:8;975 - :7,17-8:8;
976 0 1-25-9:8,1-2:9/10;977 0 1-9:8,9:10;992 - 0-9:9;993 8 1-7:8;994 0 1-79:9;995 0 3-57:9;996 0 2-35-9:9;
998 - 2-35-9:9;870 - 2-35-7:9,7:12;878 - 1:12;881 - 0-36-9:9,6:10;882 - 3:7,149:8,13:9,1-5:10,1:11,1-35:12;
883 - 1-5:8/9/10/11/12;
`;

/** Digits with a country code, read by the country's numbering plan. */
interface InternationalNumber {
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

/** Countries that have written one number in two ways, of which the first is the canonical one. */
const VARIANTS: Array<[pattern: RegExp, canonical: string, other: string]> = [
	// Mexico dropped the 1 before mobile numbers in 2019. WhatsApp keeps it in some ids.
	[/^521?(\d{10})$/, '52$1', '521$1'],
	// Brazil put a 9 before its mobile numbers, which begin with 6 to 9. Numbers that begin with 2 to 5
	// are land lines, and the mobile number with a 9 before the same digits belongs to somebody else.
	[/^55(\d\d)9?([6-9]\d{7})$/, '55$1$2', '55$19$2'],
	// Argentina wants a 9 before mobile numbers in calls from abroad.
	[/^549?(\d{10})$/, '54$1', '549$1'],
];

/** North America's area codes begin with 2 to 9, their second digit is no 9, and they do not end in 11. */
const IMPOSSIBLE_AREA_CODE = /^(?:[01]|\d9|\d11)/;

/** Reads digits that begin with a country code; a trunk prefix behind it is left out. */
export function internationalNumber(given: string): InternationalNumber {
	// No country code is the beginning of another.
	const countryCode = [1, 2, 3].map((length) => given.slice(0, length)).find(planOf) ?? '';
	const plan = planOf(countryCode);
	if (!plan) return { countryCode, digits: given, isPossible: false, isKnown: false };
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

/** The fewest and the most digits of a country's numbers, without its code. */
export function lengths(countryCode: string): [fewest: number, most: number] {
	const all = [...(planOf(countryCode)?.firstDigits.keys() ?? [])];
	return [Math.min(...all), Math.max(...all)];
}

/** A number in each form that reaches the same person. The first is the same for all of them. */
export function nationalForms(digits: string): [canonical: string, ...others: string[]] {
	const variants = VARIANTS.find(([pattern]) => pattern.test(digits));
	if (!variants) return [digits];
	const [pattern, canonical, other] = variants;
	return [digits.replace(pattern, canonical), digits.replace(pattern, other)];
}

function reading(national: string, countryCode: string, plan: Plan): InternationalNumber {
	const digits = countryCode + national;
	const checked = nationalForms(digits)[0].slice(countryCode.length);
	const known = plan.firstDigits.get(checked.length);
	if (!known || (countryCode === '1' && IMPOSSIBLE_AREA_CODE.test(checked)))
		return { countryCode, digits, isPossible: false, isKnown: false };
	const isKnown = known.test(checked);
	return { countryCode, digits, isKnown, isPossible: isKnown || !checked.startsWith('0') };
}

/** What may be left of a number when the prefix for calls within the country is taken off it. */
function withoutTrunkPrefix(rest: string, plan: Plan): string[] {
	const { trunkPrefix, trunkPattern, trunkRule } = plan;
	const found = trunkPattern.exec(rest);
	if (!found) return [];
	const isReplaced = trunkRule !== '' && found.at(-1) !== undefined;
	const replaced = isReplaced ? rest.replace(trunkPattern, trunkRule) : rest.slice(found[0].length);
	// A pattern also takes digits behind the prefix that may be those of a telephone company.
	return rest.startsWith(trunkPrefix) ? [rest.slice(trunkPrefix.length), replaced] : [replaced];
}

type Plan = ReturnType<typeof planIn>[1];

let plans: Map<string, Plan> | undefined;

/** Reads the table at first use, not when n8n starts. */
function planOf(countryCode: string): Plan | undefined {
	plans ??= new Map(PLANS.match(/[^;\n]+/g)?.map(planIn));
	return plans.get(countryCode);
}

function planIn(entry: string) {
	const [code = '', prefix = '', shapes = '', pattern, trunkRule = ''] = entry.split(' ');
	const trunkPrefix = prefix.replace('-', '');
	const plan = {
		/** Those that are known, by the length of a number without the country code. */
		firstDigits: new Map(shapes.split(',').flatMap(firstDigitsByLength)),
		/** Dialled before a number within the country; '' for nothing. */
		trunkPrefix,
		/** That prefix, and what else may stand there. */
		trunkPattern: new RegExp(`^(?:${pattern ?? trunkPrefix})`),
		/** What takes its place, for `String.replace`; '' for nothing. */
		trunkRule,
	};
	return [code, plan] as const;
}

function firstDigitsByLength(shape: string): Array<[length: number, digits: RegExp]> {
	const [digits = '', all = ''] = shape.split(':');
	return all.split('/').map((length) => [Number(length), new RegExp(`^[${digits}]`)]);
}
