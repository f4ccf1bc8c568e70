import { randomUUID } from 'crypto';

import { isObject } from '../checks/json';
import type { ItemContext } from '../operation';

/** Where the link is to stand; people write it in several ways. */
const LINK = /\{{1,2}\s{0,9}link\s{0,9}\}{1,2}/gi;
/** In n8n's own message of a human review. */
const TOOL_NAME = /\{\{\s{0,9}\$tool\.name\s{0,9}\}\}/g;
const TOOL_INPUT = /\{\{\s{0,9}\$tool\.parameters\s{0,9}\}\}/g;

/**
 * The value of a parameter, with the link where the user typed `{link}`. In what expressions bring, those
 * words stay text: somebody else may have written them. In a human review it also says which tool is to run, and
 * with what: n8n's own expressions give for the name what the model likes, and for the input an object or what
 * the model likes.
 * @param typed the parameter before its expressions were evaluated
 */
export function withLink(typed: unknown, value: unknown, item: ItemContext): unknown {
	if (typeof typed !== 'string') return value;
	const { tool, toolParameters } = item.json;
	const ofTool = [
		{ mark: TOOL_NAME, put: () => toolName(tool, item.reviewedTools()) },
		{ mark: TOOL_INPUT, put: () => listed(toolParameters) },
	];
	const isReview = toolParameters !== undefined;
	const places = [{ mark: LINK, put: () => item.answerLink() }, ...(isReview ? ofTool : [])].map(
		(place) => ({ ...place, id: randomUUID() }),
	);
	const marked = places.reduce((text, { mark, id }) => text.replace(mark, id), typed);
	const evaluated = marked === typed ? value : item.evaluated(marked);
	if (typeof evaluated !== 'string') return evaluated;
	return places.reduce((text, { id, put }) => text.replaceAll(id, put), evaluated);
}

/** The tool that is connected; where it has another name or there are several, also what the model calls it. */
function toolName(claimed: unknown, connected: string[]): string {
	const sameName = (name: string) => name.replace(/[^\w-]+/g, '_') === claimed;
	const said = claimed === undefined ? '' : ` (${onOneLine(claimed)})`;
	return connected.find(sameName) ?? connected.join(' or ') + said;
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
