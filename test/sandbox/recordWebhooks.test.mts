import { createHmac } from 'node:crypto';
import { behaviourFrom } from '../../sandbox/server/behaviour.mts';
import type { Generation } from '../../sandbox/server/sandbox.mts';
import legacyCreated from '../unit/webhook/bodies/legacy.contact.created.json';
import legacyDeleted from '../unit/webhook/bodies/legacy.contact.deleted.json';
import legacyUpdated from '../unit/webhook/bodies/legacy.contact.updated.json';
import { ask, dataOf, fixedNow, useClient } from './client.mts';
import { startReceiver, type Received, type Receiver } from './receiver.mts';

jest.setTimeout(20_000);

const client = useClient({ now: fixedNow });
let receiver: Receiver;
const secret = 'made up for this test';
const now = '2026-01-16T10:00:00.000000Z';

beforeEach(async () => {
	receiver = await startReceiver();
	client.current.sandbox.webhooks = { recordsUrl: receiver.url, messagesUrl: null, secret };
});

afterEach(async () => {
	client.current.sandbox.webhooks = { recordsUrl: null, messagesUrl: null, secret };
	await receiver.close();
});

const person = {
	...{ firstname: 'Zoé', lastname: 'Example', phone: '15550166001', type: 'lead' },
	...{ status_id: 1, source_id: 2 },
};
const only = () => {
	expect(receiver.received).toHaveLength(1);
	return receiver.received[0]?.body;
};

describe('the older format', () => {
	test('tells of a new contact the columns that were set', async () => {
		await client.current.post('/contacts', { ...person, group_id: [1] });
		const made = client.current.sandbox.data.contacts.all().at(-1);
		expect(only()).toEqual({
			event: 'created',
			model: 'App\\Models\\Tenant\\Contact',
			data: {
				id: made?.id,
				attributes: {
					...{ ...person, group_id: [1], tenant_id: 7, addedfrom: 3, id: made?.id },
					created_at: '2026-01-16T10:00:00.000000Z',
					updated_at: '2026-01-16T10:00:00.000000Z',
				},
				relations: [],
			},
			original: null,
			timestamp: '2026-01-16T10:00:00+00:00',
		});
	});

	test('tells of a changed contact what it was before', async () => {
		const change = { firstname: 'Ada', lastname: 'Specimen', phone: '+15555550101' };
		await client.current.put('/contacts/1', change);
		expect(only()).toMatchObject({
			event: 'updated',
			data: { id: 1, attributes: { lastname: 'Specimen', is_enabled: true, zip: null } },
			original: { id: 1, lastname: 'Example', updated_at: '2026-01-05T09:30:00.000000Z' },
		});
	});

	test('tells all of a deleted contact', async () => {
		await client.current.remove('/contacts/2');
		expect(only()).toMatchObject({
			event: 'deleted',
			data: { id: 2, attributes: { firstname: 'Bo', zip: null } },
			original: null,
		});
	});

	test.each([
		['statuses', 'Status'],
		['sources', 'Source'],
	])('tells of %s, created, updated, deleted', async (resource, model) => {
		const { id } = dataOf(await client.current.post(`/${resource}`, { name: 'Trial' }));
		await client.current.put(`/${resource}/${String(id)}`, { name: 'Tried' });
		await client.current.remove(`/${resource}/${String(id)}`);
		const told = receiver.received.map(({ headers, body }) => [
			headers['x-webhook-event'],
			body['event'],
			body['model'],
			(body['data'] as { attributes: { name: string } }).attributes.name,
			(body['original'] as { name: string } | null)?.name,
		]);
		const name = `App\\Models\\Tenant\\${model}`;
		expect(told).toEqual([
			['created', 'created', name, 'Trial', undefined],
			['updated', 'updated', name, 'Tried', 'Trial'],
			['deleted', 'deleted', name, 'Tried', undefined],
		]);
	});

	test('groups have no webhook, and a refused write fires none', async () => {
		await client.current.post('/groups', { name: 'Quiet' });
		await client.current.post('/contacts', { ...person, phone: '+15555550101' });
		await client.current.remove('/statuses/1');
		expect(receiver.received).toEqual([]);
	});

	test('a send that makes a contact fires one', async () => {
		await client.current.post('/messages/send', {
			...{ phone_number: '15550166002', message_body: 'Hi' },
			contact: { first_name: 'Pia', country: '-' },
		});
		expect(only()).toMatchObject({ event: 'created', data: { attributes: { firstname: 'Pia' } } });
	});
});

