import type { Contact } from '../../sandbox/server/sandbox.mts';
import {
	describeOperation,
	type Generation,
	generations,
	locator,
	useAccount,
} from './account.mts';

// What the generations of the server do each in their own way, and what must come out right on all of them.

const contactId = locator('id', '={{ $json.id }}');
const three = [{ id: 1 }, { id: 2 }, { id: 4 }];
const person = {
	...{ firstName: '={{ $json.first }}', lastName: '={{ $json.last }}' },
	...{ phone: '={{ $json.phone }}', statusId: locator('id', 1), sourceId: locator('id', 1) },
};
const people = [
	{ first: 'Ann', last: 'Archer', phone: '15555557001' },
	{ first: 'Ben', last: '', phone: '15555557002' },
	{ first: 'Çem', last: "O'Neil", phone: '15555557003' },
];
const continued = { settings: { onError: 'continueRegularOutput' as const } };
/** Servers with Auto Lead, custom fields, e-mails that can be cleared. */
const isLater = (server: Generation) => server !== 'A';
const knowsOptOut = (server: Generation) => ['C', 'D', 'brand'].includes(server);

describeOperation('contact', 'update', (account, server) => {
	const contact = (id: number) => account.sandbox.data.contacts.get(id) as Contact;
	const change = (id: number, values: Partial<Contact>) => {
		account.sandbox.data.contacts.update(contact(id), values);
	};
	const puts = () => account.requests().filter((request) => request.startsWith('PUT'));

	test('guarantee: An update keeps status and source, although Auto Lead is on.', async () => {
		account.sandbox.behaviour.autoLead = { status: 3, source: 3 };
		const before = three.map(({ id }) => [contact(id).status_id, contact(id).source_id]);
		await account.run({ contactId, updateFields: { city: 'Oslo' } }, three);
		expect(three.map(({ id }) => [contact(id).status_id, contact(id).source_id])).toEqual(before);
		expect(three.map(({ id }) => contact(id).city)).toEqual(['Oslo', 'Oslo', 'Oslo']);
	});

	test('a status above 50 stays, and costs no refusal', async () => {
		for (const { id } of three) change(id, { status_id: 60 + id });
		const run = await account.attempt(
			{ contactId, updateFields: { city: 'Oslo' }, options: { parallelRequests: 1 } },
			three,
		);
		expect(run.error).toBeUndefined();
		expect(three.map(({ id }) => contact(id).status_id)).toEqual([61, 62, 64]);
		expect(puts()).toHaveLength(3);
		expect(run.hints).toEqual([]);
	});

	test('a status above 50 that Auto Lead replaces is told', async () => {
		account.sandbox.behaviour.autoLead = { status: 3, source: 3 };
		change(2, { status_id: 62 });
		const run = await account.attempt({ contactId, updateFields: { city: 'Oslo' } }, three);
		expect(contact(2)).toMatchObject({ status_id: isLater(server) ? 3 : 62, city: 'Oslo' });
		expect(run.hints.map(({ message }) => message)).toEqual(
			isLater(server)
				? [expect.stringMatching(/contact with the ID 2 the status 3 .* in place of 62/)]
				: [],
		);
	});

	test('a status above 50 that the user wants is refused, with the way to set it', async () => {
		const { error } = await account.attempt({ contactId, updateFields: { statusId: 60 } }, [
			{ id: 2 },
		]);
		expect(error?.message).toMatch(/^WhatsCloud refuses the input: Status: /);
		expect(error?.description).toContain('whose ID is above 50');
		expect(error?.description).toContain('Set the status in WhatsCloud itself');
		expect(contact(2).status_id).not.toBe(60);
	});

	test('a status above 50 in Auto Lead is named as what keeps contacts from being changed', async () => {
		account.sandbox.behaviour.autoLead = { status: 60, source: 3 };
		change(2, { status_id: 62 });
		const { error } = await account.attempt({ contactId, updateFields: { city: 'Oslo' } }, [
			{ id: 2 },
		]);
		if (!isLater(server)) expect(error).toBeUndefined();
		else expect(error?.description).toContain('nor that of "Auto Lead"');
	});

	test('an assignee in Auto Lead is named as what keeps contacts from being changed', async () => {
		account.sandbox.behaviour.autoLead = { status: 3, source: 3, assignee: 5 };
		const run = await account.attempt(
			{ contactId, updateFields: { city: 'Oslo' } },
			three,
			continued,
		);
		expect(puts()).toHaveLength(3);
		for (const { json } of run.outputs.flat()) {
			if (!isLater(server)) expect(json['error']).toBeUndefined();
			else expect(json['error']).toContain('"Auto Lead" assigns them to a user');
		}
	});

	test('the type stays, and what the server does not know is refused', async () => {
		change(1, { type: 'customer' });
		if (knowsOptOut(server) && server !== 'brand') change(2, { type: 'guest' });
		const before = three.map(({ id }) => contact(id).type);
		await account.run({ contactId, updateFields: { city: 'Oslo' } }, three);
		expect(three.map(({ id }) => contact(id).type)).toEqual(before);

		const { error } = await account.attempt({ contactId, updateFields: { type: 'guest' } }, [
			{ id: 4 },
		]);
		const isTaken = server === 'C' || server === 'D';
		expect(contact(4).type).toBe(isTaken ? 'guest' : 'lead');
		if (isTaken) expect(error).toBeUndefined();
		else expect(error?.description).toContain('only the newest the type "Guest"');
	});

	test('a contact without a last name gets one, and the hint says so', async () => {
		change(2, { lastname: '' });
		change(4, { firstname: '' });
		const run = await account.attempt({ contactId, updateFields: { city: 'Oslo' } }, three);
		expect(run.error).toBeUndefined();
		expect(three.map(({ id }) => contact(id).city)).toEqual(['Oslo', 'Oslo', 'Oslo']);
		expect(contact(2).lastname).toBe('-');
		expect(contact(4).firstname).toBe('-');
		expect(run.hints.map(({ message }) => message)).toEqual([
			expect.stringContaining('no last name got "-"'),
		]);
	});

	test('a contact without a phone number needs one first', async () => {
		change(2, { phone: null });
		const run = await account.attempt(
			{ contactId, updateFields: { city: 'Oslo' } },
			three,
			continued,
		);
		expect(run.outputs.flat().map(({ json }) => json['error'])).toEqual([
			undefined,
			'WhatsCloud refuses the input: Phone: The phone field is required.',
			undefined,
		]);
		expect(run.outputs.flat()[1]?.json['details']).toContain('give it one under Update Fields');
		await account.run({ contactId, updateFields: { phone: '+1 555 555 7009' } }, [{ id: 2 }]);
		expect(contact(2).phone).toBe('15555557009');
	});

	test('the e-mail is cleared where the server can, and else nothing is changed', async () => {
		const run = await account.attempt(
			{ contactId, updateFields: { clearFields: ['email'], company: 'New' } },
			three,
			continued,
		);
		if (isLater(server)) {
			expect(three.map(({ id }) => contact(id).email)).toEqual([null, null, null]);
			return;
		}
		for (const { json } of run.outputs.flat())
			expect(json['details']).toContain("older versions of WhatsCloud can't remove one");
		expect(contact(1)).toMatchObject({ email: 'ada@example.com' });
		expect(contact(1).company).not.toBe('New');
	});

	test('guarantee: An update keeps the custom fields that it does not name.', async () => {
		const updateFields = {
			customFields: { values: [{ name: 'shoe_size', value: '={{ $json.size }}' }] },
		};
		const sizes = [43, 44, 45].map((size, index) => ({ ...three[index], size }));
		if (isLater(server))
			change(1, { custom_fields_data: { newsletter: 'yes', shoe_size: '42' } } as object);
		const run = await account.attempt({ contactId, updateFields }, sizes, continued);
		if (!isLater(server)) {
			for (const { json } of run.outputs.flat())
				expect(json['error']).toContain('does not have the field Custom Fields');
			return;
		}
		expect(run.outputs.flat().map(({ json }) => json['custom_fields_data'])).toEqual([
			{ newsletter: 'yes', shoe_size: '43' },
			{ shoe_size: '44' },
			{ shoe_size: '45' },
		]);
		await account.run({ contactId, updateFields: { city: 'Oslo' } }, three);
		expect(contact(1)).toMatchObject({
			custom_fields_data: { newsletter: 'yes', shoe_size: '43' },
		});
	});

	test('a custom field without a value is not sent', async () => {
		const values = [{ name: 'size', value: '={{ $json.size }}' }];
		const updateFields = { city: 'Oslo', customFields: { values } };
		const sizes = ['', ' ', null].map((size, index) => ({ id: three[index]?.id, size }));
		await account.run({ contactId, updateFields }, sizes);
		for (const { id } of three) {
			expect(contact(id).city).toBe('Oslo');
			expect(account.bodies(`PUT contacts/${id}`)[0]).not.toHaveProperty('custom_fields_data');
		}
	});

	test.each([
		[[{ name: '', value: 'x' }], '"Update Fields > Custom Fields > Name" is empty'],
		[
			[
				{ name: 'a', value: 'x' },
				{ name: 'a', value: 'y' },
			],
			'"Update Fields > Custom Fields" has the field "a" twice',
		],
	])('custom fields that can only be a mistake are refused: %j', async (values, words) => {
		const { error } = await account.attempt(
			{ contactId, updateFields: { customFields: { values } } },
			[{ id: 1 }],
		);
		expect(error?.message).toBe(words);
		expect(account.requests()).toEqual([]);
	});
});

