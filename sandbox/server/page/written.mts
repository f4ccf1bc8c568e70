/** What somebody did on a phone, as the sandbox takes it. */
export interface Written {
	message?: object;
	replyTo?: string;
	kind?: 'echo' | 'call';
	hidesNumber?: boolean;
	groupId?: string;
}

export interface WrittenKind {
	name: string;
	needsText?: boolean;
	/** It is about the last message of this person. */
	needsLast?: boolean;
	written(text: string, last: string): Written;
}

/** What can be done on a phone, with all that WhatsApp says of it. Runs in the browser. */
export function writtenKinds(): WrittenKind[] {
	const typed = (body: string) => ({ type: 'text', text: { body } });
	const image = { id: '1001', mime_type: 'image/png', sha256: '' };
	const document = { id: '1002', mime_type: 'application/pdf', filename: 'prices.pdf' };
	const place = { latitude: 52.52, longitude: 13.405 };
	const phones = [{ phone: '+1 555 555 0177', wa_id: '15555550177', type: 'CELL' }];
	const order = {
		catalog_id: '7',
		product_items: [
			{ product_retailer_id: 'coffee', quantity: 2, item_price: 9.5, currency: 'EUR' },
			{ product_retailer_id: 'cup', quantity: 1, item_price: 14, currency: 'EUR' },
		],
	};
	const answers = { flow_token: 'table', day: 'Friday', guests: 4 };
	const referral = {
		...{
			source_type: 'ad',
			source_id: '120200000000001',
			source_url: `${location.origin}/sandbox/media/flyer.png`,
		},
		...{ headline: 'Coffee at half price', body: 'This week only', ctwa_clid: 'AfgExample' },
	};
	const groupId = 'Y2FwaV9ncm91cDoxNTU1NTU1MDE5OToxMjAzNjM0MDQ2OTQyMzM4MjAZD';
	const form = (note: string) => ({
		type: 'nfm_reply',
		nfm_reply: {
			...{ name: 'flow', body: 'Sent' },
			response_json: JSON.stringify({ ...answers, ...(note !== '' && { note }) }),
		},
	});
	const card = (name: string) => ({
		name: { formatted_name: name || 'Ben Example', first_name: name || 'Ben' },
		phones,
	});

	const held = (name: string, type: string, content: (text: string) => object): WrittenKind => ({
		name,
		written: (text) => ({ message: { type, [type]: content(text) } }),
	});
	const texted = (name: string, more: object): WrittenKind => ({
		...{ name, needsText: true },
		written: (text) => ({ message: typed(text), ...more }),
	});

	return [
		texted('Text', {}),
		held('Photo', 'image', (caption) => ({ ...image, caption })),
		held('Document', 'document', (caption) => ({ ...document, caption })),
		held('Location', 'location', (name) => ({ ...place, ...(name !== '' && { name }) })),
		held('Contact card', 'contacts', (name) => [card(name)]),
		held('Order', 'order', (text) => ({ ...order, ...(text !== '' && { text }) })),
		held('Form', 'interactive', form),
		{
			...{ name: 'Text after an ad', needsText: true },
			written: (text) => ({ message: { ...typed(text), referral } }),
		},
		{
			...{ name: 'Edit the last one', needsText: true, needsLast: true },
			written: (text, original_message_id) => ({
				message: { type: 'edit', edit: { original_message_id, message: typed(text) } },
			}),
		},
		{
			...{ name: 'Delete the last one', needsLast: true },
			written: (_text, original_message_id) => ({
				message: { type: 'revoke', revoke: { original_message_id } },
			}),
		},
		texted('Text, number hidden', { hidesNumber: true }),
		texted('Text in a group', { groupId }),
		texted('Your people write', { kind: 'echo' }),
		{ name: 'Call', written: () => ({ kind: 'call' }) },
	];
}
