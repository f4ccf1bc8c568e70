import { ask, useClient } from './client.mts';
import { startReceiver, type Receiver } from './receiver.mts';

jest.setTimeout(20_000);

let now = new Date('2026-01-16T10:00:00Z');
const client = useClient({ now: () => now });
let receiver: Receiver;
let records: Receiver;
const secret = 'made up for this test';

beforeEach(async () => {
	now = new Date('2026-01-16T10:00:00Z');
	receiver = await startReceiver();
	records = await startReceiver();
	client.current.sandbox.webhooks = {
		...{ recordsUrl: records.url, messagesUrl: receiver.url, secret },
	};
});

afterEach(async () => {
	client.current.sandbox.webhooks = { recordsUrl: null, messagesUrl: null, secret };
	await Promise.all([receiver.close(), records.close()]);
});

const write = (incoming: object) =>
	ask(`${client.current.sandbox.url}/sandbox/received`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(incoming),
	});
const text = (body: string) => ({ type: 'text', text: { body } });
const sendText = (phone_number: string) =>
	client.current.post('/messages/send', { phone_number, message_body: 'Hello' });
const payloadOf = (value: object) => ({
	object: 'whatsapp_business_account',
	entry: [
		{
			id: '100000000000001',
			changes: [
				{
					field: 'messages',
					value: {
						messaging_product: 'whatsapp',
						metadata: {
							display_phone_number: '15555550199',
							phone_number_id: '100000000000002',
						},
						...value,
					},
				},
			],
		},
	],
});

