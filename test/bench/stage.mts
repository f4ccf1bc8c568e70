import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

export interface BenchStage {
	sandbox: Sandbox;
	/** The tenant's address. */
	root: string;
	tarball: string;
	/** Runs the node once in n8n, behind a node that makes so many items. */
	measure: (contender: Contender, items: number) => Promise<Measured>;
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
			const isError = (json: object) => Object.keys(json).join() === 'error';
			return {
				seconds: run.executionTime / 1000,
				outputs: outputs.length,
				errors: outputs.filter(({ json, error }) => error ?? isError(json)).length,
				withId: outputs.filter(({ json }) => typeof json.id === 'number').length,
				requests: sandbox.requests.length - before,
				cpuSeconds: Math.round(cpu * 100) / 100,
				megabytes: peak(n8n.pid),
			};
		},
		stop: async () => {
			await n8n.stop();
			await sandbox.close();
			rmSync(userFolder, { recursive: true, force: true });
		},
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
