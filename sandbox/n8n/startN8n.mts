import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { folders } from './folders.mts';
import { freePort } from './freePort.mts';

const BOOT_SECONDS = 180;
const GRACE_SECONDS = 15;

export interface RunningN8n {
	url: string;
	port: number;
	pid: number;
	logFile: string;
	/** Resolves when n8n has ended, whoever ended it. */
	ended: Promise<void>;
	stop(): Promise<void>;
}

export interface N8nOptions {
	/** Holds everything this n8n knows: database, keys, community packages, log. */
	userFolder: string;
	port?: number;
	/** On top of, and stronger than, the settings below. */
	env?: Record<string, string>;
	signal?: AbortSignal;
}

/** A local n8n speaks to nobody: no telemetry, no look-ups for news, templates, licences or packages. */
const QUIET = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	// A list fetched from n8n, and a hosted assistant that would greet the user before the workflows do.
	N8N_DISABLED_MODULES: 'mcp-registry,instance-ai',
};

/** A proxy from the environment could not reach the servers on this machine. */
function withoutProxyForLoopback(): { NO_PROXY: string; no_proxy: string } {
	const others = process.env.no_proxy ?? process.env.NO_PROXY ?? '';
	const value = [others, '127.0.0.1', 'localhost'].filter((host) => host !== '').join(',');
	return { NO_PROXY: value, no_proxy: value };
}

/** Settings that the user's shell holds for another n8n would send this one to its database. */
function environmentWithoutN8n(): NodeJS.ProcessEnv {
	const forN8n = /^(N8N|DB|EXECUTIONS|QUEUE|NODES|CREDENTIALS|WEBHOOK|GENERIC)_/;
	return Object.fromEntries(Object.entries(process.env).filter(([name]) => !forN8n.test(name)));
}

function killGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

async function isReady(url: string): Promise<boolean> {
	try {
		return (await fetch(`${url}/healthz/readiness`)).ok;
	} catch {
		return false;
	}
}

/** Starts n8n on loopback in a process group of its own, and waits until it answers. */
export async function startN8n(options: N8nOptions): Promise<RunningN8n> {
	const { userFolder, env = {}, signal } = options;
	const port = options.port ?? (await freePort());
	const url = `http://127.0.0.1:${port}`;
	const logFile = join(userFolder, 'n8n.log');
	mkdirSync(userFolder, { recursive: true });

	const log = openSync(logFile, 'a');
	const child = spawn(process.execPath, [folders.n8nCommand, 'start'], {
		cwd: userFolder,
		env: {
			...environmentWithoutN8n(),
			...QUIET,
			...withoutProxyForLoopback(),
			// n8n starts its task runners with the first "node" on the PATH.
			PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
			NODE_ENV: 'production',
			N8N_USER_FOLDER: userFolder,
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_HOST: '127.0.0.1',
			N8N_PORT: String(port),
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			// Browsers keep a "secure" cookie from a plain http address.
			N8N_SECURE_COOKIE: 'false',
			...env,
		},
		stdio: ['ignore', log, log],
		// A group of its own, so that the terminal's Ctrl-C reaches n8n once, through stop().
		detached: true,
	});
	closeSync(log);
	const { pid } = child;
	if (pid === undefined) throw new Error('n8n could not be started.');

	const killWithUs = () => {
		killGroup(pid);
	};
	process.once('exit', killWithUs);
	const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
	const ended = new Promise<void>((resolve) => {
		child.once('exit', () => {
			// n8n's task runners are children of its own, in the same group.
			killGroup(pid);
			process.off('exit', killWithUs);
			resolve();
		});
	});
	const stop = async () => {
		if (hasEnded()) return;
		child.kill('SIGTERM');
		const tooLate = setTimeout(() => {
			killGroup(pid);
		}, GRACE_SECONDS * 1000);
		await ended;
		clearTimeout(tooLate);
	};

	const deadline = Date.now() + BOOT_SECONDS * 1000;
	while (!(await isReady(url))) {
		if (hasEnded() || signal?.aborted || Date.now() > deadline) {
			await stop();
			signal?.throwIfAborted();
			const lastLines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n');
			throw new Error(`n8n did not start. The end of its log, ${logFile}:\n${lastLines}`);
		}
		await delay(200);
	}
	return { url, port, pid, logFile, ended, stop };
}
