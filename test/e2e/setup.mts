import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { folders } from '../../sandbox/n8n/folders.mts';
import { N8nClient } from '../../sandbox/n8n/n8nClient.mts';
import { sandboxCredential, startStage } from '../../sandbox/n8n/startStage.mts';
import { newOwner, newToken } from '../../sandbox/n8n/trialState.mts';
import { running } from './running.mts';
import { publishStage } from './stage.mts';

export default async function setup(): Promise<void> {
	mkdirSync(folders.endToEnd, { recursive: true });
	const sandboxToken = newToken();
	const stage = await startStage({
		userFolder: mkdtempSync(join(folders.endToEnd, 'n8n-')),
		sandboxToken,
		say: (line) => {
			console.log(line);
		},
	});
	running.stage = stage;
	const owner = newOwner();
	const n8n = new N8nClient(stage.n8nUrl);
	await n8n.setUpOwner(owner);
	const credential = sandboxCredential(stage.sandboxUrl, sandboxToken);
	const { id } = await n8n.createCredential(credential);
	publishStage({
		n8nUrl: stage.n8nUrl,
		sandboxUrl: stage.sandboxUrl,
		owner,
		credential: { ...credential, id },
	});
}
