import { bodyOf, itemsOf, meta, RECEIVED_AT } from './deliver.mts';

const from = '15555550101';
const received = (message: object, more: object = {}) =>
	itemsOf(
		meta({ messages: [{ from, id: 'wamid.1', timestamp: '1768557720', ...message }], ...more }),
	);
const file = { id: '900', mime_type: 'image/jpeg', sha256: 'abc' };

describe('what a person wrote', () => {
	test.each([
		['text', { text: { body: 'Hi' } }, 'Hi'],
		['image', { image: { ...file, caption: 'Look' } }, 'Look'],
		['video', { video: { ...file, caption: 'Move' } }, 'Move'],
		['document', { document: { ...file, caption: 'Read', filename: 'a.pdf' } }, 'Read'],
		['button', { button: { text: 'Yes', payload: 'yes-1' } }, 'Yes'],
		[
			'interactive',
			{ interactive: { type: 'button_reply', button_reply: { id: 'b', title: 'B' } } },
			'B',
		],
		[
			'interactive',
			{ interactive: { type: 'list_reply', list_reply: { id: 'r', title: 'Row' } } },
			'Row',
		],
		[
			'location',
			{ location: { latitude: 1, longitude: 2, name: 'Town Hall', address: 'x' } },
			'Town Hall',
		],
		['reaction', { reaction: { message_id: 'wamid.0', emoji: '👍' } }, '👍'],
		['order', { order: { catalog_id: '1', text: 'Soon, please' } }, 'Soon, please'],
		['image', { image: file }, null],
		['audio', { audio: { ...file, voice: true } }, null],
		['sticker', { sticker: file }, null],
		['location', { location: { latitude: 1, longitude: 2 } }, null],
		['reaction', { reaction: { message_id: 'wamid.0' } }, null],
		['contacts', { contacts: [{ name: { formatted_name: 'Ben' } }] }, null],
		['system', { system: { body: 'Ada changed her number', type: 'user_changed_number' } }, null],
		[
			'interactive',
			{ interactive: { type: 'nfm_reply', nfm_reply: { body: 'Sent', response_json: '{}' } } },
			null,
		],
		['unsupported', { errors: [{ code: 131051 }] }, null],
		['text', { text: 'Hi, says another brand' }, 'Hi, says another brand'],
		['text', { text: { body: '' } }, null],
		['text', {}, null],
		['__proto__', {}, null],
	])('%s %j', (type, content, text) => {
		expect(received({ type, ...content })).toEqual([
			expect.objectContaining({
				event: 'messageReceived',
				message_id: 'wamid.1',
				phone: from,
				type,
				text,
			}),
		]);
	});

	test.each([
		['button', { button: { text: 'Yes', payload: 'yes-1' } }, { id: 'yes-1', title: 'Yes' }],
		[
			'interactive',
			{ interactive: { button_reply: { id: 'b', title: 'B' } } },
			{ id: 'b', title: 'B' },
		],
		[
			'interactive',
			{ interactive: { list_reply: { id: 'r', title: 'Row' } } },
			{ id: 'r', title: 'Row' },
		],
		['button', { button: { text: 'Only text' } }, { id: null, title: 'Only text' }],
		['text', { text: { body: 'Yes', payload: 'no' } }, null],
	])('choice of %s %j', (type, content, choice) => {
		expect(received({ type, ...content })).toMatchObject([{ choice }]);
	});

	test.each([
		['image', { image: file }, { id: '900', mime_type: 'image/jpeg', file_name: null }],
		[
			'document',
			{ document: { ...file, filename: 'a.pdf' } },
			{ id: '900', mime_type: 'image/jpeg', file_name: 'a.pdf' },
		],
		['audio', { audio: { id: '901' } }, { id: '901', mime_type: null, file_name: null }],
		['text', { text: { body: 'Hi' } }, null],
		['location', { location: { id: '1' } }, null],
	])('file of %s %j', (type, content, media) => {
		expect(received({ type, ...content })).toMatchObject([{ media }]);
	});

	test('replies and reactions name the message they belong to', () => {
		expect(
			received({ type: 'text', text: { body: 'Yes' }, context: { id: 'wamid.0' } }),
		).toMatchObject([{ reply_to: 'wamid.0' }]);
		expect(
			received({ type: 'reaction', reaction: { message_id: 'wamid.9', emoji: '❤️' } }),
		).toMatchObject([{ reply_to: 'wamid.9' }]);
	});

	test('has the name of its writer among several, or none rather than a wrong one', () => {
		const named = (wa_id: string, name: string) => ({ wa_id, profile: { name } });
		const nameIn = (...contacts: object[]) =>
			received({ type: 'text', text: { body: 'Hi' } }, { contacts })[0]?.['name'];
		expect(nameIn(named('1', 'Ben'), named(from, 'Ada'))).toBe('Ada');
		expect(nameIn(named('other form', 'Ada'))).toBe('Ada');
		expect(nameIn(named('1', 'Ben'), named('2', 'Cem'))).toBeNull();
		expect(nameIn()).toBeNull();
	});

	test('without a number or without an id is an event all the same', () => {
		expect(
			itemsOf(meta({ messages: [{ id: 'wamid.1', type: 'text', text: { body: 'Hi' } }] })),
		).toMatchObject([{ event: 'messageReceived', message_id: 'wamid.1', phone: null, text: 'Hi' }]);
		expect(
			itemsOf(meta({ messages: [{ from: '+1 555 555 0101', text: { body: 'Hi' } }] })),
		).toMatchObject([
			{ event: 'messageReceived', message_id: null, phone: from, type: 'text', text: 'Hi' },
		]);
	});
});

