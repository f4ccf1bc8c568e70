export type Json = Record<string, unknown>;

/** Everything that a delivery can tell, by the value that the trigger's parameter `events` holds. */
export type EventName =
	| `message${'Received' | 'Edited' | 'Deleted' | 'Echo' | 'Sent' | 'Delivered' | 'Read' | 'Failed'}`
	| 'numberChanged'
	| `${'contact' | 'status' | 'source'}${'Created' | 'Updated' | 'Deleted'}`
	| 'templateUpdated'
	| 'other';

/** One event as the part of a body that holds it tells it. */
export interface PartEvent {
	event: EventName;
	/** In any form that dates come in; absent where the part gives none. */
	at?: unknown;
	/** The same for every copy of the event; null where WhatsApp gives it no id. */
	identity: string | null;
	fields: Json;
}

export interface BodyEvent extends PartEvent {
	/** The body without the other events that came in it. */
	payload: Json;
}
