import type { Contact } from '../../sandbox/server/sandbox.mts';
import { generations, locator, useAccount } from './account.mts';

// What the operations of contacts put out, and what they take by name.

const person = {
	...{ resource: 'contact', firstName: '={{ $json.first }}', lastName: '={{ $json.last }}' },
	...{ phone: '={{ $json.phone }}', statusId: locator('id', 2), sourceId: locator('id', 1) },
	additionalFields: { city: '={{ $json.city }}', groupIds: [1, 3] },
};
const create = { ...person, operation: 'create' };
const upsert = { ...person, operation: 'upsert' };
const people = [
	{ first: 'Ann', last: 'Archer', phone: '+1 (555) 555-7001', city: 'Oslo' },
	{ first: 'Ben', last: '', phone: '15555557002', city: '' },
	{ first: 'Çem', last: "O'Neil", phone: '15555557003', city: 'Łódź' },
];
const continued = { settings: { onError: 'continueRegularOutput' as const } };

describe.each(generations)('one shape, %s server', (server) => {
	const account = useAccount({ server });
	const contactId = locator('id', '={{ $json.id }}');
	const three = [{ id: 1 }, { id: 2 }, { id: 4 }];

	test('of all operations: what is set, the phone as digits, nothing of the server itself', async () => {
		const shown = {
			get: await account.run({ resource: 'contact', operation: 'get', contactId }, three),
			update: await account.run(
				{ resource: 'contact', operation: 'update', contactId, updateFields: { city: 'Rome' } },
				three,
			),
			addToGroup: await account.run(
				{ resource: 'contact', operation: 'addToGroup', contactId, groupId: locator('id', 3) },
				three,
			),
			removeFromGroup: await account.run(
				{ resource: 'contact', operation: 'removeFromGroup', contactId, groupId: locator('id', 3) },
				three,
			),
			getAll: await account.run({ resource: 'contact', operation: 'getAll', returnAll: true }),
		};
		for (const contacts of Object.values(shown)) {
			for (const contact of contacts) {
				expect(contact.phone).toMatch(/^\d+$/);
				expect(Object.values(contact)).not.toContain(null);
				for (const own of ['tenant_id', 'addedfrom', 'updated_at', 'dateassigned'])
					expect(contact).not.toHaveProperty(own);
				expect(contact.group_id).toEqual((contact.group_id as unknown[]).map(Number));
			}
		}
		const [ada] = shown.getAll.filter(({ id }) => id === 1);
		expect(shown.removeFromGroup[0]).toEqual(ada);
		expect(shown.update[0]).toEqual({ ...shown.get[0], city: 'Rome' });
	});

	test('of new contacts, which have what was sent', async () => {
		for (const parameters of [create, upsert]) {
			const made = await account.run(parameters, people);
			expect(made).toMatchObject([
				{ firstname: 'Ann', lastname: 'Archer', phone: '15555557001', city: 'Oslo', status_id: 2 },
				{ firstname: 'Ben', lastname: '-', phone: '15555557002', type: 'lead', source_id: 1 },
				{ firstname: 'Çem', lastname: "O'Neil", phone: '15555557003', group_id: [1, 3] },
			]);
			for (const contact of made) {
				expect(account.sandbox.data.contacts.get(Number(contact.id))?.phone).toBe(contact.phone);
				expect(contact).toHaveProperty('created_at');
				expect(contact).not.toHaveProperty('tenant_id');
				expect(Object.values(contact)).not.toContain(null);
			}
			account.sandbox.reset();
		}
	});

	test('or the record as it came, of all operations', async () => {
		const raw = { simplify: false };
		const [got] = await account.run({ resource: 'contact', operation: 'get', contactId, ...raw }, [
			{ id: 1 },
		]);
		const [updated] = await account.run(
			{
				...{ resource: 'contact', operation: 'update', contactId },
				updateFields: { city: 'Rome' },
				...raw,
			},
			[{ id: 1 }],
		);
		const [made] = await account.run({ ...upsert, ...raw }, people.slice(0, 1));
		for (const record of [got, updated, made]) expect(record).toHaveProperty('tenant_id');
		expect(got?.phone).toBe('+15555550101');
	});

	test('with the names of status, source and groups', async () => {
		const names = { options: { includeNames: true } };
		const expected = {
			status_name: 'In Progress',
			source_name: 'facebook',
			group_names: ['vip', 'imported'],
		};
		const made = await account.run({ ...create, ...names }, people);
		expect(made).toMatchObject([expected, expected, expected]);
		const before = account.requests().length;
		const got = await account.run(
			{ resource: 'contact', operation: 'get', contactId, ...names },
			made.map(({ id }) => ({ id: Number(id) })),
		);
		expect(got).toMatchObject([expected, expected, expected]);
		// Three contacts, and each list of names once.
		expect(account.requests().length - before).toBe(6);
	});
});

