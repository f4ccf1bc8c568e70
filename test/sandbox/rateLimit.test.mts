import { ask, useClient } from './client.mts';

let time = Date.parse('2026-01-16T10:00:00Z');
const client = useClient({
	now: () => new Date(time),
	rateLimit: { max: 3, windowMs: 60_000 },
});

const statuses = async (count: number) => {
	const found: number[] = [];
	for (let index = 0; index < count; index++) {
		found.push((await client.current.get('/contacts')).status);
	}
	return found;
};

test('the requests above the maximum answer 429', async () => {
	expect(await statuses(5)).toEqual([200, 200, 200, 429, 429]);
});

test('quirk 14: the 429 has no status, no Retry-After header, and whole seconds to wait', async () => {
	await statuses(3);
	time += 14_600;
	const { status, body, headers } = await client.current.get('/contacts');
	expect(status).toBe(429);
	expect(body).toEqual({ message: 'too_many_requests', retry_after: 46 });
	expect(headers.has('retry-after')).toBe(false);
	expect([...headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
});

test('the window is fixed: it opens at the first counted request and closes after its length', async () => {
	await statuses(1);
	time += 59_000;
	expect(await statuses(3)).toEqual([200, 200, 429]);
	time += 1_000;
	expect(await statuses(4)).toEqual([200, 200, 200, 429]);
});

test('at the very end of a window it says 0 seconds', async () => {
	time += 900;
	await statuses(3);
	time += 59_500;
	expect((await client.current.get('/contacts')).body).toMatchObject({ retry_after: 0 });
	time += 500;
	expect(await statuses(1)).toEqual([200]);
});

test('whatever the handler answers is counted', async () => {
	await client.current.get('/contacts/999999');
	await client.current.post('/contacts', {});
	await client.current.get('/contacts?per_page=-1');
	expect(await statuses(1)).toEqual([429]);
});

test('an unknown tenant, a wrong token and a missing ability are not counted', async () => {
	const { sandbox } = client.current;
	await ask(`${sandbox.baseUrl}nobody/contacts`);
	await ask(`${sandbox.baseUrl}demo/contacts`, { headers: { Authorization: 'Bearer no' } });
	const { abilities } = sandbox.behaviour;
	sandbox.behaviour.abilities = [];
	await client.current.get('/contacts');
	sandbox.behaviour.abilities = abilities;
	expect(await statuses(4)).toEqual([200, 200, 200, 429]);
});

test('refused requests do not lengthen the window', async () => {
	await statuses(10);
	time += 60_000;
	expect(await statuses(1)).toEqual([200]);
});

test('the limit can be set and taken away while running', async () => {
	const { sandbox } = client.current;
	await statuses(3);
	sandbox.rateLimit = undefined;
	expect(await statuses(5)).toEqual([200, 200, 200, 200, 200]);
	sandbox.rateLimit = { max: 1, windowMs: 1000 };
	expect(await statuses(2)).toEqual([200, 429]);
});
