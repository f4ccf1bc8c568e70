import { InputError, isEmpty, outgoingText } from '../checks/text';
import type { Template } from './template';
import { distinctMarkers } from './template';
import type { FillOptions, Variable } from './variables';
import {
	bodyField,
	CODE_BUTTON_IDS,
	CODE_ID,
	hasCode,
	headerUrlField,
	repeatedFields,
	variablesOf,
} from './variables';

/** Values by the API's field names, or by the names in the template's braces. */
export type TemplateValues = Readonly<Record<string, unknown>>;

export interface FilledTemplate {
	template: Template;
	/** The fields of POST /messages/template. */
	fields: Record<string, string>;
	/** The body as the recipient reads it. */
	text: string;
}

const API_FIELD =
	/^(?:header_field_1|header_(?:image|video|document)_url|field_\d{1,3}|button_\d{1,3}|copy_code)$/;

/** Whether it is a field of the API for some template. */
export function isTemplateField(name: string): boolean {
	return API_FIELD.test(name);
}

/**
 * Fills a template. Values go out as given: the server itself turns each run of white space, line breaks
 * included, into one space.
 * @param values null and blank count as not given
 * @throws InputError naming all that is missing, or all that the template does not have
 */
export function fillTemplate(
	template: Template,
	values: TemplateValues,
	options: FillOptions = {},
): FilledTemplate {
	const variables = variablesOf(template, options);
	const filledBeside = [
		...repeatedFields(template),
		...(hasCode(template) ? CODE_BUTTON_IDS.map((id) => ({ id, from: CODE_ID })) : []),
	];
	const given = givenTexts(values, variables);
	if (hasCode(template)) {
		const code = [CODE_ID, ...CODE_BUTTON_IDS].map((id) => given.get(id)).find(Boolean);
		if (code !== undefined) given.set(CODE_ID, code);
	}
	const { headerFile } = template;
	if (headerFile && options.headerFromBinary) given.delete(headerUrlField(headerFile));
	refuseUnknown(template, given, [...variables, ...filledBeside]);
	refuseMissing(template, given, variables);

	const fields: Record<string, string> = {};
	for (const { id, checked } of variables) {
		const text = given.get(id);
		if (text !== undefined) fields[id] = checked(text);
	}
	for (const { id, from } of filledBeside) {
		const text = given.get(id) ?? fields[from];
		if (text !== undefined) fields[id] = text;
	}
	return { template, fields, text: filledText(template.body, fields) };
}

/** Every occurrence of a marker gets the value of its first one, with white space as the server shortens it. */
function filledText(body: string, fields: Record<string, string>): string {
	const names = distinctMarkers(body).map(({ name }) => name);
	return body.replace(/\{\{([^{}]*)\}\}/g, (_, name: string) =>
		(fields[bodyField(names.indexOf(name.trim()))] ?? '').replace(/\s+/g, ' ').trim(),
	);
}

/**
 * What is given, by the API's field names. A field name counts before a name in braces; what stands under
 * other names belongs to something else, such as the other fields of an input item.
 */
function givenTexts(values: TemplateValues, variables: readonly Variable[]): Map<string, string> {
	const labels = new Map(variables.map(({ id, label }) => [id, label]));
	const fields = Object.entries(values).filter(([name]) => isTemplateField(name));
	const named = variables.flatMap(
		({ id, name }): Array<[string, unknown]> =>
			name !== undefined && Object.hasOwn(values, name) ? [[id, values[name]]] : [],
	);
	const given = new Map<string, string>();
	for (const [id, value] of [...named, ...fields]) {
		const plain = typeof value === 'boolean' ? String(value) : value;
		const text = outgoingText(plain, `The value for ${labels.get(id) ?? id}`);
		if (text !== undefined && !isEmpty(text)) given.set(id, text);
	}
	return given;
}

function refuseUnknown(
	template: Template,
	given: ReadonlyMap<string, string>,
	known: ReadonlyArray<{ id: string }>,
): void {
	const unknown = [...given.keys()].filter((id) => !known.some((field) => field.id === id));
	if (unknown.length === 0) return;
	const ids = known.map(({ id }) => id).join(', ');
	throw new InputError(
		`The template "${template.name}" has no variable named ${unknown.join(', ')}`,
		`${ids === '' ? 'It has no variables.' : `It has ${ids}.`} Remove the other values, or choose the template that they belong to.`,
	);
}

function refuseMissing(
	template: Template,
	given: ReadonlyMap<string, string>,
	variables: readonly Variable[],
): void {
	const missing = variables.filter(({ id, required }) => required && !given.has(id));
	if (missing.length === 0) return;
	throw new InputError(
		`The template "${template.name}" needs ${missing.length === 1 ? 'one more value' : `${missing.length} more values`}`,
		`Fill in what is missing or only blanks: ${missing.map(({ label }) => label).join('; ')}`,
	);
}
