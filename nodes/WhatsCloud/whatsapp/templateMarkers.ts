import type { Template } from './template';
import { buttonsOf, countOf } from './template';

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
