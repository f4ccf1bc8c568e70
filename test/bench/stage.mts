import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { IConnections, INode, INodeParameters } from 'n8n-workflow';

import { folders } from '../../sandbox/n8n/folders.mts';
import { installN8n } from '../../sandbox/n8n/installN8n.mts';
import { installTarball } from '../../sandbox/n8n/installTarball.mts';
import { N8nClient } from '../../sandbox/n8n/n8nClient.mts';
import { packPackage } from '../../sandbox/n8n/packPackage.mts';
import { startN8n } from '../../sandbox/n8n/startN8n.mts';
import { newOwner } from '../../sandbox/n8n/trialState.mts';
import { type Sandbox, startSandbox } from '../../sandbox/server/sandbox.mts';

const execute = promisify(execFile);
const folder = join(folders.root, '.local', 'bench');
/** n8n polls once a minute. */
const MINUTE_AND_MORE_MS = 75_000;
const QUIET_MS = 5_000;

/** A node to be measured. */
export interface Contender {
	name: string;
	type: string;
	typeVersion: number;
	parameters: INodeParameters;
	onError?: INode['onError'];
}

export interface Measured {
	/** What n8n itself notes as the node's time. */
	seconds: number;
	outputs: number;
	errors: number;
	/** How many outputs have an id. */
	withId: number;
	requests: number;
	/** Of n8n's whole process during the execution, which other programs on the machine do not change. */
	cpuSeconds: number;
	/** n8n's largest memory during the execution. */
	megabytes: number;
}

export interface Polled {
	/** How many requests a poll that finds nothing makes. */
	idleRequests: number;
	/** How many requests the polls made until all had come. */
	requests: number;
	/** How many contacts started the workflow, each counted once. */
	contacts: number;
}

export interface BenchStage {
	sandbox: Sandbox;
	/** The tenant's address. */
	root: string;
	tarball: string;
	/** Runs the node once in n8n, behind a node that makes so many items. */
	measure: (contender: Contender, items: number) => Promise<Measured>;
	/** Publishes our trigger, and lets it poll once before and once after contacts come. */
	poll: (insert: () => void) => Promise<Polled>;
	stop(): Promise<void>;
}

/** One n8n with our package and the floor's, beside one sandbox. */
export async function startBenchStage(say: (line: string) => void): Promise<BenchStage> {
	mkdirSync(folder, { recursive: true });
	const userFolder = mkdtempSync(join(folder, 'n8n-'));
	await installN8n(say);
	const tarball = await packPackage(say);
	await installTarball(userFolder, tarball);
	await installTarball(userFolder, await packFloor());
	const sandbox = await startSandbox({ logSize: 1_000_000, randomSeed: 1 });
	const n8n = await startN8n({ userFolder });
	const client = new N8nClient(n8n.url);
	await client.setUpOwner(newOwner());
	const { id, name } = await client.createCredential({
		name: 'WhatsCloud account',
		type: 'whatsCloudApi',
		data: { baseUrl: sandbox.baseUrl, subdomain: sandbox.subdomain, apiToken: sandbox.token },
	});
	const credentials = { whatsCloudApi: { id, name } };

	return {
		sandbox,
		root: `${sandbox.baseUrl}${sandbox.subdomain}`,
		tarball,
		measure: async (contender, items) => {
			const { nodes, connections } = workflowOf({ ...contender, credentials }, items);
			const workflow = await client.createWorkflow({ name: contender.name, nodes, connections });
			const before = sandbox.requests.length;
			forgetPeak(n8n.pid);
			const cpuBefore = cpuSeconds(n8n.pid);
			const executionId = await client.runWorkflow(workflow.id, 'Manual');
			const { data } = await client.waitForExecution(executionId, 600);
			const cpu = cpuSeconds(n8n.pid) - cpuBefore;
			const [run] = data.resultData.runData.Measured ?? [];
			if (!run)
				throw new Error(`${contender.name} did not run: ${JSON.stringify(data.resultData.error)}`);
			const outputs = run.data?.main?.flatMap((output) => output ?? []) ?? [];
			return {
				seconds: run.executionTime / 1000,
				outputs: outputs.length,
				errors: outputs.filter(({ json }) => json.error !== undefined).length,
				withId: outputs.filter(({ json }) => typeof json.id === 'number').length,
				requests: sandbox.requests.length - before,
				cpuSeconds: Math.round(cpu * 100) / 100,
				megabytes: peak(n8n.pid),
			};
		},
		poll: async (insert) => {
			const workflow = await client.createWorkflow({
				name: 'Trigger',
				nodes: [triggerOf(credentials)],
				connections: {},
			});
			await client.activateWorkflow(workflow);
			await client.waitForPublication(workflow.id);
			const requests = await quiet(sandbox);
			const idle = await quiet(sandbox, requests);
			insert();
			const all = await quiet(sandbox, idle);
			const executions = await client.executionsOf(workflow.id);
			const ids = new Set<unknown>();
			for (const { id: executionId } of executions) {
				const { data } = await client.waitForExecution(executionId);
				const [run] = data.resultData.runData.Trigger ?? [];
				for (const { json } of run?.data?.main?.[0] ?? []) ids.add(json.id);
			}
			await client.deactivateWorkflow(workflow.id);
			return { idleRequests: idle - requests, requests: all - idle, contacts: ids.size };
		},
		stop: async () => {
			await n8n.stop();
			await sandbox.close();
			rmSync(userFolder, { recursive: true, force: true });
		},
	};
}

