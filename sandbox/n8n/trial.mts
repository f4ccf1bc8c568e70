import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox } from '../server/sandbox.mts';
import { exampleWorkflows, withCredential } from './example-workflows.mts';
import { folders } from './folders.mts';
import { freePort } from './free-port.mts';
import { installN8n } from './install-n8n.mts';
import { installTarball } from './install-tarball.mts';
import { type Credential, N8nAnswerError, N8nClient, type Owner } from './n8n-client.mts';
import { packPackage } from './pack-package.mts';
import { startN8n } from './start-n8n.mts';
import { readTrialState, saveTrialState, type TrialState } from './trial-state.mts';

const N8N_PORT = 5678;
const SANDBOX_PORT = 5690;

export interface Trial {
	n8nUrl: string;
	sandboxUrl: string;
	owner: Owner;
	/** Resolves when n8n has ended, by itself or by stop(). */
	ended: Promise<void>;
	stop(): Promise<void>;
}

interface TrialOptions {
	fresh: boolean;
	say: (line: string) => void;
	signal: AbortSignal;
}

/** Two n8n on one database damage it. */
async function refuseSecond({ running }: TrialState): Promise<void> {
	if (running === undefined) return;
	const isAnswering = await fetch(`${running.url}/healthz`).then(
		(answer) => answer.ok,
		() => false,
	);
	if (!isAnswering) return;
	throw new Error(
		`It is already running at ${running.url}. Stop it first: Ctrl-C in its window, or "kill ${running.pid}".`,
	);
}

async function nextFreePort(
	who: string,
	wanted: number,
	say: (line: string) => void,
): Promise<number> {
	const port = await freePort(wanted);
	if (port !== wanted) say(`Port ${wanted} is taken; ${who} uses ${port}.`);
	return port;
}

async function logIn(n8n: N8nClient, owner: Owner): Promise<void> {
	try {
		await n8n.logIn(owner);
	} catch (error) {
		if (!(error instanceof N8nAnswerError)) throw error;
		// Refused once: there is no owner yet. Refused twice: the password was changed in the editor.
		await n8n.setUpOwner(owner).catch(() => {
			throw new Error(
				'The local n8n no longer takes its first password. "npm start -- --fresh" begins anew.',
			);
		});
	}
}

/** The sandbox may be on another port than last time, and the user may have deleted the credential. */
async function saveCredential(
	n8n: N8nClient,
	knownId: string | undefined,
	credential: Credential,
): Promise<string> {
	if (knownId !== undefined) {
		try {
			await n8n.updateCredential(knownId, credential);
			return knownId;
		} catch (error) {
			if (!(error instanceof N8nAnswerError) || error.status !== 404) throw error;
		}
	}
	return (await n8n.createCredential(credential)).id;
}

async function prepareAccount(
	n8nUrl: string,
	sandboxUrl: string,
	state: TrialState,
): Promise<void> {
	const n8n = new N8nClient(n8nUrl);
	await logIn(n8n, state.owner);
	const credential: Credential = {
		name: 'WhatsCloud account',
		type: 'whatsCloudApi',
		data: {
			baseUrl: `${sandboxUrl}/api/v1/`,
			subdomain: 'demo',
			apiToken: state.sandboxToken,
		},
	};
	const id = await saveCredential(n8n, state.credentialId, credential);
	state.credentialId = id;
	saveTrialState(state);
	for (const { file, workflow } of exampleWorkflows()) {
		if (state.importedExamples.includes(file)) continue;
		await n8n.createWorkflow(
			withCredential(workflow, credential.type, { id, name: credential.name }),
		);
		state.importedExamples.push(file);
		saveTrialState(state);
	}
}

/** A local n8n with this package in it, an account on the sandbox, and the examples. */
export async function startTrial({ fresh, say, signal }: TrialOptions): Promise<Trial> {
	await refuseSecond(readTrialState());
	if (fresh) rmSync(folders.trial, { recursive: true, force: true });
	const state = readTrialState();
	saveTrialState(state);

	await installN8n(say, { signal });
	const tarball = await packPackage(say, { signal });
	const userFolder = join(folders.trial, 'n8n');
	await installTarball(userFolder, tarball, { signal });

	const sandboxPort = await nextFreePort('the sandbox', SANDBOX_PORT, say);
	const n8nPort = await nextFreePort('n8n', N8N_PORT, say);
	say('Starting n8n and the WhatsCloud sandbox.');
	const sandbox = await startSandbox({ port: sandboxPort, token: state.sandboxToken });
	const n8n = await startN8n({ userFolder, port: n8nPort, signal }).catch(
		async (error: unknown) => {
			await sandbox.stop();
			throw error;
		},
	);
	const stop = async () => {
		await n8n.stop();
		await sandbox.stop();
		delete state.running;
		saveTrialState(state);
	};
	try {
		state.running = { pid: process.pid, url: n8n.url };
		await prepareAccount(n8n.url, sandbox.url, state);
	} catch (error) {
		await stop();
		throw error;
	}
	return { n8nUrl: n8n.url, sandboxUrl: sandbox.url, owner: state.owner, ended: n8n.ended, stop };
}
