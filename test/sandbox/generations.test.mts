import { behaviourFrom } from '../../sandbox/server/behaviour.mts';
import {
	type Behaviour,
	type Generation,
	generations,
	type Sandbox,
} from '../../sandbox/server/sandbox.mts';
import { dataOf, fixedNow, openClient, useClient, type Reply } from './client.mts';
import { contactOf, facts, media, recordKeys } from './fixtures/generations.mts';

const client = useClient({ now: fixedNow });

/** The same sandbox plays all of them. */
function play(server: Generation, changes: Partial<Behaviour> = {}): Sandbox {
	const { sandbox } = client.current;
	Object.assign(sandbox.behaviour, behaviourFrom(server, changes));
	return sandbox;
}

const cases = facts.flatMap(({ on, ...fact }) => on.map((server) => ({ ...fact, server })));

test.each(cases)('$server: $what is answered with $status', async (fact) => {
	const { server, before, request, status, body } = fact;
	const sandbox = play(server);
	before?.(sandbox);
	const reply = await client.current.request(...request);
	expect(reply.status).toBe(status);
	if (body !== undefined) expect(reply.body).toEqual(body);
});

describe.each(generations)('records of %s', (server) => {
	beforeEach(() => {
		play(server);
	});

	test('a contact', async () => {
		expect(dataOf(await client.current.get('/contacts/1'))).toEqual(contactOf[server]);
	});

	test.each(Object.keys(recordKeys))('%s', async (path) => {
		const keys = Object.keys(dataOf(await client.current.get(`/${path}`))).sort();
		expect(keys).toEqual(recordKeys[path]?.[server].split(/ +/).sort());
	});

	test('template_id, and values of variables', async () => {
		const { text } = await client.current.get('/templates/1');
		expect(text).toContain(`"template_id":${server === 'D' ? '"' : ''}90071992547409931`);
	});

	test('filters of the list', async () => {
		const { total } = dataOf(await client.current.get('/contacts?type=customer'));
		expect(total).toBe(['B', 'B2'].includes(server) ? 2 : 13);
	});

	test('an unknown field is refused before anything is written', async () => {
		const { data } = client.current.sandbox;
		const before = structuredClone(data.contacts.all());
		const whole = { firstname: 'U', lastname: 'E', phone: '1', type: 'lead', source_id: 1 };
		for (const path of ['/contacts', '/contacts/1']) {
			const method = path === '/contacts' ? 'POST' : 'PUT';
			const body = { ...whole, status_id: 1, colour: 'red' };
			expect((await client.current.request(method, path, body)).status).toBe(500);
		}
		expect(data.contacts.all()).toEqual(before);
	});
});

test('an account that is younger than the columns shows null for them', async () => {
	const young = await openClient({
		server: 'D',
		seed: 'young',
		behaviour: { facebookPsid: false },
	});
	expect(dataOf(await young.get('/contacts/3'))).toMatchObject({
		...{ custom_fields_data: [], is_opted_out: null, opted_out_date: null },
	});
});

describe('contacts from B on', () => {
	const ada = { firstname: 'Ada', lastname: 'Example', phone: '+15555550101', type: 'lead' };
	const contacts = () => client.current.sandbox.data.contacts;
	beforeEach(() => {
		play('B');
	});

	test('groups replace group_id; empty ones change nothing; custom fields are replaced as a whole', async () => {
		const put = (more: object) => client.current.put('/contacts/1', { ...ada, ...more });
		await put({ groups: 'ImportĖd, brand new' });
		const made = client.current.sandbox.data.groups.find(({ name }) => name === 'brand new');
		expect(contacts().get(1)?.group_id).toEqual([3, made?.id]);
		await put({ groups: '' });
		expect(contacts().get(1)?.group_id).toEqual([3, made?.id]);
		await put({ custom_fields_data: { shoe_size: '43' } });
		expect(contacts().get(1)?.custom_fields_data).toEqual({ shoe_size: '43' });
	});

	test('a new date of creation moves a contact in the list', async () => {
		await client.current.put('/contacts/1', { ...ada, created_at: '2026-02-01T00:00:00Z' });
		const { data } = dataOf(await client.current.get('/contacts?per_page=1'));
		expect(data).toMatchObject([{ id: 1 }]);
	});

	test('ids of an update need not be of this account', async () => {
		const body = { ...ada, status_id: 44, source_id: 999 };
		expect((await client.current.put('/contacts/1', body)).status).toBe(200);
	});
});

