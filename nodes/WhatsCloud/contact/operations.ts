import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { limit, returnAll, simplify } from '../fields/getMany';
import { contactId, groupId } from '../fields/pickers';
import type { Operation, Resource } from '../operation';
import { operation } from '../operation';
import { phoneKey } from '../checks/phone';
import { limitOf, nothingToChange } from '../records';
import {
	changes,
	changesOfUpsert,
	createFields,
	newContact,
	updateFields,
	upsertOptions,
} from './contactFields';
import { contactMatcher, filters, serverFilters } from './contactFilters';
import { contactByPhone, contactIdOf, contactLane, readContact } from './findContact';
import { withNewIds } from './contactPages';
import { groupsOf, present } from './contactRecord';
import { changeContact, createContact, deleteContact, upsertContact } from './writeContact';

/** What both operations that may create a contact have in common. */
const mayCreate = {
	kind: 'write' as const,
	lane: ({ phone }: { phone: string }) => phoneKey(phone),
	complete: async (api: Api, done: Array<{ output: IDataObject }>) =>
		await withNewIds(
			api,
			done.map(({ output }) => output),
		),
};

const create = operation({
	value: 'create',
	name: 'Create',
	action: 'Create a contact',
	description:
		'Create a new contact; refused when one has the same e-mail, or the same phone number in the same spelling',
	...mayCreate,
	fields: createFields,
	run: async ({ api, params }) => await createContact(api, newContact(params)),
});

const upsert = operation({
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update a contact',
	description:
		'Create a new contact if none has the phone number, however it is written, or update the current one if it already exists (upsert)',
	...mayCreate,
	fields: { ...createFields, options: upsertOptions },
	run: async ({ api, params }) =>
		await upsertContact(api, params.phone, {
			contact: newContact(params),
			changed: changesOfUpsert(params),
		}),
});

const get = operation({
	value: 'get',
	name: 'Get',
	action: 'Get a contact',
	description: 'Get one contact, by its ID or phone number',
	kind: 'read',
	fields: { contactId, simplify },
	run: async ({ api, params }) => {
		const picked = params.contactId;
		const found =
			'phone' in picked ? await contactByPhone(api, picked.phone) : await readContact(api, picked);
		return present(found, params.simplify);
	},
});

const getAll = operation({
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many contacts',
	description: 'Get many contacts, the newest first, all or those that match filters',
	kind: 'read',
	fields: { returnAll, limit, filters, simplify },
	run: async ({ api, params }) => {
		const contacts = await api.list('contacts', {
			limit: limitOf(params),
			query: serverFilters(params.filters),
			matches: contactMatcher(params.filters),
			newerThan: params.filters.createdAfter?.getTime(),
		});
		return contacts.map((contact) => present(contact, params.simplify));
	},
});

const update = operation({
	value: 'update',
	name: 'Update',
	action: 'Update a contact',
	description: 'Change some fields of a contact and leave the others as they are',
	kind: 'write',
	fields: { contactId, updateFields },
	lane: (params) => contactLane(params.contactId),
	run: async ({ api, params }) => {
		const changed = changes(params.updateFields);
		if (Object.keys(changed).length === 0) throw nothingToChange();
		return await changeContact(api, await readContact(api, params.contactId), changed);
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
	run: async ({ api, params }) =>
		await deleteContact(api, await contactIdOf(api, params.contactId)),
});

/** @param change the contact's groups as they shall be */
function groupOperation(
	words: Pick<Operation, 'value' | 'name' | 'action' | 'description'>,
	change: (groups: number[], id: number) => number[],
): Operation {
	return operation({
		...words,
		kind: 'write',
		fields: { contactId, groupId },
		lane: (params) => contactLane(params.contactId),
		run: async ({ api, params }) => {
			const contact = await readContact(api, params.contactId);
			const groups = groupsOf(contact);
			const changed = change(groups, params.groupId.id);
			if (changed.length === groups.length) return { ...contact, group_id: groups } as IDataObject;
			// Quirk 11: the list replaces the one before.
			return await changeContact(api, contact, { group_id: changed });
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

export const contact: Resource = {
	value: 'contact',
	name: 'Contact',
	default: 'create',
	operations: [create, upsert, get, getAll, update, remove, addToGroup, removeFromGroup],
};
