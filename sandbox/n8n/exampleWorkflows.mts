import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folders } from './folders.mts';
import type { WorkflowFile } from './n8nClient.mts';

export interface Example {
	file: string;
	workflow: WorkflowFile;
}

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
