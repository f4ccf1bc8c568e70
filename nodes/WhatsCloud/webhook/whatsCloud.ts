import { isObject, objectOf, textOf } from '../checks/json';
import type { BodyEvent, EventName, Json, PartEvent } from './body';
import { otherEvent } from './body';
import { besideOf, metaEvents, readMessage, readState, readTemplateState } from './meta';

/**
 * The events of a body in one of WhatsCloud's own forms, and what tells this body from others; undefined for a body in
 * none of them, such as Meta's.
 */
export function envelopedEvents(body: Json) {
	if (isObject(body.event)) {
		const { id, timestamp } = body.event;
		return { events: n8nFormatEvents(body), eventId: textOf(id), sentAt: timestamp };
	}
	if (textOf(body.event) === null) return undefined;
	const events = [ownEvent(inN8nFormat(body), body)];
	return { events, eventId: null, sentAt: body.timestamp };
}

/**
 * The "N8N format", from 1.6.0. What WhatsApp sent is inside as it came, and may hold more than the one message
 * or state that WhatsCloud describes.
 */
function n8nFormatEvents(body: Json): BodyEvent[] {
	const own = ownEvent(body, body);
	const { data, whatsapp, ...rest } = body;
	const inside = metaEvents(objectOf(objectOf(whatsapp).original_payload));
	if (inside.length < 2 && inside.every(({ event }) => event === 'other')) return [own];
	const same = inside.filter((event) => event.event !== 'other' && hasSameId(own, event));
	const twin = same.find(({ event }) => event === own.event);
	const told = inside.map((event): BodyEvent => {
		const isDescribed = event === twin || inside.length === 1;
		const forwarded = { ...objectOf(whatsapp), original_payload: event.payload };
		const payload = { ...rest, ...(isDescribed && { data }), whatsapp: forwarded };
		return { ...event, ...(event === twin && completed(event, own)), payload };
	});
	const isMissing = own.event !== 'other' && same.length === 0;
	return isMissing ? [{ ...own, payload: { ...rest, data } }, ...told] : told;
}

function hasSameId(own: PartEvent, event: PartEvent): boolean {
	const idOf = ({ fields }: PartEvent) => fields.message_id ?? fields.id ?? null;
	return idOf(own) === null || idOf(own) === idOf(event);
}

/** Meta's event, with what only WhatsCloud's own description of it has. */
function completed(event: PartEvent, own: PartEvent): Partial<PartEvent> {
	const missing = Object.entries(own.fields).filter(
		([name]) => (event.fields[name] ?? null) === null,
	);
	return { at: event.at ?? own.at, fields: { ...event.fields, ...Object.fromEntries(missing) } };
}

/** What WhatsCloud itself says about an event, in the "N8N format". */
function ownEvent({ event, data, changes }: Json, payload: Json): BodyEvent {
	const type = textOf(objectOf(event).type) ?? '';
	const { resource, relationships } = objectOf(data);
	const { id, attributes } = objectOf(resource);
	const told =
		isObject(attributes) &&
		readDescribed(type, { id, attributes, related: objectOf(relationships) }, objectOf(changes));
	return told ? { ...told, payload } : otherEvent(type, payload);
}

/** The record, the message or the state. */
interface Described {
	id: unknown;
	attributes: Json;
	related: Json;
}

const RECORD_TYPE = /^(contact|status|source)\.(created|updated|deleted)$/;

function readDescribed(type: string, resource: Described, changes: Json): PartEvent | undefined {
	const { attributes, related } = resource;
	if (type === 'whatsapp.template.status_updated') return readTemplateState(attributes);
	const [, record, change = ''] = RECORD_TYPE.exec(type) ?? [];
	if (record === undefined) return ownMessage(type, resource);
	const { current, previous, modified_fields } = changes;
	// `attributes` leaves some fields of the record out.
	const { id, ...fields } = {
		...{ id: null, ...objectOf(current) },
		...{ ...attributes, ...relatedFields(related) },
	};
	const update = {
		changed_fields: changedFields(modified_fields, previous, current),
		previous: isObject(previous) ? previous : null,
	};
	return {
		event: `${record}${change.charAt(0).toUpperCase()}${change.slice(1)}` as EventName,
		identity: null,
		fields: { id: resource.id ?? id, ...fields, ...(change === 'updated' && update) },
	};
}

const MESSAGE_TYPE = /^(?:whatsapp\.)?message\.(received|sent|delivered|read|failed)$/;
/** The state stands in the attributes. */
const STATE_TYPES = ['message.status.update', 'whatsapp.status.updated'];

function ownMessage(type: string, { id, attributes, related }: Described): PartEvent | undefined {
	const { name, username, ...contact } = objectOf(related.contact);
	const contacts = [{ ...contact, profile: { name, username } }];
	const beside = besideOf({ ...related, contacts });
	// In place of a message's id, the envelope may have the account's, which is a number.
	const ownId = /\D/.test(textOf(id) ?? '') ? id : undefined;
	const message = { ...attributes, id: attributes.message_id ?? ownId };
	const kind = MESSAGE_TYPE.exec(type)?.[1];
	if (kind === 'received') return readMessage(message, beside);
	const status = STATE_TYPES.includes(type) ? attributes.status : kind;
	return readState({ ...message, status }, beside);
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

/** The same for the older form, with `attributes`, and that of the 2026 brand, with everything in `data` itself. */
function inN8nFormat({ event, model, data, original }: Json): Json {
	const kind = textOf(model)?.split('\\').at(-1)?.toLowerCase();
	const type = textOf(event) ?? '';
	const { id, attributes = data } = objectOf(data);
	return {
		event: { type: type.includes('.') || kind === undefined ? type : `${kind}.${type}` },
		data: { resource: { id, attributes } },
		changes: { previous: original, current: attributes },
	};
}

/** Newer servers list every date as modified, also one that stayed: only what differs counts. Null where nobody knows. */
function changedFields(listed: unknown, previous: unknown, current: unknown): unknown[] | null {
	if (!isObject(previous) || !isObject(current)) return Array.isArray(listed) ? listed : null;
	const names = Array.isArray(listed)
		? listed.filter((name) => typeof name === 'string')
		: Object.keys(previous).filter((name) => Object.hasOwn(current, name));
	return names.filter((name) => {
		const [before, after] = [previous, current].map((record) => JSON.stringify(record[name]));
		// What stands in neither can't be compared.
		return before !== after || before === undefined;
	});
}
