import type { Contact } from '../../sandbox/server/records.mts';
import { dataOf, errorsOf, expected, fixedNow, useClient } from './client.mts';

const client = useClient({ seed: 'empty', now: fixedNow });
const ada = { firstname: 'Ada', lastname: 'Example', phone: '15555551001' };
const whole = { ...ada, type: 'lead', status_id: 1, source_id: 1 };
const contacts = () => client.current.sandbox.data.contacts;
const only = () => contacts().all()[0];

function insertContractContact(): Contact {
	const { data } = expected('contacts.get.200') as { data: Contact };
	const [contact] = client.current.sandbox.data.insertContacts([data]);
	return contact as Contact;
}

describe('create', () => {
	test('quirk 5: the answer holds an empty array and not the new id', async () => {
		const { status, body } = await client.current.post('/contacts', whole);
		expect(status).toBe(201);
		expect(body).toEqual(expected('contacts.create.empty-data.201'));
		expect(only()).toMatchObject({ id: 1, ...whole, is_enabled: true, addedfrom: 3 });
	});

	test('the new contact is the first of the list, its phone as it was sent', async () => {
		client.current.sandbox.data.insertContacts([{}], { createdAt: '2026-01-01T00:00:00Z' });
		await client.current.post('/contacts', { ...whole, phone: '+1 (555) 555-1001' });
		const { data } = dataOf(await client.current.get('/contacts?per_page=1')) as {
			data: Contact[];
		};
		expect(data).toMatchObject([{ id: 2, phone: '+1 (555) 555-1001' }]);
	});

	test('the refusals have the texts of the contract', async () => {
		client.current.sandbox.data.insertContacts([{ email: 'ada@example.com', phone: '15' }]);
		const { status, body } = await client.current.post('/contacts', {
			firstname: 'Ada',
			email: 'ada@example.com',
			phone: '15',
			type: 'customer',
			status_id: 'new',
		});
		expect(status).toBe(422);
		expect(body).toEqual(expected('contacts.create.422'));
	});

	test.each(['firstname', 'lastname', 'phone', 'type', 'status_id', 'source_id'])(
		'%s is required',
		async (field) => {
			const reply = await client.current.post('/contacts', { ...whole, [field]: undefined });
			expect(Object.keys(errorsOf(reply))).toEqual([field]);
		},
	);

	test.each([
		['firstname', 256, 'The firstname field must not be greater than 255 characters.'],
		['lastname', 256, 'The lastname field must not be greater than 255 characters.'],
		['phone', 21, 'The phone field must not be greater than 20 characters.'],
	])('%s of %i characters is refused', async (field, length, text) => {
		const reply = await client.current.post('/contacts', {
			...whole,
			[field]: '1'.repeat(length),
		});
		expect(errorsOf(reply)).toEqual({ [field]: [text] });
	});

	test.each([
		['firstname', 191],
		['lastname', 191],
		['company', 191],
		['zip', 15],
		['city', 100],
		['state', 100],
		['website', 100],
	])('storage holds %s of %i characters and answers 500 to more', async (field, length) => {
		const fits = { ...whole, [field]: 'x'.repeat(length) };
		expect((await client.current.post('/contacts', fits)).status).toBe(201);
		const tooLong = { ...whole, phone: '2', [field]: 'x'.repeat(length + 1) };
		const { status, body } = await client.current.post('/contacts', tooLong);
		expect(status).toBe(500);
		expect(body).toMatchObject({ status: 'error', message: 'Failed to create contact' });
		expect((body as { error: string }).error).toContain(`'${field}'`);
		expect(contacts().size).toBe(1);
	});

	test.each([
		['country_id', 'abc'],
		['assigned_id', 'me'],
		['is_enabled', null],
		['dateassigned', 'yesterday'],
		['company', { name: 'x' }],
	])('%s: %j is refused by storage only', async (field, value) => {
		const { status } = await client.current.post('/contacts', { ...whole, [field]: value });
		expect(status).toBe(500);
	});

	test('quirk 10: type contact passes validation, and storage refuses it', async () => {
		const { status, body } = await client.current.post('/contacts', { ...whole, type: 'contact' });
		expect(status).toBe(500);
		expect(body).toEqual({
			status: 'error',
			message: 'Failed to create contact',
			error: "SQLSTATE[01000]: Warning: 1265 Data truncated for column 'type' at row 1",
		});
	});

	test('quirk 10: type customer is refused by validation', async () => {
		const reply = await client.current.post('/contacts', { ...whole, type: 'customer' });
		expect(errorsOf(reply)).toEqual({ type: ['The selected type is invalid.'] });
	});

	test('quirk 26: phones are compared as exact texts', async () => {
		await client.current.post('/contacts', whole);
		expect((await client.current.post('/contacts', whole)).status).toBe(422);
		const withPlus = { ...whole, phone: '+15555551001' };
		expect((await client.current.post('/contacts', withPlus)).status).toBe(201);
	});

	test.each(['ada', 'ada@', '@example.com', 'a b@example.com'])(
		'%s is no address',
		async (email) => {
			const reply = await client.current.post('/contacts', { ...whole, email });
			expect(errorsOf(reply)).toEqual({
				email: ['The email field must be a valid email address.'],
			});
		},
	);

	test('the address may be null', async () => {
		expect((await client.current.post('/contacts', { ...whole, email: null })).status).toBe(201);
	});

	test('a status that does not exist is accepted, above 50 too', async () => {
		expect((await client.current.post('/contacts', { ...whole, status_id: 999 })).status).toBe(201);
	});

	test('group_id is stored as it was sent', async () => {
		await client.current.post('/contacts', { ...whole, group_id: ['4', 9] });
		expect(dataOf(await client.current.get('/contacts/1'))['group_id']).toEqual(['4', 9]);
	});

	test("the plan's limit answers 403 without limit_reached", async () => {
		client.current.sandbox.behaviour.contactLimit = 0;
		const { status, body } = await client.current.post('/contacts', whole);
		expect(status).toBe(403);
		expect(body).toEqual(expected('contacts.create.limit.403'));
	});
});

