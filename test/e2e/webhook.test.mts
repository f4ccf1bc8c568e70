import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
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

const BURST = 600;
const AT_ONCE = 20;
const PAUSE_MS = 100;
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
function message(body?: string): string {
	numbers += 1;
	const text = { body: body ?? `Hello ${numbers}` };
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

/** Sends a request and goes away before the answer. */
async function hangUp(url: string, body: string, afterMs: number): Promise<void> {
	const signal = AbortSignal.timeout(afterMs);
	await http
		.post(url, body, { headers: { 'Content-Type': 'application/json' }, signal })
		.catch(() => undefined);
}

interface Attempts {
	/** How long each answer took. */
	times: number[];
	refused: number;
	pending: number;
	hungUp: number;
}

/** As WhatsCloud repeats it, with shorter pauses; Meta itself would repeat what WhatsCloud gives up. */
async function deliverUntilTaken(url: string, body: string, log: Attempts): Promise<void> {
	for (let pause = 0; pause <= 20 * PAUSE_MS; pause += PAUSE_MS) {
		await delay(pause);
		const started = performance.now();
		const { status } = await post(url, body);
		log.times.push(performance.now() - started);
		if (status === 200) return;
		if (status === 503) log.pending++;
		else log.refused++;
	}
	throw new Error('It was never taken.');
}

/** n8n's own, in which this test makes trouble. */
class Database {
	private readonly sqlite = new DatabaseSync(join(userFolder, '.n8n', 'database.sqlite'), {
		timeout: 10_000,
	});

	/** Until it is committed, nobody else can write. */
	refuseFromCommitOn(condition: string): void {
		this.sqlite.exec('BEGIN IMMEDIATE');
		this.sqlite.exec(
			`CREATE TRIGGER refuse BEFORE INSERT ON execution_entity WHEN ${condition} BEGIN SELECT RAISE(ABORT, 'refused by a test'); END`,
		);
	}

	commit(): void {
		this.sqlite.exec('COMMIT');
	}

	refuseNothing(): void {
		this.sqlite.exec('DROP TRIGGER IF EXISTS refuse');
	}

	close(): void {
		this.sqlite.close();
	}
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
	test('of one event start one execution, also at the same moment', async () => {
		const { workflow, url } = await publish(trigger({}, unsigned));
		const bodies = Array.from({ length: 10 }, () => message());
		const copies = bodies.flatMap((body) => [body, body, body]);
		const answers = await Promise.all(copies.map(async (body) => await post(url(), body)));
		for (const { status } of answers) expect([200, 503]).toContain(status);
		for (const body of bodies) {
			expect(await post(url(), body)).toMatchObject({
				status: 200,
				data: { message: 'This was delivered before' },
			});
		}
		expect(await countOf(workflow)).toBe(bodies.length);
	});

	test('are new ones after n8n was killed and started: what was taken is remembered in memory alone', async () => {
		const { workflow, url } = await publish(trigger({}, unsigned));
		const body = message();
		expect(await post(url(), body)).toMatchObject({ status: 200 });
		process.kill(-n8n.pid, 'SIGKILL');
		await n8n.ended;
		n8n = await startN8n({ userFolder });
		client = new N8nClient(n8n.url);
		await client.logIn(owner);
		await client.waitForPublication(workflow.id);
		for (const answer of ['The workflow was started', 'This was delivered before']) {
			expect(await post(url(), body)).toMatchObject({ status: 200, data: { message: answer } });
		}
	});
});

describe('when the database refuses new executions', () => {
	test('guarantee: What n8n could not store starts once when it is delivered again.', async () => {
		const { workflow, url } = await publish(trigger({}, unsigned));
		const bodies = Array.from({ length: 12 }, () => message());
		const database = new Database();
		try {
			// The refusal comes into effect only after all have hung up; until then, n8n waits for the lock.
			database.refuseFromCommitOn('1');
			await Promise.all(
				bodies.map(async (body) => {
					await hangUp(url(), body, 300);
				}),
			);
			database.commit();
			// As WhatsCloud repeats it: meanwhile with an error, which promises nothing.
			for (const body of bodies)
				expect((await post(url(), body)).status).toBeGreaterThanOrEqual(500);
			database.refuseNothing();
			for (const body of bodies) expect(await post(url(), body)).toMatchObject({ status: 200 });
			expect(await countOf(workflow)).toBe(bodies.length);
		} finally {
			database.close();
		}
	});
});

