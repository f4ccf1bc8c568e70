import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import type { INode, IWorkflowSettings } from 'n8n-workflow';
import { folders } from '../../sandbox/n8n/folders.mts';
import { installTarball } from '../../sandbox/n8n/installTarball.mts';
import {
	N8nClient,
	until,
	type Workflow,
	type WorkflowFile,
} from '../../sandbox/n8n/n8nClient.mts';
import { packPackage } from '../../sandbox/n8n/packPackage.mts';
import { type RunningN8n, startN8n } from '../../sandbox/n8n/startN8n.mts';
import { newOwner } from '../../sandbox/n8n/trialState.mts';
import { type Sandbox, startSandbox } from '../../sandbox/server/sandbox.mts';
import {
	after,
	answer,
	asking,
	endsSoon,
	jsonOf,
	linkIn,
	openPage,
	waitForMessage,
} from './questions.mts';
import type { SharedStage } from './stage.mts';
import { inARow, itemsNode, manualTrigger, whatsCloudNode } from './workflows.mts';

// What docs/operations.md says. One n8n, which is stopped and started, so each test needs those before it.

jest.setTimeout(180_000);

const GRACE = 'N8N_GRACEFUL_SHUTDOWN_TIMEOUT';
/** Of an execution, in seconds: long enough to ask on a busy machine. */
const TIMEOUT = 5;
const owner = newOwner();
let userFolder: string;
let sandbox: Sandbox;
let n8n: RunningN8n;
let client: N8nClient;
let stage: SharedStage;
let poll: Workflow;
let sending: Workflow;
let unanswered: string;

beforeAll(async () => {
	mkdirSync(folders.endToEnd, { recursive: true });
	userFolder = mkdtempSync(join(folders.endToEnd, 'operating-'));
	await installTarball(userFolder, await packPackage(() => undefined));
	sandbox = await startSandbox();
	await start({ [GRACE]: '60' });
	await client.setUpOwner(owner);
	const credential = {
		...{ name: 'WhatsCloud account', type: 'whatsCloudApi' },
		data: {
			baseUrl: sandbox.baseUrl,
			subdomain: sandbox.subdomain,
			apiToken: sandbox.token,
		},
	};
	const { id } = await client.createCredential(credential);
	stage = {
		...{ n8nUrl: n8n.url, sandboxUrl: sandbox.url, owner, session: client.session },
		credential: { ...credential, id },
	};
});

