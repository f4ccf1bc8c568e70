import { DateTime } from 'luxon';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { fromJsonText } from '../checks/json';
import type { Field, ItemContext } from '../operation';
import { InputError, isEmpty, outgoingText, quoted, visibleText } from '../checks/text';

export type Texts = Omit<INodeProperties, 'name' | 'type' | 'default' | 'options'>;

/** What models write into fields that they do not want. */
const NOTHING = ['0', 'null', 'undefined', 'none', 'n/a'];

/** Whether a field that may be left out is. A model that uses the node as a tool fills in every field. */
export function isLeftOut(value: unknown, { isTool }: ItemContext): boolean {
	return isEmpty(value) || (isTool && NOTHING.includes(visibleText(value).toLowerCase()));
}

export function emptyError(label: string, advice: string): InputError {
	return new InputError(
		`"${label}" is empty`,
		`${advice} If it holds an expression, the input item may lack the field that the expression uses.`,
	);
}

export function wrongValue(title: string, value: unknown, advice = ''): InputError {
	return new InputError(title, `${advice} The value is: ${quoted(value)}`.trim());
}

/** Words between the fields of the editor. */
export function notice(displayName: string, description?: string): Field<undefined> {
	const property = { displayName, description, type: 'notice', default: '' } as const;
	return { property, read: () => undefined };
}

/** `maxLength` counts characters: what the server's storage holds. */
type TextProperty = Texts & { maxLength?: number };

/** Free text that is left out when empty: the API takes an empty text for a wrong one (quirk 24). */
export function optionalText({ maxLength, ...property }: TextProperty): Field<string | undefined> {
	return {
		property: { ...property, type: 'string', default: '' },
		read: (value, label, item) =>
			isLeftOut(value, item) ? undefined : textIn(value, label, maxLength),
	};
}

/** Free text that must not be empty. Numbers from expressions become text. */
export function requiredText({ maxLength, ...property }: TextProperty): Field<string> {
	return {
		property: { ...property, type: 'string', default: '', required: true },
		read: (value, label) => {
			const text = textIn(value, label, maxLength);
			if (text !== undefined) return text;
			throw emptyError(label, 'Fill it in.');
		},
	};
}

function textIn(value: unknown, label: string, maxLength = Infinity): string | undefined {
	const text = isEmpty(value) ? undefined : outgoingText(value, `"${label}"`);
	// The server trims first.
	const length = [...(text ?? '').trim()].length;
	if (length <= maxLength) return text;
	throw new InputError(
		`"${label}" is too long`,
		`WhatsCloud takes up to ${maxLength} characters; this has ${length}.`,
	);
}

export function email(property: TextProperty): Field<string | undefined> {
	const text = optionalText({ placeholder: 'e.g. name@email.com', ...property });
	return {
		...text,
		read: (value, label, item) => {
			// In pages and sheets it may be a `mailto:` link, or have invisible marks around.
			const plain =
				typeof value === 'string' ? visibleText(value).replace(/^mailto:([^?]*).*$/i, '$1') : value;
			const given = text.read(plain, label, item);
			if (given === undefined || /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(given)) return given;
			const advice = 'It must look like name@email.com.';
			throw wrongValue(`"${label}" is not an e-mail address`, given, advice);
		},
	};
}

const TRUE = ['true', 'yes', 'y', 'on', '1'];
const FALSE = ['false', 'no', 'n', 'off', '0'];

/** True or false, also in the words of sheets and forms. */
export function toggle(property: Texts & { default?: boolean }): Field<boolean> {
	return {
		property: { default: false, ...property, type: 'boolean' },
		read: (value, label) => {
			const word = visibleText(value).toLowerCase();
			if (TRUE.includes(word)) return true;
			if (FALSE.includes(word)) return false;
			throw wrongValue(`"${label}" must be true or false`, value);
		},
	};
}