/** Waits for more requests than so many, then until none came for some seconds, and counts them. */
async function quiet({ requests }: Sandbox, more = -1): Promise<number> {
	const deadline = Date.now() + MINUTE_AND_MORE_MS;
	let count = requests.length;
	while (count <= more && Date.now() < deadline) {
		await delay(QUIET_MS / 10);
		count = requests.length;
	}
	for (let before = -1; before !== count; count = requests.length) {
		before = count;
		await delay(QUIET_MS);
	}
	return count;
}

function triggerOf(credentials: INode['credentials']): INode {
	return {
		...{ id: 'trigger', name: 'Trigger', position: [0, 0] as [number, number], credentials },
		...{ type: 'n8n-nodes-whatscloud.whatsCloudTrigger', typeVersion: 1 },
		parameters: { pollTimes: { item: [{ mode: 'everyMinute' }] }, event: 'contactCreated' },
	};
}

async function packFloor(): Promise<string> {
	const { stdout } = await execute('npm', ['pack', '--json', '--pack-destination', folder], {
		cwd: join(folders.root, 'test', 'bench', 'floor'),
	});
	const [packed] = JSON.parse(stdout) as Array<{ filename: string }>;
	return join(folder, packed?.filename ?? '');
}

type MeasuredNode = Omit<Contender, 'name'> & Pick<INode, 'credentials'>;

function workflowOf(
	{ type, typeVersion, parameters, onError, credentials }: MeasuredNode,
	items: number,
): { nodes: INode[]; connections: IConnections } {
	const node = (name: string, rest: Partial<INode>): INode => ({
		...{ id: name, name, type: '', typeVersion: 1, position: [0, 0], parameters: {} },
		...rest,
	});
	const jsCode = `return Array.from({ length: ${items} }, (_, i) => ({ json: {
		i, to: '1555' + String(6000001 + i), text: 'Message ' + i } }));`;
	const to = (name: string) => ({ main: [[{ node: name, type: 'main' as const, index: 0 }]] });
	return {
		nodes: [
			node('Manual', { type: 'n8n-nodes-base.manualTrigger' }),
			node('Items', { type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } }),
			node('Measured', { type, typeVersion, parameters, onError, credentials }),
		],
		connections: { Manual: to('Items'), Items: to('Measured') },
	};
}

/** User and system time, which Linux counts in hundredths of a second. */
function cpuSeconds(pid: number): number {
	const [, afterName = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
	const fields = afterName.split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Linux counts a process's largest memory from here on. */
function forgetPeak(pid: number): void {
	writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function peak(pid: number): number {
	const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return Math.round(Number(kilobytes) / 1024);
}