describeOperation('contact', 'create', (account, server) => {
	const stored = () =>
		people.map(({ phone }) => account.sandbox.data.contacts.find((row) => row.phone === phone));

	test('a contact without a last name gets a dash', async () => {
		await account.run(person, people);
		expect(stored().map((contact) => contact?.lastname)).toEqual(['Archer', '-', "O'Neil"]);
	});

	test('custom fields are stored, or refused before anything is written', async () => {
		const additionalFields = {
			customFields: { values: [{ name: 'size', value: '={{ $json.first }}' }] },
		};
		const run = await account.attempt({ ...person, additionalFields }, people, continued);
		if (isLater(server)) {
			expect(stored()).toMatchObject(
				people.map(({ first: size }) => ({ custom_fields_data: { size } })),
			);
			return;
		}
		for (const { json } of run.outputs.flat())
			expect(json).toMatchObject({
				error: 'This version of WhatsCloud does not have the field Custom Fields of a contact',
				details: expect.stringContaining('Nothing was written') as string,
			});
		expect(stored()).toEqual([undefined, undefined, undefined]);
	});

	test('the type guest is stored where the server knows it', async () => {
		const run = await account.attempt(
			{ ...person, additionalFields: { type: 'guest' } },
			people,
			continued,
		);
		const isTaken = server === 'C' || server === 'D';
		expect(stored().map((contact) => contact?.type)).toEqual(
			Array(3).fill(isTaken ? 'guest' : undefined),
		);
		for (const { json } of run.outputs.flat()) {
			if (isTaken) expect(json['error']).toBeUndefined();
			else expect(json['details']).toContain('only the newest the type "Guest"');
		}
	});

	test('a refusal that names status or source alone says that more may be wrong', async () => {
		const { error } = await account.attempt({ ...person, statusId: locator('id', '0') }, people);
		// The first generation looks at all fields at once, and takes any status.
		if (!isLater(server)) expect(error).toBeUndefined();
		else expect(error?.description).toContain('so other fields may be wrong too');
	});
});

