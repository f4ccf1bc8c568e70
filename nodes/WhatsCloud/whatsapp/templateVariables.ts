import { fromJsonText } from '../json';
import { InputError } from '../InputError';
import { checkMediaUrl } from './media';

/** A template as the API gives it: what is needed to fill it. */
export interface Template {
	template_name: string;
	language: string;
	status?: string | null;
	category?: string | null;
	header_data_format?: string | null;
	header_data_text?: string | null;
	body_data?: string | null;
	header_params_count?: number | string | null;
	body_params_count?: number | string | null;
	/** JSON text of Meta's button array. */
	buttons_data?: unknown;
	header_file_url?: string | null;
	/** JSON text of the sample values given to Meta; newer servers only. */
	header_variable_value?: unknown;
	/** JSON text of the sample values given to Meta; newer servers only. */
	body_variable_value?: unknown;
}

export interface TemplateVariable {
	/** The API's own field name: `field_1`, `header_image_url`, `button_0`, `copy_code` … */
	id: string;
	/** One line: where the value stands and the text around it. */
	label: string;
	required: boolean;
	kind: 'text' | 'mediaUrl' | 'code';
	place: 'header' | 'body' | 'button';
	/** As in the template, such as `{{1}}` or `{{name}}`. */
	marker?: string;
	example?: string;
	/** In characters. */
	maxLength?: number;
}

export interface FillOptions {
	/** The header's file is uploaded with the message: no URL is needed, and one that is given is ignored. */
	headerMediaFromBinary?: boolean;
	/** WhatsCloud makes the one-time code: none is needed. */
	autoGenerateOtp?: boolean;
}

export type HeaderMediaKind = 'image' | 'video' | 'document';

interface Button {
	type: string;
	text: string;
	url: string;
	example: string | undefined;
}

interface Marker {
	/** Without braces and blanks: a number, or a name. */
	name: string;
	start: number;
	end: number;
}

/** A field that the server wants besides the variables; without a value of its own it takes that of `from`. */
interface ImpliedField {
	id: string;
	from: string;
}

/** What the server can fill: field_1 to field_10, button_0 to button_2. */
const MAX_BODY_FIELDS = 10;
const MAX_BUTTONS = 3;
const MAX_COPY_CODE_LENGTH = 100;

/** Characters of the text shown around a marker. The editor cuts labels after about 25 in all. */
const MAX_BEFORE = 12;
const MAX_AFTER = 30;

const CODE_ID = 'field_1';
/** The fields of a button that carries the one-time code; servers differ in which of them they read. */
const CODE_BUTTON_IDS = ['button_0', 'copy_code'];

const CHOOSE_ANOTHER =
	'Choose another template, or change this one in WhatsCloud and load it there again.';

export function isAuthenticationTemplate(template: Template): boolean {
	return template.category?.toUpperCase() === 'AUTHENTICATION';
}

/** The file that the header shows, if it shows one. */
export function headerMediaKind(template: Template): HeaderMediaKind | undefined {
	switch (template.header_data_format?.toUpperCase()) {
		case 'IMAGE':
			return 'image';
		case 'VIDEO':
			return 'video';
		case 'DOCUMENT':
			return 'document';
		default:
			return undefined;
	}
}

/** The API's field for an uploaded header file. */
export function headerMediaFileField(kind: HeaderMediaKind): `header_${HeaderMediaKind}_file` {
	return `header_${kind}_file`;
}

/** The API's field for the address of the header's file. */
export function headerMediaUrlField(kind: HeaderMediaKind): `header_${HeaderMediaKind}_url` {
	return `header_${kind}_url`;
}

/**
 * What has to be filled in, in the order of the message: header, body, buttons. A marker that occurs
 * several times is asked once (quirk 31).
 * @throws InputError for a template that cannot be sent, whatever the values
 */
export function templateVariables(
	template: Template,
	options: FillOptions = {},
): TemplateVariable[] {
	assertSendable(template);
	return [
		...headerVariables(template, options),
		...bodyVariables(template, options),
		...(isAuthenticationTemplate(template) ? [] : buttonVariables(template)),
	];
}

/**
 * The values as the fields of POST /messages/template. They go out as given: the server itself turns
 * each run of white space, line breaks included, into one space.
 * @param values by the ids of `templateVariables`; null and blank count as not given
 * @throws InputError naming all that is missing, or all that the template does not have
 */
