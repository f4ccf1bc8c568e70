import { z } from 'zod';
import type { Account } from '../account.mts';
import type { Contact, ReceivedMessage } from '../records.mts';
import { newContact } from '../store.mts';
import { isoSeconds } from '../timestamps.mts';
import { messageReceived } from '../webhooks/messageEvents.mts';
import { openChat } from './conversation.mts';
import { incomingText } from './incomingText.mts';
import { internationalNumber } from './internationalNumber.mts';
import { newMessageId } from './meta.mts';

/** What people do on their phones. `message` is as Meta puts it: `{"type":"text","text":{"body":"Hi"}}`. */
export const incomingSchema = z
	.object({
		phone: z.string().transform((text, context) => {
			const number = internationalNumber(text);
			if ('digits' in number) return number.digits;
			context.addIssue({ code: 'custom', message: number.problem });
			return z.NEVER;
		}),
		name: z.string().trim().min(1).optional(),
		message: z
			.object({ type: z.string().min(1) })
			.passthrough()
			.default({ type: 'text' }),
		replyTo: z.string().optional(),
		kind: z
			.enum(['message', 'echo', 'call'])
			.default('message')
			.describe('echo: somebody of the business writes to this person, on the phone'),
		hidesNumber: z
			.boolean()
			.default(false)
			.describe('The person has a user name: WhatsApp tells an id in place of the number'),
		groupId: z.string().min(1).optional().describe('Written in a group of WhatsApp'),
	})
	.strict();

export type Incoming = z.infer<typeof incomingSchema>;

function insertContact({ data, now }: Account, phone: string, name: string): Contact {
	const [firstname = '', ...others] = name.split(' ');
	const source = data.sources.find((label) => label.name === 'whatsapp');
	return data.contacts.insert({
		...newContact(phone, isoSeconds(now())),
		...{ firstname, lastname: others.join(' '), source_id: source?.id ?? 1 },
	});
}

/** Somebody writes to the business. Whoever is not a contact yet becomes one, which no version tells a webhook. */
export function receive(account: Account, { phone, name, ...incoming }: Incoming) {
	const known = account.data.contacts.firstWithPhoneEnding(phone);
	const contact = known ?? insertContact(account, phone, name ?? `+${phone}`);
	const at = account.now();
	const received: ReceivedMessage = {
		...{ wamid: newMessageId(phone), phone, contactId: contact.id, at: at.toISOString() },
		name: name ?? `${contact.firstname} ${contact.lastname}`.trim(),
		...incoming,
		text: incoming.kind === 'call' ? 'Call' : incomingText(incoming.message),
	};
	openChat(account, contact);
	if (received.kind === 'message' && received.groupId === undefined) {
		account.lastWroteAt.set(phone, at);
	}
	account.received.add(received);
	account.changes.emit('change');
	// WhatsApp does not wait for the receivers.
	void messageReceived(account, received);
	return received;
}
