/** What a person can send, as Meta writes it, and what comes out of it. */
export interface Kind {
	name: string;
	/** Beside `id`, `from` and `timestamp`. */
	message: Record<string, unknown>;
	/** Where it differs from `nothing` and from a plain messageReceived. */
	item: Record<string, unknown>;
	/** Of what WhatsCloud's own description holds of it, without Meta's body: type and text. */
	described: { text: string | null };
}

export const from = '15555550101';

/** The fields of a message that holds nothing. */
export const nothing = {
	...{ text: null, reply_to: null, media: null, choice: null, content: null },
	...{ form: null, referral: null, forwarded: false },
};

const file = {
	...{ id: '900', mime_type: 'image/jpeg', sha256: 'q1w2', url: 'https://lookaside.example/900' },
};
const media = {
	...{ id: '900', mime_type: 'image/jpeg', file_name: null, sha256: 'q1w2' },
	...{ url: 'https://lookaside.example/900', voice: null },
};
const ad = {
	...{ source_url: 'https://fb.me/abc', source_id: '120200', source_type: 'ad' },
	...{ headline: 'Cups', body: 'Half price', ctwa_clid: 'ARAk…' },
};
const place = { latitude: 52.52, longitude: 13.405, name: 'Town Hall', address: 'Main Street 1' };
const cards = [
	{
		name: { formatted_name: 'Ben Example', first_name: 'Ben' },
		phones: [{ phone: '+1 555 555 0177', wa_id: '15555550177', type: 'CELL' }],
	},
];
const order = {
	...{ catalog_id: '7', text: 'Soon, please' },
	product_items: [
		{ product_retailer_id: 'cup', quantity: 2, item_price: 9.5, currency: 'EUR' },
		{ product_retailer_id: 'pot', quantity: 1, item_price: 30, currency: 'EUR' },
	],
};
const formReply = {
	type: 'nfm_reply',
	nfm_reply: {
		...{ name: 'flow', body: 'Sent' },
		response_json: '{"flow_token":"t1","day":"Monday","guests":4}',
	},
};

const kind = (
	name: string,
	message: Record<string, unknown>,
	item: Record<string, unknown>,
	text: string | null = null,
): Kind => ({ name, message, item, described: { text } });

