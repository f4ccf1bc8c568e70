import { ask, expected, useClient } from './client.mts';

const client = useClient();

test('an unknown path answers 404 with the path', async () => {
	const { status, body } = await client.current.get('/message-bots');
	expect(status).toBe(404);
	expect(body).toEqual(expected('errors.framework.not-found.404'));
});

test('a wrong verb answers 405 with the verbs that work', async () => {
	const { status, body, headers } = await client.current.request('PATCH', '/contacts/41');
	expect(status).toBe(405);
	expect(body).toEqual(expected('errors.framework.method.405'));
	expect(headers.get('allow')).toBe('GET, HEAD, PUT, DELETE');
});

test.each([
	['POST', '/templates', 'GET, HEAD'],
	['DELETE', '/contacts', 'GET, HEAD, POST'],
	['GET', '/messages/send', 'POST'],
	['PUT', '/templatebots/1', 'GET, HEAD'],
])('%s %s is not supported, only %s', async (method, path, allow) => {
	const { status, headers } = await client.current.request(method, path);
	expect(status).toBe(405);
	expect(headers.get('allow')).toBe(allow);
});

test('routes that a version lacks answer like any other that is not there', async () => {
	client.current.sandbox.behaviour.missingRoutes = [
		...['POST /groups', 'PUT /groups/:id', 'DELETE /groups/:id', 'POST /messages/send'],
	];
	const statusOf = async (method: string, path: string) =>
		(await client.current.request(method, path)).status;
	expect(await statusOf('GET', '/groups/1')).toBe(200);
	expect(await statusOf('POST', '/groups')).toBe(405);
	expect(await statusOf('PUT', '/groups/1')).toBe(405);
	expect(await statusOf('DELETE', '/groups/1')).toBe(405);
	expect(await statusOf('POST', '/messages/send')).toBe(404);
});

test.each([
	['GET', '/message-bots', 404],
	['PATCH', '/contacts/1', 405],
	['GET', '/contacts?per_page=abc', 500],
])(
	'quirk 34: without Accept: application/json the framework answers %s %s as HTML',
	async (method, path, status) => {
		const reply = await client.current.request(method, path, undefined, { Accept: '*/*' });
		expect(reply.status).toBe(status);
		expect(reply.headers.get('content-type')).toMatch(/^text\/html/);
		expect(reply.text).toContain('<html');
	},
);

test('errors of the handlers themselves are JSON whatever the client accepts', async () => {
	const reply = await client.current.request('POST', '/sources', {}, { Accept: 'text/html' });
	expect(reply.status).toBe(422);
	expect(reply.body).toHaveProperty('errors.name');
});

test('Accept must name JSON first', async () => {
	const accept = async (value: string) =>
		(await client.current.request('GET', '/nothing', undefined, { Accept: value })).body;
	expect(await accept('application/json, text/plain, */*')).toBeDefined();
	expect(await accept('application/vnd.api+json')).toBeDefined();
	expect(await accept('text/html, application/json')).toBeUndefined();
});

test('routing comes before the tenant', async () => {
	const reply = await ask(`${client.current.sandbox.baseUrl}nobody/nothing`);
	expect(reply.status).toBe(404);
});

test('a body above the server limit answers 413', async () => {
	client.current.sandbox.behaviour.postSizeLimit = 100;
	const { status, body } = await client.current.post('/sources', { name: 'x'.repeat(100) });
	expect(status).toBe(413);
	expect(body).toEqual(expected('errors.framework.too-large.413'));
});

test('maintenance answers 503', async () => {
	client.current.sandbox.behaviour.maintenance = true;
	const { status, body } = await client.current.get('/contacts');
	expect(status).toBe(503);
	expect(body).toEqual({ message: 'Service Unavailable' });
});

test('a trailing slash does not matter', async () => {
	expect((await client.current.get('/contacts/')).status).toBe(200);
});
