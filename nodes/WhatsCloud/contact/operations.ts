import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { ApiError } from '../api/errors/ApiError';
import type { ApiRecord } from '../api/pages';
import { phoneKey } from '../checks/phone';
import { limit, returnAll, simplify } from '../fields/collections';
import { contactId, groupId } from '../fields/pickers';
import type { PickedContact } from '../fields/pickers';
import type { Operation, Resource, Values } from '../operation';
import { operation } from '../operation';
import { limitOf, nothingToChange, readRecord } from '../records';
import {
	changes,
	changesOfUpsert,
	contactOptions,
	createFields,
	createOptions,
	newContact,
	updateFields,
	upsertOptions,
} from './contactFields';
import { contactMatcher, filters, serverFilters } from './contactFilters';
import { presented } from './contactRecord';
import { contactDirectory } from './findByPhone';
import { groupsOf } from './groups';
import { withNewIds } from './newContacts';
import { findLabels, labelIds } from './labels';
import { changeContact, createContact, deleteContact, upsertContact } from './writeContact';

/** What all operations have that put out contacts. */
const shownAs = { simplify, options: contactOptions };

async function present(
	api: Api,
	contact: ApiRecord,
	{ simplify: isSimple, options }: Pick<Values<typeof shownAs>, 'simplify' | 'options'>,
): Promise<IDataObject> {
	const presentation = { simplify: isSimple, includeNames: options.includeNames };
	const [output = {}] = await presented(api, [contact], presentation);
	return output;
}

const phoneLane = ({ phone }: { phone: string }) => phoneKey(phone);

const create = operation({
	value: 'create',
	name: 'Create',
	action: 'Create a contact',
	description:
		'Create a new contact; refused when one has the same e-mail, or the same phone number in the same spelling',
	kind: 'write',
	fields: { ...createFields, simplify, options: createOptions },
	lane: phoneLane,
	check: async ({ api, params }) => await findLabels(api, params),
	run: async ({ api, params }, labels) => {
		const contact = newContact(params, await labelIds(api, labels));
		return await present(api, await createContact(api, contact), params);
	},
	complete: withNewIds,
});

const upsert = operation({
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update a contact',
	description:
		'Create a new contact if none has the phone number, however it is written, or update the current one if it already exists (upsert)',
	kind: 'write',
	fields: { ...createFields, simplify, options: upsertOptions },
	lane: phoneLane,
	check: async ({ api, params }) => await findLabels(api, params),
	run: async ({ api, params }, labels) => {
		const ids = await labelIds(api, labels);
		const written = await upsertContact(api, newContact(params, ids), (current) =>
			changesOfUpsert(params, ids, current),
		);
		return await present(api, written, params);
	},
	complete: async (api, done) => {
		tellSamePhones(
			api,
			done.map(({ params }) => params.phone),
		);
		return await withNewIds(api, done);
	},
});

const MOST_NAMED = 3;

/** The later item overwrites what the earlier one wrote, which may be meant or not. */
function tellSamePhones(api: Api, phones: string[]): void {
	const seen = new Set<string>();
	const again = phones.filter((phone) => seen.has(phoneKey(phone)) || !seen.add(phoneKey(phone)));
	if (again.length === 0) return;
	api.hint(
		'samePhone',
		`More than one item has the phone number ${[...new Set(again)].slice(0, MOST_NAMED).join(', ')}: such a contact has the values of its last item.`,
	);
}

const get = operation({
	value: 'get',
	name: 'Get',
	action: 'Get a contact',
	description: 'Get one contact, by its ID or phone number',
	kind: 'read',
	fields: { contactId, ...shownAs },
	run: async ({ api, params }) => {
		const picked = params.contactId;
		const found = 'phone' in picked ? await byPhone(api, picked.phone) : await read(api, picked);
		return await present(api, found, params);
	},
});

