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