export const KINDS: Kind[] = [
	kind('text', { type: 'text', text: { body: 'Hi' } }, { text: 'Hi' }, 'Hi'),
	kind(
		'answer to a message, forwarded',
		{ type: 'text', text: { body: 'Yes' }, context: { id: 'wamid.0', forwarded: true } },
		{ text: 'Yes', reply_to: 'wamid.0', forwarded: true },
		'Yes',
	),
	kind(
		'text after an ad',
		{ type: 'text', text: { body: 'How much?' }, referral: ad },
		{ text: 'How much?', referral: ad },
		'How much?',
	),
	kind(
		'text that goes round',
		{ type: 'text', text: { body: 'Pass it on' }, context: { frequently_forwarded: true } },
		{ text: 'Pass it on', forwarded: true },
		'Pass it on',
	),
	kind(
		'question about a product',
		{
			...{ type: 'text', text: { body: 'Is it blue?' } },
			context: { referred_product: { catalog_id: '7', product_retailer_id: 'cup' } },
		},
		{ text: 'Is it blue?', referral: { catalog_id: '7', product_retailer_id: 'cup' } },
		'Is it blue?',
	),
	...['image', 'video'].map((type) =>
		kind(
			`${type} with a caption`,
			{ type, [type]: { ...file, caption: 'Look' } },
			{ text: 'Look', media, content: { ...file, caption: 'Look' } },
		),
	),
	kind('image', { type: 'image', image: file }, { media, content: file }),
	kind(
		'document',
		{ type: 'document', document: { ...file, filename: 'a.pdf', caption: 'Read' } },
		{
			...{ text: 'Read', media: { ...media, file_name: 'a.pdf' } },
			content: { ...file, filename: 'a.pdf', caption: 'Read' },
		},
	),
	kind(
		'voice message',
		{ type: 'audio', audio: { id: '901', mime_type: 'audio/ogg', voice: true } },
		{
			media: {
				...{ id: '901', mime_type: 'audio/ogg', file_name: null, sha256: null },
				...{ url: null, voice: true },
			},
			content: { id: '901', mime_type: 'audio/ogg', voice: true },
		},
	),
	kind('sticker', { type: 'sticker', sticker: file }, { media, content: file }),
	kind('location', { type: 'location', location: place }, { content: place }),
	kind('contact card', { type: 'contacts', contacts: cards }, { content: cards }),
	kind('order', { type: 'order', order }, { content: order }),
	kind(
		'form',
		{ type: 'interactive', interactive: formReply },
		{ content: formReply, form: { flow_token: 't1', day: 'Monday', guests: 4 } },
	),
	kind(
		'button of a template',
		{ type: 'button', button: { text: 'Yes', payload: 'yes-1' } },
		{
			...{ text: 'Yes', choice: { id: 'yes-1', title: 'Yes' } },
			content: { text: 'Yes', payload: 'yes-1' },
		},
	),
	...['button_reply', 'list_reply'].map((type) =>
		kind(
			type,
			{ type: 'interactive', interactive: { type, [type]: { id: 'r', title: 'Row' } } },
			{
				...{ text: 'Row', choice: { id: 'r', title: 'Row' } },
				content: { type, [type]: { id: 'r', title: 'Row' } },
			},
		),
	),
	kind(
		'reaction',
		{ type: 'reaction', reaction: { message_id: 'wamid.0', emoji: '👍' } },
		{ reply_to: 'wamid.0', content: { message_id: 'wamid.0', emoji: '👍' } },
	),
	kind(
		'system',
		{ type: 'system', system: { body: 'Ada has a new device', type: 'user_identity_changed' } },
		{ content: { body: 'Ada has a new device', type: 'user_identity_changed' } },
	),
	kind(
		'unsupported, with its type',
		{ type: 'unsupported', unsupported: { type: 'poll_creation' }, errors: [{ code: 131051 }] },
		{ content: { type: 'poll_creation' } },
	),
	kind(
		'unsupported, with its reason alone',
		{ type: 'unsupported', errors: [{ code: 131051 }] },
		{ content: { errors: [{ code: 131051 }] } },
	),
	kind('chat opened for the first time', { type: 'request_welcome' }, {}),
	kind(
		'what WhatsApp invents next',
		{ type: 'hologram', hologram: { depth: 3, caption: 'Look' } },
		{ text: 'Look', content: { depth: 3, caption: 'Look' } },
	),
	kind(
		'edit',
		{
			type: 'edit',
			edit: {
				original_message_id: 'wamid.0',
				message: { type: 'image', image: { ...file, caption: 'Look here' } },
			},
		},
		{
			...{ event: 'messageEdited', original_message_id: 'wamid.0', text: 'Look here', media },
			content: {
				original_message_id: 'wamid.0',
				message: { type: 'image', image: { ...file, caption: 'Look here' } },
			},
		},
	),
	kind(
		'deletion',
		{ type: 'revoke', revoke: { original_message_id: 'wamid.0' } },
		{ event: 'messageDeleted', original_message_id: 'wamid.0' },
	),
	kind(
		'new number',
		{
			type: 'system',
			system: { type: 'user_changed_number', wa_id: '15555550199', body: 'Ada changed' },
		},
		{ event: 'numberChanged', new_phone: '15555550199' },
	),
	kind(
		"new number, in older versions of Meta's API",
		{
			type: 'system',
			system: { type: 'customer_changed_number', new_wa_id: '15555550199', body: 'Ada changed' },
		},
		{ event: 'numberChanged', new_phone: '15555550199' },
	),
];

/** The item that a kind gives where Meta's body holds it. */
export function itemOf({ message, item }: Kind): Record<string, unknown> {
	const head = {
		...{ event: 'messageReceived', event_id: null, occurred_at: '2026-01-16T10:02:00.000Z' },
		...{ message_id: 'wamid.1', phone: from, user_id: null, username: null, group_id: null },
		...{ phone_number_id: '100000000000002', display_phone_number: '15555550199' },
	};
	const hasContent = !['messageDeleted', 'numberChanged'].includes(String(item['event']));
	const content = { name: 'Ada', type: message['type'], ...nothing };
	return { ...head, ...(hasContent && content), ...item };
}
