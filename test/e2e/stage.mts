import { N8nClient, type Credential, type Owner } from '../../sandbox/n8n/n8nClient.mts';

/** What the files of this project share: one n8n with the packed package, beside one sandbox. */
export interface SharedStage {
	n8nUrl: string;
	sandboxUrl: string;
	owner: Owner;
	/** Of the owner, shared because n8n refuses the sixth log-in in a minute. */
	session: string;
	credential: Credential & { id: string };
}

const VARIABLE = 'WHATSCLOUD_E2E_STAGE';

export function publishStage(stage: SharedStage): void {
	process.env[VARIABLE] = JSON.stringify(stage);
}

export function sharedStage(): SharedStage {
	const json = process.env[VARIABLE];
	if (json === undefined) throw new Error('The e2e project starts its stage in globalSetup.');
	return JSON.parse(json) as SharedStage;
}

export function loggedIn({ n8nUrl, session }: SharedStage): N8nClient {
	return new N8nClient(n8nUrl, session);
}