describe('sends from B on', () => {
	const send = (phone_number: string, more: object = {}) =>
		client.current.post('/messages/send', { phone_number, message_body: 'Hi', ...more });
	const contact = (id: number) => client.current.sandbox.data.contacts.get(id);

	test('a short number rewrites the phone of whoever ends with it, and goes to what was given', async () => {
		const { messages } = play('B');
		await send('101');
		expect(contact(1)?.phone).toBe('+101');
		expect(messages[0]?.phone).toBe('101');
	});

	test('a contact stays made or rewritten after a refusal, also of who opted out', async () => {
		play('C', { whatsappConnected: false });
		expect((await send('15555559003')).status).toBe(422);
		expect(contact(14)).toMatchObject({
			...{ firstname: '+15555559003', lastname: '', phone: '+15555559003', addedfrom: 0 },
		});
		client.current.sandbox.data.insertContacts([{ phone: '15555559004', is_opted_out: true }]);
		expect((await send('15555559004')).status).toBe(403);
		expect(contact(15)?.phone).toBe('+15555559004');
	});

	test('first_name is not read; ids and Auto Lead are', async () => {
		play('D', { autoLead: { status: 3, source: '2', assignee: 5 } });
		await send('15555559005', { contact: { first_name: 'Nia' } });
		expect(contact(14)).toMatchObject({
			...{ firstname: '+15555559005', status_id: 3, source_id: 2, assigned_id: 5 },
		});
		await send('15555559006', { contact: { firstname: 'Nia', status_id: '2', assigned_id: 4 } });
		expect(contact(15)).toMatchObject({
			...{ firstname: 'Nia', status_id: 2, source_id: 2, assigned_id: 4 },
		});
	});

	test('the code of field_1 is enough for the button of an authentication template, from C on', async () => {
		const login = {
			...{ phone_number: '15555550101', template_name: 'login_code' },
			...{ template_language: 'en', field_1: '123456' },
		};
		for (const server of generations) {
			play(server);
			const { status } = await client.current.post('/messages/template', login);
			expect([server, status]).toEqual([server, ['C', 'D'].includes(server) ? 200 : 500]);
		}
	});
});

describe('documents', () => {
	const sendDocument = (more: object) =>
		client.current.post('/messages/media', {
			...{ phone_number: '15555550101', media_type: 'document', caption: 'Our offer' },
			...{ media_url: media(client.current.sandbox, 'prices.pdf'), ...more },
		});

	test.each(generations)('%s: which is the name', async (server) => {
		const { messages } = play(server);
		await sendDocument({ filename: 'offer.pdf' });
		expect(messages[0]?.media).toMatchObject(
			server === 'D'
				? { caption: 'Our offer', filename: 'offer.pdf' }
				: { caption: 'offer.pdf', filename: 'Our offer' },
		);
	});

	test.each([
		['B', 422],
		['B2', 200],
		['C', 200],
		['D', 500],
	] as const)('%s: a name of null is answered with %i', async (server, status) => {
		play(server);
		const reply = await sendDocument({ filename: null });
		expect(reply.status).toBe(status);
		if (server === 'D') expect(reply.body).toEqual({ message: 'Server Error' });
	});

	test.each(generations)('%s: images that end in jpg', async (server) => {
		play(server);
		const form = new FormData();
		form.set('phone_number', '15555550101');
		form.set('media_type', 'image');
		form.set('media_file', new Blob(['x']), 'photo.jpg');
		const { status, body } = await client.current.post('/messages/media', form);
		expect(status).toBe(['A', 'B'].includes(server) ? 422 : 200);
		if (server === 'B') expect(body).toMatchObject({ message: /Allowed: jpeg, png$/ });
	});
});

describe('what every generation does with texts', () => {
	const create = async (body: object | string): Promise<Reply> =>
		await client.current.post('/sources', body);

	test.each([
		['\u00a0\u200b Fair \u2800\u3164\u00ad\u200e\ufeff', 'Fair'],
		['Fa\u200bir', 'Fa\u200bir'],
	])('%j is stored as %j', async (name, stored) => {
		expect(dataOf(await create({ name }))).toMatchObject({ name: stored });
	});

	test('what is invisible only is missing', async () => {
		expect((await create({ name: '\u200b\u3164' })).status).toBe(422);
	});

	test('half of a surrogate pair makes the whole body unreadable', async () => {
		const { status, body } = await create({ name: 'Fair', note: 'cut \ud83d' });
		expect(status).toBe(422);
		expect(body).toMatchObject({ errors: { name: ['The name field is required.'] } });
	});
});
