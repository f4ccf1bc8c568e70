import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folders } from './folders.mts';
import type { Owner } from './n8nClient.mts';

/** What a second start needs to know of the first. It holds secrets: only its owner may read it. */
export interface TrialState {
	owner: Owner;
	sandboxToken: string;
	credentialId?: string;
	/** Files, not workflows: an example that the user changed or deleted is left so. */
	importedExamples: string[];
	/** The workflow that answers what is written in the sandbox. */
	answeringWorkflowId?: string;
	running?: { pid: number; url: string };
}

const file = join(folders.trial, 'trial.json');

export function newOwner(): Owner {
	return {
		email: 'owner@example.com',
		firstName: 'Local',
		lastName: 'Owner',
		// n8n asks for a capital letter and a digit.
		password: `N8${randomBytes(12).toString('base64url')}`,
	};
}

export function readTrialState(): TrialState {
	if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as TrialState;
	return { owner: newOwner(), sandboxToken: randomBytes(32).toString('hex'), importedExamples: [] };
}

export function saveTrialState(state: TrialState): void {
	mkdirSync(folders.trial, { recursive: true, mode: 0o700 });
	writeFileSync(file, JSON.stringify(state, null, '\t'), { mode: 0o600 });
}
