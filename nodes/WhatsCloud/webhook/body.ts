import { withLongNumbersAsText } from '../api/envelope';
import { fromJsonText, isObject, textOf } from '../checks/json';

export type Json = Record<string, unknown>;

/** Everything that a delivery can tell, by the value that the trigger's parameter `events` holds. */
export type EventName =
	| `message${'Received' | 'Edited' | 'Deleted' | 'Echo' | 'Sent' | 'Delivered' | 'Read' | 'Failed'}`
	| 'numberChanged'
	| `${'contact' | 'status' | 'source'}${'Created' | 'Updated' | 'Deleted'}`
	| 'templateUpdated'
	| 'other';

export interface PartEvent {
	event: EventName;
	/** In any form that dates come in; absent where the part gives none. */
	at?: unknown;
	/** The same for every copy of the event; null where WhatsApp gives it no id. */
	identity: string | null;
	fields: Json;
	/** What Meta tells beside it of the person on the other side. */
	contact?: Json;
}

export interface BodyEvent extends PartEvent {
	/** The body without the other events that came in it. */
	payload: Json;
}

export function otherEvent(type: string | null, payload: Json, at?: unknown): BodyEvent {
	return { event: 'other', at, identity: null, fields: { type }, payload };
}

/** No body of WhatsCloud or Meta comes near it; from some thousand levels on, n8n can't copy an item. */
const MAX_DEPTH = 100;

/** The body as an object, or what is wrong with it, in words. */
export function bodyObject(raw: Buffer): Json | string {
	const body = fromJson(raw.toString('utf8').replace(/^\ufeff/, ''));
	if (!isObject(body)) return 'The body is not a JSON object';
	if (isObject(body.whatsapp)) {
		const original_payload =
			fromJson(body.whatsapp.original_payload) ?? body.whatsapp.original_payload;
		body.whatsapp = { ...body.whatsapp, original_payload };
	}
	return isNestedTooDeeply(body) ? 'The body is nested too deeply' : body;
}

/** The object that a text inside the body holds as JSON; null for any other text, and for one nested too deeply. */
export function objectInText(text: unknown): Json | null {
	const object = fromJson(text);
	return isObject(object) && !isNestedTooDeeply(object) ? object : null;
}

function fromJson(text: unknown): unknown {
	return typeof text === 'string' ? fromJsonText(withLongNumbersAsText(text)) : undefined;
}

function isNestedTooDeeply(body: unknown): boolean {
	let level = [body];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > MAX_DEPTH) return true;
		level = level.flatMap((value) =>
			typeof value === 'object' && value !== null ? Object.values(value) : [],
		);
	}
	return false;
}

/** Smaller counts since 1970 are seconds, larger ones milliseconds. */
const MILLISECONDS_FROM = 1e11;
const MAX_MOMENT = 8.64e15;

/** ISO 8601 in UTC, from a date in words or from seconds or milliseconds since 1970; without a zone it is UTC. */
export function utc(date: unknown): string | undefined {
	const text = textOf(date) ?? '';
	const count = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
	const hasNoZone = /^\d{4}-\d\d-\d\d[T ][\d:.]+$/.test(text);
	const moment =
		count === undefined
			? Date.parse(hasNoZone ? `${text.replace(' ', 'T')}Z` : text)
			: count * (count < MILLISECONDS_FROM ? 1000 : 1);
	const iso = Math.abs(moment) <= MAX_MOMENT ? new Date(moment).toISOString() : '';
	// Years beyond 9999 are written with a sign that other programs can't read.
	return /^\d{4}-/.test(iso) ? iso : undefined;
}
