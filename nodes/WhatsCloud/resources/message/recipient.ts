import { collection } from '../../fields/collections';
import { email, listOf, optionalText } from '../../fields/values';
import { isObject } from '../../json';
import type { Field, Values } from '../../operation';
import { COUNTRIES, countryForApi } from '../../whatsapp/countries';
import { type PhoneUse, phoneKey, toWhatsAppNumber } from '../../whatsapp/phone';
import { isEmpty, outgoingText } from '../../text';
import { MAX_NAME } from '../contact/contactFields';

const phoneNumberProperty: Field<string>['property'] = {
	displayName: 'Phone Number',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 15555550101',
	description:
		'The phone number to send to, with the country code. Spaces, dashes, brackets and + do not matter.',
};

/** One parameter for all sends. How short the number may be differs between them. */
export function phoneNumberFor(send: PhoneUse): Field<string> {
	return { property: phoneNumberProperty, read: (value) => toWhatsAppNumber(value, send) };
}

const country: Field<string> = {
	property: {
		displayName: 'Country',
		type: 'options',
		options: COUNTRIES.map(({ code, name }) => ({ name, value: code })),
		default: '',
		description:
			'The country of the contact. An expression may give its name or its code of two or three letters.',
	},
	read: countryForApi,
};

const groups: Field<string | undefined> = {
	property: {
		displayName: 'Groups',
		type: 'string',
		default: '',
		placeholder: 'e.g. Newsletter, Customers',
		description:
			'The names of the groups to put the contact into, separated by commas. Groups that do not exist are created. An expression may give a list.',
	},
	read: (value, label) => {
		const names = listOf(value).map((name) => outgoingText(name, `"${label}"`) ?? '');
		// WhatsCloud makes several groups of a name with a comma.
		const given = names.flatMap(listOf).map((name) => String(name).trim());
		return given.filter(Boolean).join(',') || undefined;
	},
};

const contactFields = collection({
	displayName: 'Contact If New',
	placeholder: 'Add Field',
	description:
		'If WhatsCloud has no contact with this phone number, it creates one with these fields. An existing contact stays as it is. Without a filled field, the node sends only to existing contacts, except that newer versions of WhatsCloud make a contact of everybody.',
	fields: {
		country,
		email: email({ displayName: 'Email', maxLength: MAX_NAME, description: 'E-mail address' }),
		firstName: optionalText({
			displayName: 'First Name',
			maxLength: MAX_NAME,
			description: 'First name of the contact, "Unknown" if left out',
		}),
		groups,
		lastName: optionalText({
			displayName: 'Last Name',
			maxLength: MAX_NAME,
			description: 'Last name of the contact',
		}),
	},
});

type NewContact = Values<{ contact: typeof contactFields }>['contact'];

/**
 * Absent when the user filled in no field. Where an expression finds nothing, such as a name in a sheet, a
 * contact without it is meant.
 */
export const contactIfNew: Field<NewContact | undefined> = {
	...contactFields,
	read: (value, label, item) => {
		const typed = [item.parameters.contactIfNew, value].find(isObject) ?? {};
		return Object.values(typed).every(isEmpty) ? undefined : contactFields.read(value, label, item);
	},
};

/** Says where the user looks what WhatsApp allows for messages that are no templates. */
export const freeMessageNotice: Field<undefined> = {
	property: {
		displayName:
			"WhatsApp delivers this only within 24 hours of the contact's last message to you. At other times, use <b>Send Template</b>. A result with a message ID means that WhatsApp has accepted the message, not that it has been delivered.",
		type: 'notice',
		default: '',
		description: 'When WhatsApp delivers free messages',
	},
	read: () => undefined,
};

export interface Recipient {
	phoneNumber: string;
	contactIfNew?: NewContact;
}

/** Messages to one person leave in the order of the items. */
export function recipientLane({ phoneNumber }: Recipient): string {
	return phoneKey(phoneNumber);
}