describe('"N8N format"', () => {
	beforeEach(() => {
		client.current.sandbox.behaviour.recordWebhooks = 'n8n';
	});

	test('has relationships in place of ids, and what changed', async () => {
		const change = { firstname: 'Ada', lastname: 'Specimen', phone: '+15555550101' };
		await client.current.put('/contacts/1', change);
		expect(receiver.received[0]?.headers['x-webhook-event']).toBe('contact.updated');
		const body = only();
		expect(body).toMatchObject({
			event: {
				id: expect.stringMatching(/^evt_1768557600_[0-9a-z]{10}$/i) as string,
				...{ type: 'contact.updated', timestamp: '2026-01-16T10:00:00+00:00', version: '1.0' },
			},
			tenant: { id: 7, name: 'Example Widgets', domain: 'demo.whatscloud.example' },
			data: {
				resource: { type: 'contact', id: 1, attributes: { lastname: 'Specimen', zip: null } },
				relationships: {
					status: { id: 1, name: 'New', color: '#4CAF50' },
					source: { id: 2, name: 'whatsapp' },
					groups: [
						{ id: 1, name: 'vip' },
						{ id: 2, name: 'newsletter' },
					],
					assigned_to: { id: 3, name: 'Agent Example', email: 'agent@example.com' },
				},
			},
			changes: {
				previous: { lastname: 'Example' },
				current: { lastname: 'Specimen', status_id: 1 },
				modified_fields: ['lastname', 'created_at', 'updated_at'],
			},
			metadata: { source: 'api_webhook_manager', environment: 'production' },
		});
		const { resource } = (body as { data: { resource: { attributes: object } } }).data;
		expect(Object.keys(resource.attributes)).not.toEqual(
			expect.arrayContaining([expect.stringMatching(/^(tenant|status|source|assigned)_id$/)]),
		);
	});

	test('has an empty array where there are no relationships', async () => {
		const { id } = dataOf(await client.current.post('/sources', { name: 'Fair' }));
		await client.current.remove(`/sources/${String(id)}`);
		expect(receiver.received.map(({ body }) => body)).toMatchObject([
			{ event: { type: 'source.created' }, data: { relationships: [] } },
			{ event: { type: 'source.deleted' }, data: { relationships: [] } },
		]);
	});
});

/** The names at every level, whatever the values. */
function namesIn(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
	return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, namesIn(part)]));
}

test.each([
	['created', legacyCreated],
	['updated', legacyUpdated],
	['deleted', legacyDeleted],
] as const)('%s: the names are those of the recorded body', async (event, recorded) => {
	const all = { company: 'C', email: 'zoe@example.com', group_id: [1] };
	if (event === 'created') await client.current.post('/contacts', { ...person, ...all });
	if (event === 'updated') {
		await client.current.put('/contacts/1', { ...person, ...all, phone: '+15555550101' });
	}
	if (event === 'deleted') await client.current.remove('/contacts/1');
	expect(namesIn(only())).toEqual(namesIn(recorded));
});

