import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
	answeringExample,
	exampleWorkflows,
	webhookUrl,
	withCredential,
} from './exampleWorkflows.mts';
import type { Generation } from '../server/generations.mts';
import { folders } from './folders.mts';
import { freePort } from './freePort.mts';
import { type Credential, N8nAnswerError, N8nClient, type Owner } from './n8nClient.mts';
import { type Stage, startStage } from './startStage.mts';
import { readTrialState, saveTrialState, type TrialState } from './trialState.mts';

const N8N_PORT = 5678;
const SANDBOX_PORT = 5610;
// The real server's, so that nobody learns a pace here that fails there.
const RATE_LIMIT = { max: 60, windowMs: 60_000 };

export interface Trial extends Stage {
	owner: Owner;
}

interface TrialOptions {
	fresh: boolean;
	server: Generation;
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

/** As the user would paste the URL into WhatsCloud; a workflow that they deleted is gone for good. */
async function connectAnswers(stage: Stage, n8n: N8nClient, id: string): Promise<void> {
	const { n8nUrl, sandbox } = stage;
	try {
		const messagesUrl = webhookUrl(n8nUrl, await n8n.workflow(id)) ?? null;
		sandbox.webhooks = { ...sandbox.webhooks, messagesUrl };
	} catch (error) {
		if (!(error instanceof N8nAnswerError)) throw error;
	}
}

async function prepareAccount(stage: Stage, state: TrialState): Promise<void> {
	const { n8nUrl, credential } = stage;
	const n8n = new N8nClient(n8nUrl);
	await logIn(n8n, state.owner);
	const id = await saveCredential(n8n, state.credentialId, credential);
	state.credentialId = id;
	saveTrialState(state);
	for (const { file, workflow } of exampleWorkflows()) {
		if (state.importedExamples.includes(file)) continue;
		const created = await n8n.createWorkflow(
			withCredential(workflow, credential.type, { id, name: credential.name }),
		);
		if (file === answeringExample) {
			await n8n.activateWorkflow(created);
			await n8n.waitForPublication(created.id);
			state.answeringWorkflowId = created.id;
		}
		state.importedExamples.push(file);
		saveTrialState(state);
	}
	if (state.answeringWorkflowId !== undefined) {
		await connectAnswers(stage, n8n, state.answeringWorkflowId);
	}
}

/** A local n8n with this package in it, an account on the sandbox, and the examples. */
export async function startTrial({ fresh, server, say, signal }: TrialOptions): Promise<Trial> {
	await refuseSecond(readTrialState());
	if (fresh) rmSync(folders.trial, { recursive: true, force: true });
	const state = readTrialState();
	saveTrialState(state);

	const stage = await startStage({
		userFolder: join(folders.trial, 'n8n'),
		sandbox: { server, token: state.sandboxToken, rateLimit: RATE_LIMIT },
		say,
		signal,
		ports: async () => ({
			n8n: await nextFreePort('n8n', N8N_PORT, say),
			sandbox: await nextFreePort('the sandbox', SANDBOX_PORT, say),
		}),
	});
	const stop = async () => {
		await stage.stop();
		delete state.running;
		saveTrialState(state);
	};
	try {
		state.running = { pid: process.pid, url: stage.n8nUrl };
		await prepareAccount(stage, state);
	} catch (error) {
		await stop();
		throw error;
	}
	return { ...stage, stop, owner: state.owner };
}
