import type { Account } from './account.mts';
import { inWords } from './call.mts';
import { failure, Refusal } from './envelope.mts';
import { isObject, isUpload, type Input } from './input.mts';
import { textLength } from './textLength.mts';

/**
 * Laravel's field rules, as far as the API uses them. A rule looks at one value and gives back the
 * sentence to answer with, or nothing; `:attribute` stands for the field's name in words.
 */
export interface Rule {
	check: (value: unknown, input: Input) => string | undefined;
	/** Also asked when the field is missing; when it refuses, the field's other rules are not asked. */
	implicit?: true;
	/** Only asked while the field has no other error. */
	last?: true;
}

export type Rules = Record<string, readonly Rule[]>;

export const rule = (
	passes: (value: unknown, input: Input) => boolean,
	text: string,
	kind: Pick<Rule, 'implicit' | 'last'> = {},
): Rule => ({ ...kind, check: (value, input) => (passes(value, input) ? undefined : text) });

function isFilled(value: unknown): boolean {
	return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

const asNumber = (value: unknown) => Number(typeof value === 'boolean' ? Number(value) : value);

export function isInteger(value: unknown): boolean {
	if (typeof value === 'number') return Number.isInteger(value);
	return value === true || (typeof value === 'string' && /^[+-]?(0|[1-9]\d*)$/.test(value));
}

/** Marks a field whose null is fine: its other rules are then not asked. */
export const nullable: Rule = { check: () => undefined };
/** Marks a field whose rules, even `required`, count only when the field is there. */
export const sometimes: Rule = { check: () => undefined };

export const required = rule(isFilled, 'The :attribute field is required.', { implicit: true });
export const requiredWithout = (other: string, otherInWords: string) =>
	rule(
		(value, input) => isFilled(value) || isFilled(input[other]),
		`The :attribute field is required when ${otherInWords} is not present.`,
		{ implicit: true },
	);
export const string = rule(
	(value) => typeof value === 'string',
	'The :attribute field must be a string.',
);
export const integer = rule(isInteger, 'The :attribute field must be an integer.');
export const boolean = rule(
	(value) => [true, false, 1, 0, '1', '0'].includes(value as never),
	'The :attribute field must be true or false.',
);
export const object = rule(
	(value) => typeof value === 'object' && value !== null && !isUpload(value),
	'The :attribute field must be an array.',
);
export const file = rule(isUpload, 'The :attribute field must be a file.');
export const email = rule(
	(value) => typeof value === 'string' && /^[^\s@<>()[\],;:\\"]+@[^\s@<>()[\],;:\\"]+$/.test(value),
	'The :attribute field must be a valid email address.',
);
export const url = rule(
	(value) => typeof value === 'string' && /^[a-z][a-z0-9+.-]*:\/\/[^\s/]+\S*$/i.test(value),
	'The :attribute field must be a valid URL.',
);
export const oneOf = (...values: string[]) =>
	rule((value) => values.includes(value as string), 'The selected :attribute is invalid.');
export const minLength = (min: number) =>
	rule(
		(value) => typeof value !== 'string' || textLength(value) >= min,
		`The :attribute field must be at least ${min} characters.`,
	);
export const maxLength = (max: number) =>
	rule(
		(value) => typeof value !== 'string' || textLength(value) <= max,
		`The :attribute field must not be greater than ${max} characters.`,
	);
export const minValue = (min: number) =>
	rule((value) => !(asNumber(value) < min), `The :attribute field must be at least ${min}.`);
export const maxValue = (max: number) =>
	rule(
		(value) => !(asNumber(value) > max),
		`The :attribute field must not be greater than ${max}.`,
	);
export const unique = (isTaken: (value: string) => boolean) =>
	rule(
		(value) => typeof value !== 'string' || !isTaken(value),
		'The :attribute has already been taken.',
		{ last: true },
	);
export const maxKilobytes = (max: number) =>
	rule(
		(value) => !isUpload(value) || value.bytes <= max * 1024,
		`The :attribute field must not be greater than ${max} kilobytes.`,
	);
export const uploadedWithin = (max: number | null) =>
	rule(
		(value) => !isUpload(value) || max === null || value.bytes <= max,
		'The :attribute failed to upload.',
		{ implicit: true },
	);

function lookUp(input: Input, field: string): unknown {
	return field
		.split('.')
		.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), input);
}

/** `status_id` reads "status id", but numbered fields such as `field_1` keep their name. */
function attributeOf(field: string): string {
	return /^(field|button)_\d+$/.test(field) ? field : field.replaceAll('_', ' ');
}

function errorsOf(field: string, rules: readonly Rule[], input: Input): string[] {
	const value = lookUp(input, field);
	if (value === undefined && rules.includes(sometimes)) return [];
	const absent = value === undefined || (value === null && rules.includes(nullable));
	const errors: string[] = [];
	for (const { check, implicit, last } of rules) {
		if ((absent && !implicit) || (last && errors.length > 0)) continue;
		const text = check(value, input);
		if (text === undefined) continue;
		errors.push(text.replace(':attribute', attributeOf(field)));
		if (implicit) break;
	}
	return errors;
}

/** Throws the 422 that lists the fields' errors: all fields that fail. */
export function validate(account: Account, rules: Rules, input: Input): void {
	const errors = Object.entries(rules)
		.map(([field, fieldRules]) => [field, errorsOf(field, fieldRules, input)] as const)
		.filter(([, texts]) => texts.length > 0);
	if (errors.length > 0) throw invalid(account, Object.fromEntries(errors));
}

export function invalid(account: Account, errors: Record<string, string[]>): Refusal {
	return new Refusal(failure(422, inWords(account, 'Validation failed'), { errors }));
}