afterAll(async () => {
	await n8n.stop();
	await sandbox.close();
	rmSync(userFolder, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}): Promise<void> {
	n8n = await startN8n({ userFolder, env });
	client = new N8nClient(n8n.url);
}

async function publish(workflow: WorkflowFile): Promise<Workflow> {
	const saved = await client.createWorkflow(workflow);
	await client.activateWorkflow(saved);
	await client.waitForPublication(saved.id);
	return saved;
}

function webhook(path: string): INode {
	return {
		...{ id: 'Webhook', name: 'Webhook', type: 'n8n-nodes-base.webhook', typeVersion: 2 },
		...{ position: [0, 0], webhookId: path },
		parameters: { path, httpMethod: 'POST', responseMode: 'onReceived' },
	};
}

async function call(path: string): Promise<number> {
	const options = { proxy: false as const, validateStatus: () => true };
	return (await axios.post(`${n8n.url}/webhook/${path}`, {}, options)).status;
}

/** Publishes a question to a number of its own; gives the execution that waits, and its link. */
async function ask(
	phone: string,
	{ settings, seconds = 600 }: { settings?: IWorkflowSettings; seconds?: number } = {},
): Promise<{ id: string; link: string }> {
	const node = asking(stage, { phoneNumber: phone, options: endsSoon(seconds) });
	const { id } = await publish({ ...inARow('Ask', [webhook(phone), node, after]), settings });
	await call(phone);
	const link = linkIn((await waitForMessage(stage, phone))[0]);
	const execution = (await client.executionsOf(id))[0]?.id ?? '';
	await client.waitForPause(execution);
	await client.deactivateWorkflow(id);
	return { id: execution, link };
}

const peopleFrom = (from: number) =>
	[1, 2, 3, 4, 5].map((number) => ({ phone: String(from + number) }));

/** To five people, one after the other. */
function campaign(trigger: INode, from: number): WorkflowFile {
	return inARow('Campaign', [
		trigger,
		itemsNode('People', peopleFrom(from)),
		whatsCloudNode(stage, 'Send', {
			...{ resource: 'message', operation: 'sendText', text: 'News' },
			phoneNumber: '={{ $json.phone }}',
			contactIfNew: { firstName: 'Ada' },
			options: { parallelRequests: 1 },
		}),
	]);
}

const sentFrom = (from: number) =>
	sandbox.messages.filter(({ phone }) => Math.floor(Number(phone) / 10) * 10 === from).length;

/** So slow that n8n is told to end while messages are under way. */
function answerSlowly(ms: number): void {
	sandbox.faults.add({ kind: 'delay', ms, when: 'after', path: '/messages/send' });
}

test('a link that was answered leads to an error where executions are not saved', async () => {
	const { link } = await ask('15557210004', { settings: { saveDataSuccessExecution: 'none' } });
	expect((await answer(link, 'true')).status).toBe(200);
	const statusOf = async () => (await openPage(link)).status;
	await until('n8n has forgotten it', 30, async () => {
		return (await statusOf()) === 404 || undefined;
	});
});

test('a question is answered after the time limit for executions', async () => {
	const { link, id } = await ask('15557210003', { settings: { executionTimeout: TIMEOUT } });
	await delay(TIMEOUT * 1000 + 100);
	await answer(link, 'true');
	expect(jsonOf(await client.waitForExecution(id), 'After')).toMatchObject([
		{ data: { approved: true } },
	]);
});

test('n8n ends only after a campaign that is shorter than the time it gives', async () => {
	const from = 15_557_211_000;
	// Known before, so that they are nobody new for the workflow that polls.
	sandbox.data.insertContacts(peopleFrom(from));
	poll = await publish(
		inARow('Poll', [
			{
				...{ id: 'New', name: 'New', type: 'n8n-nodes-whatscloud.whatsCloudTrigger' },
				...{ typeVersion: 1, position: [0, 0] },
				parameters: { pollTimes: { item: [{ mode: 'everyMinute' }] }, event: 'contactCreated' },
				credentials: { whatsCloudApi: stage.credential },
			},
			after,
		]),
	);
	sending = await publish(campaign(webhook('sending'), 15_557_212_000));
	answerSlowly(500);
	const { id } = await client.createWorkflow(campaign(manualTrigger, from));
	await client.runWorkflow(id, 'Manual');
	while (sentFrom(from) === 0) await delay(20);
	await n8n.stop();
	expect(sentFrom(from)).toBe(5);
	sandbox.faults.clear();
});

test('without the package workflows stay, and its polling triggers are off until published again', async () => {
	const modules = join(userFolder, '.n8n', 'nodes', 'node_modules');
	renameSync(modules, `${modules}-away`);
	await start();
	await client.logIn(owner);
	expect(await client.workflow(sending.id)).toMatchObject({ active: true, nodes: { length: 3 } });
	expect(await call('sending')).toBe(400);
	const [meanwhile] = sandbox.data.insertContacts([{ phone: '15557215001' }]);
	expect(sentFrom(15_557_212_000)).toBe(0);
	await n8n.stop();

	rmSync(modules, { recursive: true, force: true });
	renameSync(`${modules}-away`, modules);
	const polls = () => sandbox.requests.filter(({ method }) => method === 'GET').length;
	const before = polls();
	await start({ [GRACE]: '1' });
	await client.logIn(owner);
	const { triggers } = await client.waitForPublication(poll.id);
	expect((await client.workflow(poll.id)).active).toBe(true);
	expect(triggers.map(({ status }) => status)).toEqual(['failed']);
	expect(polls()).toBe(before);
	// Who came meanwhile starts it then.
	await client.deactivateWorkflow(poll.id);
	await client.activateWorkflow(await client.workflow(poll.id));
	const execution = await client.waitForExecutionOf(poll.id);
	expect(jsonOf(execution, 'New')).toMatchObject([{ id: meanwhile?.id }]);
});

test('of runs that were cut off, n8n retries those in production, from the beginning', async () => {
	const settings = { executionTimeout: TIMEOUT };
	unanswered = (await ask('15557210002', { settings, seconds: TIMEOUT + 1 })).id;
	const [production, manual] = [15_557_213_000, 15_557_214_000];
	answerSlowly(2000);
	const published = await publish(campaign(webhook('cut-off'), production));
	const saved = await client.createWorkflow(campaign(manualTrigger, manual));
	await call('cut-off');
	const byHand = await client.runWorkflow(saved.id, 'Manual');
	while (sentFrom(production) === 0 || sentFrom(manual) === 0) await delay(20);
	await n8n.stop();
	sandbox.faults.clear();
	const before = sentFrom(production);
	expect(before).toBeLessThan(5);

	await start({ N8N_PATH: '/n8n/' });
	await client.logIn(owner);
	const [inProduction] = await client.executionsOf(published.id);
	expect(inProduction?.status).toBe('crashed');
	const retried = await client.retryExecution(inProduction?.id ?? '');
	expect((await client.waitForExecution(retried)).status).toBe('success');
	expect(sentFrom(production)).toBe(before + 5);
	await expect(client.retryExecution(byHand)).rejects.toThrow('cannot be retried');
});

test('n8n behind a path refuses the link of a question', async () => {
	const { link } = await ask('15557210001');
	expect(link).toContain(`${n8n.url}/n8n/`);
	// As the proxy in front of n8n passes it on.
	const passedOn = link.replace('/n8n/', '/');
	expect((await openPage(passedOn)).status).toBe(401);
	expect((await answer(passedOn, 'true')).status).toBe(401);
});

test('a question that nobody answers within the time limit for executions does not go on', async () => {
	const { status, data } = await client.waitForExecution(unanswered, 90);
	expect(status).toBe('canceled');
	expect(data.resultData.runData['After']).toBeUndefined();
});
