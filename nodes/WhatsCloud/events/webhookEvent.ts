/** Everything that a delivery can tell, by the value that the trigger's parameter `events` holds. */
export const EVENTS = [
	'messageReceived',
	'messageSent',
	'messageDelivered',
	'messageRead',
	'messageFailed',
	'contactCreated',
	'contactUpdated',
	'contactDeleted',
	'statusCreated',
	'statusUpdated',
	'statusDeleted',
	'sourceCreated',
	'sourceUpdated',
	'sourceDeleted',
	'templateUpdated',
	'other',
] as const;

export type EventName = (typeof EVENTS)[number];

/** One event as a family of bodies tells it, before what all events have in common is added. */
export interface Told {
	event: EventName;
	/** In any form that dates come in; absent where the body gives none for this event. */
	occurredAt?: unknown;
	/** What makes it this event and no other, whatever delivery brings it; absent where the body does not say. */
	identity?: string;
	fields: Record<string, unknown>;
}

/** What one delivery tells. */
export interface Reading {
	/** The server's own id of the event. */
	eventId?: string;
	/** When the server sent it, in any form that dates come in. */
	sentAt?: unknown;
	/** The server's own name for what happened. */
	type?: string;
	told: Told[];
	/** False when a part of it was not understood. */
	isComplete: boolean;
}

/** One event of a delivery. */
export interface WebhookEvent {
	event: EventName;
	event_id: string | null;
	/** ISO 8601, UTC. */
	occurred_at: string;
	[field: string]: unknown;
}
