import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INode, INodeParameters } from 'n8n-workflow';
import type { Credential, Execution } from '../../sandbox/n8n/n8nClient.mts';
import { startSandbox, type RequestRecord, type Sandbox } from '../../sandbox/server/sandbox.mts';
import { loggedIn, sharedStage } from './stage.mts';
import { inARow, inSandbox, itemsNode, manualTrigger, outputsOf } from './workflows.mts';

jest.setTimeout(60_000);

const stage = sharedStage();
const n8n = loggedIn(stage);
const { baseUrl, subdomain, apiToken } = stage.credential.data as Record<string, string>;
const api = `${baseUrl?.replace(/\/$/, '')}/${subdomain}`;
/** What reached another server. */
const elsewhere: Array<{ url?: string; authorization?: string }> = [];
let other: Server;
let redirecting: Server;

async function serve(answer: RequestListener): Promise<Server> {
	const server = createServer(answer);
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	return server;
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
	other = await serve((request, response) => {
		elsewhere.push({ url: request.url, authorization: request.headers.authorization });
		response.setHeader('Content-Type', 'application/json').end('{}');
	});
	redirecting = await serve((_request, response) => {
		response.writeHead(302, { Location: `${urlOf(other)}/redirected` }).end();
	});
});

afterEach(() => {
	elsewhere.length = 0;
});

afterAll(() => {
	other.close();
	redirecting.close();
});

async function credential(data: Credential['data'] = {}) {
	const { name, type, data: own } = stage.credential;
	return await n8n.createCredential({ name, type, data: { ...own, ...data } });
}

async function run(
	url: string,
	{ id, name }: { id: string; name: string },
	{
		parameters = {},
		typeVersion = 4.4,
	}: { parameters?: INodeParameters; typeVersion?: number } = {},
): Promise<Execution> {
	const http: INode = {
		...{ id: 'http', name: 'HTTP Request', type: 'n8n-nodes-base.httpRequest', typeVersion },
		position: [0, 0],
		parameters: {
			...{ url, authentication: 'predefinedCredentialType', nodeCredentialType: 'whatsCloudApi' },
			...parameters,
		},
		credentials: { whatsCloudApi: { id, name } },
	};
	const pages = itemsNode('Pages', [{ page: 1 }, { page: 2 }, { page: 3 }]);
	const file = inARow('HTTP Request', [manualTrigger, pages, http]);
	const workflow = await n8n.createWorkflow(file);
	return await n8n.waitForExecution(await n8n.runWorkflow(workflow.id, 'Manual'));
}

test('asks the account of the credential, with its token', async () => {
	const url = `=${api}/contacts?page={{ $json.page }}&per_page=1`;
	const execution = await run(url, await credential());
	expect(execution.status).toBe('success');
	const answers = outputsOf(execution, 'HTTP Request').flat();
	expect(answers.map(({ json }) => json)).toMatchObject(Array(3).fill({ status: 'success' }));
	expect(new Set(answers.map(({ json }) => JSON.stringify(json))).size).toBe(3);
	const requests = await inSandbox<RequestRecord>(stage, 'requests');
	expect(JSON.stringify(execution)).not.toContain(apiToken);
	expect(requests.length).toBeGreaterThanOrEqual(3);
});

test('asks the other account with the other credential', async () => {
	const sandbox: Sandbox = await startSandbox({ subdomain: 'other', seed: 'empty' });
	try {
		const account = { baseUrl: sandbox.baseUrl, subdomain: 'other', apiToken: sandbox.token };
		sandbox.data.insertContacts([{ firstname: 'Only here' }]);
		const url = `${sandbox.baseUrl.replace(/\/$/, '')}/other/contacts`;
		const execution = await run(url, await credential(account));
		expect(execution.status).toBe('success');
		expect(JSON.stringify(outputsOf(execution, 'HTTP Request'))).toContain('Only here');
		expect(sandbox.requests).toHaveLength(3);
	} finally {
		await sandbox.close();
	}
});

test('sends nothing to another server, and says so', async () => {
	const execution = await run(urlOf(other), await credential());
	expect(execution.status).toBe('error');
	expect(execution.data.resultData.error?.message).toContain(
		'The WhatsCloud credential is only for',
	);
	expect(JSON.stringify(execution)).not.toContain(apiToken);
	expect(elsewhere).toEqual([]);
});

test.each([4.2, 4.4])(
	'does not take the token along when it is sent on (version %d)',
	async (typeVersion) => {
		const redirect = { redirect: { redirect: { followRedirects: true, maxRedirects: 5 } } };
		const from = { baseUrl: `${urlOf(redirecting)}/api/v1/` };
		await run(`${urlOf(redirecting)}/api/v1/demo/contacts`, await credential(from), {
			...{ typeVersion, parameters: { options: redirect } },
		});
		expect(elsewhere).toEqual(Array(3).fill({ url: '/redirected', authorization: undefined }));
	},
);

test.each([
	['none', { allowedHttpRequestDomains: 'none' }, 'configured to prevent use'],
	[
		'other domains',
		{ allowedHttpRequestDomains: 'domains', allowedDomains: 'whatscloud.pro' },
		'Domain not allowed',
	],
])('with Allowed HTTP Request Domains: %s, it asks nobody', async (_what, data, message) => {
	const execution = await run(`${api}/contacts`, await credential(data));
	expect(execution.status).toBe('error');
	expect(execution.data.resultData.error?.message).toContain(message);
});

test('the domain of the base URL may be the only one', async () => {
	const only = { allowedHttpRequestDomains: 'domains', allowedDomains: '127.0.0.1' };
	expect((await run(`${api}/contacts`, await credential(only))).status).toBe('success');
});
