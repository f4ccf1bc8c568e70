import { isObject, listOf, objectOf, textOf } from '../checks/json';
import { phoneDigits } from '../checks/phone';
import type { Json } from './event';

/** Who is on the other side of a message. */
export interface Person {
	ids: { phone: string | null; user_id: string | null; username: string | null };
	name: string | null;
	/** What Meta tells of them beside the message. */
	contact?: Json;
}

/** What Meta tells once for all messages that come together. */
export interface Beside {
	/** The account's own number that the messages belong to. */
	ownNumber: { phone_number_id: string | null; display_phone_number: string | null };
	person(number: unknown, userId: unknown): Person;
}

/** @param value of one of Meta's changes: `metadata`, `contacts` */
export function besideOf({ metadata, contacts }: Json): Beside {
	const known = listOf(contacts).filter(isObject);
	const byId = new Map<unknown, Json>(
		known.flatMap((contact) => [
			[contact.wa_id, contact],
			[contact.user_id, contact],
		]),
	);
	byId.delete(undefined);
	// WhatsApp's id of a person may be another than the number; with one contact, there is no doubt.
	const onlyOne = known.length === 1 ? known[0] : undefined;
	const { phone_number_id, display_phone_number } = objectOf(metadata);
	return {
		ownNumber: {
			phone_number_id: textOf(phone_number_id),
			display_phone_number: textOf(display_phone_number),
		},
		person(number, userId) {
			const contact = byId.get(userId) ?? byId.get(number) ?? onlyOne;
			const { name, username } = objectOf(contact?.profile);
			return {
				ids: {
					phone: phoneIn(number) ?? phoneIn(contact?.wa_id),
					user_id: textOf(userId) ?? textOf(contact?.user_id) ?? userIdIn(number),
					username: textOf(username),
				},
				name: textOf(name),
				contact,
			};
		},
	};
}

export function phoneIn(value: unknown): string | null {
	return phoneDigits(value) || null;
}

/** WhatsApp's id of a person for this business: `US.13491208655302741918`. */
function userIdIn(value: unknown): string | null {
	return typeof value === 'string' && /^[A-Z]{2}\.[\w.]+$/.test(value) ? value : null;
}
