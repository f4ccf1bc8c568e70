import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { accountKey } from '../api/credential';
import { BudgetSpent } from '../api/http';
import { connect } from '../api/connect';
import { nodeError } from '../api/errors/nodeError';
import type { Fields, PollCall, PollEvent, Values } from '../operation';
import { NO_ITEM } from '../operation';

const DEFAULT_BUDGET_MS = 300_000;
const MAX_TIMEOUT_MS = 30_000;

/** n8n starts the next poll although one is still running; both would hand out the same contacts. */
const running = new Set<string>();
/** The static data of workflows that were polled since they were activated. */
const polledBefore = new WeakSet<object>();

/** One poll. n8n saves the state together with the items; a poll that throws leaves it as it was. */
export async function runPoll<F extends Fields, State extends object>(
	context: IPollFunctions,
	event: PollEvent<F, State>,
): Promise<INodeExecutionData[][] | null> {
	if (context.getMode() === 'manual') return await fetchExample(context, event);
	const key = `${context.getWorkflow().id ?? ''}:${context.getNode().id}`;
	if (running.has(key)) {
		context.logger.info('The poll before is still running; this one is skipped');
		return null;
	}
	running.add(key);
	try {
		return await pollOnce(context, event);
	} finally {
		running.delete(key);
	}
}

/** What n8n keeps for the node, as JSON. */
interface Saved<State> {
	/** The states of the accounts that the node's credential has named. */
	accounts?: Record<string, State>;
	/** Since when the trigger has waited for an account to answer for the first time. */
	waitingSince?: number;
	/** What version 0.1.0 kept: the address of one account and its state. */
	account?: string;
	state?: State;
}

async function pollOnce<F extends Fields, State extends object>(
	context: IPollFunctions,
	event: PollEvent<F, State>,
): Promise<INodeExecutionData[][] | null> {
	const saved: Saved<State> = context.getWorkflowStaticData('node');
	const isFirst = !polledBefore.has(saved);
	polledBefore.add(saved);
	const now = Date.now();
	let isKnown = false;
	try {
		const call = await open(context, event);
		const { account } = call.api;
		const isFirstVersion = saved.account !== undefined && accountKey(saved.account) === account;
		const state = saved.accounts?.[account] ?? (isFirstVersion ? saved.state : undefined);
		isKnown = state !== undefined;
		const found = await event.since(call, state, isKnown ? undefined : saved.waitingSince);
		// n8n notices changes of the top level only.
		saved.accounts = { ...saved.accounts, [account]: found.state };
		delete saved.waitingSince;
		if (isFirstVersion) {
			delete saved.account;
			delete saved.state;
		}
		if (found.warning !== undefined) context.logger.warn(found.warning);
		return found.outputs.length > 0 ? [found.outputs.map((json) => ({ json }))] : null;
	} catch (error) {
		if (!isKnown) saved.waitingSince ??= now;
		const failure = nodeError(context.getNode(), error);
		// n8n gives a trigger up for good when its first poll keeps failing for 15 seconds.
		if (!isFirst && !(error instanceof BudgetSpent)) throw failure;
		const { message, description } = failure;
		context.logger.warn(
			`WhatsCloud could not be asked for new contacts; the next poll tries again. ${message}. ${description ?? ''}`,
		);
		return null;
	}
}

async function fetchExample<F extends Fields, State extends object>(
	context: IPollFunctions,
	event: PollEvent<F, State>,
): Promise<INodeExecutionData[][]> {
	let example: IDataObject | undefined;
	try {
		example = await event.example(await open(context, event));
	} catch (error) {
		throw nodeError(context.getNode(), error);
	}
	if (example) return [[{ json: example }]];
	const { title, description } = event.noExample;
	throw new NodeOperationError(context.getNode(), title, { description });
}

async function open<F extends Fields>(
	context: IPollFunctions,
	{ fields }: { fields: F },
): Promise<PollCall<F>> {
	// Older versions of n8n have no budget.
	const budget = context.getPollBudgetMs?.() ?? DEFAULT_BUDGET_MS;
	const timeout = Math.min(MAX_TIMEOUT_MS, budget / 4);
	const end = Date.now() + budget - timeout;
	const { api } = await connect(context, {
		timeout,
		onRateLimit: 'wait',
		beforeWait: (ms) => {
			if (Date.now() + ms > end) throw new BudgetSpent();
		},
	});
	// A poll has no input item.
	const item = { ...NO_ITEM, timezone: context.getTimezone() };
	const params = Object.fromEntries(
		Object.entries(fields).map(([name, field]) => {
			const value: unknown = context.getNodeParameter(name, field.property.default);
			return [name, field.read(value, field.property.displayName, item)];
		}),
	) as Values<F>;
	return { api, params, hasTimeLeft: () => Date.now() < end };
}
