import type {
	INodeExecutionData,
	IPairedItemData,
	NodeParameterValueType,
	OnError,
} from 'n8n-workflow';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import { seededRandom } from '../../sandbox/server/random.mts';
import { type Sandbox, startSandbox } from '../../sandbox/server/sandbox.mts';
import { addressOf, type NodeRun, type NodeSettings, runNode } from '../engine/engine.mts';
import { count, emptyTally, type Tally, type Write } from './account.mts';
import { faultMix, storm, TIMEOUT_S } from './faultMix.mts';

export interface CampaignOptions {
	/** Decides the workload, the settings of the node and what goes wrong how often. */
	seed: number;
	sends: number;
	/** Creates, updates, deletes and reads of contacts. */
	others: number;
}

export interface CampaignResult {
	sends: Tally;
	others: Tally;
	reads: { done: number; failed: number; wrong: string[] };
	runs: number;
	requests: number;
	faults: number;
	seconds: number;
}

const ITEMS_PER_RUN = 100;
const MAX_USER_RETRIES = 40;
const modes: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];

type Parameters = Record<string, NodeParameterValueType>;

interface Plan {
	name: string;
	parameters: Parameters;
	items: INodeExecutionData[];
	settings: NodeSettings;
}

/** Runs the node under faults of all kinds, and holds what it tells against what stands in the account. */
export async function runCampaign({
	seed,
	sends,
	others,
}: CampaignOptions): Promise<CampaignResult> {
	const random = seededRandom(seed);
	const sandbox = await startSandbox({ randomSeed: seed, logSize: 1_000_000 });
	const started = performance.now();
	const result: CampaignResult = {
		sends: emptyTally(),
		others: emptyTally(),
		reads: { done: 0, failed: 0, wrong: [] },
		...{ runs: 0, requests: 0, faults: 0, seconds: 0 },
	};
	const stage: Stage = { sandbox, random, result, plans: { next: 0 } };
	try {
		while (result.sends.writes < sends) await sendSome(stage);
		const target = others;
		while (result.others.writes + result.reads.done + result.reads.failed < target) {
			await createSome(stage);
			await updateSome(stage);
			await deleteSome(stage);
			await readSome(stage);
		}
	} finally {
		await sandbox.close();
	}
	result.seconds = Math.round((performance.now() - started) / 1000);
	return result;
}

interface Stage {
	sandbox: Sandbox;
	random: () => number;
	result: CampaignResult;
	plans: { next: number };
}

async function sendSome(stage: Stage): Promise<void> {
	const { sandbox, random, result } = stage;
	const name = `send ${result.runs}`;
	const numbers = 1 + Math.floor(random() * ITEMS_PER_RUN);
	sandbox.reset();
	const phones = Array.from({ length: numbers }, (_, index) => phoneOf(index));
	sandbox.data.insertContacts(phones.map((phone) => ({ phone })));
	const items = Array.from({ length: ITEMS_PER_RUN }, (_, index) => ({
		json: { to: phones[index % numbers], text: `${name}, item ${index}` },
	}));
	const states = await carryOut(stage, {
		name,
		parameters: {
			resource: 'message',
			operation: 'sendText',
			phoneNumber: '={{ $json.to }}',
			text: '={{ $json.text }}',
		},
		items,
		settings: nextSettings(stage),
	});
	const standing = countBy(sandbox.messages.map(({ text }) => String(text)));
	states.forEach((state, index) => {
		const key = String(items[index]?.json.text);
		count(result.sends, { ...state, key, stands: standing.get(key) ?? 0 });
	});
}

const phoneOf = (index: number) => `1555510${String(index + 1).padStart(4, '0')}`;

async function createSome(stage: Stage): Promise<void> {
	const { sandbox, result } = stage;
	const name = `create ${result.runs}`;
	sandbox.reset();
	const items = Array.from({ length: ITEMS_PER_RUN }, (_, index) => ({
		json: { phone: phoneOf(index), first: `First ${index}` },
	}));
	const states = await carryOut(stage, {
		name,
		parameters: {
			resource: 'contact',
			operation: 'create',
			firstName: '={{ $json.first }}',
			lastName: name,
			phone: '={{ $json.phone }}',
			statusId: { __rl: true, mode: 'id', value: '1' },
			sourceId: { __rl: true, mode: 'id', value: '1' },
		},
		items,
		settings: nextSettings(stage),
	});
	const standing = countBy(sandbox.data.contacts.all().map(({ phone }) => String(phone)));
	states.forEach((state, index) => {
		const key = `${name}, item ${index}`;
		count(result.others, { ...state, key, stands: standing.get(phoneOf(index)) ?? 0 });
	});
}

async function updateSome(stage: Stage): Promise<void> {
	const { sandbox, result } = stage;
	const name = `update ${result.runs}`;
	sandbox.reset();
	const contacts = sandbox.data.insertContacts(
		Array.from({ length: ITEMS_PER_RUN }, (_, index) => ({ phone: phoneOf(index) })),
	);
	const items = contacts.map(({ id }, index) => ({ json: { id, city: `${name}, item ${index}` } }));
	const states = await carryOut(stage, {
		name,
		parameters: {
			resource: 'contact',
			operation: 'update',
			contactId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			updateFields: { city: '={{ $json.city }}' },
		},
		items,
		settings: nextSettings(stage),
	});
	states.forEach((state, index) => {
		const key = String(items[index]?.json.city);
		const stands = sandbox.data.contacts.get(Number(items[index]?.json.id))?.city === key ? 1 : 0;
		count(result.others, { ...state, key, stands });
	});
}

