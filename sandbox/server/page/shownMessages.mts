import type { Account } from '../account.mts';
import type {
	DeliveryFailure,
	ReceivedMessage,
	RefusedSend,
	SentMedia,
	SentMessage,
} from '../records.mts';

export interface ShownButton {
	text: string;
	/** Where it leads; without one, pressing it answers the message. */
	url?: string;
}

/** A bubble of a chat, as the contact sees it on their phone. */
export interface ShownMessage {
	/** Of what WhatsApp has taken. */
	wamid?: string;
	contactId: number;
	at: string;
	from: 'business' | 'contact';
	text: string;
	header?: string;
	footer?: string;
	media?: SentMedia;
	place?: { latitude: number; longitude: number };
	buttons: ShownButton[];
	/** Of a send: which template, and to which number. */
	about: string;
	state?: SentMessage['state'];
	failure?: DeliveryFailure;
	/** Of a send that was not accepted: why. */
	refusal?: string;
	/** Of what the contact wrote: whether a workflow got it. */
	delivery?: { state: 'underWay' | 'taken' | 'givenUp' | 'nowhere'; problem?: string };
}

/** In the form that Meta gives `buttons_data`. */
interface TemplateButton {
	type: string;
	text: string;
	url?: string;
}

/** What the phone shows of a template around its body. */
function templateParts({ data }: Account, { template: sent }: SentMessage) {
	const template = data.templates.find(
		({ template_name, language }) => template_name === sent?.name && language === sent.language,
	);
	if (!sent || !template) return { buttons: [] };
	const list = JSON.parse(template.buttons_data ?? '[]') as TemplateButton[];
	const buttons = list.map(({ type, text, url }, index): ShownButton => {
		if (type !== 'URL' || url === undefined) return { text };
		const value = sent.buttons[`button_${index}`] ?? sent.buttons['copy_code'] ?? '';
		return { text, url: url.replace(/\{\{[^}]*\}\}/, encodeURIComponent(value)) };
	});
	const { header_data_text: header, footer_data: footer } = template;
	return {
		buttons,
		...(header !== null && { header: header.replace(/\{\{[^}]*\}\}/, sent.header ?? '') }),
		...(footer !== null && { footer }),
	};
}

function sentMessage(account: Account, message: SentMessage): ShownMessage {
	const { wamid, contactId, at, media, template, state, failure, phone } = message;
	return {
		...{ wamid, contactId, at, from: 'business', state, text: media?.caption ?? message.text },
		...(media && { media }),
		...(failure && { failure }),
		...templateParts(account, message),
		about: `${template ? `template ${template.name} (${template.language}), ` : ''}to ${phone},`,
	};
}

function refusedMessage({ template, phone, reason, ...send }: RefusedSend): ShownMessage {
	return {
		...{ ...send, from: 'business', buttons: [], refusal: reason },
		about: `${template === undefined ? '' : `template ${template}, `}to ${phone},`,
	};
}

/** What was written while no address was set has no delivery. */
function deliveryOf({ deliveries }: Account, wamid: string): ShownMessage['delivery'] {
	const delivery = deliveries.entries.findLast(({ about }) => about === wamid);
	if (!delivery) return { state: 'nowhere' };
	const problem = delivery.attempts.at(-1)?.problem;
	return { state: delivery.state, ...(problem !== undefined && { problem }) };
}

const samples: Record<string, SentMedia> = {
	image: { type: 'image', url: '/sandbox/media/flyer.png' },
	document: { type: 'document', url: '/sandbox/media/prices.pdf', filename: 'prices.pdf' },
};

/** Where, and that it is of a kind that workflows must not take for a private message. */
function circumstances({ kind, hidesNumber, groupId }: ReceivedMessage): string {
	if (kind === 'echo') return 'written on the phone of the business,';
	return `${hidesNumber ? 'number hidden, ' : ''}${groupId === undefined ? '' : 'in a group, '}`.trim();
}

function placeOf({ message }: ReceivedMessage): ShownMessage['place'] {
	const { latitude, longitude } = (message['location'] ?? {}) as Record<string, unknown>;
	const isPlace = typeof latitude === 'number' && typeof longitude === 'number';
	return isPlace ? { latitude, longitude } : undefined;
}

function receivedMessage(account: Account, received: ReceivedMessage): ShownMessage {
	const { wamid, contactId, at, text, message, kind } = received;
	const media = samples[message.type];
	const place = placeOf(received);
	return {
		...{ wamid, contactId, at, from: kind === 'echo' ? 'business' : 'contact', text },
		...{ buttons: [], about: circumstances(received) },
		...(media && { media }),
		...(place && { place }),
		delivery: deliveryOf(account, wamid),
	};
}

/** The newest messages of both sides, in the order of time. */
export function shownMessages(account: Account, most: number): ShownMessage[] {
	const { messages, refused, received } = account;
	const shown = [
		...received.entries.slice(-most).map((message) => receivedMessage(account, message)),
		...messages.entries.slice(-most).map((message) => sentMessage(account, message)),
		...refused.entries.slice(-most).map(refusedMessage),
	];
	return shown.sort((a, b) => a.at.localeCompare(b.at)).slice(-most);
}
