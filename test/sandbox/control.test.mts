import { createHash } from 'node:crypto';
import { ask, openClient, useClient } from './client.mts';

const client = useClient();
const control = (method: string, path: string, body?: object) =>
	ask(`${client.current.sandbox.url}/sandbox${path}`, {
		method,
		...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
	});

describe('the log', () => {
	test('has method, path, query, body, status and time, but no token', async () => {
		await client.current.request(
			'POST',
			'/messages/send?x[y]=1',
			{ message_body: ' Fair ' },
			{ 'X-Test': 'yes' },
		);
		const [record] = client.current.sandbox.requests;
		expect(record).toMatchObject({
			number: 1,
			method: 'POST',
			path: '/api/v1/demo/messages/send',
			query: { x: { y: '1' } },
			headers: { 'x-test': 'yes', accept: 'application/json' },
			authorization: 'right',
			body: { message_body: 'Fair' },
			files: [],
			status: 422,
			processed: true,
			faults: [],
		});
		expect(JSON.stringify(record)).not.toContain(client.current.sandbox.token);
	});

	test('has name, type, length and hash of uploads', async () => {
		const form = new FormData();
		form.set('phone_number', '15555550101');
		form.set('media_type', 'document');
		form.set('media_file', new Blob(['abc'], { type: 'application/pdf' }), 'a b.pdf');
		await client.current.post('/messages/media', form);
		expect(client.current.sandbox.requests[0]).toMatchObject({
			body: { phone_number: '15555550101', media_type: 'document' },
			files: [
				{
					...{ field: 'media_file', name: 'a b.pdf', mime: 'application/pdf', bytes: 3 },
					sha256: createHash('sha256').update('abc').digest('hex'),
				},
			],
		});
	});

	test('says whether the handler ran', async () => {
		await client.current.get('/contacts/1');
		await client.current.post('/contacts', {});
		await client.current.get('/nothing');
		client.current.sandbox.behaviour.apiEnabled = false;
		await client.current.get('/contacts/1');
		expect(client.current.sandbox.requests.map(({ processed }) => processed)).toEqual([
			...[true, true, false, false],
		]);
	});

	test.each([
		['Bearer wrong', 'wrong'],
		['', 'none'],
	])('says of the authorization "%s" that it was %s', async (Authorization, verdict) => {
		await client.current.request('GET', '/contacts', undefined, { Authorization });
		expect(client.current.sandbox.requests[0]?.authorization).toBe(verdict);
	});

	test('keeps the newest only', async () => {
		const { sandbox, get } = await openClient({ logSize: 8 });
		for (let count = 0; count < 30; count++) await get('/sources/1');
		expect(sandbox.requests.length).toBeLessThanOrEqual(10);
		expect(sandbox.requests.at(-1)?.number).toBe(30);
	});

	test('leaves out what is not the API', async () => {
		await control('GET', '/requests');
		await ask(`${client.current.sandbox.url}/favicon.ico`);
		expect(client.current.sandbox.requests).toEqual([]);
	});
});