const getAll = operation({
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many contacts',
	description: 'Get many contacts, the newest first, all or those that match filters',
	kind: 'read',
	fields: { returnAll, limit, filters, ...shownAs },
	run: async ({ api, params }) => {
		const contacts = await api.list('contacts', {
			limit: limitOf(params),
			query: serverFilters(params.filters),
			matches: contactMatcher(params.filters),
			newerThan: params.filters.createdAfter?.getTime(),
		});
		const { includeNames } = params.options;
		return await presented(api, contacts, { simplify: params.simplify, includeNames });
	},
});

const update = operation({
	value: 'update',
	name: 'Update',
	action: 'Update a contact',
	description: 'Change some fields of a contact and leave the others as they are',
	kind: 'write',
	fields: { contactId, updateFields, ...shownAs },
	lane: (params) => contactLane(params.contactId),
	run: async ({ api, params }) => {
		const changed = changes(params.updateFields);
		if (Object.keys(changed).length === 0) throw nothingToChange();
		const updated = await changeContact(api, await read(api, params.contactId), changed);
		return await present(api, updated, params);
	},
});

const remove = operation({
	value: 'delete',
	name: 'Delete',
	action: 'Delete a contact',
	description: 'Delete a contact for good, by its ID or phone number',
	kind: 'write',
	fields: { contactId },
	lane: (params) => contactLane(params.contactId),
	run: async ({ api, params }) => {
		const picked = params.contactId;
		return await deleteContact(api, 'id' in picked ? picked.id : (await read(api, picked)).id);
	},
});

/** @param change the contact's groups as they shall be */
function groupOperation(
	words: Pick<Operation, 'value' | 'name' | 'action' | 'description'>,
	change: (groups: number[], id: number) => number[],
): Operation {
	return operation({
		...words,
		kind: 'write',
		fields: { contactId, groupId, ...shownAs },
		lane: (params) => contactLane(params.contactId),
		run: async ({ api, params }) => {
			const contact = await read(api, params.contactId);
			const groups = groupsOf(contact);
			const changed = change(groups, params.groupId.id);
			const isSame = changed.length === groups.length;
			// The list replaces the one before (quirk 11).
			const written = isSame ? contact : await changeContact(api, contact, { group_id: changed });
			return await present(api, written, params);
		},
	});
}

const addToGroup = groupOperation(
	{
		value: 'addToGroup',
		name: 'Add to Group',
		action: 'Add a contact to a group',
		description: 'Put a contact into a group; it stays in its other groups',
	},
	(groups, id) => [...new Set([...groups, id])],
);

const removeFromGroup = groupOperation(
	{
		value: 'removeFromGroup',
		name: 'Remove From Group',
		action: 'Remove a contact from a group',
		description: 'Take a contact out of a group; it stays in its other groups',
	},
	(groups, id) => groups.filter((other) => other !== id),
);

/** The contact as it is now, with the number that it was picked by. @throws ApiError when there is none */
async function read(api: Api, picked: PickedContact): Promise<ApiRecord> {
	return 'id' in picked
		? await readRecord(api, 'contacts', picked)
		: await byPhone(api, picked.phone, 0);
}

/** @throws ApiError when no contact has this phone */
async function byPhone(api: Api, phone: string, maxAgeMs?: number): Promise<ApiRecord> {
	const found = await contactDirectory(api).find(phone, maxAgeMs);
	if (found) return found;
	throw new ApiError(
		{ method: 'GET', path: 'contacts' },
		{
			title: `There is no contact with the phone number ${phone}`,
			description: 'Check the number and its country code, or create the contact first.',
			outcome: 'refused',
		},
		404,
	);
}

/** Items about the same contact take turns, so that one does not undo the other. */
function contactLane(picked: PickedContact): string {
	return 'id' in picked ? `id ${picked.id}` : phoneKey(picked.phone);
}

export const contact: Resource = {
	value: 'contact',
	name: 'Contact',
	default: 'create',
	operations: [create, upsert, get, getAll, update, remove, addToGroup, removeFromGroup],
};