describe('what a contact writes', () => {
	test("goes out as Meta's own payload, once, unsigned, whatever the answer", async () => {
		receiver.answers.push(500);
		const { status, body } = await write({ phone: '15555550101', message: text('hi <b>') });
		expect(status).toBe(201);
		const { wamid } = body as { wamid: string };
		const [came] = await receiver.atLeast(1);
		expect(came?.body).toEqual(
			payloadOf({
				contacts: [{ profile: { name: 'Ada Example' }, wa_id: '15555550101' }],
				messages: [{ from: '15555550101', id: wamid, timestamp: '1768557600', ...text('hi <b>') }],
			}),
		);
		expect(Object.keys(came?.headers ?? {})).not.toEqual(
			expect.arrayContaining([expect.stringMatching(/^x-webhook/)]),
		);
		await new Promise((resolve) => setTimeout(resolve, 1300));
		expect(receiver.received).toHaveLength(1);
		expect(client.current.sandbox.deliveries).toMatchObject([
			{ event: 'message.received', state: 'givenUp' },
		]);
	});

	test('goes out in "N8N format", signed, with the payload inside', async () => {
		const { behaviour } = client.current.sandbox;
		Object.assign(behaviour, { messageWebhooks: 'n8n', signedWebhooks: 'all' });
		const { body } = await write({ phone: '15555550101', message: text('hi') });
		const { wamid } = body as { wamid: string };
		const [came] = await receiver.atLeast(1);
		expect(came?.headers['x-webhook-signature']).toMatch(/^[0-9a-f]{64}$/);
		expect(came?.body).toMatchObject({
			event: { type: 'whatsapp.message.received', version: '1.0' },
			tenant: { id: 7, name: 'Example Widgets' },
			data: {
				resource: {
					...{ type: 'message', id: wamid },
					attributes: {
						...{ message_id: wamid, from: '15555550101', timestamp: '1768557600' },
						...{ type: 'text', text: 'hi', context: null },
					},
				},
				relationships: {
					contact: { wa_id: '15555550101', name: 'Ada Example' },
					metadata: { phone_number_id: '100000000000002' },
				},
			},
			whatsapp: { original_payload: { object: 'whatsapp_business_account' } },
			metadata: { source: 'whatsapp_webhook_forward' },
		});
		expect(JSON.stringify(came?.body)).toContain('"body":"hi"');
	});

	test("goes out in the brand's format, to the other address, without the number", async () => {
		client.current.sandbox.behaviour.messageWebhooks = 'brand';
		const { body } = await write({ phone: '15555550101', message: text('hi') });
		const [came] = await records.atLeast(1);
		expect(came?.body).toEqual({
			event: 'message.received',
			model: 'WhatsAppMessage',
			data: {
				message_id: (body as { wamid: string }).wamid,
				...{ status: 'received', error_message: null, text: 'hi', type: 'text', tenant_id: 7 },
			},
			timestamp: '2026-01-16T10:00:00+00:00',
		});
		expect(receiver.received).toEqual([]);
	});

	test('makes a contact of who is none, once', async () => {
		await write({ phone: '+1 555 016 6003', name: 'Uma New Here', message: text('one') });
		await write({ phone: '15550166003', name: 'Uma New Here', message: text('two') });
		await receiver.atLeast(2);
		const made = client.current.sandbox.data.contacts.all().slice(13);
		expect(made).toMatchObject([
			{ firstname: 'Uma', lastname: 'New Here', phone: '15550166003', source_id: 2 },
		]);
		// No version tells a webhook of it.
		expect(records.received).toEqual([]);
	});

	test.each([
		[{ type: 'button', button: { payload: 'Thanks', text: 'Thanks' } }, 'Thanks'],
		[{ type: 'image', image: { id: '1', mime_type: 'image/png', caption: 'See' } }, 'See'],
		[{ type: 'location', location: { latitude: 1, longitude: 2, name: 'Home' } }, 'Home'],
		[{ type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' } }, '👍'],
		[
			{
				type: 'interactive',
				interactive: { type: 'list_reply', list_reply: { id: 'a', title: 'First' } },
			},
			'First',
		],
		[{ type: 'sticker', sticker: { id: '1' } }, '(sticker)'],
		[
			{
				type: 'contacts',
				contacts: [{ name: { formatted_name: 'Ben' }, phones: [{ phone: '+1 555' }] }],
			},
			'Contact: Ben, +1 555',
		],
		[
			{
				type: 'order',
				order: {
					product_items: [
						{ product_retailer_id: 'cup', quantity: 2, item_price: 9.5, currency: 'EUR' },
					],
					text: 'Soon',
				},
			},
			'Order\n2 × cup, 9.5 EUR\nSoon',
		],
		[
			{
				type: 'interactive',
				interactive: { nfm_reply: { response_json: '{"flow_token":"t","day":"Monday"}' } },
			},
			'Form\nday: Monday',
		],
		[
			{ type: 'text', text: { body: 'How much?' }, referral: { headline: 'Cups' } },
			'From the ad: Cups\nHow much?',
		],
		[
			{ type: 'edit', edit: { original_message_id: 'wamid.0', message: text('Hi again') } },
			'Edited: Hi again',
		],
		[{ type: 'edit', edit: {} }, 'Edited: (nothing)'],
		[{ type: 'revoke', revoke: { original_message_id: 'wamid.0' } }, 'Deleted a message'],
	])('can be any message of WhatsApp: %j', async (message, shown) => {
		await write({ phone: '15555550101', message, replyTo: 'wamid.asked' });
		expect(client.current.sandbox.received).toMatchObject([{ text: shown }]);
		const [came] = await receiver.atLeast(1);
		expect(JSON.stringify(came?.body)).toContain(JSON.stringify(message).slice(1, -1));
		expect(JSON.stringify(came?.body)).toContain(
			'"context":{"from":"15555550199","id":"wamid.asked"}',
		);
	});

	describe('on a phone', () => {
		const hi = { phone: '15555550101', message: text('hi') };
		const changeIn = (body: Record<string, unknown>) => {
			const { whatsapp } = body as { whatsapp?: { original_payload: typeof body } };
			const { entry } = (whatsapp?.original_payload ?? body) as {
				entry: [{ changes: [{ field: string; value: Record<string, [object]> }] }];
			};
			return entry[0].changes[0];
		};
		const kinds: [string, object, string, string, object][] = [
			[
				'an echo of what the own people write',
				{ ...hi, kind: 'echo' },
				'whatsapp.smb_message_echoes',
				'message_echoes',
				{ from: '15555550199', to: '15555550101', ...text('hi') },
			],
			[
				'a call',
				{ phone: '15555550101', kind: 'call' },
				'whatsapp.call.received',
				'calls',
				{ from: '15555550101', event: 'connect', direction: 'USER_INITIATED' },
			],
			[
				'a message in a group',
				{ ...hi, groupId: 'Y2FwaV9ncm91cDox' },
				'whatsapp.message.received',
				'messages',
				{ from: '15555550101', group_id: 'Y2FwaV9ncm91cDox', ...text('hi') },
			],
			[
				'a message of somebody who hides the number',
				{ ...hi, hidesNumber: true },
				'whatsapp.message.received',
				'messages',
				{ from_user_id: expect.stringMatching(/^US\.\d+$/) as string, ...text('hi') },
			],
		];

		test.each(kinds)("%s has Meta's own form", async (_, incoming, _type, list, told) => {
			expect((await write(incoming)).status).toBe(201);
			const [came] = await receiver.atLeast(1);
			expect(changeIn(came?.body ?? {}).value[list]).toMatchObject([told]);
		});

		test.each(kinds)('%s is inside the "N8N format"', async (_, incoming, type, list, told) => {
			client.current.sandbox.behaviour.messageWebhooks = 'n8n';
			await write(incoming);
			const [came] = await receiver.atLeast(1);
			expect(came?.body).toMatchObject({ event: { type } });
			expect(changeIn(came?.body ?? {}).value[list]).toMatchObject([told]);
		});

		test('a hidden number is nowhere in what is told, and a user name is', async () => {
			client.current.sandbox.behaviour.messageWebhooks = 'n8n';
			await write({ ...hi, hidesNumber: true });
			const [came] = await receiver.atLeast(1);
			const told = JSON.stringify(came?.body).replace(/"US\.\d+"/g, '');
			expect(told).not.toContain('"15555550101"');
			expect(told).toContain('"username":"ada.example"');
		});

		test('neither an echo nor a message in a group opens the 24 hours', async () => {
			const phone = '15555550102';
			await write({ phone, message: text('hi'), kind: 'echo' });
			await write({ phone, message: text('hi'), groupId: 'Y2FwaV9ncm91cDox' });
			await sendText(phone);
			await receiver.atLeast(3);
			expect(client.current.sandbox.messages[0]).toMatchObject({ failure: { code: 131047 } });
		});
	});

	test.each([
		['Ada', 'is no phone number'],
		['', 'is no phone number'],
		['+1 555 555 0101 x2', 'is no phone number'],
		['0151 99', 'has no country code'],
		['0151 23456789', 'has no country code'],
		['+0151 23456789', 'has no country code'],
		['+1 555 55', 'is too short'],
		['+1 555 555 0101 555 55', 'is too long'],
	])('needs an international number: "%s" %s', async (phone, problem) => {
		const { status, body } = await write({ phone, message: text('hi') });
		expect(status).toBe(400);
		const howTo = 'A phone number has 7 to 15 digits, the country code first';
		expect(body).toMatchObject({
			problems: [{ message: expect.stringContaining(`"${phone}" ${problem}. ${howTo}`) as string }],
		});
		expect(client.current.sandbox.data.contacts.size).toBe(13);
	});

	test.each(['+15550166003', '0015550166003', '1 (555) 016-6003', '1.555.016/6003'])(
		'comes from %s, however it is written',
		async (phone) => {
			const { body } = await write({ phone, message: text('hi') });
			expect(body).toMatchObject({ phone: '15550166003' });
		},
	);
});

describe('what becomes of a send', () => {
	const statuses = () =>
		receiver.received.flatMap(({ body }) => {
			const [{ changes } = { changes: [] }] = body['entry'] as {
				changes: { value: { statuses?: object[] } }[];
			}[];
			return changes.flatMap(({ value }) => value.statuses ?? []);
		});

	test('a template is sent, delivered and read', async () => {
		await client.current.post('/messages/template', {
			...{ phone_number: '15555550102', template_name: 'hello_world' },
			template_language: 'en_US',
		});
		expect(client.current.sandbox.messages[0]?.state).toBe('accepted');
		await receiver.atLeast(3);
		expect(statuses()).toEqual(
			['sent', 'delivered', 'read'].map((status) => ({
				...{ id: client.current.sandbox.messages[0]?.wamid, status },
				...{ timestamp: '1768557600', recipient_id: '15555550102' },
			})),
		);
		expect(client.current.sandbox.messages[0]?.state).toBe('read');
	});

	test('free text to who has not written for 24 hours is accepted, then fails', async () => {
		const { status } = await sendText('15555550102');
		expect(status).toBe(200);
		await receiver.atLeast(1);
		expect(statuses()).toMatchObject([
			{
				...{ status: 'failed', recipient_id: '15555550102' },
				errors: [
					{
						code: 131047,
						title: 'Re-engagement message',
						error_data: { details: expect.stringContaining('24 hours') as string },
					},
				],
			},
		]);
		expect(client.current.sandbox.messages[0]).toMatchObject({
			...{ state: 'failed', failure: { code: 131047 } },
		});
	});

	test.each([
		['a minute before the day is over', -60_000, 'read'],
		['when the day is over', 0, 'failed'],
	])('free text %s', async (_when, addedMs, state) => {
		await write({ phone: '15555550102', message: text('hi') });
		now = new Date(now.getTime() + 24 * 60 * 60 * 1000 + addedMs);
		await sendText('+1 (555) 555-0102');
		await receiver.atLeast(state === 'read' ? 4 : 2);
		expect(client.current.sandbox.messages[0]?.state).toBe(state);
	});

	test('a header whose address gave no file fails at delivery', async () => {
		await client.current.post('/messages/template', {
			...{ phone_number: '15555550102', template_name: 'spring_flyer' },
			...{ template_language: 'en_US', field_1: 'Bo', field_2: '10%', field_3: 'May' },
			header_image_url: `${client.current.sandbox.url}/sandbox/media/gone.png`,
		});
		await receiver.atLeast(1);
		expect(statuses()).toMatchObject([{ status: 'failed', errors: [{ code: 131053 }] }]);
	});

	test("the brand's format has the reason as a text", async () => {
		client.current.sandbox.behaviour.messageWebhooks = 'brand';
		await sendText('15555550102');
		const [came] = await records.atLeast(1);
		expect(came?.body).toMatchObject({
			event: 'message.failed',
			data: { error_message: expect.stringContaining('24 hours') as string },
		});
	});
});