describe('what became of a message', () => {
	const status = (more: object) => ({
		id: 'wamid.1',
		recipient_id: from,
		timestamp: '1768557720',
		...more,
	});

	test.each([
		['sent', 'messageSent'],
		['delivered', 'messageDelivered'],
		['read', 'messageRead'],
	])('%s', (state, event) => {
		expect(itemsOf(meta({ statuses: [status({ status: state })] }))).toEqual([
			{
				event,
				event_id: null,
				occurred_at: '2026-01-16T10:02:00.000Z',
				message_id: 'wamid.1',
				phone: from,
			},
		]);
	});

	test.each([
		[
			{
				code: 131047,
				title: 'Re-engagement message',
				message: 'Re-engagement message',
				error_data: { details: 'More than 24 hours have passed.' },
			},
			131047,
			'Re-engagement message. More than 24 hours have passed. The contact wrote to you more than 24 hours ago: WhatsApp then takes only templates. Use the operation "Send Template".',
		],
		[{ code: 999999, title: 'Something new' }, 999999, 'Something new.'],
		[
			{ code: '131026' },
			131026,
			'The number has no WhatsApp, or its owner has not accepted the newest terms of WhatsApp.',
		],
		[{}, null, 'WhatsApp gives no reason.'],
		[undefined, null, 'WhatsApp gives no reason.'],
	])('failed with %j', (error, error_code, words) => {
		const errors = error && [error];
		expect(itemsOf(meta({ statuses: [status({ status: 'failed', errors })] }))).toMatchObject([
			{ event: 'messageFailed', error: words, error_code },
		]);
	});

	test('the code in the words of another brand is found, and its advice given', () => {
		const body = bodyOf('wl.message.failed');
		const data = { ...(body.data as object), error_message: '(#131047) Re-engagement message' };
		expect(itemsOf({ ...body, data })).toMatchObject([
			{
				error_code: 131047,
				error: expect.stringContaining('Use the operation "Send Template".') as string,
			},
		]);
	});

	test('a state that nobody knows yet is not taken for another one', () => {
		expect(itemsOf(meta({ statuses: [status({ status: 'played' })] }))).toMatchObject([
			{ event: 'other' },
		]);
	});
});

describe('several in one delivery', () => {
	const text = (id: string) => ({ from, id, type: 'text', text: { body: id } });
	const value = {
		messages: [text('a'), text('b')],
		statuses: [{ id: 'c', status: 'read', recipient_id: from }],
	};

	test('become several items, in their order', () => {
		const body = {
			entry: [
				...(meta(value).entry as object[]),
				...(meta({ messages: [text('d')] }).entry as object[]),
			],
		};
		expect(itemsOf(body).map(({ event, message_id }) => [event, message_id])).toEqual([
			['messageReceived', 'a'],
			['messageReceived', 'b'],
			['messageRead', 'c'],
			['messageReceived', 'd'],
		]);
	});

	test('bring what is not understood along as one more item', () => {
		for (const unknown of [5, null, {}, { status: 'played' }]) {
			const body = meta({ messages: [text('a'), unknown], statuses: [unknown] });
			expect(itemsOf(body)).toMatchObject([
				{ event: 'messageReceived', message_id: 'a' },
				{ event: 'other', payload: body },
			]);
		}
	});
});

