import { isObject, listOf, objectOf, textOf } from '../checks/json';
import type { BodyEvent, Json, PartEvent } from './event';
import { type MessageEvent, readEcho, readMessage } from './message';
import { type Beside, besideOf } from './people';
import { readState } from './state';

type Reader = (part: Json, beside: Beside) => MessageEvent | undefined;

const READERS = new Map<string, Reader>([
	['messages', readMessage],
	['statuses', readState],
	['message_echoes', readEcho],
]);

/** What Meta's own body tells, in its order; `other` is what nobody knows yet. */
export function metaEvents(body: Json): BodyEvent[] {
	return listOf(body.entry).flatMap((account) => {
		if (!isObject(account) || !Array.isArray(account.changes)) {
			return [other(null, undefined, { ...body, entry: [account] })];
		}
		const bodyWith = (change: unknown) => ({ ...body, entry: [{ ...account, changes: [change] }] });
		return account.changes.flatMap((change) => changeEvents(change, account.time, bodyWith));
	});
}

/** A template that WhatsApp approved, refused or paused, under the names that WhatsCloud's API gives to the same fields. */
export function readTemplateState(value: Json): PartEvent | undefined {
	const id = textOf(value.message_template_id);
	if (id === null) return undefined;
	return {
		event: 'templateUpdated',
		identity: null,
		fields: {
			...{ id, template_id: id, template_name: value.message_template_name ?? null },
			...{ language: value.message_template_language ?? null, status: value.event ?? null },
			...{ reason: value.reason ?? null, changed_fields: ['status'], previous: null },
		},
	};
}

type BodyWith = (part: unknown) => Json;

function changeEvents(change: unknown, time: unknown, bodyWith: BodyWith): BodyEvent[] {
	const { field, value } = objectOf(change);
	if (field === 'message_template_status_update') {
		const event = readTemplateState(objectOf(value));
		if (event) return [{ ...event, at: time, payload: bodyWith(change) }];
	}
	const type = textOf(field);
	const events = partsOf(objectOf(value)).map(({ event, alone }) => {
		const payload = bodyWith({ ...objectOf(change), value: alone });
		return event ? { ...event, at: event.at ?? time, payload } : other(type, time, payload);
	});
	return events.length > 0 ? events : [other(type, time, bodyWith(change))];
}

/** Each entry of the value's lists with its event, and the value as it would be with this entry alone. */
function partsOf(value: Json): Array<{ event?: MessageEvent; alone: Json }> {
	const named = Object.entries(value).filter(([name]) => name !== 'contacts');
	const lists = named.filter(([, list]) => Array.isArray(list));
	if (!lists.some(([name]) => READERS.has(name))) return [];
	const beside = besideOf(value);
	const shared = Object.fromEntries(named.filter(([, list]) => !Array.isArray(list)));
	return lists.flatMap(([name, list]) =>
		listOf(list).map((entry) => {
			const event = isObject(entry) ? READERS.get(name)?.(entry, beside) : undefined;
			const contact = event?.person.contact;
			return {
				event,
				alone: { ...shared, ...(contact && { contacts: [contact] }), [name]: [entry] },
			};
		}),
	);
}

function other(type: string | null, at: unknown, payload: Json): BodyEvent {
	return { event: 'other', at, identity: null, fields: { type }, payload };
}
