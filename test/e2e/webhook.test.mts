import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import type { INode, INodeParameters } from 'n8n-workflow';

import { folders } from '../../sandbox/n8n/folders.mts';
import { installTarball } from '../../sandbox/n8n/installTarball.mts';
import { N8nClient, type Workflow } from '../../sandbox/n8n/n8nClient.mts';
import { packPackage } from '../../sandbox/n8n/packPackage.mts';
import { startN8n, type RunningN8n } from '../../sandbox/n8n/startN8n.mts';
import { newOwner } from '../../sandbox/n8n/trialState.mts';
import { startSandbox, type Sandbox } from '../../sandbox/server/sandbox.mts';
import { inARow } from './workflows.mts';

/** Its own n8n, because this one is killed and started. */
jest.setTimeout(360_000);

const BURST = 500;
const AT_ONCE = 20;
/** As WhatsCloud repeats what was not answered with 2xx. */
const PAUSES_MS = [1000, 2000];
const PHONE = '15555550101';

let userFolder: string;
let sandbox: Sandbox;
let n8n: RunningN8n;
let client: N8nClient;
let unsigned: { id: string; name: string };
let secret: string;
const owner = newOwner();
const http = axios.create({
	proxy: false,
	validateStatus: () => true,
	httpAgent: new Agent({ keepAlive: false }),
});

beforeAll(async () => {
	mkdirSync(folders.endToEnd, { recursive: true });
	userFolder = mkdtempSync(join(folders.endToEnd, 'webhook-'));
	await installTarball(userFolder, await packPackage(console.log));
	sandbox = await startSandbox({ server: 'D' });
	({ secret } = sandbox.webhooks);
	sandbox.data.insertContacts([{ firstname: 'Ada', phone: PHONE }]);
	n8n = await startN8n({ userFolder });
	client = new N8nClient(n8n.url);
	await client.setUpOwner(owner);
	unsigned = await credential('Without secret');
});

afterAll(async () => {
	await n8n.stop();
	await sandbox.close();
	rmSync(userFolder, { recursive: true, force: true });
});

async function credential(name: string, webhookSecret?: string) {
	const { baseUrl, subdomain, token: apiToken } = sandbox;
	const data = { baseUrl, subdomain, apiToken, ...(webhookSecret && { webhookSecret }) };
	return await client.createCredential({ name, type: 'whatsCloudApi', data });
}

function trigger(parameters: INodeParameters, chosen?: { id: string; name: string }): INode {
	return {
		...{ id: 'trigger', name: 'Trigger', typeVersion: 1, position: [0, 0], parameters },
		type: 'n8n-nodes-whatscloud.whatsCloudWebhookTrigger',
		...(chosen && { credentials: { whatsCloudApi: { id: chosen.id, name: chosen.name } } }),
	};
}

/** Gives the path of its URLs, which n8n makes when it saves the workflow. */
async function save(...nodes: INode[]): Promise<{ workflow: Workflow; path: string }> {
	const workflow = await client.createWorkflow(inARow('Webhook', nodes));
	return { workflow, path: `${workflow.nodes[0]?.webhookId ?? ''}/webhook` };
}

async function publish(...nodes: INode[]): Promise<{ workflow: Workflow; url: () => string }> {
	const { workflow, path } = await save(...nodes);
	await client.activateWorkflow(workflow);
	const { triggers } = await client.waitForPublication(workflow.id);
	// The WhatsCloud node counts as one, too: it has a webhook for the answers it waits for.
	for (const { status } of triggers) expect(status).toBe('activated');
	// The port is another one after a restart.
	return { workflow, url: () => `${n8n.url}/webhook/${path}` };
}

let numbers = 0;
function message(): string {
	numbers += 1;
	const text = { body: `Hello ${numbers}` };
	const messages = [{ from: PHONE, id: `wamid.${numbers}`, type: 'text', text }];
	return JSON.stringify({ entry: [{ changes: [{ field: 'messages', value: { messages } }] }] });
}

async function post(url: string, body: string, headers: Record<string, string> = {}) {
	return await http.post<unknown>(url, body, {
		headers: { 'Content-Type': 'application/json', ...headers },
		// As it is: axios would write JSON anew.
		transformRequest: (data: string) => data,
	});
}

