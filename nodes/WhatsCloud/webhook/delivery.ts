import { createHash, createHmac, timingSafeEqual } from 'crypto';

import { textOf } from '../checks/json';
import type { BodyEvent, EventName, Json } from './body';
import { bodyObject, otherEvent, utc } from './body';
import { metaEvents } from './meta';
import { envelopedEvents } from './whatsCloud';

export interface DeliveredEvent {
	/** The same for every copy of the event, and for no other event; null where the body has nothing to tell it by. */
	key: string | null;
	item: Json & { event: EventName };
	/** The body without the other events that came in it. */
	payload: Json;
}

/**
 * What a delivery tells, in any of the forms of contract section 7, or what is wrong with its body, in words.
 * @param headers by their names in lower case
 */
export function readDelivery(raw: Buffer, headers: Record<string, unknown>, receivedAt: Date) {
	const body = bodyObject(raw);
	if (typeof body === 'string') return body;
	const enveloped = envelopedEvents(body);
	const events = enveloped?.events ?? metaEvents(body);
	if (events.length === 0) events.push(otherEvent(null, body));
	const sentAt = [enveloped?.sentAt, headers['x-webhook-timestamp'], receivedAt.toISOString()];
	const seen = new Set<string | null>();
	const delivered: DeliveredEvent[] = [];
	for (const event of events) {
		const key = keyOf(event, enveloped);
		if (key !== null && seen.has(key)) continue;
		seen.add(key);
		const item = itemOf(event, enveloped?.eventId ?? null, sentAt);
		delivered.push({ key, item, payload: event.payload });
	}
	// Meta's own body is what older servers forward without a signature.
	return { events: delivered, isMeta: enveloped === undefined && Array.isArray(body.entry) };
}

function itemOf(
	{ event, at, fields, payload }: BodyEvent,
	event_id: string | null,
	sentAt: unknown[],
): DeliveredEvent['item'] {
	const occurred_at = [at, ...sentAt].map(utc).find((moment) => moment !== undefined);
	const head = { event, event_id, occurred_at };
	const error = fields.error ?? 'WhatsApp gives no reason.';
	return {
		// Twice: to be the first fields, and not to be replaced by a record's.
		...{ ...head, ...fields, ...head },
		...(event === 'messageFailed' && { error }),
		...(event === 'other' && { payload }),
	};
}

/** Without an id, the time is part of it: the same words at another time are another event. */
function keyOf(
	{ event, identity, at, fields, payload }: BodyEvent,
	{ eventId = null, sentAt }: Partial<ReturnType<typeof envelopedEvents>> = {},
): string | null {
	const time = [eventId, textOf(sentAt), textOf(at)];
	if (identity === null && time.every((part) => part === null)) return null;
	const parts =
		identity === null
			? [event, time, fields, event === 'other' ? payload : null]
			: [event, identity];
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64').slice(0, 12);
}

/** The hex HMAC-SHA256 of the bytes as they came: JSON that is parsed and written again has another (quirk 38). */
export function isSignedWith(secret: string, raw: Uint8Array, signature: unknown): boolean {
	// Anything but 64 hex digits would be decoded in part, or in no length that can be compared.
	if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/i.test(signature)) return false;
	const expected = createHmac('sha256', secret).update(raw).digest();
	return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

/** WhatsCloud repeats a delivery within 93 seconds: three tries of up to 30, with pauses of 1 and 2. */
const TIME_TO_LIVE_MS = 100_000;

/** The answer to a delivery, as Node.js has it. */
export interface Answer {
	readonly statusCode: number;
	/** Also when the sender has hung up before. */
	readonly writableEnded: boolean;
	once(event: 'close', listener: () => void): unknown;
}

type State = 'new' | 'pending' | 'taken';

/** Which events came lately, and whether their executions exist: n8n answers with success after it has created one. */
export class RecentEvents {
	/** The oldest first. */
	private readonly claims = new Map<string, { at: number; state: () => State }>();

	/** An event is new again when nothing came of it. */
	stateOf(key: string, now: number): State {
		for (const [oldest, { at }] of this.claims) {
			if (at > now - TIME_TO_LIVE_MS) break;
			this.claims.delete(oldest);
		}
		return this.claims.get(key)?.state() ?? 'new';
	}

	/** From now on the events are no longer new, unless the answer is an error. */
	claim(keys: string[], answer: Answer, now: number): void {
		const claim = { at: now, state: () => stateAfter(answer) };
		for (const key of keys) {
			this.claims.delete(key);
			this.claims.set(key, claim);
		}
		answer.once('close', () => {
			const state = claim.state();
			// The answer holds the request with its body; it is still needed when the sender has hung up before it.
			if (state !== 'pending') claim.state = () => state;
		});
	}
}

function stateAfter({ statusCode, writableEnded }: Answer): State {
	if (statusCode >= 400) return 'new';
	return writableEnded ? 'taken' : 'pending';
}