describe('read', () => {
	test('a contact has the fields and types of the contract', async () => {
		insertContractContact();
		const { status, body } = await client.current.get('/contacts/41');
		expect(status).toBe(200);
		expect(body).toEqual(expected('contacts.get.200'));
	});

	test('quirk 6: a missing contact is a success with null', async () => {
		const { status, body } = await client.current.get('/contacts/999999');
		expect(status).toBe(200);
		expect(body).toEqual(expected('contacts.get.missing.200'));
	});

	test('the reference promises 404 for a missing contact', async () => {
		client.current.sandbox.behaviour.missingContact = 404;
		const { status, body } = await client.current.get('/contacts/999999');
		expect(status).toBe(404);
		expect(body).toEqual(expected('contacts.get.missing.404'));
	});

	test.each(['41abc', '41.0', '%2041', '+41'])('quirk 41: the id %s finds 41', async (id) => {
		insertContractContact();
		expect(dataOf(await client.current.get(`/contacts/${id}`))).toMatchObject({ id: 41 });
	});

	test.each(['abc41', '4', '41.5'])('the id %s does not find 41', async (id) => {
		insertContractContact();
		expect((await client.current.get(`/contacts/${id}`)).body).toMatchObject({ data: null });
	});
});

describe('update', () => {
	test('answers the whole record, values in the type they were sent in (quirk 29)', async () => {
		insertContractContact();
		const { status, body } = await client.current.put('/contacts/41', {
			firstname: 'Ada',
			lastname: 'Specimen',
			phone: '+15555550101',
			status_id: '3',
		});
		expect(status).toBe(200);
		expect(body).toEqual(expected('contacts.update.200'));
		expect(dataOf(await client.current.get('/contacts/41'))['status_id']).toBe(3);
	});

	test('quirk 7: first name, last name and phone are required, and other texts of the contract', async () => {
		insertContractContact();
		const { status, body } = await client.current.put('/contacts/41', {
			email: 'none',
			status_id: 51,
		});
		expect(status).toBe(422);
		expect(body).toEqual(expected('contacts.update.422'));
	});

	test.each([[null], ['']])('quirk 8: the address cannot be %j', async (email) => {
		insertContractContact();
		const reply = await client.current.put('/contacts/41', { ...ada, email });
		expect(errorsOf(reply)).toEqual({ email: ['The email field must be a valid email address.'] });
	});

	test.each([[51], ['51'], [4000]])('quirk 9: status_id %j is refused', async (status_id) => {
		insertContractContact();
		const reply = await client.current.put('/contacts/41', { ...ada, status_id });
		expect(errorsOf(reply)).toEqual({
			status_id: ['The status id field must not be greater than 50.'],
		});
	});

	test('quirk 9: status_id 50 is accepted, and source_id has no such limit', async () => {
		insertContractContact();
		const body = { ...ada, status_id: 50, source_id: 51 };
		expect((await client.current.put('/contacts/41', body)).status).toBe(200);
	});

	test.each(['status_id', 'source_id'])(
		'%s null passes validation but not storage',
		async (field) => {
			insertContractContact();
			const { status, body } = await client.current.put('/contacts/41', { ...ada, [field]: null });
			expect(status).toBe(500);
			expect(body).toMatchObject({ message: 'Failed to update contact' });
		},
	);

	test('omitted fields keep their value, type customer too', async () => {
		client.current.sandbox.data.insertContacts([{ type: 'customer', company: 'Old', zip: '1' }]);
		await client.current.put('/contacts/1', { ...ada, company: null });
		expect(only()).toMatchObject({ ...ada, type: 'customer', company: null, zip: '1' });
	});

	test.each([
		['lead', 200],
		['customer', 422],
		['contact', 500],
	])('type %s answers %i', async (type, expectedStatus) => {
		insertContractContact();
		expect((await client.current.put('/contacts/41', { ...ada, type })).status).toBe(
			expectedStatus,
		);
	});

	test('phone and address may be its own, but not those of another', async () => {
		client.current.sandbox.data.insertContacts([
			{ phone: '1', email: 'a@example.com' },
			{ phone: '2', email: 'b@example.com' },
		]);
		const own = { ...ada, phone: '1', email: 'a@example.com' };
		expect((await client.current.put('/contacts/1', own)).status).toBe(200);
		const taken = { ...ada, phone: '2', email: 'b@example.com' };
		expect(errorsOf(await client.current.put('/contacts/1', taken))).toEqual({
			email: ['The email has already been taken.'],
			phone: ['The phone has already been taken.'],
		});
	});

	test('quirk 11: group_id replaces the whole list', async () => {
		insertContractContact();
		await client.current.put('/contacts/41', { ...ada, group_id: [2] });
		expect(contacts().get(41)?.group_id).toEqual([2]);
	});

	test('the server sets the author', async () => {
		client.current.sandbox.data.insertContacts([{}]);
		const [contact] = contacts().all();
		if (contact) contact.addedfrom = 8;
		await client.current.put('/contacts/1', ada);
		expect(only()?.addedfrom).toBe(3);
	});

	test('a missing contact answers 404', async () => {
		const { status, body } = await client.current.put('/contacts/999999', ada);
		expect(status).toBe(404);
		expect(body).toEqual(expected('contacts.update.404'));
	});
});