/** As WhatsCloud does it; notes how long each answer took. */
async function deliver(url: string, body: string, times: number[]): Promise<number> {
	let status = 0;
	for (const pause of [0, ...PAUSES_MS]) {
		await delay(pause);
		const started = performance.now();
		({ status } = await post(url, body));
		times.push(performance.now() - started);
		if (status === 200) break;
	}
	return status;
}

function signed(body: string, key = secret): Record<string, string> {
	return { 'X-Webhook-Signature': createHmac('sha256', key).update(body).digest('hex') };
}

async function startedBy(workflow: Workflow, times = 1) {
	const { data } = await client.waitForExecutionOf(workflow.id, times);
	return data.resultData.runData.Trigger?.[0]?.data?.main?.[0]?.map(({ json }) => json);
}

async function countOf({ id }: Workflow): Promise<number> {
	// An execution that should not be there would come within this time.
	await delay(500);
	return (await client.executionsOf(id)).length;
}

describe('the URLs', () => {
	test('of production answers 200, 400, 401 and 413 in words, and starts only what is right', async () => {
		const { workflow, url } = await publish(trigger({}, await credential('With secret', secret)));
		const body = message();
		expect(await post(url(), body)).toMatchObject({
			status: 401,
			data: { error: 'The signature is missing' },
		});
		expect(await post(url(), body, signed(body, 'another'))).toMatchObject({
			status: 401,
			data: { error: 'The signature is wrong' },
		});
		expect(await post(url(), '{"broken', signed('{"broken'))).toMatchObject({
			status: 400,
			data: { error: 'The body is not a JSON object' },
		});
		const large = 'x'.repeat(6 * 1024 * 1024);
		expect(await post(url(), large, signed(large))).toMatchObject({ status: 413 });
		expect(await post(url(), '{"unknown":1}', signed('{"unknown":1}'))).toMatchObject({
			status: 200,
			data: { message: 'This event is not one that starts the workflow' },
		});
		expect(await countOf(workflow)).toBe(0);
		expect(await post(url(), body, signed(body))).toMatchObject({
			status: 200,
			data: { message: 'The workflow was started' },
		});
		expect(await startedBy(workflow)).toMatchObject([
			{ event: 'messageReceived', phone: PHONE, text: `Hello ${numbers}` },
		]);
	});

	test('of the test takes one event while it waits, also one that came before', async () => {
		const { workflow, path } = await save(trigger({}));
		const url = `${n8n.url}/webhook-test/${path}`;
		const body = message();
		expect(await post(url, body)).toMatchObject({ status: 404 });
		for (const times of [1, 2]) {
			await client.runWorkflow(workflow.id, 'Trigger');
			expect(await post(url, '{"unknown":1}')).toMatchObject({ status: 200 });
			expect(await post(url, body)).toMatchObject({ status: 200 });
			expect(await startedBy(workflow, times)).toMatchObject([{ event: 'messageReceived' }]);
		}
		expect(await post(url, body)).toMatchObject({ status: 404 });
	});

	test('take what the sandbox delivers, signed', async () => {
		const chosen = await credential('Secret of the sandbox', secret);
		const events = ['contactCreated', 'messageReceived'];
		const { workflow, url } = await publish(trigger({ events }, chosen));
		sandbox.webhooks = { secret, recordsUrl: url(), messagesUrl: url() };
		// This server tells webhooks of the dashboard's writes only.
		const created = await http.post(`${sandbox.url}/sandbox/dashboard/contacts`, {
			...{ firstname: 'Grace', lastname: 'Example', type: 'lead' },
			...{ phone: '+15555550177', status_id: 1, source_id: 1 },
		});
		expect(created.status).toBe(201);
		expect(await startedBy(workflow)).toMatchObject([
			{ event: 'contactCreated', firstname: 'Grace', status_id: 1 },
		]);
		await http.post(`${sandbox.url}/sandbox/received`, {
			...{ phone: PHONE, name: 'Ada', message: { type: 'text', text: { body: 'Hi' } } },
		});
		expect(await startedBy(workflow, 2)).toMatchObject([
			{ event: 'messageReceived', name: 'Ada', text: 'Hi', phone: PHONE },
		]);
		expect(sandbox.deliveries.map(({ state }) => state)).toEqual(['taken', 'taken']);
	});
});

