import { failureAdvice } from '../api/envelope';
import { isObject, listOf, objectOf, textOf } from '../checks/json';
import type { EventName, Json } from './event';
import type { MessageEvent } from './message';
import type { Beside } from './people';

const EVENT_OF_STATE = new Map<unknown, EventName>([
	['sent', 'messageSent'],
	['delivered', 'messageDelivered'],
	['read', 'messageRead'],
	['failed', 'messageFailed'],
]);

/** What became of a message that was sent; undefined for a state that is no event. */
export function readState(state: Json, { ownNumber, person }: Beside): MessageEvent | undefined {
	const event = EVENT_OF_STATE.get(state.status);
	const isInGroup = state.recipient_type === 'group';
	// A message to a group has its states once for each member.
	const reader = isInGroup
		? person(state.recipient_participant_id, state.recipient_participant_user_id)
		: person(state.recipient_id, state.recipient_user_id);
	const message_id = textOf(state.id);
	const { phone, user_id } = reader.ids;
	if (event === undefined || (message_id === null && phone === null && user_id === null)) {
		return undefined;
	}
	const fields = {
		...{ message_id, ...reader.ids, group_id: isInGroup ? textOf(state.recipient_id) : null },
		...{ ...ownNumber, pricing: isObject(state.pricing) ? state.pricing : null },
		...(event === 'messageFailed' && failureOf(state)),
	};
	const member = isInGroup ? ` ${phone ?? user_id}` : '';
	const identity = message_id === null ? null : `${message_id}${member}`;
	return { event, at: state.timestamp, identity, fields, person: reader };
}

function failureOf({ errors, error_message }: Json): {
	error: string | null;
	error_code: number | null;
} {
	const { code, title, message, error_data } = objectOf(listOf(errors)[0]);
	const error_code = codeOf(code ?? error_message);
	const { details } = objectOf(error_data);
	const reasons = [title, message, details, error_message, failureAdvice(error_code)].map(
		(reason) => textOf(reason)?.trim().replace(/\.$/, ''),
	);
	const words = [...new Set(reasons)].filter(Boolean).join('. ');
	return { error: words === '' ? null : `${words}.`, error_code };
}

/** Meta's code, by itself or as `(#131047)` in a sentence. */
function codeOf(value: unknown): number | null {
	const digits = /^\d+$|(?<=#)\d+/.exec(textOf(value) ?? '')?.[0];
	return digits === undefined ? null : Number(digits);
}