describe.each(generations)('created or updated, %s server', (server) => {
	const account = useAccount({ seed: 'empty', server });
	const keep = { ...upsert, additionalFields: {} };
	const contactWith = (phone: string) =>
		account.sandbox.data.contacts.find((row) => row.phone === phone) as Contact;

	test('each item tells', async () => {
		account.sandbox.data.insertContacts([{ phone: '15555557002', lastname: 'Old' }]);
		const written = await account.run(keep, people);
		expect(written.map(({ created }) => created)).toEqual([true, false, true]);
	});

	test('items with the same number are told in a hint', async () => {
		const same = [...people, { ...people[0], first: 'Anna' }, { ...people[0], first: 'Anne' }];
		const run = await account.attempt(keep, same as typeof people);
		expect(run.outputs.flat().map(({ json }) => json['created'])).toEqual([
			...[true, true, true, false, false],
		]);
		expect(contactWith('15555557001').firstname).toBe('Anne');
		expect(run.hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(
				/^More than one item has the phone number 15555557001: .* its last item/,
			),
		]);
	});

	test('so are all such numbers, each once', async () => {
		const same = [...people, ...people.slice(1), ...people.slice(1)];
		const { hints } = await account.attempt(keep, same);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(/ the phone number 15555557002, 15555557003: /),
		]);
	});

	test.each(['', '-', ' '])('Keep Name replaces the name %j, which is none', async (firstname) => {
		account.sandbox.data.insertContacts(people.map(({ phone }) => ({ phone, firstname })));
		await account.run({ ...keep, options: { keepName: true } }, people);
		for (const { phone, first } of people) expect(contactWith(phone).firstname).toBe(first);
	});

	test('Keep Name keeps a name that is there, and replaces a number in its place', async () => {
		account.sandbox.data.insertContacts([
			{ phone: '15555557001', firstname: 'Annika', lastname: 'Smith' },
			{ phone: '+15555557002', firstname: '+15555557002', lastname: '' },
		]);
		await account.run({ ...keep, options: { keepName: true } }, people);
		expect(contactWith('15555557001')).toMatchObject({ firstname: 'Annika', lastname: 'Smith' });
		expect(contactWith('+15555557002')).toMatchObject({ firstname: 'Ben', lastname: '-' });
		expect(contactWith('15555557003')).toMatchObject({ firstname: 'Çem', lastname: "O'Neil" });
		await account.run(keep, people);
		expect(contactWith('15555557001')).toMatchObject({ firstname: 'Ann', lastname: 'Archer' });
	});
});

