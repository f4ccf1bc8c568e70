import { bodyOf, itemsOf, keysOf, meta, payloadsOf, readText, RECEIVED_AT } from './deliver.mts';
import { from, itemOf, KINDS, type Kind, nothing } from './kinds.mts';

const metadata = { display_phone_number: '15555550199', phone_number_id: '100000000000002' };
const contacts = [{ profile: { name: 'Ada' }, wa_id: from }];
const envelope = bodyOf('n8n.whatsapp.message-received');
const timestamp = '1768557720';

const metaBody = ({ message }: Kind) =>
	meta({ metadata, contacts, messages: [{ from, id: 'wamid.1', timestamp, ...message }] });

/** As newer servers forward it: their own description, and Meta's body inside. */
function forwarded(kind: Kind, original: unknown) {
	const { type } = kind.message;
	const { text } = kind.described;
	const attributes = { message_id: 'wamid.1', from, timestamp, type, text, context: null };
	return {
		...envelope,
		data: {
			resource: { type: 'message', id: 'wamid.1', attributes },
			relationships: { contact: { wa_id: from, name: 'Ada' }, metadata },
		},
		whatsapp: { original_payload: original },
	};
}

const received = (message: object, more: object = {}) =>
	itemsOf(meta({ messages: [{ from, id: 'wamid.1', timestamp, ...message }], ...more }));

describe.each(KINDS)('a message: $name', (kind) => {
	const event_id = 'evt_1768557720_f6G7h8I9j0';

	test("in Meta's own body", () => {
		expect(itemsOf(metaBody(kind))).toEqual([itemOf(kind)]);
	});

	test.each([
		['an object', metaBody(kind)],
		['text', JSON.stringify(metaBody(kind))],
	])("in WhatsCloud's form, with Meta's body inside as %s", (_, original) => {
		expect(itemsOf(forwarded(kind, original))).toEqual([{ ...itemOf(kind), event_id }]);
		expect(keysOf(forwarded(kind, original))).toEqual(keysOf(metaBody(kind)));
	});

	test("in WhatsCloud's form alone: type and text", () => {
		const [item] = itemsOf(forwarded(kind, null));
		const { type } = kind.message;
		const head = { message_id: 'wamid.1', phone: from, event_id, ...metadata };
		expect(item).toMatchObject(
			type === 'revoke' ? head : { ...head, name: 'Ada', type, text: kind.described.text },
		);
	});

	test('in the form of the 2026 brand: type and text', () => {
		const { type } = kind.message;
		const [item] = itemsOf({
			...{ event: 'message.received', model: 'WhatsAppMessage' },
			data: { message_id: 'wamid.1', status: 'received', type, text: 'As text', tenant_id: 7 },
			timestamp: '2026-01-16T10:02:00+00:00',
		});
		expect(item).toMatchObject({ message_id: 'wamid.1', phone: null, display_phone_number: null });
		if (type !== 'revoke') expect(item).toMatchObject({ type, text: 'As text' });
	});

	test('as an echo of what the own people wrote', () => {
		const echo = { from: '15555550199', to: from, id: 'wamid.1', timestamp, ...kind.message };
		const [item] = itemsOf(meta({ metadata, message_echoes: [echo] }, 'smb_message_echoes'));
		expect(item).toMatchObject({ event: 'messageEcho', phone: from, name: null });
		if (kind.item['event'] === undefined) expect(item).toMatchObject({ ...nothing, ...kind.item });
	});

	test('with the payload as it came', () => {
		expect(payloadsOf(metaBody(kind))).toEqual([metaBody(kind)]);
		const body = forwarded(kind, metaBody(kind));
		expect(payloadsOf(body)).toEqual([body]);
	});
});

