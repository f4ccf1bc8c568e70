import type { Account } from '../account.mts';
import { failure, Refusal } from '../envelope.mts';
import type { Contact } from '../records.mts';

const firstChatId = 77;

export function refuseAboveConversationLimit(account: Account, contact: Contact): void {
	const { conversationLimit } = account.behaviour;
	const { chats } = account;
	if (conversationLimit === null || chats.has(contact.id) || chats.size < conversationLimit) return;
	throw new Refusal(
		failure(403, 'Conversation limit reached. Please upgrade your plan to continue messaging.', {
			limit_reached: true,
		}),
	);
}

export function openChat({ chats }: Account, contact: Contact): number {
	const id = chats.get(contact.id) ?? firstChatId + chats.size;
	chats.set(contact.id, id);
	return id;
}

/** The text and media endpoints' answer when WhatsApp is not connected; templates have their own. */
export function refuseUnconnected({ behaviour }: Account): void {
	if (behaviour.whatsappConnected) return;
	throw new Refusal(failure(422, 'WhatsApp connection is not configured for this tenant'));
}