describeOperation('contact', 'upsert', (account, server) => {
	const contactWith = (phone: string) =>
		account.sandbox.data.contacts.find((row) => row.phone === phone) as Contact;

	test('keeps what Auto Lead would replace, merges custom fields, and keeps a last name', async () => {
		account.sandbox.behaviour.autoLead = { status: 3, source: 3 };
		account.sandbox.data.insertContacts([
			{ phone: '15555557002', lastname: 'Baker', status_id: 2, source_id: 2 },
		]);
		if (isLater(server))
			account.sandbox.data.contacts.update(contactWith('15555557002'), {
				custom_fields_data: { newsletter: 'yes' },
			} as object);
		const custom = { customFields: { values: [{ name: 'size', value: '={{ $json.first }}' }] } };
		const parameters = { ...person, options: { keepStatusAndSource: true } };
		await account.run(
			isLater(server) ? { ...parameters, additionalFields: custom } : parameters,
			people,
		);
		expect(contactWith('15555557002')).toMatchObject({
			...{ firstname: 'Ben', lastname: 'Baker', status_id: 2, source_id: 2 },
			...(isLater(server) && { custom_fields_data: { newsletter: 'yes', size: 'Ben' } }),
		});
		expect(contactWith('15555557001')).toMatchObject({ lastname: 'Archer', status_id: 1 });
	});

	test('a status above 50 stays', async () => {
		account.sandbox.data.insertContacts(
			people.map(({ phone }, index) => ({ phone, lastname: 'Old', status_id: 60 + index })),
		);
		await account.run({ ...person, options: { keepStatusAndSource: true } }, people);
		expect(people.map(({ phone }) => contactWith(phone))).toMatchObject([
			{ firstname: 'Ann', status_id: 60 },
			{ firstname: 'Ben', status_id: 61 },
			{ firstname: 'Çem', status_id: 62 },
		]);
	});

	test('the type of a customer stays', async () => {
		account.sandbox.data.insertContacts(
			people.map(({ phone }) => ({ phone, lastname: 'Old', type: 'customer' })),
		);
		await account.run(person, people);
		expect(people.map(({ phone }) => contactWith(phone).type)).toEqual(Array(3).fill('customer'));
	});
});