describe('which writes are told', () => {
	const play = (server: Generation) => {
		Object.assign(client.current.sandbox.behaviour, behaviourFrom(server));
	};
	const events = () => receiver.received.map(({ headers }) => headers['x-webhook-event']);
	const inDashboard = (method: string, path: string, body?: object) =>
		ask(`${client.current.sandbox.url}/sandbox/dashboard${path}`, {
			method,
			...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
		});
	const send = { phone_number: '15555550102', message_body: 'Hi' };

	test('from B on, groups by name are a second write, and a send that rewrites a phone is one', async () => {
		play('B');
		await client.current.post('/contacts', { ...person, groups: 'vip' });
		await client.current.post('/messages/send', send);
		await client.current.post('/messages/send', { ...send, phone_number: '15550166009' });
		expect(events()).toEqual(['created', 'updated', 'updated', 'created']);
	});

	test.each(['C', 'D'] as const)("%s: the dashboard's, not those of the API", async (server) => {
		play(server);
		await client.current.post('/contacts', { ...person, groups: 'vip' });
		await client.current.post('/messages/send', send);
		expect(receiver.received).toEqual([]);
		const other = { ...person, phone: '15550166010' };
		const created = await inDashboard('POST', '/contacts', other);
		const { id } = dataOf(created) as { id: number };
		await inDashboard('PUT', `/contacts/${id}`, { ...other, lastname: 'Specimen' });
		await inDashboard('DELETE', `/contacts/${id}`);
		await inDashboard('POST', '/statuses', { name: 'Hot', color: '#FF0000' });
		expect(events()).toEqual([
			...['contact.created', 'contact.updated', 'contact.deleted', 'status.created'],
		]);
		expect(receiver.received[0]?.headers).toMatchObject({
			...{ 'x-webhook-format': 'n8n', accept: 'application/json' },
			'x-webhook-signature': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
		});
		const [made, changed, gone, status] = receiver.received.map(({ body }) => body);
		// Of a new record only what was set.
		const { status_id, source_id, ...shown } = other;
		const set = { ...shown, addedfrom: 3, id, created_at: now, updated_at: now };
		const relationships = {
			status: { id: 1, name: 'New', color: '#4CAF50' },
			source: { id: 2, name: 'whatsapp' },
		};
		expect(made).toMatchObject({ data: { resource: { type: 'contact', id }, relationships } });
		expect(made).toHaveProperty('data.resource.attributes', set);
		expect(made).toHaveProperty('changes', {
			...{ previous: null, modified_fields: null },
			current: { ...set, status_id, source_id, tenant_id: 7 },
		});
		expect(changed).toMatchObject({
			changes: {
				previous: { lastname: 'Example', tenant_id: 7, status_id: 1 },
				current: { lastname: 'Specimen', is_opted_out: false },
				modified_fields: expect.arrayContaining(['lastname', 'created_at', 'updated_at']) as object,
			},
		});
		expect(gone).toMatchObject({
			data: { resource: { attributes: { zip: null } }, relationships },
			changes: { previous: null, modified_fields: null },
		});
		expect(status).toMatchObject({ data: { relationships: [] } });
	});

	test.each([
		['A', 1],
		['B2', 1],
		['brand', 0],
	] as const)('%s: with the main switch off, %i', async (server, count) => {
		play(server);
		const { sandbox } = client.current;
		sandbox.webhooks = { ...sandbox.webhooks, recordsOn: false };
		await client.current.post('/sources', { name: 'Fair' });
		expect(receiver.received).toHaveLength(count);
	});
});

