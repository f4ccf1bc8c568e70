import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import { freePort } from '../../sandbox/n8n/freePort.mts';
import type { CredentialTestResult } from '../../sandbox/n8n/n8nClient.mts';
import { selfSigned } from '../integration/selfSigned.mts';
import { loggedIn, sharedStage } from './stage.mts';

jest.setTimeout(30_000);

const stage = sharedStage();
const n8n = loggedIn(stage);
let website: Server;

beforeAll(async () => {
	website = createServer((_request, response) => {
		response.setHeader('Content-Type', 'text/html').end('<!doctype html><h1>A website</h1>');
	});
	await new Promise<void>((resolve) => {
		website.listen(0, '127.0.0.1', resolve);
	});
});

afterAll(async () => {
	await new Promise((resolve) => {
		website.close(resolve);
	});
});

async function testWith(
	data: Partial<Record<'baseUrl' | 'subdomain' | 'apiToken', string>>,
): Promise<CredentialTestResult> {
	const { id, ...credential } = stage.credential;
	return await n8n.testCredential(id, { ...credential, data: { ...credential.data, ...data } });
}

const urlOf = (port: number) => `http://127.0.0.1:${port}/api/v1/`;

describe("the credential's test", () => {
	test('says yes to an account that answers', async () => {
		expect(await testWith({})).toEqual({ status: 'OK', message: 'Connected to WhatsCloud' });
	});

	test('names a wrong token', async () => {
		expect(await testWith({ apiToken: 'f'.repeat(64) })).toEqual(
			refusal('WhatsCloud refuses the API token: Invalid API token. The token in the credential'),
		);
	});

	test('names an unknown subdomain', async () => {
		expect(await testWith({ subdomain: 'nobody' })).toEqual(
			refusal('WhatsCloud does not know this subdomain. In the WhatsCloud credential, correct'),
		);
	});

	test('names an API that is switched off', async () => {
		await changeBehaviour({ apiEnabled: false });
		try {
			expect(await testWith({})).toEqual(
				refusal('WhatsCloud does not allow this: API access is disabled. Check in WhatsCloud'),
			);
		} finally {
			await changeBehaviour({ apiEnabled: true });
		}
	});

	test('does not take a website for WhatsCloud', async () => {
		const { port } = website.address() as AddressInfo;
		expect(await testWith({ baseUrl: urlOf(port) })).toEqual(
			refusal("The base URL of the WhatsCloud credential does not lead to WhatsCloud's API: "),
		);
	});

	test('takes a token with the word before it', async () => {
		const { apiToken } = stage.credential.data as { apiToken: string };
		expect(await testWith({ apiToken: ` Bearer ${apiToken}\n` })).toMatchObject({ status: 'OK' });
	});

	test.each(['page', 'json', 'header'])(
		'does not show a token that the server repeats in a %s',
		async (style) => {
			const { apiToken } = stage.credential.data as { apiToken: string };
			for (const status of [200, 401, 502]) {
				await axios.post(`${stage.sandboxUrl}/sandbox/faults`, { kind: 'echo', style, status });
				const { status: verdict, message } = await testWith({});
				await axios.delete(`${stage.sandboxUrl}/sandbox/faults`);
				expect(verdict).toBe('Error');
				expect(message).not.toContain(apiToken.slice(0, 12));
			}
		},
	);

	test('names a certificate that nobody signed', async () => {
		const server = createHttpsServer(selfSigned);
		await new Promise<void>((resolve) => {
			server.listen(0, '127.0.0.1', resolve);
		});
		const { port } = server.address() as AddressInfo;
		const verdict = await testWith({ baseUrl: urlOf(port).replace('http:', 'https:') });
		server.close();
		expect(verdict).toEqual(refusal('n8n does not trust the certificate of the server.'));
		expect(verdict.message).toContain('NODE_EXTRA_CA_CERTS');
	});

	test('says when nobody answers', async () => {
		expect(await testWith({ baseUrl: urlOf(await freePort()) })).toEqual(
			refusal("WhatsCloud can't be reached. Nothing was sent."),
		);
	});

	test.each(['', 'https://'])('says that the server speaks http: %j', async (scheme) => {
		const { host, pathname } = new URL(stage.credential.data.baseUrl as string);
		const verdict = await testWith({ baseUrl: `${scheme}${host}${pathname}` });
		expect(verdict).toEqual(refusal('The server does not speak https://. Nothing was sent.'));
		expect(verdict.message).toContain('begin with http:// or with https://?');
		expect(verdict.message).not.toContain('this node');
	});
});

function refusal(beginning: string): CredentialTestResult {
	return { status: 'Error', message: expect.stringContaining(beginning) as string };
}

async function changeBehaviour(change: object): Promise<void> {
	await axios.post(`${stage.sandboxUrl}/sandbox/behaviour`, change);
}
