import type { MetaMessage } from '../records.mts';

type Part = Record<string, unknown>;

const partOf = (value: unknown): Part =>
	typeof value === 'object' && value !== null ? (value as Part) : {};
const listOf = (value: unknown): Part[] => (Array.isArray(value) ? value.map(partOf) : []);
const textOf = (value: unknown): string | undefined =>
	typeof value === 'string' && value !== '' ? value : undefined;

/** What a person sees of the types of messages that hold more than one text. */
const readers: Record<string, (content: unknown, message: MetaMessage) => string | undefined> = {
	contacts: (content) =>
		listOf(content)
			.map(({ name, phones }) => {
				const number = textOf(listOf(phones)[0]?.['phone']);
				return `Contact: ${[textOf(partOf(name)['formatted_name']), number].filter(Boolean).join(', ')}`;
			})
			.join('\n'),
	edit: (content) => `Edited: ${incomingText({ type: '', ...partOf(partOf(content)['message']) })}`,
	interactive: (content, message) => {
		const form = textOf(partOf(partOf(content)['nfm_reply'])['response_json']);
		return form === undefined ? (typedText(message) ?? undefined) : formText(form);
	},
	order: (content) => {
		const { product_items, text } = partOf(content);
		const items = listOf(product_items).map(
			(item) =>
				`${String(item['quantity'])} × ${String(item['product_retailer_id'])}, ${String(item['item_price'])} ${String(item['currency'])}`,
		);
		return ['Order', ...items, textOf(text)].filter(Boolean).join('\n');
	},
	location: (content) => {
		const { name, address } = partOf(content);
		return textOf(name) ?? textOf(address) ?? 'Location';
	},
	revoke: () => 'Deleted a message',
};

function formText(json: string): string {
	try {
		const answers = Object.entries(partOf(JSON.parse(json)));
		const shown = answers.filter(([name]) => name !== 'flow_token');
		return ['Form', ...shown.map(([name, value]) => `${name}: ${String(value)}`)].join('\n');
	} catch {
		return 'Form';
	}
}

/** What was typed or tapped: a text, a caption, the title of a button. */
export function typedText(message: MetaMessage): string | null {
	const content = partOf(message[message.type]);
	const { button_reply, list_reply } = content;
	const { title } = partOf(button_reply ?? list_reply);
	const { body, text, caption } = message.type === 'order' ? {} : content;
	return [body, text, caption, title].map(textOf).find((typed) => typed !== undefined) ?? null;
}

/** For the page; what the workflow gets is Meta's message. */
export function incomingText(message: MetaMessage): string {
	const { type } = message;
	const content = message[type];
	const { emoji, name } = partOf(content);
	const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
	const short = typedText(message) ?? [emoji, name].map(textOf).find(Boolean);
	const { headline, source_url } = partOf(message['referral']);
	const ad = textOf(headline) ?? textOf(source_url);
	const text = (read ? read(content, message) : short) ?? `(${type || 'nothing'})`;
	return ad === undefined ? text : `From the ad: ${ad}\n${text}`;
}
