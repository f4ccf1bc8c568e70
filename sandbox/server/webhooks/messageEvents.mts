import type { Account } from '../account.mts';
import { phpJson } from '../envelope.mts';
import type { ReceivedMessage, SentMessage } from '../records.mts';
import { tenantId } from '../store.mts';
import { deliver } from './deliver.mts';
import { n8nParts, webhookHeaders, webhookTime } from './parts.mts';

type MessageEvent = 'received' | 'sent' | 'delivered' | 'read' | 'failed';

/** What all versions are made from. */
interface Happening {
	event: MessageEvent;
	wamid: string;
	/** Of Meta's `entry[].changes[]`, beside the business's own number. */
	value: object;
	/** What the brand of 2026 tells in its place. */
	brand: object;
}

const businessPhone = '15555550199';
const errorPage = 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/';

function metaPayload(value: object): object {
	const metadata = { display_phone_number: businessPhone, phone_number_id: '100000000000002' };
	const change = {
		field: 'messages',
		value: { messaging_product: 'whatsapp', metadata, ...value },
	};
	return {
		object: 'whatsapp_business_account',
		entry: [{ id: '100000000000001', changes: [change] }],
	};
}

function n8nBody(account: Account, { event, wamid, value }: Happening): object {
	const { metadata, ...parts } = n8nParts(
		account,
		`whatsapp.message.${event}`,
		'whatsapp_webhook_forward',
	);
	return {
		...parts,
		data: { resource: { type: 'message', id: wamid, attributes: {} }, relationships: {} },
		whatsapp: { original_payload: metaPayload(value) },
		metadata,
	};
}

function brandBody(account: Account, { event, wamid, brand }: Happening): object {
	return {
		event: `message.${event}`,
		model: 'WhatsAppMessage',
		data: { message_id: wamid, status: event, error_message: null, ...brand, tenant_id: tenantId },
		timestamp: webhookTime(account),
	};
}

/** Each version of the server tells the same in its own way, to the URL it uses for that. */
async function happened(account: Account, happening: Happening): Promise<void> {
	const { recordsUrl, messagesUrl } = account.webhookSettings;
	const { event, wamid, value } = happening;
	const { messageWebhooks: format, signedWebhooks } = account.behaviour;
	const common = { event: `message.${event}`, about: wamid, isSigned: signedWebhooks === 'all' };
	if (format === 'meta') {
		const body = phpJson(metaPayload(value));
		await deliver(account, {
			...{ ...common, body, url: messagesUrl, isRetried: false },
			headers: { 'User-Agent': 'GuzzleHttp/7' },
		});
		return;
	}
	const isBrand = format === 'brand';
	await deliver(account, {
		...common,
		url: isBrand ? recordsUrl : messagesUrl,
		body: phpJson(isBrand ? brandBody(account, happening) : n8nBody(account, happening)),
		headers: webhookHeaders(
			account,
			isBrand ? common.event : `whatsapp.${common.event}`,
			isBrand ? 'legacy' : 'n8n',
		),
		isRetried: isBrand,
	});
}

const unixSeconds = (time: Date) => String(Math.floor(time.getTime() / 1000));

export async function messageReceived(account: Account, received: ReceivedMessage): Promise<void> {
	const { wamid, phone, name, at, message, text, replyTo } = received;
	await happened(account, {
		event: 'received',
		wamid,
		value: {
			contacts: [{ profile: { name }, wa_id: phone }],
			messages: [
				{
					...(replyTo !== undefined && { context: { from: businessPhone, id: replyTo } }),
					...{ from: phone, id: wamid, timestamp: unixSeconds(new Date(at)), ...message },
				},
			],
		},
		brand: { text, type: message.type },
	});
}

/** Tells that the message has come as far as its state says. */
export async function messageMoved(
	account: Account,
	{ wamid, phone, failure }: SentMessage,
	event: Exclude<MessageEvent, 'received'>,
): Promise<void> {
	const errors = failure && [
		{
			...{ code: failure.code, title: failure.title, message: failure.title },
			...{ error_data: { details: failure.details }, href: errorPage },
		},
	];
	await happened(account, {
		event,
		wamid,
		value: {
			statuses: [
				{
					...{ id: wamid, status: event, timestamp: unixSeconds(account.now()) },
					recipient_id: phone.replaceAll(/\D/g, ''),
					...(errors && { errors }),
				},
			],
		},
		brand: failure ? { error_message: failure.details } : {},
	});
}
