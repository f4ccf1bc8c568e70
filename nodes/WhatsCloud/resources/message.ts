import { requiredText } from '../fields/basic';
import type { Field, Resource } from '../node/operation';
import { operation } from '../node/operation';
import { checkText } from '../whatsapp/messageText';
import { toWhatsAppNumber } from '../whatsapp/phone';

const phoneNumber: Field<string> = {
	property: {
		displayName: 'Phone Number',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 15555550101',
		description:
			'The phone number to send to, with the country code. Spaces, dashes, brackets and + do not matter.',
	},
	read: toWhatsAppNumber,
};

const text: Field<string> = {
	...requiredText({
		displayName: 'Text',
		typeOptions: { rows: 4 },
		description:
			"The message, up to 4,096 characters. WhatsApp delivers free text only within 24 hours of the contact's last message; at other times send a template. WhatsCloud fills in words in braces such as {contact_first_name}.",
	}),
	read: checkText,
};

const sendText = operation({
	value: 'sendText',
	name: 'Send Text',
	action: 'Send a text message',
	description: "Send free text within 24 hours of the contact's last message",
	kind: 'write',
	fields: { phoneNumber, text },
	lane: ({ phoneNumber: recipient }) => recipient,
	run: async ({ api, params }) => {
		const data = await api.post('messages/send', {
			phone_number: params.phoneNumber,
			message_body: params.text,
		});
		return data as Record<string, string>;
	},
});

export const message: Resource = {
	value: 'message',
	name: 'Message',
	default: 'sendText',
	operations: [sendText],
};