/** Typed as text it counts, too. Without a precision, whole numbers. */
export function numeric(property: Texts & { default: number }): Field<number> {
	const { typeOptions = {} } = property;
	const { minValue: min = 0, maxValue: max = Infinity, numberPrecision = 0 } = typeOptions;
	const [isRight, kind] =
		numberPrecision > 0 ? [Number.isFinite, 'number'] : [Number.isSafeInteger, 'whole number'];
	return {
		property: { ...property, type: 'number', typeOptions: { ...typeOptions, numberPrecision } },
		read: (value, label) => {
			const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
			if (isRight(number) && Number(number) >= min && Number(number) <= max) return Number(number);
			const range = max === Infinity ? `of ${min} or more` : `from ${min} to ${max}`;
			throw wrongValue(`"${label}" must be a ${kind} ${range}`, value);
		},
	};
}

/** One of the given values, also by the name that the editor shows. */
export function choice<const O extends readonly INodePropertyOptions[]>(
	property: Texts & { options: O; default: O[number]['value'] },
): Field<O[number]['value']> {
	const { options, ...rest } = property;
	return {
		property: { ...rest, type: 'options', options: [...options] },
		read: (value, label) => {
			const given = visibleText(value).toLowerCase();
			const chosen = options.find((option) =>
				[option.value, option.name].some((word) => String(word).toLowerCase() === given),
			);
			if (chosen) return chosen.value;
			throw new InputError(
				`"${label}" can't be ${quoted(value)}`,
				`Give one of: ${options.map((option) => option.value).join(', ')}.`,
			);
		},
	};
}

export function choices<const O extends readonly INodePropertyOptions[]>(
	property: Texts & { options: O },
): Field<Array<O[number]['value']>> {
	const { options, ...rest } = property;
	const one = choice({ ...rest, options, default: options[0]?.value ?? '' });
	return {
		property: { ...rest, type: 'multiOptions', options: [...options], default: [] },
		read: (value, label, item) => listIn(value).map((chosen) => one.read(chosen, label, item)),
	};
}

/** A moment, from a date field, an expression's date (luxon or JavaScript) or ISO text. */
export function dateTime(property: Texts): Field<Date> {
	return {
		property: { ...property, type: 'dateTime', default: '' },
		read: (value, label, { timezone }) => {
			const text = String(value instanceof Date ? value.toJSON() : value).trim();
			const moment = DateTime.fromISO(text.replace(' ', 'T'), { zone: timezone });
			if (moment.isValid) return moment.toJSDate();
			const advice = 'Choose a date, or give one such as 2026-01-31T09:00:00.';
			throw wrongValue(`"${label}" is not a date`, value, advice);
		},
	};
}

/** `#RRGGBB`, the longest colour that the server stores. */
export function color(property: Texts & { default: string }): Field<string> {
	return {
		property: { ...property, type: 'color' },
		read: (value, label) => {
			const given = String(value).trim();
			if (/^#[\da-f]{6}$/i.test(given)) return given;
			const advice = 'Give it as # and six digits or letters from a to f, such as #2d9cdb.';
			throw wrongValue(`"${label}" is not a colour`, value, advice);
		},
	};
}

/** The values of a list, which may come as JSON text or with commas between them. */
export function listIn(value: unknown): unknown[] {
	const list = Array.isArray(value) ? value : fromJsonText(value);
	if (Array.isArray(list)) return list;
	if (typeof value !== 'string') return [value];
	return value
		.split(',')
		.map((part) => part.trim())
		.filter(Boolean);
}

/** Digits only: the server would take `12abc` for 12 (quirk 41). */
export function idOf(value: unknown): number | undefined {
	const text = typeof value === 'number' || typeof value === 'string' ? visibleText(value) : '';
	return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * Ids in every form in which lists of them are stored and typed: `[1, "3"]`, `3`, `"3"`, `"1,3"`, `"[1,3]"`
 * (quirk 11). Empty for nothing; undefined for what can't be read.
 */
export function idsIn(value: unknown): number[] | undefined {
	const ids = isEmpty(value) ? [] : listIn(value).map(idOf);
	return ids.every((id) => id !== undefined) ? [...new Set(ids)] : undefined;
}
