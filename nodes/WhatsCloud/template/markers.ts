import { fromJsonText, isObject, listOf } from '../checks/json';

/** A template as the API gives it: what is needed to fill it. */
export interface Template {
	template_name: string;
	language: string;
	status?: string | null;
	category?: string | null;
	header_data_format?: string | null;
	header_data_text?: string | null;
	body_data?: string | null;
	footer_data?: string | null;
	header_params_count?: number | string | null;
	body_params_count?: number | string | null;
	/** JSON text of Meta's button array. */
	buttons_data?: unknown;
}

const HEADER_MEDIA_KINDS = ['image', 'video', 'document'] as const;
export type HeaderMediaKind = (typeof HEADER_MEDIA_KINDS)[number];

export interface Button {
	type: string;
	text: string;
	url: string;
}

export function isAuthenticationTemplate(template: Template): boolean {
	return template.category?.toUpperCase() === 'AUTHENTICATION';
}

/** The file that the header shows, if it shows one. */
export function headerMediaKind(template: Template): HeaderMediaKind | undefined {
	const format = template.header_data_format?.toLowerCase();
	return HEADER_MEDIA_KINDS.find((kind) => kind === format);
}

/** The API's field for an uploaded header file. */
export function headerMediaFileField(kind: HeaderMediaKind): `header_${HeaderMediaKind}_file` {
	return `header_${kind}_file`;
}

/** The API's field for the address of the header's file. */
export function headerMediaUrlField(kind: HeaderMediaKind): `header_${HeaderMediaKind}_url` {
	return `header_${kind}_url`;
}

/** The body as the recipient reads it. @param values by the API's field names, one for each marker in turn */
export function filledBody({ body_data: body }: Template, values: Record<string, string>): string {
	let place = 0;
	return (body ?? '').replace(/\{\{[^{}]*\}\}/g, () => values[`field_${++place}`] ?? '');
}

export function buttonsOf({ buttons_data: buttons }: Template): Button[] {
	const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
	return listOf(fromJsonText(buttons) ?? buttons).map((button) => {
		const { type, text, url } = isObject(button) ? button : {};
		return { type: textOf(type).toUpperCase(), text: textOf(text), url: textOf(url) };
	});
}

export function countOf(value: number | string | null | undefined): number {
	const count = Number(value ?? 0);
	return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

/** A place in a template's text that a value fills. */
export interface Marker {
	/** Without braces and blanks: a number, or a name. */
	name: string;
	start: number;
	end: number;
}

/** Characters of the text shown around a marker. The editor cuts labels after about 25 in all. */
const MAX_BEFORE = 12;
const MAX_AFTER = 30;

export function markersIn(text: string): Marker[] {
	return [...text.matchAll(/\{\{([^{}]*)\}\}/g)].map((match) => ({
		name: (match[1] ?? '').trim(),
		start: match.index,
		end: match.index + match[0].length,
	}));
}

/** The first occurrence of each marker in WhatsApp's order: by number, or by position if they have names. */
export function distinctMarkers(text: string): Marker[] {
	const all = markersIn(text);
	const distinct = all.filter(({ name }, index) => all.findIndex((m) => m.name === name) === index);
	return distinct.every(isNumbered)
		? distinct.sort((a, b) => Number(a.name) - Number(b.name))
		: distinct;
}

export function isNumbered({ name }: Pick<Marker, 'name'>): boolean {
	return /^\d+$/.test(name);
}

export function written(marker: Marker): string {
	return `{{${marker.name}}}`;
}

/** The place, and the words around the marker on one line. */
export function labelOf(place: string, marker: Marker | undefined, text: string): string {
	if (marker === undefined) return place;
	const times = markersIn(text).filter(({ name }) => name === marker.name).length;
	const repeated = times > 1 ? ` (${times} times)` : '';
	const before = text.slice(0, marker.start).replace(/\s+/g, ' ').trimStart();
	const after = text.slice(marker.end).replace(/\s+/g, ' ').trimEnd();
	return `${place}: ${lastWords(before)}${written(marker)}${firstWords(after)}${repeated}`;
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

/** A field that the server wants besides the variables; without a value of its own it takes that of `from`. */
export interface ImpliedField {
	id: string;
	from: string;
}

/**
 * WhatsApp knows a parameter per distinct marker, the server wants a field per occurrence (quirk 31).
 * So that each marker gets its own value at WhatsApp, the first fields are the distinct markers in
 * WhatsApp's order; the fields that are left over only have to be filled, and take the value of the
 * occurrence they were counted for.
 */
export function repeatedFields(template: Template): ImpliedField[] {
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

export function bodyFieldCount({ body_params_count: count, body_data: text }: Template): number {
	return Math.max(countOf(count), distinctMarkers(text ?? '').length);
}

/** Whether the template has nothing beside its body. */
export function isBodyAlone(template: Template): boolean {
	const { header_data_format: header, footer_data: footer } = template;
	return !header && !footer && buttonsOf(template).length === 0;
}

export function bodyFieldId(index: number): string {
	return `field_${index + 1}`;
}
