import { mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { type BackgroundProcess, startInBackground } from './background.mts';
import { freePort } from './freePort.mts';
import { commandOf, currentN8n, type Installation } from './installation.mts';

const BOOT_SECONDS = 180;

export interface RunningN8n extends BackgroundProcess {
	/** The editor's; of a worker, that of its health check. */
	url: string;
}

export interface N8nOptions {
	/** Holds everything this n8n knows: database, keys, community packages, log. */
	userFolder: string;
	port?: number;
	/** The current n8n unless given. */
	installation?: Installation;
	/** What to run: the whole n8n, unless given, or a worker of its queue. */
	args?: readonly string[];
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

async function answers(url: string): Promise<boolean> {
	try {
		const { ok, headers } = await fetch(url);
		// While it starts, n8n answers everything with a page that asks for patience.
		return ok && headers.get('Content-Type')?.startsWith('application/json') === true;
	} catch {
		return false;
	}
}

/** Starts n8n on loopback, and waits until it answers. */
export async function startN8n(options: N8nOptions): Promise<RunningN8n> {
	const { userFolder, installation = currentN8n, args = ['start'], env = {}, signal } = options;
	const { node, settings } = installation;
	const port = options.port ?? (await freePort());
	const url = `http://127.0.0.1:${port}`;
	mkdirSync(userFolder, { recursive: true });

	const started = await startInBackground({
		name: 'n8n',
		command: [node, commandOf(installation), ...args],
		cwd: userFolder,
		env: {
			...environmentWithoutN8n(),
			...QUIET,
			...settings,
			...withoutProxyForLoopback(),
			// n8n starts its task runners with the first "node" on the PATH.
			PATH: [dirname(node), process.env.PATH].join(delimiter),
			NODE_ENV: 'production',
			N8N_USER_FOLDER: userFolder,
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_HOST: '127.0.0.1',
			N8N_PORT: String(port),
			// A worker has no editor; this answers for it.
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(port),
			N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			// Browsers keep a "secure" cookie from a plain http address.
			N8N_SECURE_COOKIE: 'false',
			...env,
		},
		logFile: join(userFolder, 'n8n.log'),
		isReady: () => answers(`${url}${installation.readyPath}`),
		readyWithinSeconds: BOOT_SECONDS,
		signal,
	});
	return { ...started, url };
}