describeOperation('contact', 'getAll', (account, server) => {
	test('filters by who has opted out, or says that the server does not tell', async () => {
		const { contacts } = account.sandbox.data;
		const [first, second, third] = three.map(({ id }) => contacts.get(id) as Contact);
		if (knowsOptOut(server)) {
			contacts.update(first as Contact, { is_opted_out: true });
			contacts.update(second as Contact, { is_opted_out: null });
			contacts.update(third as Contact, { is_opted_out: true });
		}
		const items = [{ out: true }, { out: false }, { out: 'yes' }];
		const run = await account.attempt(
			{ returnAll: true, filters: { optedOut: '={{ $json.out }}' } },
			items,
			continued,
		);
		if (!knowsOptOut(server)) {
			expect(run.outputs.flat().map(({ json }) => json['error'])).toEqual(
				Array(3).fill('This version of WhatsCloud does not tell who has opted out'),
			);
			return;
		}
		const ids = items.map((_, item) =>
			run.outputs
				.flat()
				.flatMap(({ json, pairedItem }) =>
					(pairedItem as { item: number }).item === item ? [json['id']] : [],
				),
		);
		expect(ids[0]).toEqual([4, 1]);
		expect(ids[1]).toHaveLength(contacts.size - 2);
		expect(ids[2]).toEqual([4, 1]);
	});

	test('filters by a group, though the groups of one contact are none', async () => {
		const { contacts } = account.sandbox.data;
		for (const { id } of contacts.all())
			contacts.update(contacts.get(id) as Contact, { group_id: id === 2 ? { a: 1 } : [id] });
		const found = await account.run({ returnAll: true, filters: { groupId: '={{ $json.id }}' } }, [
			...three,
			{ id: 99 },
		]);
		expect(found.map(({ id }) => id)).toEqual([1, 4]);
	});

	test('filters by no group where the server shows none', async () => {
		const data = [1, 2, 3].map((id) => ({ id, phone: `1555555700${id}` }));
		const body = { status: 'success', data: { data, total: 3, per_page: 100 } };
		account.sandbox.faults.add({ kind: 'answer', status: 200, body });
		const { error } = await account.attempt({ filters: { groupId: 3 } });
		expect(error?.message).toMatch(/^The groups of the contact with the ID \d can't be read/);
	});

	test('filters by the type guest', async () => {
		if (!knowsOptOut(server)) return;
		account.sandbox.data.contacts.update(account.sandbox.data.contacts.get(2) as Contact, {
			type: 'guest',
		});
		const guests = await account.run({ filters: { type: 'guest' } });
		expect(guests).toMatchObject([{ id: 2, type: 'guest' }]);
	});
});

describe.each(generations)('groups, %s server', (server) => {
	const account = useAccount({ server });
	const change = (operation: string) => ({
		...{ resource: 'contact', operation, contactId, groupId: locator('id', 3) },
	});
	const groups = () => three.map(({ id }) => account.sandbox.data.contacts.get(id)?.group_id);
	const set = (ids: number[]) => {
		for (const { id } of three)
			account.sandbox.data.contacts.update(account.sandbox.data.contacts.get(id) as Contact, {
				group_id: ids,
			});
	};

	test('the last one can be taken away, and all be cleared', async () => {
		set([3]);
		await account.run(change('removeFromGroup'), three);
		expect(groups()).toEqual([[], [], []]);
		set([1, 3]);
		const clear = { ...change('update'), updateFields: { clearFields: ['group_id'] } };
		await account.run(clear, three);
		expect(groups()).toEqual([[], [], []]);
	});

	test('a comma in a name, and the id of a group that is gone, change nothing', async () => {
		const group = account.sandbox.data.groups.get(3);
		if (group) account.sandbox.data.groups.update(group, { name: 'Oslo, Bergen' });
		set([99, 1]);
		await account.run(change('addToGroup'), three);
		expect(groups()).toEqual([
			[99, 1, 3],
			[99, 1, 3],
			[99, 1, 3],
		]);
		expect(account.sandbox.data.groups.size).toBe(3);
	});

	test('a contact that shows none is not changed', async () => {
		set([1]);
		const data = { ...account.sandbox.data.contacts.get(2), group_id: undefined };
		const answer = { kind: 'answer' as const, status: 200, body: { status: 'success', data } };
		account.sandbox.faults.add({ ...answer, method: 'GET', path: '/contacts/2' });
		const run = await account.attempt(change('addToGroup'), three, continued);
		expect(run.outputs.flat().map(({ json }) => json['error'])).toEqual([
			undefined,
			expect.stringMatching(/^The groups of the contact with the ID 2 can't be read/),
			undefined,
		]);
		expect(groups()).toEqual([[1, 3], [1], [1, 3]]);
	});

	test('an answer that shows other groups is no success', async () => {
		set([1]);
		const data = { ...account.sandbox.data.contacts.get(2), group_id: [1] };
		const answer = { kind: 'answer' as const, status: 200, body: { status: 'success', data } };
		account.sandbox.faults.add({ ...answer, method: 'PUT', path: '/contacts/2' });
		const run = await account.attempt(change('addToGroup'), three, continued);
		expect(run.outputs.flat().map(({ json }) => json['error'])).toEqual([
			undefined,
			'WhatsCloud has not changed the groups of the contact',
			undefined,
		]);
	});

	test('a new contact whose answer shows other groups is given them', async () => {
		const answers = people.map(({ phone }, index) => {
			const data = { id: three[index]?.id, phone, group_id: index === 1 ? [] : [index + 1] };
			return { kind: 'answer' as const, status: 201, body: { status: 'success', data }, times: 1 };
		});
		for (const answer of answers)
			account.sandbox.faults.add({ ...answer, method: 'POST', path: '/contacts' });
		const create = { resource: 'contact', operation: 'create', ...person };
		await account.run(
			{
				...create,
				additionalFields: { groupIds: '={{ $json.groups }}' },
				options: { parallelRequests: 1 },
			},
			people.map((one, index) => ({ ...one, groups: [index + 1] })),
		);
		expect(account.bodies('PUT contacts/1')).toEqual([]);
		expect(account.bodies('PUT contacts/2')).toMatchObject([{ group_id: [2] }]);
		expect(account.bodies('PUT contacts/4')).toEqual([]);
	});

	test('a new contact that can not be given its groups may not be created again', async () => {
		for (const index of [0, 1, 2]) {
			const data = { id: three[index]?.id, group_id: index === 1 ? [] : [1] };
			account.sandbox.faults.add({
				...{ kind: 'answer', status: 201, body: { status: 'success', data }, times: 1 },
				...{ method: 'POST', path: '/contacts' },
			});
		}
		const body = { status: 'error', message: 'No' };
		account.sandbox.faults.add({ kind: 'answer', status: 422, body, path: '/contacts/2' });
		const run = await account.attempt(
			{
				...{ resource: 'contact', operation: 'create', ...person },
				...{ additionalFields: { groupIds: [1] }, options: { parallelRequests: 1 } },
			},
			people,
			{ settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 } },
		);
		expect(run.error?.message).toBe('WhatsCloud has not changed the groups of the contact');
		expect(run.error?.context.items).toMatchObject({ done: [0], failed: [1], unknown: [1] });
		expect(account.bodies('POST contacts')).toHaveLength(2);
	});

	test('a new contact without an id is not changed, whatever its answer shows', async () => {
		for (const [index, { phone }] of people.entries()) {
			const data = { ...(index !== 1 && { id: three[index]?.id }), phone, group_id: [9] };
			const body = { status: 'success', data };
			account.sandbox.faults.add({
				...{ kind: 'answer', status: 201, body, times: 1 },
				...{ method: 'POST', path: '/contacts' },
			});
		}
		const parameters = {
			...{ resource: 'contact', operation: 'create', ...person },
			additionalFields: { groupIds: [1] },
			options: { parallelRequests: 1 },
		};
		await account.attempt(parameters, people, continued);
		const changed = account.sandbox.requests.filter(({ method }) => method === 'PUT');
		expect(changed.map(({ path }) => path.split('/').at(-1))).toEqual(['1', '4']);
	});

	test('such an answer may have changed the rest, which the next item keeps', async () => {
		const contact = account.sandbox.data.contacts.get(2);
		const data = { ...contact, status_id: 2, group_id: [1] };
		const answer = { kind: 'answer' as const, status: 200, body: { status: 'success', data } };
		account.sandbox.faults.add({ ...answer, method: 'PUT', path: '/contacts/2' });
		const upsert = {
			...{ resource: 'contact', operation: 'upsert', phone: contact?.phone, firstName: 'Ada' },
			...{ statusId: locator('id', 2), sourceId: locator('id', 1) },
			additionalFields: { groupIds: '={{ $json.groups }}' },
			options: { keepStatusAndSource: '={{ $json.keep }}' },
		};
		await account.attempt(upsert, [{ groups: [3], keep: false }, { keep: true }], continued);
		expect(account.bodies('PUT contacts/2')).toMatchObject([{ status_id: 2 }, { status_id: 2 }]);
		const { error } = await account.attempt(change('addToGroup'), [{ id: 2 }]);
		expect(error?.context).toMatchObject({ outcome: 'unknown', request: 'PUT contacts/2' });
	});
});
