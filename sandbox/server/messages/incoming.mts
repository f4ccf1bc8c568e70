import type { Account } from '../account.mts';
import type { Contact, MetaMessage, ReceivedMessage } from '../records.mts';
import { newContact } from '../store.mts';
import { isoSeconds } from '../timestamps.mts';
import { messageReceived } from '../webhooks/messageEvents.mts';
import { openChat } from './conversation.mts';
import { newMessageId } from './meta.mts';

export interface Incoming {
	/** Digits. */
	phone: string;
	name?: string;
	message: MetaMessage;
	replyTo?: string;
}

function insertContact({ data, now }: Account, phone: string, name: string): Contact {
	const [firstname = '', ...others] = name.split(' ');
	const source = data.sources.find((label) => label.name === 'whatsapp');
	return data.contacts.insert({
		...newContact(phone, isoSeconds(now())),
		...{ firstname, lastname: others.join(' '), source_id: source?.id ?? 1 },
	});
}

const textOf = (part: unknown, ...names: string[]): string | undefined => {
	const values = part as Record<string, unknown> | undefined;
	const found = names.map((name) => values?.[name]).find((value) => typeof value === 'string');
	return found;
};

/** For the page; what the workflow gets is Meta's message. */
function readable(message: MetaMessage): string {
	const { type } = message;
	const choice = message['interactive'] as Record<string, unknown> | undefined;
	return (
		textOf(message[type], 'body', 'text', 'caption', 'emoji', 'name') ??
		textOf(choice?.['button_reply'] ?? choice?.['list_reply'], 'title') ??
		`(${type})`
	);
}

/** Somebody writes to the business. Whoever is not a contact yet becomes one. */
export function receive(account: Account, { phone, name, message, replyTo }: Incoming) {
	const known = account.data.contacts.firstWithPhoneEnding(phone);
	const contact = known ?? insertContact(account, phone, name ?? `+${phone}`);
	const at = account.now();
	const received: ReceivedMessage = {
		...{ wamid: newMessageId(phone), phone, contactId: contact.id, at: at.toISOString() },
		name: name ?? `${contact.firstname} ${contact.lastname}`.trim(),
		...{ message, text: readable(message) },
		...(replyTo !== undefined && { replyTo }),
	};
	openChat(account, contact);
	account.lastWroteAt.set(phone, at);
	account.received.add(received);
	account.changes.emit('change');
	// WhatsApp does not wait for the receivers. A contact that is made here fires no webhook.
	void messageReceived(account, received);
	return received;
}