async function deleteSome(stage: Stage): Promise<void> {
	const { sandbox, result } = stage;
	const name = `delete ${result.runs}`;
	sandbox.reset();
	const contacts = sandbox.data.insertContacts(
		Array.from({ length: ITEMS_PER_RUN }, (_, index) => ({ phone: phoneOf(index) })),
	);
	const states = await carryOut(stage, {
		name,
		parameters: {
			resource: 'contact',
			operation: 'delete',
			contactId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
		},
		items: contacts.map(({ id }) => ({ json: { id } })),
		settings: nextSettings(stage),
	});
	states.forEach((state, index) => {
		const key = `${name}, item ${index}`;
		const stands = sandbox.data.contacts.get(contacts[index]?.id ?? 0) ? 0 : 1;
		count(result.others, { ...state, key, stands });
	});
}

async function readSome(stage: Stage): Promise<void> {
	const { sandbox, random, result } = stage;
	sandbox.reset();
	sandbox.behaviour.pageSizeLimit = { max: 100, above: random() < 0.5 ? 'clamp' : 'refuse' };
	sandbox.behaviour.stableOrder = random() < 0.5;
	sandbox.behaviour.listShape = random() < 0.5 ? 'paginator' : 'flat';
	sandbox.data.insertContacts(
		Array.from({ length: 230 }, (_, index) => ({ phone: phoneOf(index) })),
	);
	const all = sandbox.data.contacts.all().map(({ id }) => id);
	const plan: Plan = {
		name: `read ${result.runs}`,
		parameters: { resource: 'contact', operation: 'getAll', returnAll: true },
		items: Array.from({ length: 5 }, () => ({ json: {} })),
		settings: { onError: 'continueRegularOutput' },
	};
	arm(stage, plan.settings);
	const run = await runPlan(stage, plan);
	plan.items.forEach((_item, index) => {
		const outputs = run.outputs.flat().filter((output) => itemOf(output) === index);
		if (outputs.some(({ error }) => error)) {
			result.reads.failed++;
			return;
		}
		result.reads.done++;
		const ids = outputs.map(({ json }) => Number(json.id));
		const isWhole = ids.length === all.length && all.every((id) => ids.includes(id));
		if (!isWhole) result.reads.wrong.push(`${plan.name}, item ${index}`);
	});
}

type State = Pick<Write, 'outcome' | 'userRepeats'>;

/** Runs the node; where it stops, the user retries the execution until it succeeds or patience ends. */
async function carryOut(stage: Stage, plan: Plan): Promise<State[]> {
	const states: State[] = plan.items.map(() => ({ outcome: 'missing', userRepeats: 0 }));
	arm(stage, plan.settings);
	let run = await runPlan(stage, plan);
	note(states, run);
	for (let retries = 0; run.status === 'error' && retries < MAX_USER_RETRIES; retries++) {
		for (const state of states) if (state.outcome === 'unknown') state.userRepeats++;
		run = await runPlan(stage, plan, run);
		note(states, run);
	}
	return states;
}

function arm({ sandbox, random }: Stage, { onError }: NodeSettings): void {
	// A run that stops at each fault needs a retry for each.
	const share = (onError === 'stopWorkflow' ? 0.06 : 0.25) * (0.5 + random() / 2);
	for (const fault of faultMix(random, share)) sandbox.faults.add(fault);
	if (random() < 0.5) sandbox.faults.add(storm(random));
}

async function runPlan({ sandbox, random, result }: Stage, plan: Plan, retryOf?: NodeRun) {
	const before = sandbox.requests.length;
	const run = await runNode({
		node: WhatsCloud,
		credential: { type: WhatsCloudApi, data: addressOf(sandbox) },
		parameters: {
			...plan.parameters,
			options: { parallelRequests: 1 + Math.floor(random() * 50), timeout: TIMEOUT_S },
		},
		items: plan.items,
		settings: plan.settings,
		retryOf: retryOf?.runData,
	});
	const requests = sandbox.requests.slice(before);
	result.runs++;
	result.requests += requests.length;
	result.faults += requests.filter(({ faults }) => faults.length > 0).length;
	return run;
}

function note(states: State[], run: NodeRun): void {
	const set = (index: number, outcome: State['outcome']) => {
		const state = states[index];
		if (state) state.outcome = outcome;
	};
	if (run.status === 'success') {
		for (const state of states) state.outcome = 'missing';
		for (const output of run.outputs.flat()) {
			const { error } = output;
			set(itemOf(output), error ? outcomeOf(error) : 'done');
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

function outcomeOf(error: NonNullable<INodeExecutionData['error']>): State['outcome'] {
	return error.context.outcome === 'unknown' ? 'unknown' : 'refused';
}

function itemOf({ pairedItem }: INodeExecutionData): number {
	return (pairedItem as IPairedItemData).item;
}

/** Every mode comes with and without Retry On Fail, in turns. */
function nextSettings({ random, plans }: Stage): NodeSettings {
	const turn = plans.next++;
	const onError = modes[turn % modes.length];
	const retryOnFail = Math.floor(turn / modes.length) % 2 === 0;
	const retries = { retryOnFail, maxTries: 2 + Math.floor(random() * 4), waitBetweenTries: 1 };
	return { onError, ...(retryOnFail ? retries : {}) };
}

function countBy(keys: string[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
	return counts;
}
