import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { collection } from '../fields/collections';
import { email, listOf, optionalText } from '../fields/values';
import { isObject } from '../checks/json';
import type { Field, Values } from '../operation';
import { COUNTRIES, countryForApi, NO_COUNTRY } from '../checks/countries';
import { type PhoneUse, phoneKey, toWhatsAppNumber } from '../checks/phone';
import { InputError, isEmpty, outgoingText, shown } from '../checks/text';
import { MAX_NAME } from '../contact/contactFields';
import type { Upload } from '../files/upload';
import { withIds } from './output';

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
	return {
		property: phoneNumberProperty,
		read: (value) => {
			refuseId(value);
			return toWhatsAppNumber(value, send);
		},
	};
}

/** WhatsApp's own ids: of a person, such as `US.1349120865530274`, and of a group. */
const PERSON_ID = /^\s*[A-Z]{2}\.[A-Za-z\d]{1,128}\s*$/;
const GROUP_ID = /^\s*(?:[\d-]{1,40}@g\.us|120363\d{10,14})\s*$/i;

/** @throws InputError */
function refuseId(value: unknown): void {
	const text = String(value);
	const isPerson = PERSON_ID.test(text);
	if (!isPerson && !GROUP_ID.test(text)) return;
	throw new InputError(
		`${shown(text)} is WhatsApp's ID of a ${isPerson ? 'person' : 'group'}, not a phone number`,
		isPerson
			? "No version of WhatsCloud can send to such an ID. Ask the person for the phone number, or answer in WhatsCloud's own chat."
			: 'No version of WhatsCloud can send to a group. Give the phone number of one person.',
	);
}

const country: Field<string> = {
	property: {
		displayName: 'Country',
		type: 'options',
		options: COUNTRIES.map(({ code, name }) => ({ name, value: code })),
		default: '',
		description:
			'The country of the contact. An expression may give its English name or its code of two or three letters.',
	},
	read: countryForApi,
};

const groups: Field<string | undefined> = {
	property: {
		displayName: 'Group Names',
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
		'If WhatsCloud has no contact with this phone number, it creates one with these fields. An existing contact keeps its own. Without a filled field, WhatsCloud of August 2025 refuses to send to an unknown number; later versions create a contact all the same, which nothing can keep them from. To send to existing contacts only, look each up first with Contact > Get.',
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
 * contact without it is meant; where a model gives nothing for all of them, none is.
 */
export const contactIfNew: Field<NewContact | undefined> = {
	...contactFields,
	read: (value, label, item) => {
		const typed = [item.parameters.contactIfNew, value].find(isObject) ?? {};
		if (Object.values(typed).every(isEmpty)) return undefined;
		const given = contactFields.read(value, label, item);
		return item.isTool && Object.keys(given).length === 0 ? undefined : given;
	},
};

/** Says where the user looks what WhatsApp allows for messages that are no templates. */
export function freeMessageNotice(atOtherTimes = 'use <b>Send Template</b>'): Field<undefined> {
	return {
		property: {
			displayName: `WhatsApp delivers this only within 24 hours of the contact's last message to you. At other times, ${atOtherTimes}. A result with a message ID means that WhatsApp has accepted the message, not that it has been delivered.`,
			type: 'notice',
			default: '',
			description: 'When WhatsApp delivers free messages',
		},
		read: () => undefined,
	};
}

export interface Recipient {
	phoneNumber: string;
	contactIfNew?: NewContact;
}

/** Messages to one person leave in the order of the items. */
export function recipientLane({ phoneNumber }: Recipient): string {
	return phoneKey(phoneNumber);
}

/** The fields of a send under the API's names; undefined ones are left out (quirk 24). */
export type SendFields = Record<
	string,
	string | number | boolean | undefined | Record<string, string | undefined>
>;

interface Attachment {
	/** The API's name of the field. */
	field: string;
	upload: Upload;
}

type SendPath = 'messages/send' | 'messages/media' | 'messages/template';

/** Sends, and gives back the server's answer. @throws ApiError */
export async function send(
	{ api, params }: { api: Api; params: Recipient },
	path: SendPath,
	message: SendFields,
	attachment?: Attachment,
): Promise<IDataObject> {
	const fields = { ...recipientFields(params), ...message };
	return withIds(await api.post(path, attachment ? formOf(fields, attachment) : fields));
}

/** The recipient in the API's fields; `contact` is absent when none is to be created. */
function recipientFields({ phoneNumber: phone, contactIfNew: given }: Recipient): SendFields {
	if (!given) return { phone_number: phone };
	const { firstName, lastName, email, country, groups } = given;
	return {
		phone_number: phone,
		contact: {
			// The first version reads first_name, later ones firstname; each ignores the other.
			first_name: firstName,
			firstname: firstName,
			last_name: lastName,
			lastname: lastName,
			email,
			// Without it the first version fails to create the contact.
			country: country ?? NO_COUNTRY,
			groups,
		},
	};
}

function formOf(fields: SendFields, { field, upload }: Attachment): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields).flatMap(formFields)) {
		form.append(name, formValue(value));
	}
	form.append(field, new File([upload.data], upload.name, { type: upload.mimeType }));
	return form;
}

/** Contact fields become `contact[first_name]`; the server refuses the words true and false. */
function formFields([name, value]: [string, SendFields[string]]): Array<[string, string]> {
	if (value === undefined) return [];
	if (typeof value === 'boolean') return [[name, value ? '1' : '0']];
	if (typeof value !== 'object') return [[name, String(value)]];
	return Object.entries(value).flatMap(([key, part]) => formFields([`${name}[${key}]`, part]));
}

/** A form turns line breaks of texts into CR LF, but sends a file as it is; without a name it is a text. */
function formValue(text: string): string | File {
	return /[\r\n]/.test(text) ? new File([text], '', { type: 'text/plain' }) : text;
}
