import type { Credential } from '../../sandbox/n8n/n8nClient.mts';
import { sharedStage, type SharedStage } from '../e2e/stage.mts';

export interface Process {
	name: string;
	/** The address at which only this process knows the sandbox. */
	host: string;
	logFile: string;
}

/** One n8n in queue mode, beside one sandbox; the credential leads to it directly. */
export interface QueueStage extends SharedStage {
	main: Process;
	workers: Process[];
	/** The same account, through the door of whichever process uses it. */
	doorCredential: Credential & { id: string };
}

export function queueStage(): QueueStage {
	return sharedStage() as QueueStage;
}
