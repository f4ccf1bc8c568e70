import { randomUUID } from 'crypto';

import { isObject } from '../checks/json';
import type { ItemContext } from '../operation';

/** Where the link is to stand; people write it in several ways. */
const LINK = /\{{1,2}\s{0,9}link\s{0,9}\}{1,2}/gi;
/** In n8n's own message of a human review, which would show an object as "[object Object]". */
const TOOL_INPUT = /\{\{\s{0,9}\$tool\.parameters\s{0,9}\}\}/g;

/**
 * The value of a parameter, with the link where the user typed `{link}`. In what expressions bring, those
 * words stay text: somebody else may have written them.
 * @param typed the parameter before its expressions were evaluated
 * @param marked marks other places in it
 */
export function withLink(
	typed: unknown,
	value: unknown,
	item: ItemContext,
	marked = (text: string) => text,
): unknown {
	if (typeof typed !== 'string') return value;
	const text = marked(typed.replace(LINK, item.answerLink));
	return text === typed ? value : item.evaluated(text);
}

/** The same for the message, in which a human review also shows what the tool is to get. */
export function withLinkAndToolInput(value: unknown, item: ItemContext): unknown {
	const { parameters, json } = item;
	if (!('toolParameters' in json)) return withLink(parameters.message, value, item);
	// Unlike the value of the expression, the input item holds what the tool really gets.
	const place = randomUUID();
	const text = withLink(parameters.message, value, item, (typed) =>
		typed.replace(TOOL_INPUT, place),
	);
	return typeof text === 'string' ? text.replaceAll(place, listed(json.toolParameters)) : text;
}

function listed(input: unknown): string {
	if (!isObject(input)) return onOneLine(input);
	return Object.entries(input)
		.map(([name, value]) => `${onOneLine(name.replaceAll('_', ' '))}: ${onOneLine(value)}`)
		.join('\n');
}

/** A model's text, which must not look like a further line, or turn the order of its signs around. */
function onOneLine(value: unknown): string {
	const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
	return text
		.replace(/[\s\u0085]+/g, (blanks) => (/[^ \t\u00a0]/.test(blanks) ? ' ⏎ ' : ' '))
		.replace(/[\u202a-\u202e\u2066-\u2069]/g, '');
}