describe.each(generations)('status and source by name, %s server', (server) => {
	const account = useAccount({ server });
	const byName = {
		...{ statusId: locator('name', '={{ $json.status }}') },
		...{ sourceId: locator('name', '={{ $json.source }}'), additionalFields: {} },
	};
	const labelled = [
		{ ...people[0], status: 'In Progress', source: 'whatsapp' },
		{ ...people[1], status: ' in progress ', source: 'FACEBOOK' },
		{ ...people[2], status: 'New', source: 'Website' },
	] as Array<Record<string, string>>;
	const stored = () =>
		account.sandbox.data.contacts
			.all()
			.filter(({ phone }) => phone?.startsWith('1555555700'))
			.map(({ status_id, source_id }) => [status_id, source_id]);

	test.each([create, upsert])('are found, small letters or capitals', async (parameters) => {
		await account.run({ ...parameters, ...byName }, labelled);
		expect(stored().toSorted()).toEqual([
			[1, 3],
			[2, 1],
			[2, 2],
		]);
		expect(
			account
				.requests()
				.filter((request) => /statuses|sources/.test(request))
				.toSorted(),
		).toEqual(['GET sources', 'GET statuses']);
	});

	test('an unknown one is refused before anything is written, with those that there are', async () => {
		const wrong = labelled.map((item, index) =>
			index === 2 ? { ...item, status: 'Qualifed' } : item,
		);
		const { error } = await account.attempt({ ...create, ...byName }, wrong);
		expect(error?.message).toBe('There is no status with the name "Qualifed"');
		expect(error?.description).toContain('In Progress');
		expect(stored()).toEqual([]);

		const run = await account.attempt({ ...create, ...byName }, wrong, continued);
		expect(run.outputs.flat().map(({ json }) => json['error'])).toEqual([
			...[undefined, undefined, 'There is no status with the name "Qualifed"'],
		]);
	});

	test('an empty one is refused', async () => {
		const { error } = await account.attempt({ ...create, ...byName }, [
			{ ...labelled[0], source: ' ' },
		]);
		expect(error?.message).toBe('"Source" is empty');
		expect(account.requests()).toEqual([]);
	});

	test('a missing source is made once, where that is wanted', async () => {
		const fair = labelled.map((item, index) => ({
			...item,
			source: ['Fair', 'fair', 'FAIR'][index] ?? '',
		}));
		const refused = await account.attempt({ ...upsert, ...byName }, fair);
		expect(refused.error?.message).toBe('There is no source with the name "Fair"');
		const before = account.sandbox.data.sources.size;
		const run = { ...upsert, ...byName, options: { createMissingSource: true } };
		await account.run(run, fair);
		expect(account.sandbox.data.sources.size).toBe(before + 1);
		const made = account.sandbox.data.sources.find(({ name }) => name.toLowerCase() === 'fair');
		expect(stored().map(([, source]) => source)).toEqual([made?.id, made?.id, made?.id]);
		await account.run(run, fair);
		expect(account.sandbox.data.sources.size).toBe(before + 1);
		// A server that tells capital letters apart would make another one.
		expect(account.requests().filter((request) => request === 'POST sources')).toHaveLength(1);
	});

	test('a missing source has its name in the output that it is made for', async () => {
		const options = { createMissingSource: true, includeNames: true };
		const outputs = await account.run(
			{ ...create, ...byName, options },
			labelled.map((item) => ({ ...item, source: 'Market' })),
		);
		expect(outputs.map(({ source_name }) => source_name)).toEqual(Array(3).fill('Market'));
	});

	test('a missing source that somebody else makes at the same moment, or whose answer is lost', async () => {
		const fair = labelled.map((item) => ({ ...item, source: 'Fair' }));
		const run = { ...upsert, ...byName, options: { createMissingSource: true } };
		account.sandbox.faults.add({ kind: 'reset', when: 'after', method: 'POST', path: '/sources' });
		await account.run(run, fair);
		expect(account.sandbox.data.sources.all().filter(({ name }) => name === 'Fair')).toHaveLength(
			1,
		);
		expect(stored()).toHaveLength(3);
	});

	test('are read, renamed and deleted by their names', async () => {
		const source = { resource: 'source', sourceId: locator('name', '={{ $json.name }}') };
		const names = [{ name: 'Facebook' }, { name: 'whatsapp' }, { name: 'WEBSITE' }];
		expect(await account.run({ ...source, operation: 'get' }, names)).toMatchObject([
			...[{ id: 1 }, { id: 2 }, { id: 3 }],
		]);
		const status = { resource: 'status', statusId: locator('name', 'in progress') };
		await account.run({ ...status, operation: 'update', updateFields: { name: 'At Work' } });
		expect(account.sandbox.data.statuses.get(2)?.name).toBe('At Work');
		const { error } = await account.attempt({ ...source, operation: 'delete' }, [
			...names,
			{ name: 'Fax' },
		]);
		expect(error?.message).toBe('There is no source with the name "Fax"');
		expect(account.sandbox.data.sources.size).toBe(3);
	});
});
