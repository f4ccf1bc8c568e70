import type { Account } from '../account.mts';
import { phpJson } from '../envelope.mts';
import { typedText } from '../messages/incomingText.mts';
import type { ReceivedMessage, SentMessage } from '../records.mts';
import { tenantId } from '../store.mts';
import { deliver } from './deliver.mts';
import { n8nParts, webhookHeaders, webhookTime } from './parts.mts';

type MessageState = 'sent' | 'delivered' | 'read' | 'failed';

/** What all versions are made from. */
interface Happening {
	/** Such as `message.received`. */
	event: string;
	wamid: string;
	/** Of Meta's `entry[].changes[]`, beside the business's own number. */
	field: string;
	value: object;
	/** How newer servers describe it beside Meta's body. */
	n8n: { resource: { type: string; id: string; attributes: object }; relationships: object };
	/** What the brand of 2026 tells in its place; nothing of some. */
	brand?: object;
}

const businessPhone = '15555550199';
const accountId = '100000000000001';
const ownNumber = { display_phone_number: businessPhone, phone_number_id: '100000000000002' };
const errorPage = 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/';

const changeOf = ({ field, value }: Happening) => ({
	field,
	value: { messaging_product: 'whatsapp', metadata: ownNumber, ...value },
});

const metaPayload = (happening: Happening) => ({
	object: 'whatsapp_business_account',
	entry: [{ id: accountId, changes: [changeOf(happening)] }],
});

function n8nBody(account: Account, happening: Happening): object {
	const { metadata, ...parts } = n8nParts(
		account,
		`whatsapp.${happening.event}`,
		'whatsapp_webhook_forward',
	);
	const whatsapp = { original_payload: metaPayload(happening) };
	return { ...parts, data: happening.n8n, whatsapp, metadata };
}

function brandBody(account: Account, { event, wamid, brand }: Happening): object {
	const status = event.replace('message.', '');
	return {
		event,
		model: 'WhatsAppMessage',
		data: { message_id: wamid, status, error_message: null, ...brand, tenant_id: tenantId },
		timestamp: webhookTime(account),
	};
}

/** Each version of the server tells the same in its own way, to the URL it uses for that. */
async function happened(account: Account, happening: Happening): Promise<void> {
	const { recordsUrl, messagesUrl } = account.webhookSettings;
	const { event, wamid, brand } = happening;
	const { messageWebhooks: format, signedWebhooks } = account.behaviour;
	const common = { event, about: wamid, isSigned: signedWebhooks === 'all' };
	if (format === 'brand') {
		if (!brand) return;
		await deliver(account, {
			...{ ...common, url: recordsUrl, isRetried: true },
			body: phpJson(brandBody(account, happening)),
			headers: webhookHeaders(account, event, 'legacy'),
		});
		return;
	}
	const isMeta = format === 'meta';
	await deliver(account, {
		...{ ...common, url: messagesUrl, isRetried: false },
		body: phpJson(isMeta ? metaPayload(happening) : n8nBody(account, happening)),
		headers: isMeta
			? { 'User-Agent': 'GuzzleHttp/7' }
			: webhookHeaders(account, `whatsapp.${event}`, 'n8n'),
	});
}

const unixSeconds = (time: Date) => String(Math.floor(time.getTime() / 1000));

/** Where the number is hidden, WhatsApp tells an id that holds for this business alone. */
function writerOf({ phone, name, hidesNumber }: ReceivedMessage) {
	if (!hidesNumber) return { from: { from: phone }, contact: { profile: { name }, wa_id: phone } };
	const user_id = `US.1349120865${phone}`;
	const username = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.');
	return { from: { from_user_id: user_id }, contact: { profile: { name, username }, user_id } };
}

function writtenMessage(received: ReceivedMessage): Happening {
	const { wamid, phone, name, at, message, replyTo, hidesNumber, groupId } = received;
	const { from, contact } = writerOf(received);
	const timestamp = unixSeconds(new Date(at));
	const context = replyTo === undefined ? null : { from: businessPhone, id: replyTo };
	const text = typedText(message);
	const number = hidesNumber ? null : phone;
	return {
		...{ event: 'message.received', wamid, field: 'messages' },
		value: {
			contacts: [contact],
			messages: [
				{
					...(context && { context }),
					...{ ...from, ...(groupId !== undefined && { group_id: groupId }) },
					...{ id: wamid, timestamp, ...message },
				},
			],
		},
		n8n: {
			resource: {
				...{ type: 'message', id: wamid },
				attributes: {
					...{ message_id: wamid, from: number, timestamp, type: message.type },
					...{ text: message.type === 'text' ? text : null, context },
				},
			},
			relationships: { contact: { wa_id: number, name }, metadata: ownNumber },
		},
		brand: { ...(text !== null && { text }), type: message.type },
	};
}

function echo({ wamid, phone, at, message }: ReceivedMessage): Happening {
	const written = { id: wamid, timestamp: unixSeconds(new Date(at)), ...message };
	return {
		...{ event: 'smb_message_echoes', wamid, field: 'smb_message_echoes' },
		value: { message_echoes: [{ from: businessPhone, to: phone, ...written }] },
		n8n: {
			// Of a field that they do not know, newer servers describe nothing.
			resource: { type: 'smb_message_echoes', id: accountId, attributes: [] },
			relationships: [],
		},
	};
}

function call(received: ReceivedMessage): Happening {
	const { from, contact } = writerOf(received);
	const value = {
		contacts: [contact],
		calls: [
			{
				...{ id: received.wamid.replace('wamid', 'wacid'), ...from, to: businessPhone },
				...{ event: 'connect', timestamp: unixSeconds(new Date(received.at)) },
				direction: 'USER_INITIATED',
			},
		],
	};
	return {
		...{ event: 'call.received', wamid: received.wamid, field: 'calls', value },
		n8n: {
			resource: { type: 'call', id: accountId, attributes: { field: 'calls', value } },
			relationships: [],
		},
	};
}

const happenings = { message: writtenMessage, echo, call };

/** Tells what somebody did on a phone. */
export async function messageReceived(account: Account, received: ReceivedMessage): Promise<void> {
	await happened(account, happenings[received.kind](received));
}

/** Tells that the message has come as far as its state says. */
export async function messageMoved(
	account: Account,
	{ wamid, phone, failure }: SentMessage,
	status: MessageState,
): Promise<void> {
	const errors = failure && [
		{
			...{ code: failure.code, title: failure.title, message: failure.title },
			...{ error_data: { details: failure.details }, href: errorPage },
		},
	];
	const timestamp = unixSeconds(account.now());
	const recipient_id = phone.replaceAll(/\D/g, '');
	const attributes = {
		...{ message_id: wamid, status, timestamp, recipient_id, conversation: null, pricing: null },
		errors: errors ?? null,
	};
	await happened(account, {
		...{ event: `message.${status}`, wamid, field: 'messages' },
		value: {
			statuses: [{ id: wamid, status, timestamp, recipient_id, ...(errors && { errors }) }],
		},
		n8n: {
			resource: { type: 'message', id: wamid, attributes },
			relationships: { metadata: ownNumber },
		},
		brand: failure ? { error_message: failure.details } : {},
	});
}
