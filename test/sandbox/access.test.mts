import { ask, expected, useClient } from './client.mts';

const client = useClient();
const url = (path: string, subdomain = 'demo') =>
	`${client.current.sandbox.baseUrl}${subdomain}${path}`;
const authorized = (authorization: string) => ({ headers: { Authorization: authorization } });

test('quirk 12: an unknown tenant answers 500, with errors as a string (quirk 13)', async () => {
	const { status, body } = await ask(url('/contacts', 'no-such-tenant'));
	expect(status).toBe(500);
	expect(body).toEqual(expected('errors.tenant.500'));
});

test('newer servers answer 400 for an unknown tenant', async () => {
	client.current.sandbox.behaviour.tenantErrorStatus = 400;
	const { status, body } = await ask(url('/contacts', 'no-such-tenant'));
	expect(status).toBe(400);
	expect(body).toEqual(expected('errors.tenant.400'));
});

test('API settings that were never saved answer 404', async () => {
	client.current.sandbox.behaviour.apiConfigured = false;
	const { status, body } = await client.current.get('/contacts');
	expect(status).toBe(404);
	expect(body).toEqual(expected('errors.api-settings.404'));
});

test('an API that is switched off answers 403', async () => {
	client.current.sandbox.behaviour.apiEnabled = false;
	const { status, body } = await client.current.get('/contacts');
	expect(status).toBe(403);
	expect(body).toEqual(expected('errors.api-disabled.403'));
});

test.each([
	['no header', {}],
	['another scheme', authorized('Basic abc')],
])('a request without a bearer token answers 401: %s', async (_name, init) => {
	const { status, body } = await ask(url('/contacts'), init);
	expect(status).toBe(401);
	expect(body).toEqual(expected('errors.token-missing.401'));
});

test('a token in the query counts as none', async () => {
	const { status, body } = await ask(url(`/contacts?token=${client.current.sandbox.token}`));
	expect(status).toBe(401);
	expect(body).toEqual(expected('errors.token-missing.401'));
});

test('a wrong token answers 401', async () => {
	const { status, body } = await ask(url('/contacts'), authorized('Bearer wrong'));
	expect(status).toBe(401);
	expect(body).toEqual(expected('errors.token-invalid.401'));
});

test('the word Bearer may be written in any case', async () => {
	const { status } = await ask(
		url('/contacts'),
		authorized(`bEARER ${client.current.sandbox.token}`),
	);
	expect(status).toBe(200);
});

test('a missing ability answers 403 and names it (quirk 35)', async () => {
	const { behaviour } = client.current.sandbox;
	behaviour.abilities = behaviour.abilities.filter((ability) => ability !== 'messages.send');
	const { status, body } = await client.current.post('/messages/send', {});
	expect(status).toBe(403);
	expect(body).toEqual(expected('errors.ability.403'));
});

test.each([
	['GET', '/contacts', 'contacts.read'],
	['POST', '/contacts', 'contacts.create'],
	['PUT', '/contacts/1', 'contacts.update'],
	['DELETE', '/contacts/1', 'contacts.delete'],
	['GET', '/statuses/1', 'statuses.read'],
	['POST', '/statuses', 'statuses.create'],
	['PUT', '/sources/1', 'sources.update'],
	['DELETE', '/groups/1', 'groups.delete'],
	['GET', '/templates', 'templates.read'],
	['GET', '/templatebots/1', 'templatebots.read'],
	['GET', '/messagebots', 'messagebots.read'],
	['POST', '/messages/media', 'messages.send'],
	['POST', '/messages/template', 'messages.send'],
])('%s %s needs the ability %s', async (method, path, ability) => {
	client.current.sandbox.behaviour.abilities = [];
	const { status, body } = await client.current.request(method, path);
	expect(status).toBe(403);
	expect(body).toMatchObject({
		message: `Token does not have the required ability: ${ability}`,
	});
});

test('the checks run in the order tenant, settings, enabled, token, ability, rate limit, handler', async () => {
	const { sandbox, get } = client.current;
	const { behaviour } = sandbox;
	const all = behaviour.abilities;
	Object.assign(behaviour, { apiConfigured: false, apiEnabled: false, abilities: [] });
	sandbox.rateLimit = { max: 1, windowMs: 60_000 };
	const anonymous = () => ask(url('/contacts?per_page=-1')).then(({ status }) => status);
	const named = () => get('/contacts?per_page=-1').then(({ status }) => status);

	expect((await ask(url('/contacts', 'nobody'))).status).toBe(500);
	expect(await anonymous()).toBe(404);
	behaviour.apiConfigured = true;
	expect(await anonymous()).toBe(403);
	behaviour.apiEnabled = true;
	expect(await anonymous()).toBe(401);
	expect(await named()).toBe(403);
	behaviour.abilities = all;
	expect(await named()).toBe(500);
	expect(await named()).toBe(429);
});

test.each([
	['Host', 'evil.example.com', 403],
	['Host', 'host.docker.internal.example.com', 403],
	['Host', 'host.docker.internal:5610', 200],
	['Origin', 'https://evil.example.com', 403],
	['Origin', 'http://host.docker.internal', 403],
])('a request with the %s %s is answered with %i', async (header, value, expectedStatus) => {
	// fetch does not let the Host header be set.
	const { request } = await import('node:http');
	const status = await new Promise((resolve) => {
		request(`${client.current.sandbox.url}/sandbox/messages`, { headers: { [header]: value } })
			.on('response', (response) => {
				resolve(response.statusCode);
				response.resume();
			})
			.end();
	});
	expect(status).toBe(expectedStatus);
});
