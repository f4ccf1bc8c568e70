import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { collection, simplify } from '../fields/collections';
import type { Texts } from '../fields/values';
import { email, listIn, notice, optionalText, requiredText } from '../fields/values';
import { isEmpty, outgoingText } from '../checks/text';
import { isObject, listOf, objectOf } from '../checks/json';
import type { Field, Values } from '../operation';
import { operation } from '../operation';
import { countryOf, NO_COUNTRY } from '../checks/countries';
import { type PhoneUse, phoneKey, toWhatsAppNumber } from '../checks/phone';
import { country, firstName, lastName, MAX_NAME, phone } from '../contact/contactFields';

const phoneNumberProperty = { ...phone.property, displayName: 'Phone Number', required: true };

/** One parameter for all sends. How short the number may be differs between them. */
export function phoneNumberFor(send: PhoneUse): Field<string> {
	return { property: phoneNumberProperty, read: (value) => toWhatsAppNumber(value, send) };
}

const groups: Field<string | undefined> = {
	property: {
		displayName: 'Group Names',
		type: 'string',
		default: '',
		placeholder: 'e.g. Newsletter, Customers',
		description: 'Separated by commas, or a list. Groups that do not exist are created.',
	},
	read: (value, label) => {
		const names = listIn(value).map((name) => outgoingText(name, `"${label}"`)?.trim());
		return names.filter(Boolean).join(',') || undefined;
	},
};

const contactFields = collection({
	displayName: 'Contact If New',
	description:
		'If no contact has this phone number, WhatsCloud creates one with these fields; an existing contact keeps its own. Left empty, WhatsCloud of August 2025 refuses to send to an unknown number; later versions create a contact all the same.',
	fields: {
		country: country('code', (value, label) => countryOf(value, label).sent),
		email: email({ displayName: 'Email', maxLength: MAX_NAME, description: 'E-mail address' }),
		firstName: optionalText(firstName),
		groups,
		lastName: optionalText({ ...lastName, description: 'The last name' }),
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
	return notice(
		`WhatsApp delivers this only within 24 hours of the contact's last message to you. At other times, ${atOtherTimes}. A message ID means that WhatsApp has accepted the message, not that it is delivered.`,
		'When WhatsApp delivers free messages',
	);
}

export function messageText(property: Texts): Field<string> {
	return requiredText({ ...property, typeOptions: { rows: 4 }, maxLength: 4096 });
}

export interface Recipient {
	phoneNumber: string;
	contactIfNew?: NewContact;
}

export function lane({ phoneNumber }: Recipient): string {
	return phoneKey(phoneNumber);
}

/** The fields of a send under the API's names; undefined ones are left out (quirk 24). */
export type SendFields = Record<
	string,
	string | number | boolean | File | undefined | Record<string, string | undefined>
>;

export async function send(
	{ api, params }: { api: Api; params: Recipient },
	path: `messages/${'send' | 'media' | 'template'}`,
	message: SendFields,
): Promise<IDataObject> {
	const fields = { ...recipientFields(params), ...message };
	const hasFile = Object.values(message).some((value) => value instanceof File);
	return { ...objectOf(await api.post(path, hasFile ? formOf(fields) : fields)) } as IDataObject;
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

function formOf(fields: SendFields): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields).flatMap(formFields)) form.append(name, value);
	return form;
}

/** Contact fields become `contact[first_name]`. */
function formFields([name, value]: [string, SendFields[string]]): Array<[string, string | File]> {
	if (value === undefined) return [];
	if (value instanceof File) return [[name, value]];
	if (typeof value === 'object')
		return Object.entries(value).flatMap(([key, part]) => formFields([`${name}[${key}]`, part]));
	const text = String(value);
	// A form turns line breaks of texts into CR LF, but sends a file as it is; without a name it is a text.
	return [[name, /[\r\n]/.test(text) ? new File([text], '', { type: 'text/plain' }) : text]];
}

/**
 * What a send puts out: the same fields for every kind of message, then those that only this kind has; or the
 * answer as it came, with what templates have deep inside on top.
 */
export function outputOf(
	{ api, params }: { api: Api; params: Recipient & { simplify: boolean } },
	answer: IDataObject,
	own: Record<string, unknown>,
): IDataObject {
	const [message] = listOf(objectOf(answer.whatsapp_response).messages);
	const { id, message_status: status } = objectOf(message);
	const contact = objectOf(answer.contact);
	const message_id = answer.message_id ?? id ?? null;
	const created = answer.contact_created ?? contact.created ?? null;
	const ofTemplate = present({ message_status: status, otp_code: objectOf(answer.otp).code });
	const isHeld = status !== undefined && status !== 'accepted';
	api.hint('accepted', ACCEPTED);
	if (isHeld) api.hint('held', HELD);
	if (created === true && !params.contactIfNew) api.hint('madeContact', MADE_CONTACT);
	if (!params.simplify) {
		const whole = { message_id, ...ofTemplate, ...answer } as IDataObject;
		// n8n would take the item for a failed one.
		delete whole.error;
		return whole;
	}
	return {
		message_id,
		phone: params.phoneNumber,
		contact_id: answer.contact_id ?? contact.id ?? null,
		contact_created: created,
		status: isHeld ? status : (answer.status ?? 'sent'),
		// The server writes the time of a zone that it does not name, and none for templates.
		sent_at: new Date().toISOString(),
		...present(own),
		...ofTemplate,
	} as IDataObject;
}

const ACCEPTED =
	'WhatsApp has accepted these messages, not delivered them: messages that are not templates reach people, your own team included, only within 24 hours of their last message to you. The WhatsCloud Webhook Trigger tells what became of each.';
const HELD =
	'WhatsApp holds some of these messages back, because of the template: see message_status.';
const MADE_CONTACT =
	'WhatsCloud has created contacts for unknown numbers although Contact If New is empty: see contact_created.';

function present(fields: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields).filter(([, value]) => ![undefined, null, ''].includes(value as null)),
	);
}

export const sendText = operation({
	value: 'sendText',
	name: 'Send Text',
	action: 'Send a text message',
	description:
		"Send free text to a phone number. Works only within 24 hours of the contact's last message; otherwise send a template.",
	kind: 'write',
	fields: {
		freeMessageNotice: freeMessageNotice(),
		phoneNumber: phoneNumberFor('text'),
		text: messageText({
			displayName: 'Text',
			hint: 'WhatsCloud itself fills in words such as {contact_first_name} or {contact_company} from the contact',
			description:
				'The message, up to 4,096 characters, with line breaks and emoji as you write it',
		}),
		contactIfNew,
		simplify,
	},
	lane,
	run: async (call) => {
		const answer = await send(call, 'messages/send', { message_body: call.params.text });
		return outputOf(call, answer, { message: answer.message });
	},
});
