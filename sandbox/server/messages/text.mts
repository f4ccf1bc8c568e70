import { inWords, type Call } from '../call.mts';
import { failure, success, type Answer } from '../envelope.mts';
import { plainSeconds } from '../timestamps.mts';
import { maxLength, required, string } from '../validation.mts';
import { openChat, refuseAboveConversationLimit, refuseUnconnected } from './conversation.mts';
import { metaRefusal, newMessageId } from './meta.mts';
import { accept } from './outcome.mts';
import { fillPlaceholders } from './placeholders.mts';
import { cleanPhone, contactRules, findOrCreateRecipient } from './recipient.mts';
import { validateSend } from './sendRules.mts';

interface TextInput {
	phone_number: string;
	message_body: string;
}

export async function sendText(call: Call): Promise<Answer> {
	const { account, input } = call;
	validateSend(
		account,
		{
			phone_number: [required, string],
			message_body: [required, string, maxLength(4096)],
			...contactRules(account, { email: 191, isObject: true }),
		},
		input,
	);
	const { phone_number, message_body } = input as unknown as TextInput;
	const phone = cleanPhone(phone_number);
	// Quirk 39: from here on a new contact stays, whatever happens to the message.
	const { contact, created } = await findOrCreateRecipient(call, phone);
	refuseUnconnected(account);
	refuseAboveConversationLimit(account, contact);
	const refused = metaRefusal(phone, call.tooFast);
	if (refused !== undefined) {
		// Quirk 18: Meta's JSON as a string.
		return failure(500, inWords(account, 'Failed to send WhatsApp message'), {
			error: refused.json,
		});
	}
	const text = fillPlaceholders(account, contact, message_body);
	const wamid = newMessageId(phone);
	const now = account.now();
	accept(account, {
		...{ wamid, kind: 'text', phone, contactId: contact.id, at: now.toISOString(), text },
	});
	return success({
		message: inWords(account, 'Message sent successfully'),
		data: {
			message_id: wamid,
			contact_id: contact.id,
			phone: contact.phone,
			message: text,
			status: 'sent',
			sent_at: plainSeconds(now),
			chat_id: openChat(account, contact),
			contact_created: created,
		},
	});
}
