import { createHash, createHmac, timingSafeEqual } from 'crypto';

import { fromJsonText, isObject, textOf } from '../checks/json';
import { changedState, received } from './message';
import { metaParts } from './metaPayload';
import type { Envelope, Told, WebhookEvent } from './webhookEnvelope';
import { envelopeOf, recordEvent } from './webhookEnvelope';

type Json = Record<string, unknown>;

/** One request that WhatsCloud has sent. */
export interface Delivery {
	/** The body as it came. */
	raw: Buffer;
	/** Their names in lower case. */
	headers: Record<string, unknown>;
	receivedAt: Date;
}

export interface Delivered {
	/** The body as it came, unless it is nested deeper than n8n can copy: then its text, in `raw`. */
	payload: Json;
	/** In their order. `key` is the same for every copy of the event, and for no other event. */
	events: Array<{ key: string; json: WebhookEvent }>;
}

/** The hex HMAC-SHA256 of the bytes as they came: JSON that is parsed and written again has another (quirk 38). */
export function isSignedWith(secret: string, raw: Uint8Array, signature: unknown): boolean {
	// Anything but 64 hex digits would be decoded in part, or in no length that can be compared.
	if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/i.test(signature)) return false;
	const expected = createHmac('sha256', secret).update(raw).digest();
	return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

/**
 * What a delivery tells, in any of the forms of contract section 7. What is not understood is one event
 * `other` with the whole body. Undefined when the body is no JSON object.
 */
export function readDelivery({ raw, headers, receivedAt }: Delivery): Delivered | undefined {
	const text = raw.toString('utf8').replace(/^\ufeff/, '');
	const body = fromJsonText(text);
	if (!isObject(body)) return undefined;
	const payload = isNestedDeeperThan(MAX_DEPTH, body) ? { raw: text } : body;
	const envelope = envelopeOf(payload);
	const parts = envelope ? enveloped(envelope) : metaParts(payload);
	const told = parts.filter((part) => part !== undefined);
	if (told.length === 0 || told.length < parts.length) {
		const fields = { type: envelope?.type ?? null, payload };
		told.push({ event: 'other', identity: digest(raw), fields });
	}
	const sent =
		utc(envelope?.sentAt) ?? utc(headers['x-webhook-timestamp']) ?? receivedAt.toISOString();
	const events = told.map((one) => {
		const occurred_at = utc(one.occurredAt) ?? sent;
		const head = { event: one.event, event_id: envelope?.eventId ?? null, occurred_at };
		return { key: keyOf(one, envelope), json: { ...head, ...one.fields, ...head } };
	});
	return { payload, events };
}

const MAX_DEPTH = 100;
const KEY_LENGTH = 12;

function keyOf({ event, identity, fields }: Told, envelope: Envelope | undefined): string {
	const isMessage = event.startsWith('message') && identity !== undefined;
	// One id for several kinds of events would be no id.
	const name =
		envelope?.eventId && !isMessage
			? [envelope.eventId, fields.id]
			: [identity ?? [envelope?.sentAt, fields]];
	return digest(JSON.stringify([event, ...name]));
}

function digest(content: string | Buffer): string {
	return createHash('sha256').update(content).digest('base64').slice(0, KEY_LENGTH);
}

function enveloped(envelope: Envelope): Array<Told | undefined> {
	const original = envelope.original ? metaParts(envelope.original) : [];
	// Without Meta's payload, or with one of another kind, there is still what WhatsCloud says itself.
	return original.some((part) => part !== undefined)
		? original
		: [recordEvent(envelope) ?? messageEvent(envelope)];
}

const MESSAGE_TYPE = /^(?:whatsapp\.)?message\.(received|sent|delivered|read|failed)$/;
/** The state stands in the attributes. */
const STATE_TYPES = ['message.status.update', 'whatsapp.status.updated'];

function messageEvent({ type, id, attributes }: Envelope): Told | undefined {
	if (attributes === undefined) return undefined;
	const { message_id, name, phone, status } = attributes;
	const state = STATE_TYPES.includes(type) ? status : MESSAGE_TYPE.exec(type)?.[1];
	const message = { from: phone, ...attributes, id: message_id ?? id ?? attributes.id };
	return state === 'received' ? received(message, name) : changedState(state, message);
}

function isNestedDeeperThan(limit: number, body: unknown): boolean {
	let level = [body];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > limit) return true;
		level = level.flatMap((value) =>
			typeof value === 'object' && value !== null ? Object.values(value) : [],
		);
	}
	return false;
}

const MILLISECONDS_FROM = 1e11;
const MAX_MOMENT = 8.64e15;

/** ISO 8601 in UTC, from a date in words or from seconds or milliseconds since 1970; without a zone it is UTC. */
function utc(date: unknown): string | undefined {
	const text = textOf(date);
	if (text === null) return undefined;
	const moment = /^\d+(\.\d+)?$/.test(text) ? sinceEpoch(Number(text)) : Date.parse(withZone(text));
	const iso = Math.abs(moment) <= MAX_MOMENT ? new Date(moment).toISOString() : '';
	// Years beyond 9999 are written with a sign that other programs can't read.
	return /^\d{4}-/.test(iso) ? iso : undefined;
}

function sinceEpoch(count: number): number {
	return count < MILLISECONDS_FROM ? count * 1000 : count;
}

function withZone(date: string): string {
	return /^\d{4}-\d\d-\d\d[T ][\d:.]+$/.test(date) ? `${date.replace(' ', 'T')}Z` : date;
}
