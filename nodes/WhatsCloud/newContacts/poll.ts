import type { INodeExecutionData, IPollFunctions, WorkflowActivateMode } from 'n8n-workflow';

import { openAccounts } from '../api/api';
import { ApiError, nodeError } from '../api/errors/ApiError';
import { isUnknownTenant } from '../api/errors/situations';
import { BudgetSpent, CREDENTIAL, RunEnded } from '../api/http';
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

/** What n8n keeps for the node, as JSON. */
interface Saved {
	/** The states of the accounts that the node's credential has named. */
	accounts?: Record<string, TriggerState>;
	/** Since when, by our clock, a credential waits for its first answer. n8n may keep it beyond that. */
	waiting?: { credential: string; since: number };
}

/** n8n starts the next poll although one is still running; both would hand out the same contacts. */
const running = new Set<string>();
/** The triggers that this process has polled. */
const polled = new Set<string>();
/** What n8n keeps for them, an object of its own each time that a trigger is published, or that this process leads. */
const activations = new WeakSet<Saved>();

/** One poll. n8n saves the state together with the items; a poll that throws leaves it as it was. */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	if (context.getMode() === 'manual') return await fetchExample(context);
	const { id, name, credentials } = context.getNode();
	const credential = credentials?.[CREDENTIAL]?.id ?? '';
	// Ids of nodes repeat in files that were made by hand.
	const trigger = JSON.stringify([context.getWorkflow().id, id, name]);
	const saved: Saved = context.getWorkflowStaticData('node');
	const waitingSince = saved.waiting?.credential === credential ? saved.waiting.since : undefined;
	const waiting = { credential, since: waitingSince ?? Date.now() };
	if (running.has(trigger)) {
		// The one that runs may be of another account, which the trigger had before.
		saved.waiting = waiting;
		context.logger.info('The previous poll is still running; this one is skipped');
		return null;
	}
	running.add(trigger);
	const activation = context.getActivationMode();
	const isFirst = activation === 'init' ? !polled.has(trigger) : !activations.has(saved);
	let isKnown = false;
	try {
		const { api, params, matches, hasTimeLeft } = await open(context, isFirst);
		const before = saved.accounts?.[api.account];
		isKnown = before !== undefined;
		const { maxContacts = DEFAULT_MAX_CONTACTS } = params.options;
		const options = { maxContacts, matches, hasTimeLeft, now: Date.now, waitingSince };
		const { contacts, state } = await newContacts(api, before, options);
		const outputs = await presented(api, contacts, params);
		// n8n notices changes of the top level only.
		saved.accounts = { ...saved.accounts, [api.account]: state };
		delete saved.waiting;
		return outputs.length > 0 ? [outputs.map((json) => ({ json }))] : null;
	} catch (error) {
		const failure = nodeError(context.getNode(), error);
		if (!isToBeLogged(error, activation, isFirst)) throw failure;
		if (!isKnown) saved.waiting = waiting;
		const { message, description } = failure;
		context.logger.warn(
			`WhatsCloud could not be asked for new contacts; the next poll tries again. ${message}. ${description ?? ''}`,
		);
		return null;
	} finally {
		running.delete(trigger);
		polled.add(trigger);
		activations.add(saved);
	}
}

/**
 * n8n gives a trigger up for good when its first poll keeps failing for 15 seconds. That is right where
 * somebody is publishing it with a credential that can't work, and wrong when n8n starts or the server is down.
 */
function isToBeLogged(error: unknown, activation: WorkflowActivateMode, isFirst: boolean): boolean {
	const isPublished = ['activate', 'create', 'update'].includes(activation);
	const isOver = error instanceof BudgetSpent || error instanceof RunEnded;
	return isOver || (isFirst && (!isPublished || mayPass(error)));
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

/** @param isFirst of a publishing, or of n8n's start: n8n gives both up after 84 seconds, without a word */
async function open(context: IPollFunctions, isFirst = false) {
	// Older versions of n8n have no budget.
	const allowed = context.getPollBudgetMs?.() ?? 300_000;
	const budget = isFirst ? Math.min(36_000, allowed) : allowed;
	const timeout = Math.min(30_000, budget / 4);
	const end = Date.now() + budget - timeout;
	const api = await openAccounts(context, {
		timeout,
		onRateLimit: 'wait',
		beforeWait: (ms) => {
			if (isFirst || Date.now() + ms > end) throw new BudgetSpent();
		},
		ended: isFirst ? AbortSignal.timeout(budget) : undefined,
	}).of();
	const valueOf = (name: string, otherwise: unknown): unknown =>
		context.getNodeParameter(name, otherwise);
	// A poll has no input item.
	const params = readShown(fields, valueOf, { ...NO_ITEM, timezone: context.getTimezone() });
	const matches = contactMatcher(params.filters) ?? (() => true);
	return { api, params, matches, hasTimeLeft: () => Date.now() < end };
}
