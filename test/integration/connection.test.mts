import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import { type NodeRun, runNode } from '../engine/engine.mts';
import { useAccount } from './account.mts';
import { messages, useSending } from './sending.mts';
import { selfSigned } from './selfSigned.mts';

jest.mock(
	'n8n-workflow',
	() => jest.requireActual<typeof import('./shortWaits.mts')>('./shortWaits.mts').n8nWorkflow,
);

const token = 'a'.repeat(64);
const opened: Server[] = [];
afterEach(() => {
	for (const server of opened.splice(0)) server.close();
});

async function portOf(server: Server): Promise<number> {
	opened.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}

/** Three messages through a server that is not as it should be. */
async function sendTo(baseUrl: string, apiToken: unknown = token): Promise<NodeRun> {
	return await runNode({
		node: WhatsCloud,
		credential: {
			type: WhatsCloudApi,
			data: { baseUrl, subdomain: 'demo', apiToken: apiToken as string },
		},
		parameters: {
			resource: 'message',
			operation: 'sendText',
			phoneNumber: '={{ $json.to }}',
			text: '={{ $json.text }}',
			options: { timeout: 1 },
		},
		items: messages(3),
		settings: { onError: 'continueRegularOutput' },
	});
}

/** The server, and what the error says of it. */
const broken: Array<[string, () => Server, { title: string; advice: string; code: string }]> = [
	[
		'a certificate that nobody signed',
		() => createHttpsServer(selfSigned),
		{
			title: 'n8n does not trust the certificate of the server',
			advice: 'NODE_EXTRA_CA_CERTS',
			code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
		},
	],
	[
		'no encryption under https://',
		() => createHttpServer(),
		{
			title: 'The server does not speak https://',
			advice: 'begin with http:// or with https://?',
			code: 'EPROTO',
		},
	],
	[
		'another greeting under https://',
		() => createServer((socket) => socket.write('220 mail.example.com ESMTP ready\r\n')),
		{
			title: 'The server does not speak https://',
			advice: 'begin with http:// or with https://?',
			code: 'EPROTO',
		},
	],
	[
		'encryption that the two do not agree on',
		() => createTlsServer({ ciphers: 'PSK', maxVersion: 'TLSv1.2' }),
		{
			title: 'The server does not speak https://',
			advice: 'a firewall',
			code: 'EPROTO',
		},
	],
	[
		'a connection cut before it is encrypted',
		() => createServer((socket) => socket.destroy()),
		{
			title: "WhatsCloud can't be reached",
			advice: 'check the internet connection',
			code: 'ECONNRESET',
		},
	],
	[
		'a connection reset before it is encrypted',
		() => createServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
		{
			title: "WhatsCloud can't be reached",
			advice: 'check the internet connection',
			code: 'ECONNRESET',
		},
	],
	[
		'no answer while the connection is encrypted',
		() => createServer(),
		{
			title: "WhatsCloud can't be reached",
			advice: 'check the internet connection',
			code: 'ECONNABORTED',
		},
	],
];

describe('a message that never left is refused, not in doubt', () => {
	test.each(broken)('%s', async (_name, open, { title, advice, code }) => {
		const run = await sendTo(`https://127.0.0.1:${await portOf(open())}/api/v1/`);
		for (const { json } of run.outputs.flat()) {
			expect(json.error).toContain(title);
			expect(json.details).toContain('Nothing was sent. ');
			expect(json.details).toContain(advice);
			expect(json.details).toContain(`The error code is ${code}`);
		}
		expect(run.outputs.flat().length).toBe(3);
	});

	test.each(['', 'two words', 'тoken'])('a token that can not be sent: %j', async (apiToken) => {
		const run = await sendTo('https://127.0.0.1:9/api/v1/', apiToken);
		expect(run.outputs.flat().map(({ json }) => json.error)).toEqual(
			Array(3).fill(expect.stringMatching(/API token/)),
		);
	});

	test('a connection that breaks after the message left stays in doubt', async () => {
		const server = createHttpServer((request) => request.socket.destroy());
		const run = await sendTo(`http://127.0.0.1:${await portOf(server)}/api/v1/`);
		expect(run.outputs.flat().map(({ json }) => json.error)).toEqual(
			Array(3).fill(expect.stringContaining('not known whether this message was sent')),
		);
	});
});

