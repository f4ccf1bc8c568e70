import type { Label, Status } from '../../sandbox/server/records.mts';
import { dataOf, errorsOf, expected, fixedNow, useClient } from './client.mts';

const client = useClient({ seed: 'empty', now: fixedNow });

test('a new account has the statuses New (default) to Closed', () => {
	const statuses = client.current.sandbox.data.statuses.all();
	expect(statuses.map(({ name, isdefault }) => [name, isdefault])).toEqual([
		['New', true],
		['In Progress', false],
		['Contacted', false],
		['Qualified', false],
		['Closed', false],
	]);
});

test('a new account has the sources facebook and whatsapp', () => {
	expect(client.current.sandbox.data.sources.all().map(({ name }) => name)).toEqual([
		'facebook',
		'whatsapp',
	]);
});

describe('statuses', () => {
	const insertTrial = () => client.current.post('/statuses', { name: 'Trial', color: '#9C27B0' });

	test('create answers only what was sent, with tenant, id and times', async () => {
		const { status, body } = await insertTrial();
		const contract = expected('statuses.create.201') as { data: object };
		expect(status).toBe(201);
		expect(body).toEqual({ ...contract, data: { ...contract.data, id: 6 } });
	});

	test('the refusals have the texts of the contract', async () => {
		const { status, body } = await client.current.post('/statuses', {
			name: 'ab',
			color: '#12345678',
			isdefault: 'true',
		});
		expect(status).toBe(422);
		expect(body).toEqual(expected('statuses.create.422'));
	});

	test('a name is taken once', async () => {
		await insertTrial();
		expect(errorsOf(await insertTrial())).toEqual({ name: ['The name has already been taken.'] });
	});

	test('read answers the record of the contract', async () => {
		expect((await client.current.get('/statuses/3')).body).toMatchObject({
			data: { id: 3, tenant_id: 7, name: 'Contacted', color: '#FFC107', isdefault: false },
		});
		const contract = expected('statuses.get.200') as { data: object };
		expect(Object.keys(dataOf(await client.current.get('/statuses/3')))).toEqual(
			Object.keys(contract.data),
		);
	});

	test('an update may be partial and answers the whole record', async () => {
		const { status, body } = await client.current.put('/statuses/3', { name: 'Reached' });
		expect(status).toBe(200);
		expect(body).toMatchObject({
			message: 'Status updated successfully',
			data: { id: 3, name: 'Reached', color: '#FFC107', isdefault: false },
		});
		expect((await client.current.put('/statuses/3', { color: '#000000' })).status).toBe(200);
		expect(client.current.sandbox.data.statuses.get(3)).toMatchObject({
			name: 'Reached',
			color: '#000000',
			updated_at: '2026-01-16T10:00:00.000000Z',
		});
	});

	test('it may keep its own name', async () => {
		expect((await client.current.put('/statuses/3', { name: 'Contacted' })).status).toBe(200);
	});

	test('quirk 42: isdefault clears the flag on all others', async () => {
		await client.current.put('/statuses/2', { isdefault: true });
		const statuses: readonly Status[] = client.current.sandbox.data.statuses.all();
		expect(statuses.filter(({ isdefault }) => isdefault).map(({ id }) => id)).toEqual([2]);
	});

	test('the default cannot be deleted', async () => {
		const { status, body } = await client.current.remove('/statuses/1');
		expect(status).toBe(400);
		expect(body).toEqual(expected('statuses.delete.default.400'));
	});

	test('one in use cannot be deleted', async () => {
		client.current.sandbox.data.insertContacts([{ status_id: 2 }]);
		const { status, body } = await client.current.remove('/statuses/2');
		expect(status).toBe(400);
		expect(body).toEqual(expected('statuses.delete.in-use.400'));
	});

	test('another is deleted', async () => {
		const { status, body } = await client.current.remove('/statuses/2');
		expect(status).toBe(200);
		expect(body).toEqual(expected('statuses.delete.200'));
		expect((await client.current.get('/statuses/2')).status).toBe(404);
	});
});

describe.each(['sources', 'groups'] as const)('%s', (resource) => {
	const table = () => client.current.sandbox.data[resource];
	const insert = (name: string): Label => client.current.sandbox.data.insertLabel(resource, name);

	test('create answers as in the contract', async () => {
		const contract = expected(`${resource}.create.201`) as { data: { name: string; id: number } };
		const { status, body } = await client.current.post(`/${resource}`, {
			name: contract.data.name,
		});
		expect(status).toBe(201);
		const id = table().all().at(-1)?.id;
		expect(body).toEqual({ ...contract, data: { ...contract.data, id } });
	});

	test('the name is required, on update too', async () => {
		const { id } = insert('x');
		const required = { name: ['The name field is required.'] };
		expect(errorsOf(await client.current.post(`/${resource}`, {}))).toEqual(required);
		expect(errorsOf(await client.current.put(`/${resource}/${id}`, {}))).toEqual(required);
	});

	test('a name is taken once', async () => {
		insert('twice');
		const reply = await client.current.post(`/${resource}`, { name: 'twice' });
		expect(reply.status).toBe(422);
		expect(reply.body).toEqual(expected('sources.create.422'));
	});

	test('a name may have 255 characters', async () => {
		const name = 'x'.repeat(255);
		expect((await client.current.post(`/${resource}`, { name })).status).toBe(201);
		expect((await client.current.post(`/${resource}`, { name: `${name}x` })).status).toBe(422);
	});

	test('update answers as in the contract', async () => {
		const contract = expected(`${resource}.update.200`) as { data: { name: string } };
		const { id } = insert('before');
		const { body } = await client.current.put(`/${resource}/${id}`, { name: contract.data.name });
		const created_at = '2026-01-16T10:00:00.000000Z';
		expect(body).toEqual({ ...contract, data: { ...contract.data, id, created_at } });
	});

	test('delete answers as in the contract', async () => {
		const { id } = insert('gone');
		const { status, body } = await client.current.remove(`/${resource}/${id}`);
		expect(status).toBe(200);
		expect(body).toEqual(expected(`${resource}.delete.200`));
	});

	test('one in use cannot be deleted', async () => {
		const { id } = insert('used');
		client.current.sandbox.data.insertContacts([{ source_id: id, group_id: [String(id)] }]);
		const { status, body } = await client.current.remove(`/${resource}/${id}`);
		expect(status).toBe(400);
		expect(body).toEqual(expected(`${resource}.delete.in-use.400`));
	});
});

test.each([
	['statuses', 'Status not found'],
	['sources', 'Source not found'],
	['groups', 'Groups not found'],
])('a missing record of %s answers 404 to every verb', async (resource, message) => {
	const path = `/${resource}/999999`;
	const { get, put, remove } = client.current;
	for (const reply of [await get(path), await put(path, { name: 'Name' }), await remove(path)]) {
		expect([reply.status, reply.body]).toEqual([404, { status: 'error', message }]);
	}
});

test('quirk 41: 2abc finds 2', async () => {
	expect(dataOf(await client.current.get('/sources/2abc'))).toMatchObject({ name: 'whatsapp' });
});

test('quirk 29: a value comes back in the type it was sent in, booleans excepted', async () => {
	const reply = await client.current.post('/statuses', { name: 'Trial', isdefault: '0' });
	expect(dataOf(reply)).toMatchObject({ isdefault: false });
});
