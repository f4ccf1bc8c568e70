import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { folders } from '../../sandbox/n8n/folders.mts';
import { freePort } from '../../sandbox/n8n/freePort.mts';
import { installN8n } from '../../sandbox/n8n/installN8n.mts';
import { installTarball } from '../../sandbox/n8n/installTarball.mts';
import { N8nClient, type Credential } from '../../sandbox/n8n/n8nClient.mts';
import { packPackage } from '../../sandbox/n8n/packPackage.mts';
import { startN8n, type RunningN8n } from '../../sandbox/n8n/startN8n.mts';
import { newOwner } from '../../sandbox/n8n/trialState.mts';
import { startSandbox } from '../../sandbox/server/sandbox.mts';
import { interruption } from '../e2e/interruption.mts';
import { publishStage } from '../e2e/stage.mts';
import { startPostgres, startRedis } from './databases.mts';
import { debianPrograms } from './debianPrograms.mts';
import { openDoor } from './door.mts';
import { running, stopAll } from './running.mts';
import type { Process, QueueStage } from './stage.mts';

const DOOR = 'SANDBOX_HOST';

const say = (line: string) => {
	console.log(line);
};

export default async function setup(): Promise<void> {
	const signal = interruption();
	try {
		publishStage(await startQueue(signal));
	} catch (error) {
		await stopAll();
		throw error;
	}
}

async function startQueue(signal: AbortSignal): Promise<QueueStage> {
	const programs = debianPrograms(say);
	await installN8n(say, { signal });
	const tarball = await packPackage(say, { signal });

	mkdirSync(folders.queue, { recursive: true });
	const folder = mkdtempSync(join(folders.queue, 'run-'));
	running.stops.push(() => {
		rmSync(folder, { recursive: true, force: true });
	});
	say('Starting PostgreSQL, Redis, the WhatsCloud sandbox, n8n and two workers.');
	const postgres = await startPostgres(programs, signal);
	running.stops.push(() => postgres.stop());
	const redis = await startRedis(programs, join(folder, 'redis'), signal);
	running.stops.push(() => redis.stop());
	const sandbox = await startSandbox();
	running.stops.push(() => sandbox.close());

	const port = await freePort();
	const env = {
		...postgres.env,
		...redis.env,
		EXECUTIONS_MODE: 'queue',
		// Workers make the addresses that the main process answers.
		WEBHOOK_URL: `http://127.0.0.1:${port}/`,
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
		// The credential names each process's own door.
		N8N_BLOCK_ENV_ACCESS_IN_NODE: 'false',
	};
	/** As on a machine of its own: with its own user folder, in which the package is installed. */
	const start = async (
		name: string,
		args: string[],
		ownPort?: number,
	): Promise<RunningN8n & Process> => {
		const userFolder = join(folder, name);
		await installTarball(userFolder, tarball, { signal });
		const door = await openDoor(sandbox.url);
		running.stops.push(() => door.close());
		const n8n = await startN8n({
			...{ userFolder, args, port: ownPort, signal },
			env: { ...env, [DOOR]: door.host },
		});
		running.stops.push(() => n8n.stop());
		return { ...n8n, name, host: door.host };
	};
	// The first one prepares the database.
	const main = await start('main', ['start'], port);
	const worker = (name: string) => start(name, ['worker', '--concurrency=10']);
	const workers = await Promise.all([worker('worker 1'), worker('worker 2')]);

	const owner = newOwner();
	const n8n = new N8nClient(main.url);
	await n8n.setUpOwner(owner);
	const save = async (name: string, baseUrl: string) => {
		const { subdomain, token: apiToken } = sandbox;
		const data = { baseUrl, subdomain, apiToken };
		const credential: Credential = { name, type: 'whatsCloudApi', data };
		return { ...credential, id: (await n8n.createCredential(credential)).id };
	};
	const throughDoor = sandbox.baseUrl.replace(new URL(sandbox.url).host, `{{ $env.${DOOR} }}`);
	return {
		n8nUrl: main.url,
		sandboxUrl: sandbox.url,
		owner,
		session: n8n.session,
		credential: await save('WhatsCloud account', sandbox.baseUrl),
		doorCredential: await save('WhatsCloud through doors', `=${throughDoor}`),
		main: processOf(main),
		workers: workers.map(processOf),
	};
}

function processOf({ name, host, logFile }: Process): Process {
	return { name, host, logFile };
}