describe('a message', () => {
	test.each([
		['text', { text: { body: '' } }],
		['text', {}],
		['__proto__', {}],
		['constructor', {}],
		['image', { image: 'broken' }],
		['interactive', { interactive: { nfm_reply: { response_json: '{"broken' } } }],
		['interactive', { interactive: { nfm_reply: { response_json: '["no","object"]' } } }],
		['interactive', { interactive: { nfm_reply: { response_json: '['.repeat(20_000) } } }],
	])('of the type %s with %j has no text, choice or form', (type, held) => {
		expect(received({ type, ...held })).toMatchObject([
			{ event: 'messageReceived', type, text: null, choice: null, form: null },
		]);
	});

	test('has no form from a text that is nested too deeply', () => {
		const response_json = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
		const interactive = { type: 'nfm_reply', nfm_reply: { response_json } };
		expect(received({ type: 'interactive', interactive })).toMatchObject([{ form: null }]);
	});

	test('of a type that every object seems to have holds nothing', () => {
		for (const type of ['constructor', 'toString', 'valueOf'])
			expect(received({ type })).toMatchObject([{ type, text: null, content: null }]);
	});

	test('has the name of its writer among several, or none rather than a wrong one', () => {
		const named = (wa_id: string, name: string) => ({ wa_id, profile: { name } });
		const nameIn = (...people: object[]) =>
			received({ type: 'text', text: { body: 'Hi' } }, { contacts: people })[0]?.['name'];
		expect(nameIn(named('1', 'Ben'), named(from, 'Ada'))).toBe('Ada');
		expect(nameIn(named('other form', 'Ada'))).toBe('Ada');
		expect(nameIn(named('1', 'Ben'), named('2', 'Cem'))).toBeNull();
		expect(nameIn()).toBeNull();
	});

	test('is read where type and content have none of the usual places', () => {
		expect(
			itemsOf(meta({ messages: [{ from: '+1 555 555 0101', text: { body: 'Hi' } }] })),
		).toMatchObject([
			{ event: 'messageReceived', message_id: null, phone: from, type: 'text', text: 'Hi' },
		]);
	});
});

describe('a number', () => {
	const USER = 'US.13491208655302741918';
	const GROUP = 'Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD';
	const text = { type: 'text', text: { body: 'Hi' } };

	test('is null where the writer has a user name in its place', () => {
		const people = [{ profile: { name: 'Ada', username: 'ada.example' }, user_id: USER }];
		const message = { id: 'wamid.1', from_user_id: USER, ...text };
		expect(itemsOf(meta({ contacts: people, messages: [message] }))).toMatchObject([
			{ phone: null, user_id: USER, username: 'ada.example', name: 'Ada', text: 'Hi' },
		]);
	});

	test('stands beside the user id where both are told', () => {
		const people = [
			{ profile: { name: 'Ben' }, wa_id: '15555550102', user_id: 'DE.2' },
			{ profile: { name: 'Ada' }, wa_id: from, user_id: USER },
		];
		expect(received({ from_user_id: USER, ...text }, { contacts: people })).toMatchObject([
			{ phone: from, user_id: USER, name: 'Ada' },
		]);
	});

	test.each([
		USER,
		'US.ENT.11815799212886844830',
		GROUP,
		'15555550101-1600000000',
		'120363404694233820',
		'120363404694233820@g.us',
		'ada.example',
		'wamid.15555550101',
		'',
	])('is never made of %p', (id) => {
		expect(received({ from: id, ...text })).toMatchObject([{ phone: null }]);
		expect(
			itemsOf(meta({ statuses: [{ id: 'wamid.1', status: 'read', recipient_id: id }] })),
		).toMatchObject([{ event: 'messageRead', phone: null }]);
		expect(
			received({ type: 'system', system: { type: 'user_changed_number', wa_id: id } }),
		).toMatchObject([{ event: 'numberChanged', phone: from, new_phone: null }]);
	});

	test('and a user id that only the contact beside the message has are its own', () => {
		const known = [{ wa_id: from, user_id: USER }, { wa_id: '15555550102' }];
		const told = { phone: from, user_id: USER };
		const byId = meta({ contacts: known, messages: [{ from: USER, id: 'wamid.1', ...text }] });
		expect(itemsOf(byId)).toMatchObject([told]);
		const byNumber = meta({ contacts: known, messages: [{ from, id: 'wamid.2', ...text }] });
		expect(itemsOf(byNumber)).toMatchObject([told]);
	});

	test('of a user id in its place is null, and the user id is known', () => {
		expect(received({ from: USER, ...text })).toMatchObject([{ phone: null, user_id: USER }]);
	});
});