describe('inside the envelope of WhatsCloud', () => {
	const envelope = bodyOf('n8n.whatsapp.message-received');
	const typed = (type: string, resource: object, original?: unknown) => ({
		...envelope,
		event: { ...(envelope.event as object), type },
		data: { resource },
		whatsapp: { original_payload: original },
	});

	test("Meta's payload may also be text", () => {
		const original = JSON.stringify(
			meta({ messages: [{ from, id: 'wamid.7', type: 'text', text: { body: 'Hi' } }] }),
		);
		expect(itemsOf(typed('whatsapp.message.received', {}, original))).toMatchObject([
			{ event: 'messageReceived', message_id: 'wamid.7', text: 'Hi' },
		]);
	});

	test.each([
		['whatsapp.message.read', {}, 'messageRead'],
		['message.sent', {}, 'messageSent'],
		['whatsapp.message.received', { text: 'Hi', phone: from }, 'messageReceived'],
		['message.status.update', { status: 'delivered' }, 'messageDelivered'],
		['whatsapp.status.updated', { status: 'failed' }, 'messageFailed'],
	])('%s is told without it, too', (type, attributes, event) => {
		for (const original of [undefined, {}, 'broken', { entry: [] }]) {
			expect(itemsOf(typed(type, { id: 'wamid.1', attributes }, original))).toMatchObject([
				{ event, message_id: 'wamid.1' },
			]);
		}
	});

	test.each(['whatsapp.account.alert', 'whatsapp.call.received', 'whatsapp.status.updated', ''])(
		'%p is other, with its own name for it',
		(type) => {
			const body = typed(type, { id: null, attributes: { x: 1 } }, null);
			expect(itemsOf(body)).toMatchObject([{ event: 'other', type, payload: body }]);
		},
	);
});

test('a template that was approved or refused', () => {
	const value = {
		...{ event: 'REJECTED', message_template_id: 594425479261596, message_template_name: 'hello' },
		...{ message_template_language: 'en_US', reason: 'PROMOTIONAL' },
	};
	const fields = {
		...{ event: 'templateUpdated', id: '594425479261596', template_name: 'hello' },
		...{ language: 'en_US', status: 'REJECTED', reason: 'PROMOTIONAL' },
	};
	expect(itemsOf(meta(value, 'message_template_status_update'))).toMatchObject([fields]);
});

describe('the time', () => {
	const at = (timestamp: unknown, headers?: Record<string, unknown>) =>
		itemsOf({ ...bodyOf('legacy.source.deleted'), timestamp }, headers)[0]?.['occurred_at'];

	test.each([
		['2026-01-16T10:02:00+00:00', '2026-01-16T10:02:00.000Z'],
		['2026-01-16T12:02:00+02:00', '2026-01-16T10:02:00.000Z'],
		['2026-01-16T10:02:00.000000Z', '2026-01-16T10:02:00.000Z'],
		['2026-01-16 10:02:00', '2026-01-16T10:02:00.000Z'],
		['2026-01-16T10:02:00', '2026-01-16T10:02:00.000Z'],
		[1768557720, '2026-01-16T10:02:00.000Z'],
		['1768557720', '2026-01-16T10:02:00.000Z'],
		[1768557720000, '2026-01-16T10:02:00.000Z'],
	])('%p is read', (timestamp, utc) => {
		expect(at(timestamp)).toBe(utc);
	});

	test.each([
		undefined,
		null,
		'',
		'soon',
		1e300,
		'9'.repeat(30),
		'+012026-01-01T00:00:00Z',
		{},
		[],
	])('%p is none: then the header tells it, or the clock', (timestamp) => {
		const headers = { 'x-webhook-timestamp': '2026-01-16T10:04:00+00:00' };
		expect(at(timestamp, headers)).toBe('2026-01-16T10:04:00.000Z');
		expect(at(timestamp)).toBe(RECEIVED_AT);
	});
});
