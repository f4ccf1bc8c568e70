import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import { freePort } from '../../sandbox/n8n/freePort.mts';
import type { CredentialTestResult, N8nClient } from '../../sandbox/n8n/n8nClient.mts';
import { loggedIn, sharedStage } from './stage.mts';

jest.setTimeout(30_000);

const stage = sharedStage();
let n8n: N8nClient;
let website: Server;

beforeAll(async () => {
	n8n = await loggedIn(stage);
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
	it('says yes to an account that answers', async () => {
		expect(await testWith({})).toMatchObject({ status: 'OK' });
	});

	it('names a wrong token', async () => {
		const result = await testWith({ apiToken: 'f'.repeat(64) });
		expect(result).toEqual({ status: 'Error', message: expect.stringMatching(/token/i) as string });
	});

	it('names an unknown subdomain', async () => {
		const result = await testWith({ subdomain: 'nobody' });
		expect(result).toEqual({
			status: 'Error',
			message: expect.stringMatching(/subdomain/i) as string,
		});
	});

	it('names an API that is switched off', async () => {
		await changeBehaviour({ apiEnabled: false });
		try {
			const result = await testWith({});
			expect(result).toEqual({
				status: 'Error',
				message: expect.stringMatching(/switched off|disabled|turned off/i) as string,
			});
		} finally {
			await changeBehaviour({ apiEnabled: true });
		}
	});

	it('does not take a website for WhatsCloud', async () => {
		const { port } = website.address() as AddressInfo;
		const result = await testWith({ baseUrl: urlOf(port) });
		expect(result).toEqual({
			status: 'Error',
			message: expect.stringMatching(/base url/i) as string,
		});
	});

	it('says when nobody answers', async () => {
		const result = await testWith({ baseUrl: urlOf(await freePort()) });
		expect(result).toMatchObject({ status: 'Error' });
		expect(result.message).toMatch(/ECONNREFUSED|reach|connect/i);
	});
});

async function changeBehaviour(change: object): Promise<void> {
	await axios.patch(`${stage.sandboxUrl}/sandbox/behaviour`, change);
}