describe('over HTTP', () => {
	test('requests and messages can be read, the last of them too', async () => {
		for (const message_body of ['one', 'two']) {
			await client.current.post('/messages/send', { phone_number: '15555550101', message_body });
		}
		expect((await control('GET', '/requests')).body).toHaveLength(2);
		expect((await control('GET', '/messages?limit=1')).body).toMatchObject([{ text: 'two' }]);
	});

	test('contacts can be read and inserted', async () => {
		const inserted = await control('POST', '/contacts', {
			contacts: [{ firstname: 'Nia', status_id: 77 }, {}],
			createdAt: '2026-02-01T00:00:00Z',
		});
		const { ids } = inserted.body as { ids: number[] };
		expect([inserted.status, ids]).toEqual([201, [expect.any(Number), expect.any(Number)]]);
		expect((await control('GET', '/contacts?limit=2')).body).toMatchObject([
			{ id: ids[0], firstname: 'Nia', status_id: 77, created_at: '2026-02-01T00:00:00.000000Z' },
			{ id: ids[1], firstname: 'Unknown' },
		]);
		expect((await control('POST', '/contacts', { contacts: [{ name: 'x' }] })).status).toBe(400);
	});

	test('contacts of a transaction can show later, and a backup can be restored', async () => {
		const contacts = [{ firstname: 'Nia' }];
		await control('POST', '/contacts', { contacts, showAfterMs: 60_000 });
		expect((await control('GET', '/contacts?limit=1')).body).toMatchObject([{ firstname: 'Lou' }]);
		await control('POST', '/contacts', { contacts });
		expect((await control('GET', '/contacts?limit=1')).body).toMatchObject(contacts);
		const createdUntil = '2026-01-13T12:00:00Z';
		expect((await control('POST', '/restore', { createdUntil })).status).toBe(204);
		expect((await control('GET', '/contacts?limit=1')).body).toMatchObject([{ firstname: 'Max' }]);
	});

	test('switches can be flipped, one by one or as a generation', async () => {
		const { behaviour } = client.current.sandbox;
		expect((await control('POST', '/behaviour', { listShape: 'flat' })).body).toMatchObject({
			listShape: 'flat',
			createAnswer: 'empty',
		});
		await control('POST', '/behaviour', { server: 'brand', missingContact: 200 });
		expect(behaviour).toMatchObject({
			...{ listShape: 'paginator', createAnswer: 'full', missingContact: 200 },
		});
		expect((await control('POST', '/behaviour', { listShape: 'round' })).status).toBe(400);
		expect((await control('POST', '/behaviour', { unknown: 1 })).status).toBe(400);
		expect((await control('GET', '/behaviour')).body).toEqual(behaviour);
	});

	test('faults can be added, one or several, listed and cleared', async () => {
		const added = await control('POST', '/faults', {
			faults: [
				{ kind: 'html', times: 1 },
				{ kind: 'reset', path: '/x' },
			],
		});
		expect([added.status, added.body]).toMatchObject([201, [{ kind: 'html', left: 1 }, {}]]);
		expect((await client.current.get('/sources')).status).toBe(502);
		expect((await control('GET', '/faults')).body).toMatchObject([{ kind: 'reset', left: null }]);
		await control('POST', '/faults', { kind: 'empty' });
		expect((await control('DELETE', '/faults')).status).toBe(204);
		expect((await client.current.get('/sources')).body).toBeDefined();
		expect((await control('POST', '/faults', { kind: 'fire' })).status).toBe(400);
	});

	test('the rate limit can be set and taken away', async () => {
		await control('PUT', '/rate-limit', { rateLimit: { max: 1, windowMs: 60_000 } });
		expect(client.current.sandbox.rateLimit).toEqual({ max: 1, windowMs: 60_000 });
		await client.current.get('/sources');
		expect((await client.current.get('/sources')).status).toBe(429);
		await control('PUT', '/rate-limit', { rateLimit: null });
		expect((await client.current.get('/sources')).status).toBe(200);
		expect((await control('PUT', '/rate-limit', { rateLimit: { max: 0 } })).status).toBe(400);
	});

	test.each([
		['flyer.png', 'image/png', '89504e47'],
		['photo.jpeg', 'image/jpeg', 'ffd8ff'],
		['prices.pdf', 'application/pdf', '25504446'],
		['clip.mp4', 'video/mp4', '0000001866747970'],
	])('%s is a sample of %s', async (name, mime, start) => {
		const response = await fetch(`${client.current.sandbox.url}/sandbox/media/${name}`);
		expect(response.headers.get('content-type')).toBe(mime);
		const content = Buffer.from(await response.arrayBuffer());
		expect(content.toString('hex').slice(0, start.length)).toBe(start);
	});

	test('another name is no sample', async () => {
		expect((await control('GET', '/media/constructor')).status).toBe(404);
	});
});

test('a reset brings data, switches, faults, logs and the rate limit back to the start', async () => {
	const { sandbox } = client.current;
	const contactsAtStart = structuredClone(sandbox.data.contacts.all());
	await client.current.remove('/contacts/1');
	await client.current.put('/contacts/2', { firstname: 'X', lastname: 'Y', phone: '1' });
	await client.current.post('/messages/send', { phone_number: '15555550104', message_body: 'Hi' });
	sandbox.behaviour.listShape = 'flat';
	sandbox.faults.add({ kind: 'html' });
	sandbox.rateLimit = { max: 1, windowMs: 60_000 };
	expect((await control('POST', '/reset')).status).toBe(204);
	expect(sandbox.data.contacts.all()).toEqual(contactsAtStart);
	expect([sandbox.requests.length, sandbox.messages.length]).toEqual([0, 0]);
	expect([sandbox.behaviour.listShape, sandbox.rateLimit]).toEqual(['paginator', undefined]);
	expect((await client.current.get('/sources')).status).toBe(200);
});

test('close cuts open connections', async () => {
	const { sandbox, get } = await openClient();
	sandbox.faults.add({ kind: 'delay', ms: 60_000 });
	const waiting = get('/contacts').catch((error: unknown) => error);
	while (sandbox.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
	await sandbox.close();
	expect(await waiting).toHaveProperty('message', 'fetch failed');
});

test('the token is 64 hex characters, another one for every sandbox', async () => {
	const { sandbox } = await openClient();
	expect(sandbox.token).toMatch(/^[0-9a-f]{64}$/);
	expect(sandbox.token).not.toBe(client.current.sandbox.token);
});

test('everything seeded is invented', () => {
	for (const { phone, email } of client.current.sandbox.data.contacts.all()) {
		expect(phone).toMatch(/^\+?1555555\d{4}$/);
		if (email !== null) expect(email).toMatch(/@example\.com$/);
	}
});
