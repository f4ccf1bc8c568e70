import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folders } from './folders.mts';
import type { WorkflowFile } from './n8nClient.mts';

export interface Example {
	file: string;
	workflow: WorkflowFile;
}

/** Published by `npm start`, so that whoever writes in the sandbox gets an answer. */
export const answeringExample = 'answer-incoming-messages.json';

export function exampleWorkflows(): Example[] {
	return globSync('*.json', { cwd: folders.examples })
		.sort()
		.map((file) => ({
			file,
			workflow: JSON.parse(readFileSync(join(folders.examples, file), 'utf8')) as WorkflowFile,
		}));
}

/** Examples name their credential only; this puts in the one that exists in this n8n. */
export function withCredential(
	workflow: WorkflowFile,
	type: string,
	credential: { id: string; name: string },
): WorkflowFile {
	const nodes = workflow.nodes.map((node) =>
		node.credentials?.[type] === undefined
			? node
			: {
					...node,
					credentials: {
						...node.credentials,
						[type]: { id: credential.id, name: credential.name },
					},
				},
	);
	return { ...workflow, nodes };
}

/** The production URL of the workflow's WhatsCloud Webhook Trigger, which a user would copy from its panel. */
export function webhookUrl(n8nUrl: string, { nodes }: WorkflowFile): string | undefined {
	const trigger = nodes.find(({ type }) => type.endsWith('.whatsCloudWebhookTrigger'));
	return trigger?.webhookId && `${n8nUrl}/webhook/${trigger.webhookId}/webhook`;
}
