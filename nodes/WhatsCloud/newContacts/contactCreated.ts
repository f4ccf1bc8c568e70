import type { IDataObject } from 'n8n-workflow';

import type { ApiRecord } from '../api/pages';
import { collection } from '../fields/collections';
import { wholeNumber } from '../fields/values';
import { filtersOf, simplify } from '../fields/getMany';
import { groupDropDown, sourceDropDown, statusDropDown } from '../fields/pickers';
import type { PollCall, PollEvent } from '../operation';
import { newContacts } from './newContacts';
import { UnreadableList } from './reader';
import type { FirstState, TriggerState } from './state';
import { type } from '../contact/contactFields';
import { contactMatcher } from '../contact/contactFilters';
import { includeNames, presented as asOutputs } from '../contact/contactRecord';
import { refusal } from '../records';

const DEFAULT_MAX_CONTACTS = 500;
const EXAMPLE_PAGE = 100;
/** A tenth of what the rate limit allows in a minute. */
const MAX_EXAMPLE_PAGES = 6;

const fields = {
	filters: filtersOf({
		description: 'Only contacts for which all of these hold at the time of the poll',
		fields: {
			groupId: groupDropDown,
			sourceId: sourceDropDown,
			statusId: statusDropDown,
			type,
		},
	}),
	simplify,
	options: collection({
		displayName: 'Options',
		placeholder: 'Add option',
		description: 'How the trigger works',
		fields: {
			includeNames,
			maxContacts: wholeNumber({
				displayName: 'Max Contacts',
				default: DEFAULT_MAX_CONTACTS,
				typeOptions: { minValue: 1 },
				description:
					'How many contacts one poll brings at most. What is left over comes with the next polls; nothing is dropped.',
			}),
		},
	}),
};

type Call = PollCall<typeof fields>;

/** Every contact that appears in the account, once, the oldest first. */
export const contactCreated: PollEvent<typeof fields, TriggerState | FirstState> = {
	name: 'Contact Created',
	value: 'contactCreated',
	description: 'A contact was added: by hand, by an import, by a message or by the API',
	fields,
	since: async (call, state, from) => {
		const { api, params, hasTimeLeft } = call;
		const page = async (number: number, size: number) => await api.page('contacts', number, size);
		const found = await newContacts(state, page, {
			maxContacts: params.options.maxContacts ?? DEFAULT_MAX_CONTACTS,
			matches: matcherOf(call),
			hasTimeLeft,
			now: Date.now(),
			from,
		}).catch((error: unknown) => {
			throw error instanceof UnreadableList ? refusal('contacts', UNREADABLE[error.reason]) : error;
		});
		return {
			outputs: await presented(call, found.contacts),
			state: found.state,
			...(found.hidden > 0 && { warning: hiddenWarning(found.hidden) }),
		};
	},
	example: async (call) => {
		const matches = matcherOf(call);
		let pages = 0;
		for await (const { records } of call.api.pages('contacts', EXAMPLE_PAGE)) {
			const newest = records.find(matches);
			if (newest) return (await presented(call, [newest]))[0];
			if (++pages === MAX_EXAMPLE_PAGES || !call.hasTimeLeft()) break;
		}
		return undefined;
	},
	noExample: {
		title: 'There is no contact to show yet',
		description:
			'None of the newest contacts matches the filters. Add one in WhatsCloud, or change the filters, then fetch again. Once published, the trigger starts the workflow for every contact that is added.',
	},
};

const FILTERED = {
	type: 'type',
	statusId: 'status_id',
	sourceId: 'source_id',
	groupId: 'group_id',
};

/** Nothing passes unseen: a contact that does not show a field is neither taken nor left out by it. */
function matcherOf({ params: { filters } }: Call): (contact: ApiRecord) => boolean {
	const matches = contactMatcher(filters) ?? (() => true);
	const names = Object.keys(filters) as Array<keyof typeof filters>;
	return (contact) => {
		const hidden = names.find((name) => !(FILTERED[name] in contact));
		if (hidden === undefined) return matches(contact);
		throw refusal('contacts', {
			title: `WhatsCloud does not show the field "${FILTERED[hidden]}" of contacts, so the trigger can't filter by it`,
			description:
				'Remove this filter from the trigger node; an If node behind it can filter by what contacts do show. No contact is lost: those that came meanwhile follow.',
		});
	};
}

const UNREADABLE = {
	notSorted: {
		title: "WhatsCloud's list of contacts is not sorted with the newest first",
		description:
			"So the trigger can't tell which contacts are new. Ask the support of WhatsCloud whether their API sorts contacts by created_at, the newest first.",
	},
	notCounted: {
		title: "WhatsCloud's list of contacts does not say how many contacts there are",
		description:
			"So the trigger can't tell whether it has seen all new ones. Ask the support of WhatsCloud for a version of their API whose lists have a total.",
	},
};

function hiddenWarning(count: number): string {
	return `${count} contacts have come that WhatsCloud shows as created earlier. The trigger can't tell them from old ones and has not started the workflow for them`;
}

async function presented({ api, params }: Call, contacts: ApiRecord[]): Promise<IDataObject[]> {
	const { includeNames: hasNames } = params.options;
	return await asOutputs(api, contacts, { simplify: params.simplify, includeNames: hasNames });
}