describe('deliveries', () => {
	test('are signed over the raw bytes, which PHP has escaped', async () => {
		await client.current.post('/contacts', person);
		const [{ raw, headers }] = (await receiver.atLeast(1)) as [Received];
		expect(raw).toContain('Zo\\u00e9');
		expect(headers['x-webhook-signature']).toBe(
			createHmac('sha256', secret).update(raw).digest('hex'),
		);
		expect(headers).toMatchObject({
			'content-type': 'application/json',
			'user-agent': 'whatsmark-Webhook/1.0',
			'x-webhook-timestamp': '2026-01-16T10:00:00+00:00',
		});
	});

	test('can come unsigned, and twice', async () => {
		const { behaviour } = client.current.sandbox;
		Object.assign(behaviour, { signedWebhooks: 'none', webhooksFireTwice: true });
		await client.current.post('/contacts', person);
		const [first, second] = receiver.received;
		expect(second?.raw).toBe(first?.raw);
		expect(first?.headers).not.toHaveProperty('x-webhook-signature');
	});

	test('are tried three times, 1 and 2 seconds apart, while the write waits', async () => {
		receiver.answers.push(500, 503);
		const startedAt = performance.now();
		const { status } = await client.current.post('/contacts', person);
		const tookMs = performance.now() - startedAt;
		expect([status, receiver.received.length]).toEqual([201, 3]);
		const [a, b, c] = receiver.received.map(({ atMs }) => atMs - startedAt);
		expect(Math.round(((b ?? 0) - (a ?? 0)) / 1000)).toBe(1);
		expect(Math.round(((c ?? 0) - (b ?? 0)) / 1000)).toBe(2);
		expect(tookMs).toBeGreaterThan(c ?? 0);
		expect(client.current.sandbox.deliveries).toMatchObject([
			{
				...{ event: 'contact.created', state: 'taken' },
				attempts: [{ status: 500 }, { status: 503 }, { status: 200 }],
			},
		]);
	});

	test('that nobody takes are given up, and the write succeeds all the same', async () => {
		receiver.answers.push(404, 302, 401);
		const { status } = await client.current.post('/contacts', person);
		expect([status, receiver.received.length]).toEqual([201, 3]);
		expect(client.current.sandbox.deliveries).toMatchObject([
			{
				state: 'givenUp',
				attempts: [
					{ problem: expect.stringContaining('Is it published') as string },
					{ problem: 'The receiver answered 302.' },
					{ problem: expect.stringContaining('signature') as string },
				],
			},
		]);
	});

	test('hold up the write as long as the receiver is slow', async () => {
		client.current.sandbox.behaviour.slowReceiverMs = 700;
		const startedAt = performance.now();
		await client.current.post('/contacts', person);
		expect(performance.now() - startedAt).toBeGreaterThanOrEqual(690);
		expect(receiver.received).toHaveLength(1);
	});

	test('end with a reset', async () => {
		receiver.answers.push(500, 500, 500);
		const write = client.current.post('/contacts', person);
		await receiver.atLeast(1);
		client.current.sandbox.reset();
		expect((await write).status).toBe(201);
		expect(receiver.received).toHaveLength(1);
	});
});

describe('the addresses', () => {
	const put = (change: object) =>
		ask(`${client.current.sandbox.url}/sandbox/webhooks`, {
			method: 'PUT',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify(change),
		});

	test('are set over HTTP, each by itself', async () => {
		const { body } = await put({ messagesUrl: ' http://localhost:5678/webhook/x/webhook ' });
		expect(body).toEqual({
			recordsUrl: receiver.url,
			messagesUrl: 'http://localhost:5678/webhook/x/webhook',
		});
		expect((await put({ messagesUrl: null })).body).toEqual({
			recordsUrl: receiver.url,
			messagesUrl: null,
		});
	});

	test.each(['https://example.com/hook', 'http://127.0.0.1.example.com/', 'ftp://localhost/', 'x'])(
		'%s is refused, in words',
		async (url) => {
			const { status, text } = await put({ recordsUrl: url });
			expect(status).toBe(400);
			expect(text).toContain('to this computer only');
			expect(client.current.sandbox.webhooks.recordsUrl).toBe(receiver.url);
		},
	);

	test('come back with a reset when others were entered on the page', async () => {
		const { sandbox } = client.current;
		const entered = 'http://localhost:5678/webhook/mine/webhook';
		await put({ recordsUrl: entered, messagesUrl: entered });
		expect(sandbox.webhooks).toMatchObject({ recordsUrl: entered, messagesUrl: entered });
		const { body } = await ask(`${sandbox.url}/sandbox/overview`);
		expect(body).toMatchObject({ webhooks: { messagesUrl: entered, messagesUrlAtStart: null } });
		sandbox.reset();
		expect(sandbox.webhooks).toEqual({ recordsUrl: receiver.url, messagesUrl: null, secret });
	});

	test('stay over a reset; the secret shows only where it is asked for', async () => {
		client.current.sandbox.reset();
		const { text } = await ask(`${client.current.sandbox.url}/sandbox/webhooks`);
		expect(text).toContain(receiver.url);
		expect(text).not.toContain(secret);
		const shown = await ask(`${client.current.sandbox.url}/sandbox/webhook-secret`);
		expect(shown.body).toEqual({ secret });
	});
});
