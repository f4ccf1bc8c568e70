import { InputError, isEmpty, outgoingText } from '../checks/text';
import type { FillOptions, Template, Variable } from './template';
import {
	bodyField,
	distinctMarkers,
	headerUrlField,
	MARKER,
	shortened,
	variablesOf,
} from './template';

/** Values by the API's field names, or by the names in the template's braces. */
export type TemplateValues = Readonly<Record<string, unknown>>;

export interface FilledTemplate {
	template: Template;
	/** The fields of POST /messages/template. */
	fields: Record<string, string>;
	/** The body as the recipient reads it. */
	text: string;
}

/** A field of the API for some template. */
const API_FIELD =
	/^(?:header_field_1|header_(?:image|video|document)_url|field_\d{1,3}|button_\d{1,3}|copy_code)$/;

/**
 * Fills a template. Values go out as given: the server itself shortens white space.
 * @param values null and blank count as not given
 * @throws InputError naming all that is missing, or all that the template does not have
 */
export function fillTemplate(
	template: Template,
	values: TemplateValues,
	options: FillOptions = {},
): FilledTemplate {
	const variables = variablesOf(template, options);
	const given = givenTexts(values, variables);
	if (template.headerFile && options.headerFromBinary)
		given.delete(headerUrlField(template.headerFile));
	const known = variables.flatMap(({ id, also }) => [id, ...also]);
	const unknown = [...given.keys()].filter((id) => !known.includes(id));
	if (unknown.length > 0) {
		const ids = variables.map(({ id }) => id).join(', ');
		throw new InputError(
			`The template "${template.name}" has no variable named ${unknown.join(', ')}`,
			`It has ${ids || 'no variables'}. Remove the other values, or choose the template that they belong to.`,
		);
	}
	const missing = variables.filter(({ id, required }) => required && !given.has(id));
	if (missing.length > 0) {
		throw new InputError(
			`The template "${template.name}" needs ${missing.length === 1 ? 'one more value' : `${missing.length} more values`}`,
			`Fill in what is missing or only blanks: ${missing.map(({ label }) => label).join('; ')}`,
		);
	}

	const fields: Record<string, string> = {};
	for (const { id, also, checked } of variables) {
		const text = given.get(id);
		if (text === undefined) continue;
		for (const field of [id, ...also]) fields[field] = checked(text);
	}
	const names = distinctMarkers(template.body).map(({ name }) => name);
	const text = template.body.replace(MARKER, (_, name: string) =>
		shortened(fields[bodyField(names.indexOf(name.trim()))] ?? ''),
	);
	return { template, fields, text };
}

/**
 * What is given, by the API's field names. A field name counts before a name in braces; what stands under
 * other names belongs to something else, such as the other fields of an input item.
 */
function givenTexts(values: TemplateValues, variables: readonly Variable[]): Map<string, string> {
	const labels = new Map(variables.map(({ id, label }) => [id, label]));
	const named = variables.flatMap(
		({ id, name }): Array<[string, unknown]> =>
			name !== undefined && Object.hasOwn(values, name) ? [[id, values[name]]] : [],
	);
	const fields = Object.entries(values).filter(([name]) => API_FIELD.test(name));
	const given = new Map<string, string>();
	for (const [id, value] of [...named, ...fields]) {
		const plain = typeof value === 'boolean' ? String(value) : value;
		const text = outgoingText(plain, `The value for ${labels.get(id) ?? id}`);
		if (text !== undefined && !isEmpty(text)) given.set(id, text);
	}
	return given;
}
