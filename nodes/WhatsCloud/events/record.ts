import { isObject } from '../json';
import type { Envelope } from './webhookEnvelope';
import { listOf } from './looseValues';
import type { EventName, Told } from './webhookEvent';

type Json = Record<string, unknown>;

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
export function recordEvent(envelope: Envelope): Told | undefined {
	const { type, attributes, changedFields, previous } = envelope;
	const event = EVENT_BY_TYPE.get(type);
	if (event === undefined || attributes === undefined) return undefined;
	const id = envelope.id ?? attributes.id ?? null;
	const changes = {
		changed_fields: Array.isArray(changedFields) ? changedFields : null,
		previous: previous ?? null,
	};
	const fields: Json = {
		id: undefined,
		...envelope.current,
		...attributes,
		...relatedFields(envelope.related),
		...(event.endsWith('Updated') && changes),
	};
	fields.id = id;
	return { event, fields };
}

/** The "N8N format" has objects where the API's record has ids; their names are worth keeping, too. */
function relatedFields({ status, source, assigned_to, groups }: Json): Json {
	return {
		...(isObject(status) && { status_id: status.id, status_name: status.name }),
		...(isObject(source) && { source_id: source.id, source_name: source.name }),
		...(isObject(assigned_to) && { assigned_id: assigned_to.id, assigned_name: assigned_to.name }),
		...(Array.isArray(groups) && {
			group_names: listOf(groups)
				.filter(isObject)
				.map(({ name }) => name),
		}),
	};
}
