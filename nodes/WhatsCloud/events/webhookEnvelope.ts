import { fromJsonText, isObject } from '../json';
import { textOf } from './looseValues';

type Json = Record<string, unknown>;

/** What WhatsCloud says about an event, whichever of its forms it uses. */
export interface Envelope {
	/** Such as `contact.updated` or `whatsapp.message.received`. */
	type: string;
	eventId?: string;
	sentAt?: unknown;
	id?: unknown;
	attributes?: Json;
	/** What belongs to the record: in the "N8N format" its status, source, groups and owner. */
	related: Json;
	/** The whole record with the keys that `attributes` leaves out. */
	current: Json;
	previous?: Json;
	changedFields?: unknown;
	/** Meta's payload that WhatsCloud received. */
	original?: Json;
}

/** The envelope of a body; undefined when it has none, as Meta's own payload. */
export function envelopeOf(body: Json): Envelope | undefined {
	if (isObject(body.event)) return n8nFormat(body, body.event);
	const event = textOf(body.event);
	return event === undefined ? undefined : olderFormat(body, event);
}

/** "N8N format", from 1.6.0. */
function n8nFormat({ data, changes, whatsapp }: Json, event: Json): Envelope {
	const { resource, relationships } = objectOr(data);
	const { id, attributes } = objectOr(resource);
	const { current, previous, modified_fields } = objectOr(changes);
	const original = objectOr(whatsapp).original_payload;
	return {
		type: textOf(event.type) ?? '',
		eventId: textOf(event.id),
		sentAt: event.timestamp,
		id,
		attributes: isObject(attributes) ? attributes : undefined,
		related: objectOr(relationships),
		current: objectOr(current),
		previous: isObject(previous) ? previous : undefined,
		changedFields: modified_fields,
		original: [original, fromJsonText(original)].find(isObject),
	};
}

/** The older format, with `attributes`, and that of the 2026 brand, with everything in `data` itself. */
function olderFormat({ model, data, original, timestamp }: Json, event: string): Envelope {
	const kind = textOf(model)?.split('\\').at(-1)?.toLowerCase();
	const record = objectOr(data);
	const attributes = isObject(record.attributes) ? record.attributes : record;
	const previous = isObject(original) ? original : undefined;
	return {
		type: event.includes('.') || kind === undefined ? event : `${kind}.${event}`,
		sentAt: timestamp,
		id: record.id,
		attributes: isObject(data) ? attributes : undefined,
		related: {},
		current: {},
		previous,
		changedFields: previous && differing(previous, attributes),
	};
}

function differing(previous: Json, attributes: Json): string[] {
	return Object.keys(previous).filter(
		(key) =>
			Object.hasOwn(attributes, key) &&
			JSON.stringify(previous[key]) !== JSON.stringify(attributes[key]),
	);
}

function objectOr(value: unknown): Json {
	return isObject(value) ? value : {};
}
