import { dataOf, errorsOf, expected, fixedNow, useClient } from './client.mts';

const client = useClient({ now: fixedNow });
const send = (body: object) => client.current.post('/messages/send', body);
const unknown = '15555559901';
const contacts = () => client.current.sandbox.data.contacts;
const messages = () => client.current.sandbox.messages;

test('answers as in the contract, with the stored phone and the server time', async () => {
	const { status, body } = await send({
		phone_number: '15555550101',
		message_body: 'Hello {contact_first_name}, your parcel left today.',
	});
	const contract = expected('messages.send.200') as { data: { message_id: string } };
	expect(status).toBe(200);
	expect(body).toEqual({
		...contract,
		data: { ...contract.data, contact_id: 1, message_id: messages()[0]?.wamid },
	});
	expect(messages()[0]?.wamid).toMatch(/^wamid\.[A-Za-z0-9+/]+=*$/);
});

test('message ids are unique', async () => {
	for (let count = 0; count < 20; count++) {
		await send({ phone_number: '15555550101', message_body: 'Hi' });
	}
	expect(new Set(messages().map(({ wamid }) => wamid)).size).toBe(20);
});

test('the refusals have the texts of the contract', async () => {
	const { status, body } = await send({
		message_body: 'x'.repeat(4097),
		contact: { country: '' },
	});
	expect(status).toBe(422);
	expect(body).toEqual(expected('messages.send.422'));
});

test('a text may have 4096 characters', async () => {
	const message_body = 'x'.repeat(4096);
	expect((await send({ phone_number: '15555550101', message_body })).status).toBe(200);
});

test('a phone sent as a number is refused', async () => {
	const reply = await send({ phone_number: 15555550101, message_body: 'Hi' });
	expect(errorsOf(reply)).toEqual({ phone_number: ['The phone number field must be a string.'] });
});

test.each(['first_name', 'last_name', 'groups', 'language_code'])(
	'contact.%s must be a string',
	async (field) => {
		const reply = await send({
			phone_number: unknown,
			message_body: 'Hi',
			contact: { country: '-', [field]: 5 },
		});
		expect(errorsOf(reply)).toEqual({
			[`contact.${field}`]: [`The contact.${field.replace('_', ' ')} field must be a string.`],
		});
	},
);

describe('finding the contact', () => {
	test.each(['+15555550101', '1 (555) 555-0101', '15555550101', ' +1.555.555.0101 '])(
		'quirk 25: %s is cleaned and found',
		async (phone_number) => {
			const reply = await send({ phone_number, message_body: 'Hi' });
			expect(dataOf(reply)).toMatchObject({ contact_id: 1, phone: '+15555550101' });
			expect(messages()[0]?.phone).toBe('15555550101');
		},
	);

	test('a local number finds the contact, but the message goes to the number as given', async () => {
		const reply = await send({ phone_number: '5550101', message_body: 'Hi' });
		expect(dataOf(reply)).toMatchObject({ contact_id: 1, phone: '+15555550101' });
		expect(messages()[0]).toMatchObject({ contactId: 1, phone: '5550101' });
	});

	test('a very short number finds somebody, the first in the table', async () => {
		expect(dataOf(await send({ phone_number: '1', message_body: 'Hi' }))['contact_id']).toBe(1);
		expect(dataOf(await send({ phone_number: '02', message_body: 'Hi' }))['contact_id']).toBe(2);
	});

	test('of several the first in the table is taken, whatever their phones look like', async () => {
		client.current.sandbox.data.insertContacts([{ phone: '0015555550104' }]);
		expect(
			dataOf(await send({ phone_number: '15555550104', message_body: 'Hi' }))['contact_id'],
		).toBe(4);
	});

	test('a changed phone is found at once, the old one no more', async () => {
		await client.current.put('/contacts/1', {
			...{ firstname: 'Ada', lastname: 'E', phone: '15555559900' },
		});
		const reply = await send({ phone_number: '15555559900', message_body: 'Hi' });
		expect(dataOf(reply)['contact_id']).toBe(1);
		expect((await send({ phone_number: '15555550101', message_body: 'Hi' })).status).toBe(404);
	});
});

