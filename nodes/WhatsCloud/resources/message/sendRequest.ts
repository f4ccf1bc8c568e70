import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../../api/api';
import { isObject } from '../../json';
import { NO_COUNTRY } from '../../whatsapp/countries';
import type { Recipient } from './recipient';
import type { Upload } from './upload';

/** The fields of a send under the API's names; undefined ones are left out (quirk 24). */
export type SendFields = Record<
	string,
	string | number | boolean | undefined | Record<string, string | undefined>
>;

export interface Attachment {
	/** The API's name of the field. */
	field: string;
	upload: Upload;
}

type SendPath = 'messages/send' | 'messages/media' | 'messages/template';

/** Sends, and gives back the answer with the message's id on top. @throws ApiError */
export async function send(
	{ api, params }: { api: Api; params: Recipient },
	path: SendPath,
	message: SendFields,
	attachment?: Attachment,
): Promise<IDataObject> {
	const fields = { ...recipientFields(params), ...message };
	return answerOf(await api.post(path, attachment ? formOf(fields, attachment) : fields));
}

/** The recipient in the API's fields; `contact` is absent when none is to be created. */
function recipientFields({ phoneNumber: phone, contactIfNew: given }: Recipient): SendFields {
	if (!given) return { phone_number: phone };
	const { firstName, lastName, email, country, groups } = given;
	return {
		phone_number: phone,
		contact: {
			// Quirk 27: servers differ in the spelling.
			first_name: firstName,
			firstname: firstName,
			last_name: lastName,
			lastname: lastName,
			email,
			// Quirk 22: never without.
			country: country ?? NO_COUNTRY,
			groups,
		},
	};
}

/** Quirk 28: templates have the message's id deep inside, and that of the contact beside it. */
function answerOf(data: unknown): IDataObject {
	const entries = Object.entries(isObject(data) ? data : {});
	// A top-level `error` would make n8n take the item for a failed one.
	const answer = Object.fromEntries(entries.filter(([key]) => key !== 'error'));
	const { contact, whatsapp_response: response } = answer;
	const messages: unknown = isObject(response) ? response.messages : undefined;
	const first: unknown = Array.isArray(messages) ? messages[0] : undefined;
	const ids = {
		message_id: isObject(first) ? first.id : null,
		...(isObject(contact) ? { contact_id: contact.id, phone: contact.phone } : {}),
	};
	return { ...ids, ...answer } as IDataObject;
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
