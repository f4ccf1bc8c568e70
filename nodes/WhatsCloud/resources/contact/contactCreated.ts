import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../../api/api';
import { ApiError } from '../../api/errors/ApiError';
import type { ApiRecord } from '../../api/pages';
import { collection, toggle, wholeNumber } from '../../fields/values';
import { filtersOf, simplify } from '../../fields/getMany';
import { groupDropDown, sourceDropDown, statusDropDown } from '../../fields/pickers';
import type { PollCall, PollEvent } from '../../operation';
import type { ContactSource } from '../../trigger/contactSource';
import type { TriggerState } from '../../trigger/newContacts';
import { newContacts } from '../../trigger/newContacts';
import { newestMatching } from '../../trigger/newestMatching';
import { type } from './contactFields';
import { contactMatcher } from './contactFilters';
import { readContact } from './findContact';
import { groupsShown } from './groups';
import { present } from './presentContact';

const DEFAULT_MAX_CONTACTS = 500;

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
			includeNames: toggle({
				displayName: 'Include Names',
				default: false,
				description:
					'Whether to add the names of status, source and groups, beside their IDs, as status_name, source_name and group_names',
			}),
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
export const contactCreated: PollEvent<typeof fields, TriggerState> = {
	name: 'Contact Created',
	value: 'contactCreated',
	description: 'A contact was added: by hand, by an import, by a message or by the API',
	fields,
	since: async (call, state) => {
		const { contacts, state: next } = await newContacts(state, sourceOf(call.api), {
			maxContacts: call.params.options.maxContacts ?? DEFAULT_MAX_CONTACTS,
			matches: contactMatcher(call.params.filters) ?? (() => true),
			hasTimeLeft: call.hasTimeLeft,
			now: Date.now(),
		});
		return { outputs: await presented(call, contacts), state: next };
	},
	example: async (call) => {
		const newest = await newestMatching(sourceOf(call.api), {
			matches: contactMatcher(call.params.filters) ?? (() => true),
			hasTimeLeft: call.hasTimeLeft,
		});
		return newest && (await presented(call, [newest]))[0];
	},
	noExample: {
		title: 'There is no contact to show yet',
		description:
			'Among the newest contacts none matches the filters. Add a contact in WhatsCloud, or change the filters, then fetch again. Once published, the trigger starts the workflow for every contact that is added from then on.',
	},
};

function sourceOf(api: Api): ContactSource {
	return {
		readPage: async (page, perPage) => await api.page('contacts', page, perPage),
		readContact: async (id) =>
			await readContact(api, { id }).catch((error: unknown) => {
				if (error instanceof ApiError && error.notFound) return undefined;
				throw error;
			}),
	};
}

async function presented({ api, params }: Call, contacts: ApiRecord[]): Promise<IDataObject[]> {
	const outputs = contacts.map((contact) => present(contact, params.simplify));
	if (!params.options.includeNames || contacts.length === 0) return outputs;
	const nameOf = await nameLookUps(api);
	return outputs.map((output, index) => {
		const contact = contacts[index];
		return {
			...output,
			status_name: nameOf('statuses', Number(contact?.status_id)),
			source_name: nameOf('sources', Number(contact?.source_id)),
			group_names: contact
				? groupsShown(contact).map((id) => nameOf('groups', id) ?? String(id))
				: [],
		};
	});
}

const NAMED = ['statuses', 'sources', 'groups'] as const;

async function nameLookUps(api: Api) {
	const lists = await Promise.all(NAMED.map(async (path) => await api.list(path)));
	const names = new Map(
		NAMED.map((path, index) => [
			path,
			new Map(lists[index]?.map(({ id, name }) => [id, String(name)])),
		]),
	);
	return (path: (typeof NAMED)[number], id: number): string | null =>
		names.get(path)?.get(id) ?? null;
}