describe('what people enter in the credential', () => {
	const account = useAccount();
	const get = {
		resource: 'status',
		operation: 'get',
		statusId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
	};
	const ids = [{ id: 1 }, { id: 2 }, { id: 3 }];

	test.each<[string, () => Record<string, unknown>]>([
		['Bearer before the token', () => ({ apiToken: `Bearer ${account.sandbox.token}` })],
		['a copied header', () => ({ apiToken: `Authorization: Bearer ${account.sandbox.token}` })],
		[
			'what nobody sees',
			() => ({ apiToken: `\u200b${account.sandbox.token}\n`, subdomain: ' demo\u2060' }),
		],
	])('%s does no harm', async (_name, entered) => {
		const run = await account.run(get, ids, { entered: entered() as Record<string, string> });
		expect(run.map(({ id }) => id)).toEqual([1, 2, 3]);
	});
});

describe('a token and a subdomain that are numbers', () => {
	const account = useAccount({ token: '1234567890123456', subdomain: '4711' });

	test('are taken', async () => {
		const run = await account.run(
			{ resource: 'status', operation: 'getAll', returnAll: true },
			[{}],
			{
				entered: { apiToken: 1234567890123456, subdomain: 4711 } as unknown as Record<
					string,
					string
				>,
			},
		);
		expect(run.length).toBeGreaterThan(0);
	});
});

describe('a server that repeats the token', () => {
	const account = useSending(3);

	test.each(['page', 'json', 'header'] as const)(
		'guarantee: The API token is in no output, error or log, even if the server repeats it. (in a %s)',
		async (style) => {
			for (const status of [302, 401, 403, 422, 502]) {
				account.sandbox.faults.clear();
				account.sandbox.faults.add({ kind: 'echo', style, status });
				// Each fails when the token is anywhere in outputs, errors or logs.
				const run = await account.send({
					items: messages(3),
					settings: { onError: 'continueRegularOutput' },
				});
				expect(run.outputs.flat().filter(({ json }) => json.error).length).toBe(3);
				const stopped = await account.send({ items: messages(3) });
				expect(stopped.error).toMatchObject({ context: { items: { all: 3 } } });
			}
			expect(account.sandbox.messages).toEqual([]);
		},
	);
});

describe('an answer with 401', () => {
	const account = useSending(3);

	// n8n renews a credential and repeats the request, unless it is kept from that.
	test('reaches the server once for each message', async () => {
		account.sandbox.faults.add({ kind: 'answer', status: 401, body: {}, when: 'after' });
		const run = await account.send({
			items: messages(3),
			settings: { onError: 'continueRegularOutput' },
		});
		expect(run.outputs.flat().map(({ json }) => json.error)).toEqual(
			Array(3).fill('WhatsCloud refuses the API token'),
		);
		expect(account.texts().toSorted()).toEqual(['Message 0', 'Message 1', 'Message 2']);
	});
});

describe('records that are deleted with an answer without content', () => {
	const account = useAccount();

	test('count as deleted', async () => {
		account.sandbox.data.insertContacts([{}, {}, {}]);
		const ids = account.sandbox.data.contacts
			.all()
			.slice(-3)
			.map(({ id }) => ({ id }));
		account.sandbox.faults.add({ kind: 'empty', status: 204, method: 'DELETE', when: 'after' });
		const deleted = await account.run(
			{
				resource: 'contact',
				operation: 'delete',
				contactId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			},
			ids,
		);
		expect(deleted).toEqual(ids.map(({ id }) => ({ deleted: true, id })));
		expect(account.requests().length).toBe(3);
	});
});