describe('delete', () => {
	test('answers without data', async () => {
		insertContractContact();
		const { status, body } = await client.current.remove('/contacts/41');
		expect(status).toBe(200);
		expect(body).toEqual(expected('contacts.delete.200'));
		expect(contacts().size).toBe(0);
		expect(contacts().all()).toEqual([]);
	});

	test('quirk 41: 41abc deletes 41', async () => {
		insertContractContact();
		expect((await client.current.remove('/contacts/41abc')).status).toBe(200);
		expect(contacts().size).toBe(0);
	});

	test('a missing contact answers 404', async () => {
		const { status, body } = await client.current.remove('/contacts/999999');
		expect(status).toBe(404);
		expect(body).toEqual(expected('contacts.delete.404'));
	});

	test('its phone and address are free again', async () => {
		await client.current.post('/contacts', { ...whole, email: 'ada@example.com' });
		await client.current.remove('/contacts/1');
		const again = await client.current.post('/contacts', { ...whole, email: 'ada@example.com' });
		expect(again.status).toBe(201);
		expect(contacts().all()[0]?.id).toBe(2);
	});
});

test.each([3, '3', '[1,3]', '1,3', ['1', '3'], null, { a: 1 }])(
	'quirk 11: the groups stored as %j come back so',
	async (group_id) => {
		client.current.sandbox.data.insertContacts([{ group_id }]);
		expect(dataOf(await client.current.get('/contacts/1'))['group_id']).toEqual(group_id);
	},
);
