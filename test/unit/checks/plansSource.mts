import metadata from 'libphonenumber-js/metadata.max.json';

// The table in nodes/WhatsCloud/checks/numberingPlans.ts, made from the metadata of libphonenumber-js, which are
// Google's.

/** Where the table stands in the file. */
const TABLE = /(?<=PLANS = String\.raw`\n)[^`]*(?=\n`;)/;

/** A country's numbering plan, by places in the library's own format. */
interface Source {
	5?: string | 0;
	7?: string | 0;
	8?: string | 0;
	11?: Kind[];
}
type Kind = [pattern: string] | 0 | null;
const TRUNK_PREFIX = 5;
const TRUNK_PATTERN = 7;
const TRUNK_RULE = 8;
const KINDS = 11;

/** Land lines, mobiles, numbers of the internet: what has a WhatsApp. Their places in the list of kinds. */
const PEOPLES_KINDS = [0, 1, 8];
const MOBILES = 1;

/**
 * Local numbers of many countries have ten digits, so that of these mobiles alone are taken for whole numbers.
 * A 0 stays: it tells that numbers may begin with it, and local numbers are not taken for these.
 */
const LOCAL = 10;

/** The longest number by E.164. No number in use has fewer than seven digits. */
const LONGEST = 15;
const SHORTEST = 7;
const LINE = 110;

const countries = metadata.countries as unknown as Record<string, Source>;
const nonGeographic = (metadata as unknown as { nonGeographic: Record<string, Source> })
	.nonGeographic;

/** Which first digits numbers of a length have. */
type FirstDigits = Map<number, Set<string>>;

/** The text of the file with the table made anew. */
export function withPlans(file: string): string {
	const codes = Object.entries(metadata.country_calling_codes).map(([code, names]) =>
		entryOf(
			code,
			(names as string[]).map((name) => countries[name] ?? {}),
		),
	);
	const others = Object.entries(nonGeographic).map(([code, plan]) => entryOf(code, [plan]));
	const entries = [...codes, ...others].filter((entry) => entry !== undefined);
	return file.replace(TABLE, () => lines(entries));
}

function entryOf(code: string, plans: Source[]): string | undefined {
	const shapes = shapesOf(code, plans);
	const { [TRUNK_PREFIX]: prefix, [TRUNK_PATTERN]: pattern, [TRUNK_RULE]: rule } = plans[0] ?? {};
	if (shapes === '') return undefined;
	return [code, prefix || '-', shapes, pattern, rule].filter(Boolean).join(' ');
}

/** `2-9:10,1-35:8/9`: numbers of ten digits begin with 2 to 9, those of eight or nine with 1 to 3 or 5. */
function shapesOf(code: string, plans: Source[]): string {
	const all: FirstDigits = new Map();
	for (const plan of plans) {
		for (const kind of PEOPLES_KINDS) {
			for (const [length, digits] of firstDigitsOf(plan[KINDS]?.[kind])) {
				const isLeftOut = code.length + length === LOCAL && kind !== MOBILES;
				add(all, length, isLeftOut ? [...digits].filter((digit) => digit === '0') : digits);
			}
		}
	}
	const lengthsByDigits = new Map<string, number[]>();
	for (const [length, digits] of [...all].sort(([a], [b]) => a - b)) {
		const total = code.length + length;
		if (total < SHORTEST || total > LONGEST) continue;
		const key = ranges([...digits].map(Number)).join('');
		lengthsByDigits.set(key, [...(lengthsByDigits.get(key) ?? []), length]);
	}
	return [...lengthsByDigits]
		.map(([digits, lengths]) => `${digits}:${lengths.join('/')}`)
		.join(',');
}

function add(to: FirstDigits, length: number, digits: Iterable<string>): void {
	to.set(length, new Set([...(to.get(length) ?? []), ...digits]));
}

/** `[1, 2, 3, 5]` becomes `1-3` and `5`. */
function ranges(numbers: number[]): string[] {
	const found: Array<[from: number, to: number]> = [];
	for (const number of [...numbers].sort((a, b) => a - b)) {
		const last = found.at(-1);
		if (last && last[1] === number - 1) last[1] = number;
		else found.push([number, number]);
	}
	return found.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`));
}

function lines(entries: string[]): string {
	const filled = [''];
	for (const entry of entries.map((text) => `${text};`)) {
		const last = filled.at(-1) ?? '';
		if (last === '') filled[filled.length - 1] = entry;
		else if (last.length + entry.length > LINE) filled.push(entry);
		else filled[filled.length - 1] = last + entry;
	}
	return filled.join('\n');
}

/** Lengths and first digits of what a pattern matches. It holds digits, classes, groups, `|`, `?` and `{m,n}`. */
function firstDigitsOf(kind: Kind | undefined): FirstDigits {
	if (!kind) return new Map();
	const [pattern] = kind;
	let rest = pattern;
	const taken = (expected: RegExp) => {
		const [found] = expected.exec(rest) ?? [];
		rest = rest.slice(found?.length ?? 0);
		return found;
	};

	const alternatives = (): FirstDigits => {
		const all = sequence();
		while (taken(/^\|/)) for (const [length, digits] of sequence()) add(all, length, digits);
		return all;
	};
	const sequence = (): FirstDigits => {
		let all: FirstDigits = new Map([[0, new Set()]]);
		while (rest !== '' && !/^[|)]/.test(rest)) all = followedBy(all, repeated());
		return all;
	};
	const repeated = (): FirstDigits => {
		const one = single();
		const [, least = '', , most = least] =
			/^\{(\d+)(,(\d+))?\}$/.exec(taken(/^\{[\d,]+\}/) ?? (taken(/^\?/) ? '{0,1}' : '{1}')) ?? [];
		let all: FirstDigits = new Map([[0, new Set()]]);
		const result: FirstDigits = new Map();
		for (let times = 0; times <= Number(most); times++) {
			if (times > 0) all = followedBy(all, one);
			if (times >= Number(least)) for (const [length, digits] of all) add(result, length, digits);
		}
		return result;
	};
	const single = (): FirstDigits => {
		if (taken(/^\((?:\?:)?/)) {
			const inside = alternatives();
			taken(/^\)/);
			return inside;
		}
		const one = taken(/^(?:\d|\\d|\[[\d-]+\])/);
		if (one === undefined) throw new Error(`Cannot read ${pattern} at ${rest}`);
		const digits = '0123456789'.split('').filter((digit) => new RegExp(one).test(digit));
		return new Map([[1, new Set(digits)]]);
	};

	const all = alternatives();
	if (rest !== '') throw new Error(`Cannot read ${pattern} at ${rest}`);
	return all;
}

function followedBy(first: FirstDigits, second: FirstDigits): FirstDigits {
	const all: FirstDigits = new Map();
	for (const [a, digits] of first) {
		for (const [b, next] of second) add(all, a + b, a === 0 ? next : digits);
	}
	return all;
}
