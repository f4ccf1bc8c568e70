import { createServer, type AddressInfo, type Socket } from 'node:net';
import { env } from 'node:process';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import { runNode } from '../engine/engine.mts';
import { messages } from './sending.mts';

jest.mock(
	'n8n-workflow',
	() => jest.requireActual<typeof import('./shortWaits.mts')>('./shortWaits.mts').n8nWorkflow,
);

// n8n reaches https:// servers through a proxy that it asks to CONNECT. What that refuses, no server has seen.

type Proxy = (socket: Socket, connect: string) => void;

let asked: string[] = [];
let behave: Proxy = () => undefined;
const sockets = new Set<Socket>();
const proxy = createServer((socket) => {
	sockets.add(socket);
	socket.on('error', () => undefined);
	socket.once('data', (data) => {
		asked.push(data.toString().split('\r\n')[0] ?? '');
		behave(socket, data.toString());
	});
});

beforeAll(async () => {
	await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
	env.HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
beforeEach(() => {
	asked = [];
});
afterAll(() => {
	delete env.HTTPS_PROXY;
	for (const socket of sockets) socket.destroy();
	proxy.close();
});

const answering =
	(status: string, body = '<html><title>No</title></html>'): Proxy =>
	(socket) =>
		socket.end(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

const send = async () =>
	await runNode({
		node: WhatsCloud,
		credential: {
			type: WhatsCloudApi,
			data: {
				baseUrl: 'https://whatscloud.example/api/v1/',
				subdomain: 'demo',
				apiToken: 'a'.repeat(64),
			},
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

/** How often each of three messages is tried, and what is said. */
const REFUSALS: Array<[what: string, proxy: Proxy, tries: number, words: string]> = [
	['403', answering('403 Forbidden'), 1, 'The proxy answered with error 403.'],
	['407', answering('407 Proxy Authentication Required'), 1, 'The proxy answered with error 407.'],
	['500', answering('500 Internal Server Error'), 4, 'The proxy answered with error 500.'],
	['502 without a body', answering('502 Bad Gateway', ''), 4, 'The proxy answered with error 502.'],
	['503', answering('503 Service Unavailable'), 4, 'The proxy answered with error 503.'],
	['a reset', (socket) => socket.resetAndDestroy(), 4, 'The proxy gave no answer.'],
	['no answer', () => undefined, 1, 'The proxy gave no answer.'],
	['another protocol', (socket) => socket.end('SSH-2.0\r\n\r\n'), 4, 'The proxy gave no answer.'],
];

test.each(REFUSALS)(
	'%s: nothing was sent, and the proxy is named',
	async (_, refusing, tries, words) => {
		behave = refusing;
		const run = await send();
		for (const { json } of run.outputs.flat()) {
			expect(json.error).toBe('The proxy that n8n uses does not connect it to WhatsCloud');
			expect(json.details).toContain(`Nothing was sent. `);
			expect(json.details).toContain(words);
			expect(json.details).toContain('HTTPS_PROXY');
			expect(json.details).not.toContain('base URL');
		}
		expect(run.outputs.flat().length).toBe(3);
		expect(asked).toEqual(Array(3 * tries).fill('CONNECT whatscloud.example:443 HTTP/1.1'));
	},
);

test('a proxy that is not there is named', async () => {
	const before = env.HTTPS_PROXY;
	env.HTTPS_PROXY = 'http://127.0.0.1:9';
	const run = await send().finally(() => (env.HTTPS_PROXY = before));
	for (const { json } of run.outputs.flat()) {
		expect(json.error).toBe('The proxy that n8n uses does not connect it to WhatsCloud');
		expect(json.details).toContain('The error code is ECONNREFUSED.');
	}
	expect(run.outputs.flat().length).toBe(3);
});
