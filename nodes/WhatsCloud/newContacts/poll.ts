import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { openAccounts } from '../api/api';
import { ApiError, nodeError } from '../api/errors/ApiError';
import { isUnknownTenant } from '../api/errors/situations';
import { BudgetSpent } from '../api/http';
import { LARGEST_PAGE } from '../api/pages';
import { includeNames, sharedFilters } from '../contact/contactFields';
import { contactMatcher, presented } from '../contact/contactRecord';
import { collection, filtersOf, readShown, simplify } from '../fields/collections';
import { numeric } from '../fields/values';
import { NO_ITEM } from '../operation';
import { refusal } from '../records';
import type { TriggerState } from './newContacts';
import { newContacts } from './newContacts';

const DEFAULT_MAX_CONTACTS = 500;

export const fields = {
	filters: filtersOf({
		description: 'Only contacts for which all of these hold at the time of the poll',
		fields: sharedFilters,
	}),
	simplify,
	options: collection({
		displayName: 'Options',
		placeholder: 'Add option',
		description: 'How the trigger works',
		fields: {
			includeNames,
			maxContacts: numeric({
				displayName: 'Max Contacts',
				default: DEFAULT_MAX_CONTACTS,
				typeOptions: { minValue: 1 },
				description:
					'How many contacts one poll brings at most. What is left over comes with the next polls; nothing is dropped.',
			}),
		},
	}),
};

/** n8n starts the next poll although one is still running; both would hand out the same contacts. */
const running = new Set<string>();
/** The triggers that this process has polled. */
const polled = new Set<string>();
/** The contexts of n8n that were polled: a process that leads again after another one did makes a new one. */
const contexts = new WeakSet<IPollFunctions>();

/** What n8n keeps for the node, as JSON. */
interface Saved {
	/** The states of the accounts that the node's credential has named. */
	accounts?: Record<string, TriggerState>;
	/** Since when, by our clock, the trigger has waited for an account to answer for the first time. */
	waitingSince?: number;
}

/** One poll. n8n saves the state together with the items; a poll that throws leaves it as it was. */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	if (context.getMode() === 'manual') return await fetchExample(context);
	const { id, name } = context.getNode();
	// Ids of nodes repeat in files that were made by hand.
	const trigger = JSON.stringify([context.getWorkflow().id, id, name]);
	if (running.has(trigger)) {
		context.logger.info('The previous poll is still running; this one is skipped');
		return null;
	}
	running.add(trigger);
	try {
		return await pollOnce(context, trigger);
	} finally {
		running.delete(trigger);
	}
}

async function pollOnce(
	context: IPollFunctions,
	trigger: string,
): Promise<INodeExecutionData[][] | null> {
	const saved: Saved = context.getWorkflowStaticData('node');
	const now = Date.now();
	let isKnown = false;
	try {
		const call = await open(context);
		const { account } = call.api;
		const before = saved.accounts?.[account];
		isKnown = before !== undefined;
		const { contacts, state } = await newContacts(call.api, before, {
			maxContacts: call.params.options.maxContacts ?? DEFAULT_MAX_CONTACTS,
			matches: call.matches,
			hasTimeLeft: call.hasTimeLeft,
			now: Date.now,
			waitingSince: saved.waitingSince,
		});
		const outputs = await presented(call.api, contacts, call.params);
		// n8n notices changes of the top level only.
		saved.accounts = { ...saved.accounts, [account]: state };
		delete saved.waitingSince;
		remember(context, trigger);
		return outputs.length > 0 ? [outputs.map((json) => ({ json }))] : null;
	} catch (error) {
		const failure = nodeError(context.getNode(), error);
		if (!isToBeLogged(error, context, trigger)) throw failure;
		remember(context, trigger);
		if (!isKnown) saved.waitingSince ??= now;
		const { message, description } = failure;
		context.logger.warn(
			`WhatsCloud could not be asked for new contacts; the next poll tries again. ${message}. ${description ?? ''}`,
		);
		return null;
	}
}

function remember(context: IPollFunctions, trigger: string): void {
	polled.add(trigger);
	contexts.add(context);
}

/**
 * n8n gives a trigger up for good when its first poll keeps failing for 15 seconds. That is right where
 * somebody is publishing it with a credential that can't work, and wrong when n8n starts or the server is down.
 */
function isToBeLogged(error: unknown, context: IPollFunctions, trigger: string): boolean {
	if (error instanceof BudgetSpent) return true;
	const activation = context.getActivationMode();
	const isFirst = activation === 'leadershipChange' ? !contexts.has(context) : !polled.has(trigger);
	const isPublished = ['activate', 'create', 'update'].includes(activation);
	return isFirst && (!isPublished || mayPass(error));
}

/** No answer, the rate limit, or a server that is down. */
function mayPass(error: unknown): boolean {
	if (!(error instanceof ApiError) || isUnknownTenant(error)) return false;
	const { status = 0, failure } = error;
	return failure?.transient === true || status === 429 || status >= 500;
}

/** For Fetch Test Event: the newest contact that matches, among the newest of all. */
async function fetchExample(context: IPollFunctions): Promise<INodeExecutionData[][]> {
	try {
		const { api, params, matches } = await open(context);
		for await (const { records } of api.pages('contacts', LARGEST_PAGE, 0, LARGEST_PAGE)) {
			const newest = records.filter(matches).slice(0, 1);
			const [json] = await presented(api, newest, params);
			if (json) return [[{ json }]];
		}
		throw refusal('contacts', {
			title: 'There is no contact to show yet',
			description:
				'None of the newest contacts matches the filters. Add one in WhatsCloud, or change the filters, then fetch again. Once published, the trigger starts the workflow for every contact that is added.',
		});
	} catch (error) {
		throw nodeError(context.getNode(), error);
	}
}

async function open(context: IPollFunctions) {
	// Older versions of n8n have no budget.
	const budget = context.getPollBudgetMs?.() ?? 300_000;
	const timeout = Math.min(30_000, budget / 4);
	const end = Date.now() + budget - timeout;
	const api = await openAccounts(context, {
		timeout,
		onRateLimit: 'wait',
		beforeWait: (ms) => {
			if (Date.now() + ms > end) throw new BudgetSpent();
		},
	}).of();
	const valueOf = (name: string, otherwise: unknown): unknown =>
		context.getNodeParameter(name, otherwise);
	// A poll has no input item.
	const params = readShown(fields, valueOf, { ...NO_ITEM, timezone: context.getTimezone() });
	const matches = contactMatcher(params.filters) ?? (() => true);
	return { api, params, matches, hasTimeLeft: () => Date.now() < end };
}
