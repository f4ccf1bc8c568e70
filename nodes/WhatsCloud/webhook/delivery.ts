import { createHash } from 'crypto';

import { textOf } from '../checks/json';
import { parseBody } from './body';
import type { BodyEvent, EventName, Json } from './event';
import { metaEvents } from './meta';
import { utc } from './time';
import { type Enveloped, envelopedEvents } from './whatsCloud';

/** One request that WhatsCloud has sent. */
export interface Delivery {
	/** The body as it came. */
	raw: Buffer;
	/** Their names in lower case. */
	headers: Record<string, unknown>;
	receivedAt: Date;
}

/** What a workflow starts with. */
export interface WebhookItem {
	event: EventName;
	event_id: string | null;
	/** ISO 8601, UTC. */
	occurred_at: string;
	[field: string]: unknown;
}

export interface DeliveredEvent {
	/** The same for every copy of the event, and for no other event; null where the body has nothing to tell it by. */
	key: string | null;
	item: WebhookItem;
	/** The body without the other events that came in it. */
	payload: Json;
}

export interface Delivered {
	/** In their order, each once. */
	events: DeliveredEvent[];
	/** Whether it is Meta's own body, which older servers forward without a signature. */
	isMeta: boolean;
}

/** What a delivery tells, in any of the forms of contract section 7, or what is wrong with its body, in words. */
export function readDelivery({ raw, headers, receivedAt }: Delivery): Delivered | string {
	const body = parseBody(raw);
	if (typeof body === 'string') return body;
	const enveloped = envelopedEvents(body);
	const events = enveloped?.events ?? metaEvents(body);
	if (events.length === 0) {
		events.push({ event: 'other', identity: null, fields: { type: null }, payload: body });
	}
	const sentAt = [enveloped?.sentAt, headers['x-webhook-timestamp'], receivedAt.toISOString()];
	const keys = new Set<string | null>();
	const delivered = events.map((event) => ({
		key: keyOf(event, enveloped),
		item: itemOf(event, enveloped?.eventId ?? null, sentAt),
		payload: event.payload,
	}));
	return {
		events: delivered.filter(({ key }) => key === null || (!keys.has(key) && keys.add(key))),
		isMeta: enveloped === undefined && Array.isArray(body.entry),
	};
}

function itemOf(
	{ event, at, fields, payload }: BodyEvent,
	event_id: string | null,
	sentAt: unknown[],
): WebhookItem {
	const occurred_at = [at, ...sentAt].map(utc).find((moment) => moment !== undefined) ?? '';
	const head = { event, event_id, occurred_at };
	const error = fields.error ?? 'WhatsApp gives no reason.';
	return {
		// Twice: to be the first fields, and not to be replaced by a record's.
		...{ ...head, ...fields, ...head },
		...(event === 'messageFailed' && { error }),
		...(event === 'other' && { payload }),
	};
}

const KEY_LENGTH = 12;

/** Without an id, the time is part of it: the same words at another time are another event. */
function keyOf(
	{ event, identity, at, fields, payload }: BodyEvent,
	{ eventId = null, sentAt }: Partial<Enveloped> = {},
): string | null {
	if (identity !== null) return digest([event, identity]);
	const time = [eventId, textOf(sentAt), textOf(at)];
	if (time.every((part) => part === null)) return null;
	return digest([event, time, fields, event === 'other' ? payload : null]);
}

function digest(parts: unknown[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64').slice(0, KEY_LENGTH);
}
