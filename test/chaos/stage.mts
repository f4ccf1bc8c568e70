import type {
	INodeExecutionData,
	IPairedItemData,
	NodeParameterValueType,
	OnError,
} from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import type { Sandbox } from '../../sandbox/server/sandbox.mts';
import { addressOf, type NodeRun, type NodeSettings, runNode } from '../engine/engine.mts';
import type { Tally, Write } from './account.mts';
import {
	brokenSetting,
	faultMix,
	type Mistake,
	narrowLimit,
	SLOW_MS,
	storm,
	TIMEOUT_S,
} from './faultMix.mts';

export interface CampaignResult {
	sends: Tally;
	others: Tally;
	reads: {
		done: number;
		failed: number;
		/** Not whole, and the run says so. */
		toldIncomplete: number;
		wrong: string[];
	};
	runs: number;
	/** Runs that fail as a whole, because of a credential or an option. */
	wholeRunFailures: number;
	requests: number;
	faults: number;
	/** Requests that began after the run that they belong to had ended. */
	afterTheEnd: number;
	seconds: number;
}

export interface Stage {
	sandbox: Sandbox;
	random: () => number;
	result: CampaignResult;
	plans: { next: number };
	itemsPerRun: number;
}

type Parameters = Record<string, NodeParameterValueType>;

export interface Plan {
	name: string;
	parameters: Parameters;
	items: INodeExecutionData[];
	settings: NodeSettings;
}

export type State = Pick<Write, 'outcome' | 'userRepeats'>;

const MAX_USER_RETRIES = 40;
/** Of the plans, how many begin with a mistake in the credential or in an option. */
const MISTAKES = 0.15;
const modes: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];

/** Runs the node; where it stops, the user retries the execution until it succeeds or patience ends. */
export async function carryOut(stage: Stage, plan: Plan): Promise<State[]> {
	const states: State[] = plan.items.map(() => ({ outcome: 'missing', userRepeats: 0 }));
	const parallel = arm(stage, plan.settings);
	const mistake = stage.random() < MISTAKES ? brokenSetting(stage.random) : undefined;
	let run = await runPlan(stage, plan, { parallel, mistake });
	note(states, run);
	for (let retries = 0; run.status === 'error' && retries < MAX_USER_RETRIES; retries++) {
		for (const state of states) if (state.outcome === 'unknown') state.userRepeats++;
		run = await runPlan(stage, plan, { parallel, retryOf: run });
		note(states, run);
	}
	// What the server was slow to take comes after the node has given it up, and would change the next plan's data.
	await sleep(SLOW_MS - TIMEOUT_S * 1_000 + QUIET_MS);
	return states;
}

/** Decides what goes wrong, and how many items are worked on at a time. */
export function arm({ sandbox, random }: Stage, { onError }: NodeSettings): number {
	const parallel = 1 + Math.floor(random() * 50);
	// A run that stops at each fault needs a retry for each.
	const share = (onError === 'stopWorkflow' ? 0.06 : 0.25) * (0.5 + random() / 2);
	for (const fault of faultMix(random, share)) sandbox.faults.add(fault);
	if (random() < 0.5) sandbox.faults.add(storm(random));
	if (random() < 0.3) sandbox.rateLimit = narrowLimit(random);
	return parallel;
}

interface Circumstances {
	parallel: number;
	retryOf?: NodeRun;
	mistake?: Mistake;
}

export async function runPlan(
	{ sandbox, result }: Stage,
	plan: Plan,
	{ parallel, retryOf, mistake }: Circumstances,
): Promise<NodeRun> {
	const before = sandbox.requests.length;
	const run = await runNode({
		node: WhatsCloud,
		credential: {
			type: WhatsCloudApi,
			data: { ...addressOf(sandbox), ...mistake?.credential },
		},
		parameters: {
			...plan.parameters,
			options: {
				parallelRequests: parallel,
				timeout: TIMEOUT_S,
				...mistake?.options,
			},
		},
		items: plan.items,
		settings: plan.settings,
		retryOf: retryOf?.runData,
	});
	const atTheEnd = sandbox.requests.length;
	await sleep(QUIET_MS);
	const requests = sandbox.requests.slice(before);
	result.runs++;
	result.requests += requests.length;
	result.faults += requests.filter(({ faults }) => faults.length > 0).length;
	result.afterTheEnd += before + requests.length - atTheEnd;
	if (mistake) result.wholeRunFailures++;
	return run;
}

/** Long enough for a request that was about to leave. */
const QUIET_MS = 30;

function note(states: State[], run: NodeRun): void {
	const set = (index: number, outcome: State['outcome']) => {
		const state = states[index];
		if (state) state.outcome = outcome;
	};
	if (run.status === 'success') {
		for (const state of states) state.outcome = 'missing';
		for (const output of run.outputs.flat()) {
			set(itemOf(output), output.json.error === undefined ? 'done' : outcomeOf(output));
		}
		return;
	}
	const context = run.error && 'context' in run.error ? run.error.context : {};
	const {
		done = [],
		failed = [],
		unknown = [],
	} = (context.items ?? {}) as Record<string, number[]>;
	for (const state of states) state.outcome = 'notBegun';
	for (const index of failed) set(index, 'refused');
	for (const index of unknown) set(index, 'unknown');
	for (const index of done) set(index, 'done');
}

/** As a person reads it. */
function outcomeOf({ json }: INodeExecutionData): State['outcome'] {
	const words = JSON.stringify([json.error, json.details]);
	return /not known whether|may have been/.test(words) ? 'unknown' : 'refused';
}

export function itemOf({ pairedItem }: INodeExecutionData): number {
	return (pairedItem as IPairedItemData).item;
}

/** Every mode comes with and without Retry On Fail, in turns. */
export function nextSettings({ random, plans }: Stage): NodeSettings {
	const turn = plans.next++;
	const onError = modes[turn % modes.length];
	const retryOnFail = Math.floor(turn / modes.length) % 2 === 0;
	const retries = { retryOnFail, maxTries: 2 + Math.floor(random() * 4), waitBetweenTries: 1 };
	return { onError, ...(retryOnFail ? retries : {}) };
}
