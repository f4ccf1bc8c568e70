import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../account.mts';
import type { DeliveryFailure, SentMessage } from '../records.mts';
import { messageMoved } from '../webhooks/messageEvents.mts';

/** Between one state and the next: long enough to see, short enough to wait for. */
const stepMs = 250;
const windowMs = 24 * 60 * 60 * 1000;

const outsideWindow: DeliveryFailure = {
	code: 131047,
	title: 'Re-engagement message',
	details:
		'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
};

/** What becomes of a header whose address did not give the file. */
export const brokenLink: DeliveryFailure = {
	code: 131053,
	title: 'Media upload error',
	details: 'The file could not be downloaded from the given address.',
};

/** Who wrote in the last 24 hours can be written to freely; everybody else only with a template. */
function refusalOf({ lastWroteAt, now }: Account, { kind, phone }: SentMessage) {
	if (kind === 'template') return undefined;
	const wroteAt = lastWroteAt.get(phone.replaceAll(/\D/g, ''));
	const isOpen = wroteAt !== undefined && now().getTime() - wroteAt.getTime() < windowMs;
	return isOpen ? undefined : outsideWindow;
}

async function travel(account: Account, message: SentMessage): Promise<void> {
	const { signal } = account.cutShort;
	const failure = message.failure ?? refusalOf(account, message);
	const states = failure ? (['failed'] as const) : (['sent', 'delivered', 'read'] as const);
	for (const state of states) {
		await sleep(stepMs, undefined, { ref: false, signal });
		Object.assign(message, { state, ...(failure && { failure }) });
		account.changes.emit('change');
		await messageMoved(account, message, state);
	}
}

/** A send that Meta has accepted. What becomes of it shows later, and only by webhook. */
export function accept(account: Account, sent: Omit<SentMessage, 'state'>): void {
	const message: SentMessage = { ...sent, state: 'accepted' };
	account.messages.add(message);
	const { signal } = account.cutShort;
	travel(account, message).catch((error: unknown) => {
		if (!signal.aborted) throw error;
	});
}
