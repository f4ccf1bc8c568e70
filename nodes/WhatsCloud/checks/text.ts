/**
 * Input refused before anything was sent: what is wrong in one sentence, and what to do about it. The item loop
 * makes n8n's own error of it.
 */
export class InputError extends Error {
	readonly name = 'InputError';
	readonly description?: string;

	constructor(message: string, description?: string) {
		super(message);
		this.description = description;
	}
}

/** What is in a text only because something went wrong on the way to it. */
const MISTAKES: Array<[pattern: RegExp, title: string, advice: string]> = [
	[
		/(?<!\w)NaN(?!\w)/,
		'contains NaN, which stands for a calculation without a result',
		'Correct the expression. A field that it calculates with is missing in the input item or is not a number.',
	],
	[
		/^-?Infinity$/,
		'is the result of a division by zero',
		'Correct the expression, or let an If node sort such items out.',
	],
	[
		/\[object [A-Z]\w*\]/,
		'contains [object Object] in place of what should be there',
		'The expression gives a whole object or a list. Pick the field that you need, such as {{ $json.order.number }}.',
	],
	[
		/Invalid DateTime/,
		'contains "Invalid DateTime" in place of a date',
		'Correct the expression. The date that it uses is missing in the input item or is written in another way.',
	],
	[
		/[\ud800-\udfff]/u,
		'contains half an emoji',
		'The text was cut in the middle of an emoji or another special character. Cut it at another place.',
	],
];

/** Not a literal: n8n would build its tables of characters, which takes long, when it loads the file. */
export function unicodePattern(source: string): RegExp {
	return new RegExp(source, 'gu');
}

let marks: RegExp | undefined;

/** Without white space around, and without marks that nobody sees: they come along when text is copied. */
export function visibleText(value: unknown): string {
	marks ??= unicodePattern(String.raw`[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]`);
	return String(value).replace(marks, '').trim();
}

/** Whether there is nothing to see, as where an expression names a field that the item lacks, or a cell is empty. */
export function isEmpty(value: unknown): boolean {
	if (value === undefined || value === null) return true;
	return typeof value === 'string' && /^[\s\p{Cc}]*$/u.test(visibleText(value));
}

/**
 * A value as the text that leaves for WhatsCloud, unchanged; undefined for none.
 * @param subject begins the sentence that says what is wrong, such as `"First Name"`
 * @throws InputError for what is no text, and for what only a mistake puts into a text
 */
export function outgoingText(value: unknown, subject: string): string | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
		throw new InputError(
			`${subject} must be text`,
			`To use the contents of an object or a list, pick the fields that you need in an expression. The value is: ${quoted(value)}`,
		);
	}
	const text = String(value);
	const mistake = MISTAKES.find(([pattern]) => pattern.test(text));
	if (!mistake) return text;
	const [, title, advice] = mistake;
	throw new InputError(`${subject} ${title}`, advice);
}

/** A value as every error quotes it: its beginning. */
export function quoted(value: unknown): string {
	if (typeof value === 'string') return `"${clipped(value)}"`;
	return clipped((typeof value === 'object' && JSON.stringify(value)) || String(value));
}

/** The beginning of a text that may be long, with whole characters. */
export function clipped(text: string, length = 60): string {
	return text.length > length ? `${text.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

/** `4,096`. */
export function counted(count: number): string {
	return count.toLocaleString('en-US');
}

/**
 * Sorts by what `textOf` gives, without regard to case. Not by localeCompare, whose first call loads the rules
 * of all languages: half of the time that this package takes to load.
 */
export function alphabetically<T>(textOf: (value: T) => string): (a: T, b: T) => number {
	const key = (value: T) => textOf(value).toLowerCase();
	return (a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b)));
}