describe('an unknown number', () => {
	test.each([[undefined], [{}]])('answers 404 with contact %j', async (contact) => {
		const { status, body } = await send({ phone_number: unknown, message_body: 'Hi', contact });
		expect(status).toBe(404);
		expect(body).toEqual(expected('messages.send.404'));
	});

	test('with a contact makes one: lead, cleaned phone, status New, first source', async () => {
		const before = contacts().size;
		const { status, body } = await send({
			phone_number: '+1 555 555 9901',
			message_body: 'Welcome!',
			contact: { first_name: 'Nia', last_name: 'New', email: 'ada@example.com', country: '-' },
		});
		expect(status).toBe(200);
		expect(body).toMatchObject({ data: { phone: unknown, contact_created: true } });
		expect(contacts().size).toBe(before + 1);
		expect(contacts().all().at(-1)).toMatchObject({
			...{ firstname: 'Nia', lastname: 'New', type: 'lead', phone: unknown },
			...{ status_id: 1, source_id: 1, email: 'ada@example.com', country_id: null },
		});
	});

	test('has a source called API before the first one, and defaults for the names', async () => {
		const source = client.current.sandbox.data.insertLabel('sources', 'API');
		await send({ phone_number: unknown, message_body: 'Hi', contact: { country: '-' } });
		expect(contacts().all().at(-1)).toMatchObject({
			...{ firstname: 'Unknown', lastname: '', source_id: source.id },
		});
	});

	test('quirk 22: a contact without country answers 500', async () => {
		const { status, body } = await send({
			...{ phone_number: unknown, message_body: 'Hi', contact: { first_name: 'Nia' } },
		});
		expect(status).toBe(500);
		expect(body).toEqual(expected('messages.contact-create-failed.500'));
	});

	test.each([
		['india', 102],
		['India', 102],
		['INDIA', null],
		['united states', null],
		['United states', null],
		['United States', 236],
		['32', 32],
		['Nowhere', null],
	])('quirk 23: country %s is stored as %j', async (country, id) => {
		await send({ phone_number: unknown, message_body: 'Hi', contact: { country } });
		expect(contacts().all().at(-1)?.country_id).toBe(id);
	});

	test('groups are names, made when missing', async () => {
		await send({
			...{ phone_number: unknown, message_body: 'Hi' },
			contact: { country: '-', groups: 'vip, fresh' },
		});
		const fresh = client.current.sandbox.data.groups.all().at(-1);
		expect(fresh?.name).toBe('fresh');
		expect(contacts().all().at(-1)?.group_id).toEqual([1, fresh?.id]);
	});

	test("above the plan's limit answers 403", async () => {
		client.current.sandbox.behaviour.contactLimit = 1;
		const { status, body } = await send({
			...{ phone_number: unknown, message_body: 'Hi', contact: { country: '-' } },
		});
		expect(status).toBe(403);
		expect(body).toEqual(expected('messages.contact-limit.403'));
	});
});

test('a known contact is not changed by "contact", and needs no country', async () => {
	const before = { ...contacts().get(1) };
	const reply = await send({
		...{ phone_number: '15555550101', message_body: 'Hi' },
		contact: { first_name: 'Other', groups: 'fresh' },
	});
	expect(reply.status).toBe(200);
	expect(contacts().get(1)).toEqual(before);
});

describe('after the contact', () => {
	const create = { phone_number: unknown, message_body: 'Hi', contact: { country: '-' } };

	test('an account that is not connected answers 422', async () => {
		client.current.sandbox.behaviour.whatsappConnected = false;
		const { status, body } = await send({ phone_number: '15555550101', message_body: 'Hi' });
		expect(status).toBe(422);
		expect(body).toEqual(expected('messages.send.not-connected.422'));
	});

	test('quirk 39: a new contact survives a failed send', async () => {
		client.current.sandbox.behaviour.whatsappConnected = false;
		expect((await send(create)).status).toBe(422);
		expect(contacts().all().at(-1)?.phone).toBe(unknown);
		expect(messages()).toEqual([]);
	});

	test('above the conversation limit answers 403 with limit_reached', async () => {
		client.current.sandbox.behaviour.conversationLimit = 1;
		const hi = (phone_number: string) => send({ phone_number, message_body: 'Hi' });
		expect((await hi('15555550101')).status).toBe(200);
		expect((await hi('15555550101')).status).toBe(200);
		const { status, body } = await hi('15555550102');
		expect(status).toBe(403);
		expect(body).toEqual(expected('messages.conversation-limit.403'));
	});

	test('the connection is looked at before the limit', async () => {
		Object.assign(client.current.sandbox.behaviour, {
			whatsappConnected: false,
			conversationLimit: 0,
		});
		expect((await send(create)).status).toBe(422);
	});

	test("quirk 18: Meta's refusal is JSON inside of a string", async () => {
		const { status, body } = await send({ phone_number: '15555550000', message_body: 'Hi' });
		expect(status).toBe(500);
		const contract = expected('messages.send.meta-error.500') as { error: string };
		expect(body).toMatchObject({ status: 'error', message: 'Failed to send WhatsApp message' });
		const keys = (text: string) => Object.keys((JSON.parse(text) as { error: object }).error);
		expect(keys((body as { error: string }).error)).toEqual(keys(contract.error));
		expect(messages()).toEqual([]);
	});
});

test.each([
	['{contact_first_name} {contact_last_name}', 'Ada Example'],
	['@{contact_first_name}', 'Ada'],
	['{contact_company}|{contact_email}', 'Example Widgets|ada@example.com'],
	['{contact_phone_number}|{contact_website}|{contact_type}', '+15555550101||lead'],
	['{lead_status} {lead_source}', 'New whatsapp'],
	['{company_name}', 'WhatsCloud'],
	['{first_name} {contact_phone} {}', '{first_name} {contact_phone} {}'],
	['{{contact_first_name}}', '{Ada}'],
	['{constructor}', '{constructor}'],
])('quirk 40: %s is sent as "%s"', async (message_body, text) => {
	const reply = await send({ phone_number: '15555550101', message_body });
	expect(dataOf(reply)['message']).toBe(text);
	expect(messages()[0]?.text).toBe(text);
});

test('a conversation keeps its chat_id', async () => {
	const chat = async (phone_number: string) =>
		dataOf(await send({ phone_number, message_body: 'Hi' }))['chat_id'];
	expect([await chat('15555550101'), await chat('15555550102'), await chat('15555550101')]).toEqual(
		[77, 78, 77],
	);
});