describe('a large delivery', () => {
	const STATES = 1000;

	test(`of ${STATES} states is about as fast with all that was delivered as without`, async () => {
		const code: INode = {
			...{ id: 'code', name: 'Code', typeVersion: 2, position: [200, 0] },
			type: 'n8n-nodes-base.code',
			parameters: { jsCode: 'return $input.all();' },
		};
		const seconds: Record<string, number> = {};
		for (const simplify of [true, false]) {
			const { workflow, url } = await publish(
				trigger({ events: ['messageRead'], simplify }, unsigned),
				code,
			);
			const statuses = Array.from({ length: STATES }, (_, index) => ({
				...{ id: `wamid.${simplify}.${index}`, status: 'read', recipient_id: PHONE },
				timestamp: String(1768557720 + index),
			}));
			const changes = [{ field: 'messages', value: { statuses } }];
			const begun = performance.now();
			expect(await post(url(), JSON.stringify({ entry: [{ changes }] }))).toMatchObject({
				status: 200,
			});
			const { status, data } = await client.waitForExecutionOf(workflow.id);
			seconds[simplify ? 'simplified' : 'with all'] = (performance.now() - begun) / 1000;
			expect(status).toBe('success');
			expect(data.resultData.runData.Code?.[0]?.data?.main?.[0]).toHaveLength(STATES);
		}
		process.stdout.write(
			`${STATES} states in one body, with a Code node, in s: ${JSON.stringify(seconds)}\n`,
		);
	});

	test.each([
		['anywhere', (lists: string) => `{"a":${lists}}`],
		[
			'in the text of a body inside',
			(lists: string) =>
				JSON.stringify({
					event: { type: 'whatsapp.message.received' },
					whatsapp: { original_payload: `{"entry":${lists}}` },
				}),
		],
	])('with 20,000 nested lists %s is refused, without an execution', async (_, bodyWith) => {
		const events = ['messageReceived', 'other'];
		for (const parameters of [{ events }, { events, options: { messageTypes: [] } }]) {
			const { workflow, url } = await publish(trigger(parameters, unsigned));
			expect(await post(url(), bodyWith('['.repeat(20_000) + ']'.repeat(20_000)))).toMatchObject({
				status: 400,
				data: { error: 'The body is nested too deeply' },
			});
			expect(await countOf(workflow)).toBe(0);
		}
	});
});

describe('static data', () => {
	const MARKERS = 8;

	test("of the workflow's other nodes survives deliveries that come all the time", async () => {
		const note: INode = {
			...{ id: 'note', name: 'Note', typeVersion: 2, position: [200, 0] },
			type: 'n8n-nodes-base.code',
			parameters: {
				jsCode: `const data = $getWorkflowStaticData('global');
for (const { json } of $input.all().filter(({ json }) => json.text.startsWith('mark'))) {
	data.markers = [...(data.markers ?? []), json.text];
}
return $input.all();`,
			},
		};
		const { workflow, url } = await publish(trigger({}, unsigned), note);
		let isOver = false;
		const noise = Array.from({ length: 3 }, async () => {
			while (!isOver) await post(url(), message());
		});
		const marks = Array.from({ length: MARKERS }, (_, index) => `mark ${index}`);
		for (const mark of marks) {
			expect(await post(url(), message(mark))).toMatchObject({ status: 200 });
			await untilNoted(workflow, mark);
		}
		isOver = true;
		await Promise.all(noise);
		const { staticData } = (await client.workflow(workflow.id)) as Workflow & StaticData;
		expect(staticData?.global?.markers).toEqual(marks);
	});

	interface StaticData {
		staticData?: { global?: { markers?: string[] } };
	}

	async function untilNoted({ id }: Workflow, mark: string): Promise<void> {
		const deadline = Date.now() + 60_000;
		while (Date.now() < deadline) {
			const { staticData } = (await client.workflow(id)) as Workflow & StaticData;
			if (staticData?.global?.markers?.includes(mark)) return;
			await delay(100);
		}
		throw new Error(`${mark} was never noted.`);
	}
});

describe('a burst', () => {
	test(`of ${BURST} messages, with repeats, senders who hang up and refusals of the database, is answered ${BURST} times`, async () => {
		const { workflow, url } = await publish(
			trigger({}, unsigned),
			answerNode('=Answer to {{ $json.text }}'),
		);
		const bodies = Array.from({ length: BURST }, () => message());
		// Every fifth comes a second time at the same moment.
		const copies = bodies
			.flatMap((body, index) => (index % 5 === 0 ? [body, body] : [body]))
			.entries();
		const log: Attempts = { times: [], refused: 0, pending: 0, hungUp: 0 };
		const database = new Database();
		const begun = performance.now();
		try {
			// One of eight executions can't be created.
			database.refuseFromCommitOn('abs(random()) % 8 = 0');
			database.commit();
			await Promise.all(
				Array.from({ length: AT_ONCE }, async () => {
					for (const [index, body] of copies) {
						if (index % 10 === 3) {
							await hangUp(url(), body, index % 40);
							log.hungUp++;
						}
						await deliverUntilTaken(url(), body, log);
					}
				}),
			);
		} finally {
			database.refuseNothing();
			database.close();
		}
		const delivered = performance.now() - begun;
		const deadline = Date.now() + 300_000;
		while ((await client.countExecutions(workflow.id, 'success')) < BURST) {
			if (Date.now() > deadline) break;
			await delay(500);
		}
		const seconds = (ms: number) => Math.round(ms / 100) / 10;
		const { times, refused, pending, hungUp } = log;
		times.sort((a, b) => a - b);
		process.stdout.write(
			`${times.length} requests for ${BURST} messages, ${AT_ONCE} at a time, in ${seconds(delivered)} s: ${refused} could not be started, ${pending} came while a copy was being taken, ${hungUp} senders hung up; answered after ${Math.round(times[Math.floor(times.length / 2)] ?? 0)} ms (median), ${Math.round(times.at(-1) ?? 0)} ms (worst); all executions over after ${seconds(performance.now() - begun)} s\n`,
		);
		expect(refused).toBeGreaterThan(0);
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
