import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import type { ApiRecord } from '../api/pages';
import { collection, filtersOf, simplify } from '../fields/collections';
import { wholeNumber } from '../fields/values';
import { groupDropDown, sourceDropDown, statusDropDown } from '../fields/pickers';
import type { Values } from '../operation';
import { includeNames, type } from '../contact/contactFields';
import { contactMatcher, presented } from '../contact/contactRecord';

const DEFAULT_MAX_CONTACTS = 500;
const EXAMPLE_PAGE = 100;
/** A tenth of what the rate limit allows in a minute. */
const MAX_EXAMPLE_PAGES = 6;

export const fields = {
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

/** The event, as the editor offers it. */
export const contactCreated = {
	name: 'Contact Created',
	value: 'contactCreated',
	description: 'A contact was added: by hand, by an import, by a message or by the API',
};

export interface PollCall {
	api: Api;
	params: Values<typeof fields>;
	/** False when the poll should end with what it has. */
	hasTimeLeft(): boolean;
}

export function maxContactsOf({ params }: PollCall): number {
	return params.options.maxContacts ?? DEFAULT_MAX_CONTACTS;
}

/** The newest contact that matches, among the newest of all. */
export async function newestExample(call: PollCall): Promise<IDataObject | undefined> {
	const matches = matcherOf(call);
	let pages = 0;
	for await (const { records } of call.api.pages('contacts', EXAMPLE_PAGE)) {
		const newest = records.find(matches);
		if (newest) return (await present(call, [newest]))[0];
		if (++pages === MAX_EXAMPLE_PAGES || !call.hasTimeLeft()) break;
	}
	return undefined;
}

export const NO_EXAMPLE = {
	title: 'There is no contact to show yet',
	description:
		'None of the newest contacts matches the filters. Add one in WhatsCloud, or change the filters, then fetch again. Once published, the trigger starts the workflow for every contact that is added.',
};

export function matcherOf({ params }: PollCall): (contact: ApiRecord) => boolean {
	return contactMatcher(params.filters) ?? (() => true);
}

export async function present(
	{ api, params }: PollCall,
	contacts: ApiRecord[],
): Promise<IDataObject[]> {
	return await presented(api, contacts, params);
}
