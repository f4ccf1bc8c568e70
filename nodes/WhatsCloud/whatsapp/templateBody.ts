import type { Template } from './template';
import { buttonsOf, countOf } from './template';
import { distinctMarkers, markersIn } from './templateMarkers';

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
	return `field_${String(index + 1)}`;
}
