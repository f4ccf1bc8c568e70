import { simplify } from '../fields/collections';
import type { Resource } from '../operation';
import { operation } from '../operation';
import {
	contactIfNew,
	freeMessageNotice,
	messageText,
	outputOf,
	phoneNumberFor,
	recipientLane,
	send,
} from './send';
import { sendAndWait } from './sendAndWait';
import { sendMedia } from './sendMedia';
import { sendTemplate } from './sendTemplate';

const text = messageText({
	displayName: 'Text',
	hint: 'WhatsCloud itself fills in words such as {contact_first_name} or {contact_company} from the contact',
	description: 'The message, up to 4,096 characters, with line breaks and emoji as you write it',
});

const sendText = operation({
	value: 'sendText',
	name: 'Send Text',
	action: 'Send a text message',
	description:
		"Send free text to a phone number. Works only within 24 hours of the contact's last message; otherwise send a template.",
	kind: 'write',
	fields: {
		freeMessageNotice: freeMessageNotice(),
		phoneNumber: phoneNumberFor('text'),
		text,
		contactIfNew,
		simplify,
	},
	lane: recipientLane,
	run: async (call) => {
		const answer = await send(call, 'messages/send', { message_body: call.params.text });
		return outputOf(call, answer, { message: answer.message });
	},
});

export const message: Resource = {
	value: 'message',
	name: 'Message',
	default: 'sendText',
	operations: [sendAndWait, sendMedia, sendTemplate, sendText],
};
