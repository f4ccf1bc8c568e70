import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import { runNode } from '../engine/engine.mts';
import { messages, useSending } from './sending.mts';

jest.mock(
	'n8n-workflow',
	() => jest.requireActual<typeof import('./shortWaits.mts')>('./shortWaits.mts').n8nWorkflow,
);

const account = useSending(3);
const elsewhere: IncomingHttpHeaders[] = [];
const server = createServer((request, response) => {
	elsewhere.push(request.headers);
	const record = { id: 1, name: 'New' };
	const body = JSON.stringify({ status: 'success', data: record });
	if (request.url?.includes('/statuses/1')) {
		response.setHeader('Content-Encoding', 'gzip').end(gzipSync(body));
	} else if (request.url?.includes('/statuses/2')) {
		// Ten times a mebibyte that packs into nothing, again and again.
		const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024, ' '));
		response.setHeader('Content-Encoding', 'gzip').end(bomb);
	} else if (request.url?.includes('/statuses/3')) {
		response.write('{"status":"succ');
	} else {
		response.end(body);
	}
});
let address = '';

beforeAll(async () => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
	elsewhere.length = 0;
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});

test.each([301, 302, 303, 307, 308])(
	'guarantee: A redirect takes the API token to no other address. (%d)',
	async (status) => {
		account.sandbox.faults.add({ kind: 'redirect', to: `${address}/collect`, status });
		const run = await account.send({
			items: messages(3),
			settings: { onError: 'continueRegularOutput' },
		});
		expect(elsewhere).toEqual([]);
		// What sends on may also have passed the message on.
		for (const { json } of run.outputs.flat()) {
			expect(json.error).toContain('not known whether this message was sent');
			expect(json.error).toContain('where the token was not sent');
			expect(json.details).toContain('In the WhatsCloud credential');
		}
	},
);

describe('an answer', () => {
	const readStatus = async (id: number, timeout = 100) =>
		await runNode({
			node: WhatsCloud,
			credential: {
				type: WhatsCloudApi,
				data: { baseUrl: address, subdomain: 'demo', apiToken: 'a'.repeat(64) },
			},
			parameters: {
				resource: 'status',
				operation: 'get',
				statusId: { __rl: true, mode: 'id', value: String(id) },
				options: { timeout },
			},
		});

	test('may come compressed', async () => {
		const run = await readStatus(1);
		expect(run.outputs[0]?.[0]?.json).toMatchObject({ id: 1, name: 'New' });
	});

	test('is given up when it grows beyond all measure, compressed or not, and is not asked for again', async () => {
		const run = await readStatus(2);
		expect(run.error?.message).toContain('no complete answer');
		expect(run.error?.description).toContain('The error code is ANSWER_TOO_LARGE.');
		expect(elsewhere.length).toBe(1);
	});

	test('is given up when it stops in the middle', async () => {
		const run = await readStatus(3, 4);
		expect(run.error?.message).toContain('no complete answer');
		expect(run.error?.description).toContain('The error code is ETIMEDOUT.');
		expect(elsewhere.length).toBe(4);
	}, 20_000);
});
