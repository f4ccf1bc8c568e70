import type { Account } from '../account.mts';
import { inWords } from '../call.mts';
import { failure, Refusal } from '../envelope.mts';
import type { Contact } from '../records.mts';
import { textLength } from '../textLength.mts';

const firstChatId = 77;

export function refuseAboveConversationLimit(account: Account, contact: Contact): void {
	const { conversationLimit, currentTenantInApi } = account.behaviour;
	const { chats } = account;
	if (!currentTenantInApi || conversationLimit === null) return;
	if (chats.has(contact.id) || chats.size < conversationLimit) return;
	throw new Refusal(
		failure(403, 'Conversation limit reached. Please upgrade your plan to continue messaging.', {
			limit_reached: true,
		}),
	);
}

const longestName = 100;

/** Null where the chat cannot be stored, as its column for both names is shorter than they may be. */
export function openChat({ chats }: Account, contact: Contact): number | null {
	if (textLength(`${contact.firstname} ${contact.lastname}`) > longestName) return null;
	const id = chats.get(contact.id) ?? firstChatId + chats.size;
	chats.set(contact.id, id);
	return id;
}

/** The text and media endpoints' answer when WhatsApp is not connected; templates have their own. */
export function refuseUnconnected(account: Account): void {
	if (account.behaviour.whatsappConnected) return;
	const message = 'WhatsApp connection is not configured for this tenant';
	throw new Refusal(failure(422, inWords(account, message)));
}