describe('a group', () => {
	const group = 'Y2FwaV9ncm91cDoxNzA1NTU1MDEzOToxMjAzNjM0MDQ2OTQyMzM4MjAZD';

	test('is named with a message in it, whose writer is the person', () => {
		expect(received({ group_id: group, type: 'text', text: { body: 'Hi all' } })).toMatchObject([
			{ event: 'messageReceived', group_id: group, phone: from },
		]);
	});

	test('has a state for each of its members, in their order', () => {
		const members = ['15555550101', '15555550102', '15555550103'];
		const statuses = members.map((recipient_participant_id) => ({
			...{ id: 'wamid.1', status: 'delivered', recipient_id: group, recipient_type: 'group' },
			recipient_participant_id,
		}));
		const body = meta({ statuses: [...statuses, ...statuses] });
		expect(itemsOf(body)).toMatchObject(
			members.map((phone) => ({ event: 'messageDelivered', group_id: group, phone })),
		);
		expect(new Set(keysOf(body)).size).toBe(3);
	});
});

describe('what became of a message', () => {
	const status = (more: object) => ({ id: 'wamid.1', recipient_id: from, timestamp, ...more });
	const head = {
		...{ event_id: null, occurred_at: '2026-01-16T10:02:00.000Z', message_id: 'wamid.1' },
		...{ phone: from, user_id: null, username: null, group_id: null },
		...{ phone_number_id: null, display_phone_number: null },
	};

	test.each([
		['sent', 'messageSent'],
		['delivered', 'messageDelivered'],
		['read', 'messageRead'],
	])('%s', (state, event) => {
		expect(itemsOf(meta({ statuses: [status({ status: state })] }))).toEqual([
			{ event, ...head, pricing: null },
		]);
		const pricing = { billable: true, pricing_model: 'PMP', category: 'utility' };
		expect(itemsOf(meta({ metadata, statuses: [status({ status: state, pricing })] }))).toEqual([
			{ event, ...head, ...metadata, pricing },
		]);
	});

	test('is told of somebody without a number, too', () => {
		const user_id = 'US.13491208655302741918';
		const told = { id: 'wamid.1', status: 'read', recipient_user_id: user_id };
		const people = [{ profile: { username: 'ada.example' }, user_id }];
		expect(itemsOf(meta({ contacts: people, statuses: [told] }))).toMatchObject([
			{ event: 'messageRead', phone: null, user_id, username: 'ada.example' },
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
			'The number has no WhatsApp, its owner has blocked your number, or has not accepted the newest terms of WhatsApp.',
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

	test('a state of no message and nobody is no such event', () => {
		expect(itemsOf(meta({ statuses: [{ status: 'read', timestamp }] }))).toMatchObject([
			{ event: 'other', type: 'messages' },
		]);
	});

	test('a state that nobody knows yet is not taken for another one', () => {
		expect(itemsOf(meta({ statuses: [status({ status: 'played' })] }))).toMatchObject([
			{ event: 'other', type: 'messages' },
		]);
	});
});

describe('several in one delivery', () => {
	const text = (id: string) => ({ from, id, type: 'text', text: { body: id } });
	const state = (id: string) => ({ id, status: 'read', recipient_id: from });
	const value = { messages: [text('a'), text('b')], statuses: [state('c')] };

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

	test('have the time of their account where they have none', () => {
		const [entry] = meta(value).entry as object[];
		const items = itemsOf({ entry: [{ ...entry, time: 1768557720 }] });
		expect(items.map(({ occurred_at }) => occurred_at)).toEqual(
			Array(3).fill('2026-01-16T10:02:00.000Z'),
		);
	});

	test('are one where nobody knows the lists of a change', () => {
		const body = meta({ alerts: [{ id: 1 }, { id: 2 }], people: ['a'] }, 'account_alerts');
		expect(itemsOf(body)).toMatchObject([{ event: 'other', payload: body }]);
	});

	test('have each its own part of the body as payload', () => {
		const people = [{ wa_id: from }, { wa_id: '1' }];
		const of = { ...value, contacts: people, metadata };
		expect(payloadsOf(meta(of))).toEqual([
			meta({ metadata, contacts: [{ wa_id: from }], messages: [text('a')] }),
			meta({ metadata, contacts: [{ wa_id: from }], messages: [text('b')] }),
			meta({ metadata, contacts: [{ wa_id: from }], statuses: [state('c')] }),
		]);
	});

	test.each([5, null, {}, { status: 'played' }])(
		'bring what is not understood along as items of their own: %j',
		(unknown) => {
			const body = meta({ messages: [text('a'), unknown], statuses: [unknown] });
			expect(itemsOf(body)).toMatchObject([
				{ event: 'messageReceived', message_id: 'a' },
				{ event: 'other', payload: meta({ messages: [unknown] }) },
				{ event: 'other', payload: meta({ statuses: [unknown] }) },
			]);
		},
	);

	test('that are one and the same are one item', () => {
		expect(itemsOf(meta({ messages: [text('a'), text('b'), text('a')] }))).toHaveLength(2);
	});
});

describe('inside the envelope of WhatsCloud', () => {
	const typed = (type: string, resource: object, original?: unknown) => ({
		...envelope,
		event: { ...(envelope.event as object), type },
		data: { resource },
		whatsapp: { original_payload: original },
	});
	const text = (id: string) => ({ from, id, type: 'text', text: { body: id } });

	test.each([
		['whatsapp.message.read', {}, 'messageRead'],
		['message.sent', {}, 'messageSent'],
		['whatsapp.message.received', { text: 'Hi', phone: from }, 'messageReceived'],
		['message.status.update', { status: 'delivered' }, 'messageDelivered'],
		['whatsapp.status.updated', { status: 'failed' }, 'messageFailed'],
	])('%s is told without the body of Meta, too', (type, attributes, event) => {
		for (const original of [undefined, {}, 'broken', { entry: [] }, { entry: [{}] }]) {
			expect(itemsOf(typed(type, { id: 'wamid.1', attributes }, original))).toMatchObject([
				{ event, message_id: 'wamid.1' },
			]);
		}
	});

	test('all messages and states of the body of Meta count, not only the first', () => {
		const attributes = { message_id: 'wamid.1', from, type: 'text', text: 'wamid.1' };
		const statuses = [{ id: 'wamid.9', status: 'read', recipient_id: from }];
		const original = meta({ messages: [text('wamid.1'), text('wamid.2')], statuses });
		const body = typed('whatsapp.message.received', { id: 'wamid.1', attributes }, original);
		expect(itemsOf(body).map(({ event, message_id }) => [event, message_id])).toEqual([
			['messageReceived', 'wamid.1'],
			['messageReceived', 'wamid.2'],
			['messageRead', 'wamid.9'],
		]);
		const [first, second] = payloadsOf(body);
		const { data, ...rest } = body;
		expect(first).toEqual({
			...body,
			whatsapp: { original_payload: meta({ messages: [text('wamid.1')] }) },
		});
		expect(second).toEqual({
			...rest,
			whatsapp: { original_payload: meta({ messages: [text('wamid.2')] }) },
		});
		expect(data).toBeDefined();
	});

	test('what only the description of WhatsCloud has is used, for the message that it describes', () => {
		const attributes = { message_id: 'wamid.2', from, type: 'text', text: 'Two', context: null };
		const bare = (id: string) => ({ id, from, type: 'text' });
		const original = meta({ messages: [bare('wamid.1'), bare('wamid.2')] });
		const body = {
			...typed('whatsapp.message.received', {}, original),
			data: {
				resource: { type: 'message', id: 'wamid.2', attributes },
				relationships: { contact: { wa_id: from, name: 'Ada' }, metadata },
			},
		};
		expect(itemsOf(body)).toMatchObject([
			{ message_id: 'wamid.1', text: null, name: null, phone_number_id: null },
			{ message_id: 'wamid.2', text: 'Two', name: 'Ada', ...metadata },
		]);
	});

	test('the reason that only the description of WhatsCloud has is used', () => {
		const failed = { id: 'wamid.1', status: 'failed', recipient_id: from };
		const errors = [{ code: 131026, title: 'Message undeliverable' }];
		const attributes = { message_id: 'wamid.1', status: 'failed', errors };
		const body = typed('whatsapp.message.failed', { attributes }, meta({ statuses: [failed] }));
		expect(itemsOf(body)).toMatchObject([
			{
				...{ event: 'messageFailed', error_code: 131026, phone: from },
				error: expect.stringMatching(/^Message undeliverable\. /) as string,
			},
		]);
	});

	test('a described message that the body of Meta lacks is an event of its own', () => {
		const attributes = { message_id: 'wamid.1', from, type: 'text', text: 'Hi' };
		const statuses = [{ id: 'wamid.9', status: 'read', recipient_id: from }];
		const body = typed('whatsapp.message.received', { attributes }, meta({ statuses }));
		expect(itemsOf(body)).toMatchObject([
			{ event: 'messageReceived', message_id: 'wamid.1', text: 'Hi' },
			{ event: 'messageRead', message_id: 'wamid.9' },
		]);
	});

	test('a description without an id is that of the one message in the body of Meta', () => {
		const attributes = { from, type: 'text', text: 'Hi', timestamp };
		const original = meta({ messages: [{ id: 'wamid.1', from, type: 'text' }] });
		const body = typed('whatsapp.message.received', { id: null, attributes }, original);
		const earlier = { ...body, event: { ...body.event, timestamp: '2026-01-16T11:00:00Z' } };
		expect(itemsOf(earlier)).toMatchObject([
			{ message_id: 'wamid.1', text: 'Hi', occurred_at: '2026-01-16T10:02:00.000Z' },
		]);
		expect(itemsOf(earlier)).toHaveLength(1);
	});

	test('the id of the account is no id of a message', () => {
		const attributes = { text: 'Hi', from };
		const body = typed('whatsapp.message.received', { id: '100000000000001', attributes }, null);
		expect(itemsOf(body)).toMatchObject([{ message_id: null, text: 'Hi', phone: from }]);
	});

	test.each(['whatsapp.account.alert', 'whatsapp.call.received', 'whatsapp.status.updated', ''])(
		'%p is other, with its own name for it',
		(type) => {
			const body = typed(type, { id: null, attributes: { x: 1 } }, null);
			expect(itemsOf(body)).toMatchObject([{ event: 'other', type, payload: body }]);
		},
	);
});

describe('a template that was approved, refused or paused', () => {
	const value = {
		...{ event: 'REJECTED', message_template_id: 594425479261596, message_template_name: 'hello' },
		...{ message_template_language: 'en_US', reason: 'PROMOTIONAL' },
	};
	const body = (more: object, time?: number) => ({
		entry: [
			{
				id: '1',
				time,
				changes: [{ field: 'message_template_status_update', value: { ...value, ...more } }],
			},
		],
	});

	test('has the names of the API', () => {
		expect(itemsOf(body({}, 1768557720))).toMatchObject([
			{
				...{ event: 'templateUpdated', id: '594425479261596', template_name: 'hello' },
				...{ language: 'en_US', status: 'REJECTED', reason: 'PROMOTIONAL' },
				occurred_at: '2026-01-16T10:02:00.000Z',
			},
		]);
	});

	test('keeps all digits of its id', () => {
		const text = JSON.stringify(body({})).replace('594425479261596', '98765432109876543210');
		expect(readText(text)?.events).toMatchObject([{ item: { id: '98765432109876543210' } }]);
	});

	test('is as many events as it has changes, also back and forth', () => {
		const states = ['APPROVED', 'PAUSED', 'APPROVED', 'PAUSED'];
		const keys = states.flatMap((event, index) => keysOf(body({ event }, 1768557720 + index)));
		expect(new Set(keys).size).toBe(4);
		const enveloped = states.flatMap((event, index) =>
			keysOf({
				...bodyOf('c.whatsapp.template-status'),
				event: { id: `evt_${index}`, type: 'whatsapp.template.status_updated' },
				data: {},
				whatsapp: { original_payload: body({ event }) },
			}),
		);
		expect(new Set(enveloped).size).toBe(4);
		// Without any time, nothing tells a repeat from a change back: never taken for a repeat.
		expect(states.flatMap((event) => keysOf(body({ event })))).toEqual([null, null, null, null]);
	});
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
