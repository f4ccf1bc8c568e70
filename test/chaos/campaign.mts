import { seededRandom } from '../../sandbox/server/random.mts';
import { type SandboxOptions, startSandbox } from '../../sandbox/server/sandbox.mts';
import { emptyTally } from './account.mts';
import type { CampaignResult, Stage } from './stage.mts';
import {
	createSome,
	deleteSome,
	readSome,
	sendSome,
	updateSome,
	upsertSome,
} from './workloads.mts';

export interface CampaignOptions {
	/** Decides the workload, the settings of the node and what goes wrong how often. */
	seed: number;
	sends: number;
	/** Creates, updates, upserts, deletes and reads of contacts. */
	others: number;
	itemsPerRun?: number;
	/** Which generation of the server; the sandbox's own if left out. */
	server?: SandboxOptions['server'];
}

/** Runs the node under faults of all kinds, and holds what it tells against what stands in the account. */
export async function runCampaign({
	seed,
	sends,
	others,
	itemsPerRun = 100,
	server,
}: CampaignOptions): Promise<CampaignResult> {
	const random = seededRandom(seed);
	const sandbox = await startSandbox({ randomSeed: seed, logSize: 1_000_000, server });
	const started = Date.now();
	const result: CampaignResult = {
		sends: emptyTally(),
		others: emptyTally(),
		reads: { done: 0, failed: 0, toldIncomplete: 0, wrong: [] },
		...{ runs: 0, wholeRunFailures: 0, requests: 0, faults: 0, afterTheEnd: 0, seconds: 0 },
	};
	const stage: Stage = { sandbox, random, result, plans: { next: 0 }, itemsPerRun };
	try {
		while (result.sends.writes < sends) await sendSome(stage);
		const target = others;
		while (result.others.writes + result.reads.done + result.reads.failed < target) {
			await createSome(stage);
			await updateSome(stage);
			await upsertSome(stage);
			await deleteSome(stage);
			await readSome(stage);
		}
	} finally {
		await sandbox.close();
	}
	result.seconds = Math.round((Date.now() - started) / 1000);
	return result;
}