describe('a credential that can not tell its secret', () => {
	test('refuses everything, and says so in an execution', async () => {
		const chosen = await credential('Broken secret', '={{ undefined }}');
		const { workflow, url } = await publish(trigger({}, chosen));
		const body = message();
		expect(await post(url(), body)).toMatchObject({ status: 500 });
		expect(await post(url(), body, signed(body, ''))).toMatchObject({ status: 500 });
		const { status, data } = await client.waitForExecutionOf(workflow.id, 2);
		expect(status).toBe('error');
		expect(data.resultData.error?.message).toBe(
			'The webhook secret of the credential is not a text',
		);
	});
});

describe('copies', () => {
	test('of one event start one execution, also at the same moment and when n8n is killed in between', async () => {
		const { workflow, url } = await publish(trigger({}, unsigned));
		const bodies = Array.from({ length: 10 }, message);
		const copies = bodies.flatMap((body) => [body, body, body]);
		const answers = await Promise.all(copies.map(async (body) => await post(url(), body)));
		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
		expect(await countOf(workflow)).toBe(bodies.length);

		const last = message();
		expect(await post(url(), last)).toMatchObject({ status: 200 });
		process.kill(-n8n.pid, 'SIGKILL');
		await n8n.ended;
		n8n = await startN8n({ userFolder });
		client = new N8nClient(n8n.url);
		await client.logIn(owner);
		await client.waitForPublication(workflow.id);

		for (const body of [...bodies, last]) {
			expect(await post(url(), body)).toMatchObject({
				status: 200,
				data: { message: 'This was delivered before' },
			});
		}
		expect(await countOf(workflow)).toBe(bodies.length + 1);
	});
});

describe('a burst', () => {
	test(`of ${BURST} messages, many of them twice, is answered ${BURST} times`, async () => {
		const { workflow, url } = await publish(
			trigger({}, unsigned),
			answerNode('=Answer to {{ $json.text }}'),
		);
		const bodies = Array.from({ length: BURST }, message);
		// Every fifth comes a second time at the same moment.
		const copies = bodies
			.flatMap((body, index) => (index % 5 === 0 ? [body, body] : [body]))
			.values();
		const times: number[] = [];
		const begun = performance.now();
		await Promise.all(
			Array.from({ length: AT_ONCE }, async () => {
				for (const body of copies) {
					expect(await deliver(url(), body, times)).toBe(200);
				}
			}),
		);
		const delivered = performance.now() - begun;
		const deadline = Date.now() + 300_000;
		while ((await client.countExecutions(workflow.id, 'success')) < BURST) {
			if (Date.now() > deadline) break;
			await delay(500);
		}
		const seconds = (ms: number) => Math.round(ms / 100) / 10;
		times.sort((a, b) => a - b);
		process.stdout.write(
			`${times.length} deliveries, ${AT_ONCE} at a time, in ${seconds(delivered)} s; answered after ${Math.round(times[Math.floor(times.length / 2)] ?? 0)} ms (median), ${Math.round(times.at(-1) ?? 0)} ms (worst); all executions over after ${seconds(performance.now() - begun)} s\n`,
		);
		expect(await client.countExecutions(workflow.id, 'success')).toBe(BURST);
		expect(await client.countExecutions(workflow.id, 'error')).toBe(0);
		const answers = sandbox.messages
			.map(({ text }) => text)
			.filter((text) => text.startsWith('Answer to'));
		expect(answers).toHaveLength(BURST);
		expect(new Set(answers).size).toBe(BURST);
	}, 900_000);
});

function answerNode(text: string): INode {
	return {
		...{ id: 'answer', name: 'Answer', typeVersion: 1, position: [200, 0] },
		type: 'n8n-nodes-whatscloud.whatsCloud',
		parameters: {
			...{ resource: 'message', operation: 'sendText' },
			...{ phoneNumber: '={{ $json.phone }}', text },
		},
		credentials: { whatsCloudApi: { id: unsigned.id, name: unsigned.name } },
	};
}
