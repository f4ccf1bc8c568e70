import { InputError } from '../checks/InputError';
import { counted, isEmpty, outgoingText } from '../checks/text';
import { checkMediaUrl } from '../files/media';
import type { Template } from './markers';
import { headerMediaKind, headerMediaUrlField, isAuthenticationTemplate } from './markers';
import type { FillOptions, TemplateVariable } from './templateVariables';
import { CODE_BUTTON_IDS, CODE_ID, impliedFields, templateVariables } from './templateVariables';

const API_FIELD =
	/^(?:header_field_1|header_(?:image|video|document)_url|field_\d+|button_\d+|copy_code)$/;

/** Whether it is a field of the API for some template. */
export function isTemplateField(name: string): boolean {
	return API_FIELD.test(name);
}

/**
 * The values as the fields of POST /messages/template. They go out as given: the server itself turns
 * each run of white space, line breaks included, into one space.
 * @param values by the ids of `templateVariables` or by the names in the template's braces; null and blank
 * count as not given
 * @throws InputError naming all that is missing, or all that the template does not have
 */
export function templateValues(
	template: Template,
	values: Readonly<Record<string, unknown>>,
	options: FillOptions = {},
): Record<string, string> {
	const variables = templateVariables(template, options);
	const implied = impliedFields(template);
	const given = givenTexts(values, variables);
	const code = isAuthenticationTemplate(template)
		? [CODE_ID, ...CODE_BUTTON_IDS].map((id) => given.get(id)).find(Boolean)
		: undefined;
	if (code !== undefined) given.set(CODE_ID, code);

	const media = headerMediaKind(template);
	if (media !== undefined && options.headerMediaFromBinary)
		given.delete(headerMediaUrlField(media));
	refuseUnknown(template, given, [...variables, ...implied]);
	refuseMissing(template, given, variables);

	const payload: Record<string, string> = {};
	for (const variable of variables) {
		const text = given.get(variable.id);
		if (text !== undefined) payload[variable.id] = checkedValue(variable, text);
	}
	for (const { id, from } of implied) {
		const text = given.get(id) ?? payload[from];
		if (text !== undefined) payload[id] = text;
	}
	return payload;
}

/**
 * What is given, by the API's field names. A field name counts before a name in braces; what stands under
 * other names belongs to something else, such as the other fields of an input item.
 */
function givenTexts(
	values: Readonly<Record<string, unknown>>,
	variables: readonly TemplateVariable[],
): Map<string, string> {
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
		`The template "${template.template_name}" has no variable named ${unknown.join(', ')}`,
		`${ids === '' ? 'It has no variables.' : `It has ${ids}.`} Remove the other values, or choose the template that they belong to.`,
	);
}

function refuseMissing(
	template: Template,
	given: ReadonlyMap<string, string>,
	variables: readonly TemplateVariable[],
): void {
	const missing = variables.filter(({ id, required }) => required && !given.has(id));
	if (missing.length === 0) return;
	const names = missing.map(({ id, label, name }) => `${label} [${name ?? id}]`).join('; ');
	throw new InputError(
		`The template "${template.template_name}" needs ${missing.length === 1 ? 'one more value' : `${missing.length} more values`}`,
		`Fill in ${names}. A value that is empty or only blanks counts as missing.`,
	);
}

function checkedValue(variable: TemplateVariable, text: string): string {
	const { kind, label, maxLength = Infinity, address } = variable;
	if (kind === 'mediaUrl') return checkMediaUrl(text);
	const value = address ? variablePart(address, text, label) : text;
	if (value.trim() === '0') {
		throw new InputError(
			`The value "0" for ${label} would arrive as a blank`,
			'WhatsCloud drops a value that is only the digit 0. Write it in another way, for example "zero", "0.00" or "0 points".',
		);
	}
	// The server counts after it has shortened white space.
	const length = [...value.trim().replace(/\s+/g, ' ')].length;
	if (length > maxLength) {
		throw new InputError(
			`The value for ${label} has ${counted(length)} characters, but WhatsApp allows at most ${counted(maxLength)}`,
			'Shorten it, or send the rest in another message.',
		);
	}
	return value;
}

/**
 * Of a whole address what stands in the place of the button's variable: the fixed part comes from the
 * template, and would otherwise be there twice.
 */
function variablePart(
	{ before, after }: NonNullable<TemplateVariable['address']>,
	text: string,
	label: string,
): string {
	const given = text.trim();
	const withoutScheme = (url: string) => url.replace(/^https?:\/\//i, '');
	const [fixed, whole] = [withoutScheme(before), withoutScheme(given)];
	if (fixed !== '' && whole.toLowerCase().startsWith(fixed.toLowerCase())) {
		const rest = whole.slice(fixed.length);
		const part = after !== '' && rest.endsWith(after) ? rest.slice(0, -after.length) : rest;
		if (part !== '') return part;
	} else if (!/^https?:\/\//i.test(given) || before.includes('?') || fixed === '') {
		return text;
	}
	throw new InputError(
		`The value for ${label} does not fit the address of the button`,
		`The button leads to ${before}…${after}, and the value is only what comes in place of the dots. It is: ${given.slice(0, 80)}`,
	);
}
