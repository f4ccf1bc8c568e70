import { describeOperation, locator, useAccount } from './account.mts';

const labels = [
	{ resource: 'status', path: 'statuses', idName: 'statusId', table: 'statuses' },
	{ resource: 'source', path: 'sources', idName: 'sourceId', table: 'sources' },
	{ resource: 'group', path: 'groups', idName: 'groupId', table: 'groups' },
] as const;

const names = [{ name: 'Warm' }, { name: 'Cold and "quoted"' }, { name: 'Éclair 🥐' }];

for (const { resource, path, idName, table } of labels) {
	const picked = { [idName]: locator('id', '={{ $json.id }}') };

	describeOperation(resource, 'create', (account) => {
		test('makes one for each item, with the id it got', async () => {
			const color = resource === 'status' ? { color: '#112233' } : {};
			const created = await account.run({ name: '={{ $json.name }}', ...color }, names);

			expect(account.requests()).toEqual([`POST ${path}`, `POST ${path}`, `POST ${path}`]);
			expect(account.bodies(`POST ${path}`)).toEqual(names.map((name) => ({ ...name, ...color })));
			expect(created).toMatchObject(names.map((name) => ({ ...name, ...color })));
			for (const { id, name } of created) {
				expect(account.sandbox.data[table].get(Number(id))).toMatchObject({ name });
			}
		});
	});

	describeOperation(resource, 'get', (account) => {
		test('reads one for each item', async () => {
			const items = [{ id: 2 }, { id: '1' }, { id: ' 3 ' }];
			if (resource === 'source') account.sandbox.data.insertLabel('sources', 'extra');
			const read = await account.run(picked, items);

			expect(account.requests().sort()).toEqual([
				`GET ${path}/1`,
				`GET ${path}/2`,
				`GET ${path}/3`,
			]);
			expect(read).toMatchObject([2, 1, 3].map((id) => ({ id, name: nameOf(id) })));
		});

		const nameOf = (id: number) => account.sandbox.data[table].get(id)?.name;
	});

	describeOperation(resource, 'getAll', (account) => {
		test('reads as many as each item asks for, the newest first', async () => {
			const limits = [{ limit: 1 }, { limit: 2 }, { limit: 50 }];
			const all = account.sandbox.data[table].all().map(({ id }) => id);
			const read = await account.run({ limit: '={{ $json.limit }}' }, limits);

			const newestFirst = [...all].reverse();
			expect(read.map(({ id }) => id)).toEqual([
				...newestFirst.slice(0, 1),
				...newestFirst.slice(0, 2),
				...newestFirst,
			]);
		});

		test('reads all in one go', async () => {
			const read = await account.run({ returnAll: true });
			expect(read).toHaveLength(account.sandbox.data[table].size);
			expect(account.requests()).toEqual([`GET ${path}`]);
		});
	});

	describeOperation(resource, 'update', (account) => {
		test('renames one for each item', async () => {
			const items = names.map((name, index) => ({ ...name, id: index + 1 }));
			const changed =
				resource === 'status'
					? { updateFields: { name: '={{ $json.name }}' } }
					: { name: '={{ $json.name }}' };
			const updated = await account.run({ ...picked, ...changed }, items);

			expect(account.requests().sort()).toEqual([1, 2, 3].map((id) => `PUT ${path}/${id}`));
			for (const { id, name } of items) {
				expect(account.bodies(`PUT ${path}/${id}`)).toEqual([{ name }]);
			}
			expect(updated).toMatchObject(items);
		});
	});

	describeOperation(resource, 'delete', (account) => {
		test('deletes one for each item', async () => {
			const made = ['one', 'two', 'three'].map((name) =>
				account.sandbox.data[table].insert({
					tenant_id: 7,
					name,
					color: null,
					isdefault: false,
					created_at: null,
					updated_at: null,
				}),
			);
			const deleted = await account.run(
				picked,
				made.map(({ id }) => ({ id })),
			);

			expect(account.requests().sort()).toEqual(
				made.map(({ id }) => `DELETE ${path}/${id}`).sort(),
			);
			expect(deleted).toEqual(made.map(({ id }) => ({ deleted: true, id })));
			expect(made.filter(({ id }) => account.sandbox.data[table].get(id))).toEqual([]);
		});

		test('says what to do when contacts still have it', async () => {
			const inUse = resource === 'status' ? 4 : 3;
			const { error } = await account.attempt(picked, [{ id: inUse }]);
			expect(error?.message).toContain(`WhatsCloud does not delete this ${resource}`);
			expect(error?.description).toContain(`a ${resource} that contacts still have`);
			expect(account.sandbox.data[table].get(inUse)).toBeDefined();
		});

		test('says so when there is none', async () => {
			const { error } = await account.attempt(picked, [{ id: 999 }]);
			expect(error?.message).toBe(`There is no ${resource} with the ID 999`);
		});
	});
}

describe('the default status (quirk 42)', () => {
	const account = useAccount();

	test.each([
		['create', { name: 'Fresh', color: '#112233' }],
		['update', { statusId: locator('id', 2), updateFields: { color: '#112233' } }],
	])('%s leaves it alone unless the user sets it', async (operation, parameters) => {
		await account.run({ resource: 'status', operation, ...parameters });
		const written = account.sandbox.requests.at(-1)?.body;
		expect(written).toMatchObject({ color: '#112233' });
		expect(written).not.toHaveProperty('isdefault');
		expect(account.sandbox.data.statuses.get(1)?.isdefault).toBe(true);
	});

	test.each([
		['create', { name: 'Fresh', additionalFields: { isDefault: true } }],
		['update', { statusId: locator('id', 2), updateFields: { isDefault: true } }],
	])('%s moves it when the user says so', async (operation, parameters) => {
		const [written] = await account.run({ resource: 'status', operation, ...parameters });
		expect(written).toMatchObject({ isdefault: true });
		expect(account.sandbox.data.statuses.get(1)?.isdefault).toBe(false);
	});

	test('is not deleted', async () => {
		const { error } = await account.attempt({
			resource: 'status',
			operation: 'delete',
			statusId: locator('id', 1),
		});
		expect(error?.message).toContain('WhatsCloud does not delete this status');
		expect(error?.description).toContain('make another one the default');
	});

	test('an update without a field is refused before anything is sent', async () => {
		const { error } = await account.attempt({
			resource: 'status',
			operation: 'update',
			statusId: locator('id', 2),
			updateFields: {},
		});
		expect(error?.message).toBe('There is nothing to change');
		expect(account.requests()).toEqual([]);
	});
});
