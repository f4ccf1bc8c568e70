import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { INode } from 'n8n-workflow';
import { folders } from '../../sandbox/n8n/folders.mts';
import { installTarball } from '../../sandbox/n8n/installTarball.mts';
import { N8nClient, type Workflow } from '../../sandbox/n8n/n8nClient.mts';
import { packPackage } from '../../sandbox/n8n/packPackage.mts';
import { startN8n, type RunningN8n } from '../../sandbox/n8n/startN8n.mts';
import { newOwner } from '../../sandbox/n8n/trialState.mts';
import { startSandbox, type Sandbox } from '../../sandbox/server/sandbox.mts';

/** Its own n8n, because this one is stopped and started; polls come once a minute, as in real life. */
jest.setTimeout(360_000);

/** After an outage, the newest contacts come with the second poll. */
const TWO_POLLS_AND_MORE = 170;
const CREDENTIAL = { name: 'WhatsCloud account', type: 'whatsCloudApi' };
const IMPORTED = 350;
const OUTAGE_SECONDS = 20;
/** After five tries, each with those of the node, n8n gives up a trigger that fails when it is published. */
const GIVEN_UP_AFTER_SECONDS = 40;

let userFolder: string;
let sandbox: Sandbox;
let n8n: RunningN8n;
let client: N8nClient;
let workflow: Workflow;
let credential: { id: string; name: string };
const owner = newOwner();
const created: number[] = [];

beforeAll(async () => {
	mkdirSync(folders.endToEnd, { recursive: true });
	userFolder = mkdtempSync(join(folders.endToEnd, 'trigger-'));
	await installTarball(userFolder, await packPackage(console.log));
	sandbox = await startSandbox();
	n8n = await startN8n({ userFolder });
	client = new N8nClient(n8n.url);
	await client.setUpOwner(owner);
});

afterAll(async () => {
	await n8n.stop();
	await sandbox.close();
	rmSync(userFolder, { recursive: true, force: true });
});

function triggerOf(credential: { id: string; name: string }): INode {
	return {
		id: 'trigger',
		name: 'WhatsCloud Trigger',
		type: 'n8n-nodes-whatscloud.whatsCloudTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: { pollTimes: { item: [{ mode: 'everyMinute' }] }, event: 'contactCreated' },
		credentials: { whatsCloudApi: credential },
	};
}

/** The ids of all contacts that any execution of the workflow began with, in the order they came. */
async function startedWith({ id: workflowId } = workflow): Promise<number[]> {
	const summaries = await client.executionsOf(workflowId);
	const executions = await Promise.all(
		summaries.map(async ({ id }) => await client.waitForExecution(id)),
	);
	return executions
		.sort((a, b) => Number(a.id) - Number(b.id))
		.flatMap(({ data }) => data.resultData.runData['WhatsCloud Trigger'] ?? [])
		.flatMap((run) => run.data?.main?.[0] ?? [])
		.map(({ json }) => Number(json.id));
}

async function untilStartedWith(count: number, started = workflow): Promise<number[]> {
	const deadline = Date.now() + TWO_POLLS_AND_MORE * 1000;
	for (;;) {
		const ids = await startedWith(started);
		if (ids.length >= count || Date.now() > deadline) return ids;
		await delay(1000);
	}
}

function insert(firstNames: string[], createdAt?: string): number[] {
	const contacts = sandbox.data.insertContacts(
		firstNames.map((firstname) => ({ firstname })),
		{ createdAt },
	);
	const ids = contacts.map(({ id }) => id);
	created.push(...ids);
	return ids;
}

async function publish(name: string): Promise<Workflow> {
	const made = await client.createWorkflow({
		name,
		nodes: [triggerOf(credential)],
		connections: {},
	});
	await client.activateWorkflow(made);
	const { triggers } = await client.waitForPublication(made.id);
	expect(triggers.map(({ status }) => status)).toEqual(['activated']);
	return made;
}

test('is published, and starts nothing for contacts that were there before', async () => {
	const { baseUrl, subdomain, token: apiToken } = sandbox;
	const { id } = await client.createCredential({
		...CREDENTIAL,
		data: { baseUrl, subdomain, apiToken },
	});
	credential = { id, name: 'WhatsCloud account' };
	workflow = await publish('Every new contact');
	expect(await startedWith()).toEqual([]);
});

test(`brings ${IMPORTED} contacts of one second, each once, with the next minute's poll`, async () => {
	const createdAt = new Date().toISOString();
	insert(
		Array.from({ length: IMPORTED }, (_, index) => `Imported ${index}`),
		createdAt,
	);
	expect(await untilStartedWith(IMPORTED)).toEqual(created);
});

test('guarantee: Contacts that come while n8n is stopped or WhatsCloud is down start the workflow later.', async () => {
	await n8n.stop();
	insert(['While', 'n8n', 'slept']);
	sandbox.faults.add({ kind: 'reset', when: 'before' });
	n8n = await startN8n({ userFolder });
	client = new N8nClient(n8n.url);
	await client.logIn(owner);
	await delay(OUTAGE_SECONDS * 1000);
	sandbox.faults.clear();

	expect(await untilStartedWith(IMPORTED + 3)).toEqual(created);
	const { triggers } = await client.publicationStatus(workflow.id);
	expect(triggers.map(({ status }) => status)).toEqual(['activated']);
});

test('brings what comes while WhatsCloud is down at publishing, and nothing that was there before', async () => {
	await delay(1100);
	sandbox.faults.add({ kind: 'reset', when: 'before' });
	const published = await publish('Published during an outage');
	// The other one for the second time. n8n does nothing where both come at once.
	await client.deactivateWorkflow(workflow.id);
	await delay(3000);
	await client.activateWorkflow(workflow);
	await delay(1100);
	const ids = insert(['During', 'the', 'outage']);
	await delay(GIVEN_UP_AFTER_SECONDS * 1000);
	sandbox.faults.clear();
	expect(await untilStartedWith(ids.length, published)).toEqual(ids);
	expect(await untilStartedWith(created.length)).toEqual(created);
	const { triggers } = await client.publicationStatus(workflow.id);
	expect(triggers.map(({ status }) => status)).toEqual(['activated']);
});

test('lives on when the token is wrong while n8n starts, until the user has mended it', async () => {
	const { baseUrl, subdomain, token } = sandbox;
	const withToken = async (apiToken: string) => {
		const data = { baseUrl, subdomain, apiToken };
		await client.updateCredential(credential.id, { ...CREDENTIAL, data });
	};
	await withToken('wrong');
	await n8n.stop();
	const before = created.length;
	insert(['While', 'wrong']);
	n8n = await startN8n({ userFolder });
	client = new N8nClient(n8n.url);
	await client.logIn(owner);
	await delay(OUTAGE_SECONDS * 1000);
	await withToken(token);
	expect(await untilStartedWith(before + 2)).toEqual(created);
});
