import { requiredText } from '../../fields/values';
import type { Field } from '../../operation';
import { operation } from '../../operation';
import { checkText } from '../../whatsapp/messageText';
import {
	contactIfNew,
	freeMessageNotice,
	phoneNumberFor,
	recipientFields,
	recipientLane,
} from './recipient';
import { send } from './sendRequest';

const text: Field<string> = {
	...requiredText({
		displayName: 'Text',
		typeOptions: { rows: 4 },
		hint: 'WhatsCloud itself fills in words such as {contact_first_name} or {contact_company} from the contact',
		description: 'The message, up to 4,096 characters, with line breaks and emoji as you write it',
	}),
	read: checkText,
};

export const sendText = operation({
	value: 'sendText',
	name: 'Send Text',
	action: 'Send a text message',
	description:
		"Send free text to a phone number. Works only within 24 hours of the contact's last message; otherwise send a template.",
	kind: 'write',
	fields: { freeMessageNotice, phoneNumber: phoneNumberFor('text'), text, contactIfNew },
	lane: recipientLane,
	run: async ({ api, params }) =>
		await send(api, 'messages/send', { ...recipientFields(params), message_body: params.text }),
});
