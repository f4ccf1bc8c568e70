import { expected, openClient, useClient } from './client.mts';

const client = useClient();
const source = { name: 'Fair' };
const create = () => client.current.post('/sources', source);
const isWritten = () =>
	client.current.sandbox.data.sources.find(({ name }) => name === 'Fair') !== undefined;
const add: (...faults: Parameters<typeof client.current.sandbox.faults.add>) => void = (fault) => {
	client.current.sandbox.faults.add(fault);
};

test('an answer instead of processing', async () => {
	add({ kind: 'answer', status: 503, body: { message: 'Down' }, headers: { 'x-proxy': 'yes' } });
	const { status, body, headers } = await create();
	expect([status, body, headers.get('x-proxy')]).toEqual([503, { message: 'Down' }, 'yes']);
	expect(isWritten()).toBe(false);
});

test('only after so many others', async () => {
	add({ kind: 'answer', status: 503, skip: 2, times: 1 });
	const statuses = [];
	for (const name of ['One', 'Two', 'Three', 'Four']) {
		statuses.push((await client.current.post('/sources', { name })).status);
	}
	expect(statuses).toEqual([201, 201, 503, 201]);
});

test.each([500, 502, 504])('quirk 20: %i although the write happened', async (status) => {
	add({ kind: 'answer', status, when: 'after' });
	expect((await create()).status).toBe(status);
	expect(isWritten()).toBe(true);
});

test('a reset before processing', async () => {
	add({ kind: 'reset' });
	await expect(create()).rejects.toThrow('fetch failed');
	expect(isWritten()).toBe(false);
	expect(client.current.sandbox.requests).toMatchObject([
		{ status: 0, processed: false, faults: ['reset'], body: source },
	]);
});

test('a reset after processing', async () => {
	add({ kind: 'reset', when: 'after' });
	await expect(create()).rejects.toThrow('fetch failed');
	expect(isWritten()).toBe(true);
	expect(client.current.sandbox.requests).toMatchObject([{ processed: true }]);
});

test('a delay, and then another fault', async () => {
	add({ kind: 'delay', ms: 60 });
	add({ kind: 'html' });
	const startedAt = performance.now();
	expect((await create()).status).toBe(502);
	expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
});

test('a delay after processing', async () => {
	add({ kind: 'delay', ms: 60, when: 'after' });
	const answer = create();
	await new Promise((resolve) => setTimeout(resolve, 30));
	expect(isWritten()).toBe(true);
	expect((await answer).status).toBe(201);
});

test('a body that ends too early', async () => {
	add({ kind: 'truncate' });
	await expect(create()).rejects.toThrow('terminated');
	expect(isWritten()).toBe(true);
});

test('a page instead of JSON (quirk 34)', async () => {
	add({ kind: 'html', status: 200 });
	const { status, body, text } = await create();
	expect([status, body]).toEqual([200, undefined]);
	expect(text).toContain('<html');
});

test('an empty body', async () => {
	add({ kind: 'empty', when: 'after' });
	const { status, text } = await create();
	expect([status, text, isWritten()]).toEqual([200, '', true]);
});

test("a 429 in the server's own form", async () => {
	add({ kind: 'tooMany', retryAfter: 45 });
	const { status, body, headers } = await create();
	expect([status, body]).toEqual([429, expected('errors.rate-limit.429')]);
	expect(headers.has('retry-after')).toBe(false);
});

test('a 429 from a proxy, with a header', async () => {
	add({ kind: 'tooMany', retryAfter: 7, style: 'header' });
	const { status, body, headers } = await create();
	expect([status, body, headers.get('retry-after')]).toEqual([429, undefined, '7']);
});

test.each(['page', 'json', 'header'] as const)('a %s that repeats the token', async (style) => {
	add({ kind: 'echo', style });
	const { status, text, headers } = await create();
	const told = style === 'header' ? headers.get('x-request-authorization') : text;
	expect([status, told]).toEqual([502, expect.stringContaining(client.current.sandbox.token)]);
	expect(isWritten()).toBe(false);
});

