import type { Field } from '../operation';
import type { Picked } from './recordPicker';
import { locatorOf } from './recordPicker';

/** A template by the number that WhatsApp gives it: digits, too many for an id of WhatsCloud. */
export interface PickedByWhatsApp {
	whatsAppId: string;
}

const WHATSAPP_ID = /^\d{14,}$/;

/** Takes WhatsApp's number where people enter it as the ID: in WhatsApp Manager it is the only one they see. */
export function orWhatsAppId<T>(field: Field<Picked | T>): Field<Picked | T | PickedByWhatsApp> {
	return {
		...field,
		read: (value, label, item) => {
			const { mode, value: given } = locatorOf(value);
			const whatsAppId = String(given ?? '').trim();
			return mode !== 'name' && WHATSAPP_ID.test(whatsAppId)
				? { whatsAppId }
				: field.read(value, label, item);
		},
	};
}
