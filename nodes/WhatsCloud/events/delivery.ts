import { createHash } from 'crypto';

import { fromJsonText, isObject } from '../json';
import type { Envelope } from './webhookEnvelope';
import { envelopeOf } from './webhookEnvelope';
import { changedState, received, stateEvent } from './message';
import { metaParts } from './metaPayload';
import { recordEvent } from './record';
import { utc } from './looseValues';
import type { Reading, Told, WebhookEvent } from './webhookEvent';

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

/**
 * What a delivery tells, in any of the forms of contract section 7. What is not understood is one event
 * `other` with the whole body. Undefined when the body is no JSON object.
 */
export function readDelivery({ raw, headers, receivedAt }: Delivery): Delivered | undefined {
	const text = raw.toString('utf8').replace(/^\ufeff/, '');
	const body = fromJsonText(text);
	if (!isObject(body)) return undefined;
	const payload = isNestedDeeperThan(MAX_DEPTH, body) ? { raw: text } : body;
	const { eventId, sentAt, told, isComplete, type } = read(payload);
	const sent = utc(sentAt) ?? utc(headers['x-webhook-timestamp']) ?? receivedAt.toISOString();
	const other: Told = {
		event: 'other',
		identity: digest(raw),
		fields: { type: type ?? null, payload },
	};
	const events = (isComplete ? told : [...told, other]).map((one) => {
		const occurred_at = utc(one.occurredAt) ?? sent;
		const head = { event: one.event, event_id: eventId ?? null, occurred_at };
		return { key: keyOf(one, eventId, sentAt), json: { ...head, ...one.fields, ...head } };
	});
	return { payload, events };
}

const MAX_DEPTH = 100;
const KEY_LENGTH = 12;

function keyOf({ event, identity, fields }: Told, eventId: string | undefined, sentAt: unknown) {
	const isMessage = event.startsWith('message') && identity !== undefined;
	if (isMessage) return digest(JSON.stringify([event, identity]));
	// One id for several kinds of events would be no id.
	if (eventId !== undefined) return digest(JSON.stringify([event, eventId, fields.id]));
	return digest(JSON.stringify([event, identity ?? [sentAt, fields]]));
}

function digest(content: string | Buffer): string {
	return createHash('sha256').update(content).digest('base64').slice(0, KEY_LENGTH);
}

function read(body: Json): Reading {
	const envelope = envelopeOf(body);
	const parts = envelope ? enveloped(envelope) : metaParts(body);
	const told = parts.filter((part) => part !== undefined);
	return {
		eventId: envelope?.eventId,
		sentAt: envelope?.sentAt,
		type: envelope?.type,
		told,
		isComplete: told.length > 0 && told.length === parts.length,
	};
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
	if (state === 'received') return received(message, name);
	const event = stateEvent(state);
	return event && changedState(event, message);
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
