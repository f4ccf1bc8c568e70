import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { folders } from '../../sandbox/n8n/folders.mts';
import { N8nClient } from '../../sandbox/n8n/n8nClient.mts';
import type { Installation } from '../../sandbox/n8n/installation.mts';
import { startStage } from '../../sandbox/n8n/startStage.mts';
import { newOwner } from '../../sandbox/n8n/trialState.mts';
import { interruption } from './interruption.mts';
import { running } from './running.mts';
import { publishStage, type SharedStage } from './stage.mts';

export default async function setup(): Promise<void> {
	publishStage(await startSharedStage());
}

export async function startSharedStage(installation?: Installation): Promise<SharedStage> {
	mkdirSync(folders.endToEnd, { recursive: true });
	const userFolder = mkdtempSync(join(folders.endToEnd, 'n8n-'));
	running.userFolder = userFolder;
	const stage = await startStage({
		userFolder,
		installation,
		sandbox: {},
		signal: interruption(),
		say: (line) => {
			console.log(line);
		},
	});
	running.stage = stage;
	const owner = newOwner();
	const n8n = new N8nClient(stage.n8nUrl);
	await n8n.setUpOwner(owner);
	const { id } = await n8n.createCredential(stage.credential);
	return {
		n8nUrl: stage.n8nUrl,
		sandboxUrl: stage.sandboxUrl,
		owner,
		session: n8n.session,
		credential: { ...stage.credential, id },
	};
}