export function templateValues(
	template: Template,
	values: Readonly<Record<string, unknown>>,
	options: FillOptions = {},
): Record<string, string> {
	const variables = templateVariables(template, options);
	const implied = impliedFields(template);
	const labels = new Map(variables.map(({ id, label }) => [id, label]));
	const given = new Map<string, string>();
	for (const [id, value] of Object.entries(values)) {
		const text = asText(value, labels.get(id) ?? id);
		if (text.trim() !== '') given.set(id, text);
	}
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

function assertSendable(template: Template): void {
	const name = `The template "${template.template_name}" (${template.language})`;
	if (template.status?.toUpperCase() !== 'APPROVED') {
		throw new InputError(
			`${name} is not approved by WhatsApp, so it cannot be sent`,
			`Its status is ${template.status ?? 'unknown'}. Choose an approved template, or wait for the approval and load the templates in WhatsCloud again.`,
		);
	}
	if (template.header_data_format?.toUpperCase() === 'LOCATION') {
		throw new InputError(
			`${name} has a location in its header, which WhatsCloud cannot send`,
			CHOOSE_ANOTHER,
		);
	}
	const fields = bodyFieldCount(template);
	if (fields > MAX_BODY_FIELDS) {
		throw new InputError(
			`${name} has ${String(fields)} variables in its body, but WhatsCloud can fill at most ${String(MAX_BODY_FIELDS)}`,
			`Repeated variables count each time. ${CHOOSE_ANOTHER}`,
		);
	}
	if (
		buttonsOf(template).findLastIndex((button) => variableOf(button) !== undefined) >= MAX_BUTTONS
	) {
		throw new InputError(
			`${name} has a variable in a button after the third, which WhatsCloud cannot fill`,
			CHOOSE_ANOTHER,
		);
	}
}

function headerVariables(template: Template, options: FillOptions): TemplateVariable[] {
	const media = headerMediaKind(template);
	if (media !== undefined) {
		if (options.headerMediaFromBinary) return [];
		return [
			{
				id: headerMediaUrlField(media),
				label: `Header ${media} URL`,
				required: true,
				kind: 'mediaUrl',
				place: 'header',
				example: template.header_file_url ?? undefined,
			},
		];
	}
	if (template.header_data_format?.toUpperCase() !== 'TEXT') return [];
	const text = template.header_data_text ?? '';
	const [marker] = markersIn(text);
	if (marker === undefined && countOf(template.header_params_count) === 0) return [];
	return [
		{
			id: 'header_field_1',
			label: labelOf('Header', marker, text),
			required: true,
			kind: 'text',
			place: 'header',
			marker: marker && written(marker),
			example: samplesIn(template.header_variable_value)[0],
		},
	];
}

function bodyVariables(template: Template, options: FillOptions): TemplateVariable[] {
	const text = template.body_data ?? '';
	const hasCode = isAuthenticationTemplate(template);
	const repeats = new Set(repeatedFields(template).map(({ id }) => id));
	const samples = samplesIn(template.body_variable_value);
	const markers = distinctMarkers(text);
	const fields = Math.max(bodyFieldCount(template), hasCode ? 1 : 0);
	return Array.from({ length: fields }, (_, index): TemplateVariable => {
		const id = bodyFieldId(index);
		const isCode = hasCode && id === CODE_ID;
		const marker = markers[index];
		// The server may count a variable that the text does not show: it wants a value all the same.
		const bodyPlace = marker ? 'Body' : `Body value ${String(index + 1)}`;
		return {
			id,
			label: labelOf(isCode ? 'One-time code' : bodyPlace, marker, text),
			required: !(isCode && options.autoGenerateOtp),
			kind: isCode ? 'code' : 'text',
			place: 'body',
			marker: marker && written(marker),
			example: samples[index],
		};
	}).filter(({ id }) => !repeats.has(id));
}

function buttonVariables(template: Template): TemplateVariable[] {
	const buttons = buttonsOf(template);
	const variables = buttons.flatMap((button, index): TemplateVariable[] => {
		const marker = variableOf(button);
		if (marker === undefined) return [];
		return [
			{
				id: `button_${String(index)}`,
				label: labelOf(`Button "${button.text}"`, marker, button.url),
				required: true,
				kind: 'text',
				place: 'button',
				marker: written(marker),
				example: button.example,
			},
		];
	});
	const copyCode = buttons.find(({ type }) => type === 'COPY_CODE');
	if (copyCode) {
		variables.push({
			id: 'copy_code',
			label: `Button "${copyCode.text}": the code to copy`,
			required: true,
			kind: 'code',
			place: 'button',
			maxLength: MAX_COPY_CODE_LENGTH,
			example: copyCode.example,
		});
	}
	return variables;
}

function impliedFields(template: Template): ImpliedField[] {
	return [
		...repeatedFields(template),
		...(isAuthenticationTemplate(template)
			? CODE_BUTTON_IDS.map((id) => ({ id, from: CODE_ID }))
			: []),
	];
}

/**
 * WhatsApp knows a parameter per distinct marker, the server wants a field per occurrence (quirk 31).
 * So that each marker gets its own value at WhatsApp, the first fields are the distinct markers in
 * WhatsApp's order; the fields that are left over only have to be filled, and take the value of the
 * occurrence they were counted for.
 */
function repeatedFields(template: Template): ImpliedField[] {
	const text = template.body_data ?? '';
	const markers = distinctMarkers(text);
	return markersIn(text)
		.slice(0, bodyFieldCount(template))
		.map(({ name }, index) => ({
			id: bodyFieldId(index),
			from: bodyFieldId(markers.findIndex((marker) => marker.name === name)),
		}))
		.slice(markers.length);
}

function bodyFieldCount(template: Template): number {
	return Math.max(
		countOf(template.body_params_count),
		distinctMarkers(template.body_data ?? '').length,
	);
}

function bodyFieldId(index: number): string {
	return `field_${String(index + 1)}`;
}

function markersIn(text: string): Marker[] {
	return [...text.matchAll(/\{\{([^{}]*)\}\}/g)].map((match) => ({
		name: (match[1] ?? '').trim(),
		start: match.index,
		end: match.index + match[0].length,
	}));
}

/** The first occurrence of each marker in WhatsApp's order: by number, or by position if they have names. */
function distinctMarkers(text: string): Marker[] {
	const all = markersIn(text);
	const distinct = all.filter(({ name }, index) => all.findIndex((m) => m.name === name) === index);
	return distinct.every(({ name }) => /^\d+$/.test(name))
		? distinct.sort((a, b) => Number(a.name) - Number(b.name))
		: distinct;
}

/** The variable part of a button's URL; there can be only one. */
function variableOf(button: Button): Marker | undefined {
	return button.type === 'URL' ? markersIn(button.url)[0] : undefined;
}

function buttonsOf(template: Template): Button[] {
	const buttons = listOf(template.buttons_data);
	if (!Array.isArray(buttons)) return [];
	return buttons.map((button: unknown) => {
		const field = (name: string) => firstText((button as Record<string, unknown> | null)?.[name]);
		return {
			type: field('type')?.toUpperCase() ?? '',
			text: field('text') ?? '',
			url: field('url') ?? '',
			example: field('example'),
		};
	});
}

/** A list, or the JSON text of one. */
function listOf(value: unknown): unknown {
	return typeof value === 'string' ? fromJsonText(value) : value;
}

function samplesIn(value: unknown): Array<string | undefined> {
	const samples = listOf(value);
	return Array.isArray(samples) ? samples.flat(2).map((sample: unknown) => firstText(sample)) : [];
}

function firstText(value: unknown): string | undefined {
	const first: unknown = Array.isArray(value) ? value[0] : value;
	return typeof first === 'string' ? first : undefined;
}

function countOf(value: number | string | null | undefined): number {
	const count = Number(value ?? 0);
	return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

function labelOf(place: string, marker: Marker | undefined, text: string): string {
	if (marker === undefined) return place;
	const times = markersIn(text).filter(({ name }) => name === marker.name).length;
	const repeated = times > 1 ? ` (${String(times)} times)` : '';
	const before = text.slice(0, marker.start).replace(/\s+/g, ' ').trimStart();
	const after = text.slice(marker.end).replace(/\s+/g, ' ').trimEnd();
	return `${place}: ${lastWords(before)}${written(marker)}${firstWords(after)}${repeated}`;
}

function written(marker: Marker): string {
	return `{{${marker.name}}}`;
}

function firstWords(text: string): string {
	const characters = [...text];
	if (characters.length <= MAX_AFTER) return text;
	const cut = characters.slice(0, MAX_AFTER).join('');
	return `${cut.replace(/(?<=\S) \S*$/, '')}…`;
}

function lastWords(text: string): string {
	const characters = [...text];
	if (characters.length <= MAX_BEFORE) return text;
	const cut = characters.slice(-MAX_BEFORE).join('');
	return `…${cut.replace(/^\S* (?=\S)/, '')}`;
}

function asText(value: unknown, label: string): string {
	if (value === null || value === undefined) return '';
	if (typeof value === 'string') return value;
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	throw new InputError(
		`The value for ${label} is not text`,
		'Give text or a number. From an object, a list or a date, pick or format what is to be shown in an expression.',
	);
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
	throw new InputError(
		`The template "${template.template_name}" needs ${missing.length === 1 ? 'one more value' : `${String(missing.length)} more values`}`,
		`Fill in ${missing.map(({ id, label }) => `${label} [${id}]`).join('; ')}. A value that is empty or only blanks counts as missing.`,
	);
}

function checkedValue({ kind, label, maxLength }: TemplateVariable, text: string): string {
	if (kind === 'mediaUrl') return checkMediaUrl(text);
	if (text.trim() === '0') {
		throw new InputError(
			`The value "0" for ${label} would arrive as a blank`,
			'WhatsCloud drops a value that is only the digit 0. Write it in another way, for example "zero", "0.00" or "0 points".',
		);
	}
	if (maxLength !== undefined && [...text].length > maxLength) {
		throw new InputError(
			`The value for ${label} is longer than ${String(maxLength)} characters`,
			'Shorten it.',
		);
	}
	return text;
}