test('a redirect', async () => {
	add({ kind: 'redirect', to: 'https://example.com/', status: 301 });
	const { status, headers } = await create();
	expect([status, headers.get('location')]).toEqual([301, 'https://example.com/']);
});

test('a redirect although the write happened', async () => {
	add({ kind: 'redirect', to: 'https://example.com/', when: 'after' });
	expect((await create()).status).toBe(302);
	expect(isWritten()).toBe(true);
});

test.each([131056, 130429] as const)(
	'a message that comes too fast for Meta (%i)',
	async (code) => {
		const { sandbox } = client.current;
		sandbox.data.insertContacts([{ phone: '15555551234' }]);
		const message = { phone_number: '15555551234', message_body: 'Hi' };
		const send = async () => await client.current.post('/messages/send', message);
		add({ kind: 'tooFast', code, times: 1 });
		const refused = await send();
		expect(refused.status).toBe(500);
		expect(JSON.stringify(refused.body)).toContain(`(#${code})`);
		expect(sandbox.messages).toEqual([]);
		expect((await send()).status).toBe(200);
	},
);

describe('which requests', () => {
	const get = async (path: string) => (await client.current.get(path)).status;

	test('the next n', async () => {
		add({ kind: 'html', times: 2 });
		expect([await get('/sources'), await get('/sources'), await get('/sources')]).toEqual([
			502, 502, 200,
		]);
	});

	test('one after the other', async () => {
		add({ kind: 'html', status: 502, times: 1 });
		add({ kind: 'html', status: 504, times: 1 });
		expect([await get('/sources'), await get('/sources'), await get('/sources')]).toEqual([
			502, 504, 200,
		]);
	});

	test('by method', async () => {
		add({ kind: 'html', method: 'post' });
		expect(await get('/sources')).toBe(200);
		expect((await create()).status).toBe(502);
	});

	test('by page', async () => {
		add({ kind: 'html', page: 2 });
		expect([await get('/contacts?page=1'), await get('/contacts?page=2')]).toEqual([200, 502]);
	});

	test('by page size', async () => {
		add({ kind: 'html', perPageAbove: 100 });
		const sizes = ['', '?per_page=100', '?per_page=101'];
		expect(await Promise.all(sizes.map((size) => get(`/contacts${size}`)))).toEqual([
			200, 200, 502,
		]);
	});

	test('by path', async () => {
		add({ kind: 'html', path: '/contacts' });
		expect([await get('/contacts?page=1'), await get('/contacts/1')]).toEqual([502, 200]);
	});

	test('by a path with a star', async () => {
		add({ kind: 'html', path: '/contacts/*' });
		expect([await get('/contacts'), await get('/contacts/1')]).toEqual([200, 502]);
	});

	test('by chance, which repeats with the seed', async () => {
		const run = async () => {
			const { sandbox, get: read } = await openClient({ randomSeed: 42 });
			sandbox.faults.add({ kind: 'html', probability: 0.5 });
			const statuses: number[] = [];
			for (let count = 0; count < 20; count++) statuses.push((await read('/sources/1')).status);
			return statuses;
		};
		const first = await run();
		expect(new Set(first)).toEqual(new Set([200, 502]));
		expect(await run()).toEqual(first);
	});

	test('none after they are cleared', async () => {
		add({ kind: 'html' });
		client.current.sandbox.faults.clear();
		expect(await get('/sources')).toBe(200);
	});

	test('a fault that makes no sense is refused', () => {
		expect(() => {
			add({ kind: 'answer', status: 99 });
		}).toThrow();
	});
});

test('what a fault keeps from the handler does not count for the rate limit', async () => {
	client.current.sandbox.rateLimit = { max: 1, windowMs: 60_000 };
	add({ kind: 'html', times: 1 });
	await create();
	expect((await create()).status).toBe(201);
});
