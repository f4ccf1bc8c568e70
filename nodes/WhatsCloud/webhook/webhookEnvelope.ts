import { fromJsonText, isObject, textOf } from '../checks/json';

/** Everything that a delivery can tell, by the value that the trigger's parameter `events` holds. */
export type EventName =
	| `message${'Received' | 'Sent' | 'Delivered' | 'Read' | 'Failed'}`
	| `${'contact' | 'status' | 'source'}${'Created' | 'Updated' | 'Deleted'}`
	| 'templateUpdated'
	| 'other';

/** One event as a family of bodies tells it, before what all events have in common is added. */
export interface Told {
	event: EventName;
	/** In any form that dates come in; absent where the body gives none for this event. */
	occurredAt?: unknown;
	/** What makes it this event and no other, whatever delivery brings it; absent where the body does not say. */
	identity?: string;
	fields: Record<string, unknown>;
}

/** One event of a delivery. */
export interface WebhookEvent {
	event: EventName;
	event_id: string | null;
	/** ISO 8601, UTC. */
	occurred_at: string;
	[field: string]: unknown;
}

type Json = Record<string, unknown>;

/** What WhatsCloud says about an event, whichever of its forms it uses. */
export interface Envelope {
	/** Such as `contact.updated` or `whatsapp.message.received`. */
	type: string;
	/** The server's own id of the event. */
	eventId?: string | null;
	/** When the server sent it, in any form that dates come in. */
	sentAt?: unknown;
	id?: unknown;
	attributes?: Json;
	/** The attributes, with what the envelope says about the record besides. */
	record: Json;
	previous?: Json;
	changedFields?: unknown;
	/** Meta's payload that WhatsCloud received. */
	original?: Json;
}

/** The envelope of a body; undefined when it has none, as Meta's own payload. */
export function envelopeOf(body: Json): Envelope | undefined {
	if (isObject(body.event)) return n8nFormat(body, body.event);
	const event = textOf(body.event);
	return event === null ? undefined : olderFormat(body, event);
}

const RECORDS = ['contact', 'status', 'source'] as const;
const CHANGES = ['Created', 'Updated', 'Deleted'] as const;

const EVENT_BY_TYPE = new Map<string, EventName>([
	...RECORDS.flatMap((record) =>
		CHANGES.map((change) => [`${record}.${change.toLowerCase()}`, `${record}${change}`] as const),
	),
	['template.updated', 'templateUpdated'],
	['template.status_updated', 'templateUpdated'],
	['whatsapp.template.status_updated', 'templateUpdated'],
]);

/** What an envelope tells about a record of WhatsCloud; undefined when it is about something else. */
export function recordEvent({ type, attributes, ...envelope }: Envelope): Told | undefined {
	const event = EVENT_BY_TYPE.get(type);
	if (event === undefined || attributes === undefined) return undefined;
	const { id, ...record } = envelope.record;
	const changes = {
		changed_fields: Array.isArray(envelope.changedFields) ? envelope.changedFields : null,
		previous: envelope.previous ?? null,
	};
	const fields = {
		id: envelope.id ?? id ?? null,
		...record,
		...(event.endsWith('Updated') && changes),
	};
	return { event, fields };
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
		// `attributes` leaves some keys out.
		record: {
			...objectOr(current),
			...objectOr(attributes),
			...relatedFields(objectOr(relationships)),
		},
		previous: isObject(previous) ? previous : undefined,
		changedFields: modified_fields,
		original: [original, fromJsonText(original)].find(isObject),
	};
}

/** The "N8N format" has objects where the API's record has ids; their names are worth keeping, too. */
function relatedFields({ status, source, assigned_to, groups }: Json): Json {
	return {
		...(isObject(status) && { status_id: status.id, status_name: status.name }),
		...(isObject(source) && { source_id: source.id, source_name: source.name }),
		...(isObject(assigned_to) && { assigned_id: assigned_to.id, assigned_name: assigned_to.name }),
		...(Array.isArray(groups) && { group_names: groups.filter(isObject).map(({ name }) => name) }),
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
		record: attributes,
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
