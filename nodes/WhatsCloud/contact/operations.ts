import type { Api } from '../api/api';
import type { ApiRecord } from '../api/pages';
import { phoneKey } from '../checks/phone';
import { clipped } from '../checks/text';
import { limit, returnAll } from '../fields/collections';
import type { PickedContact } from '../fields/pickers';
import { contactId, groups } from '../fields/pickers';
import type { Operation, Resource } from '../operation';
import { operation } from '../operation';
import { deleteRecord, idOfPicked, nothingToChange, readRecord, refusal } from '../records';
import {
	changes,
	createFields,
	filters,
	newContact,
	presentation,
	updateFields,
	upsertFields,
} from './contactFields';
import type { Presentation } from './contactRecord';
import { contactMatcher, groupsOf, presented, readNames } from './contactRecord';
import { contactDirectory, withNewIds } from './findByPhone';
import { changeContact, createContact, findLabels, labelIds, upsertContact } from './writeContact';

type Change = { contactId: PickedContact } & Partial<Presentation>;

/** Items about the same contact take turns, so that one does not undo the other. */
const changing = {
	kind: 'write',
	lane: ({ contactId: picked }: Change) =>
		'id' in picked ? `id ${picked.id}` : phoneKey(picked.phone),
	check: async ({ api, params }: { api: Api; params: Change }) => await readNames(api, params),
} as const;

const creating = {
	kind: 'write',
	lane: ({ phone }: { phone: string }) => phoneKey(phone),
	check: findLabels,
} as const;

const create = operation({
	...creating,
	value: 'create',
	name: 'Create',
	action: 'Create a contact',
	description:
		'Create a new contact; refused when one has the same e-mail, or the same phone number in the same spelling',
	fields: createFields,
	run: async ({ api, params }, labels) => {
		const contact = newContact(params, await labelIds(api, labels));
		return await presented(api, [await createContact(api, contact)], params);
	},
	complete: withNewIds,
});

const upsert = operation({
	...creating,
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update a contact',
	description:
		'Create a new contact if none has the phone number, or update the current one if it already exists (upsert)',
	fields: upsertFields,
	run: async ({ api, params }, labels) => {
		const written = await upsertContact(api, params, await labelIds(api, labels));
		return await presented(api, [written], params);
	},
	complete: async (api, done) => {
		// The later item overwrites what the earlier one wrote, which may be meant or not.
		const people = new Set<string>();
		const again = new Set<string>();
		for (const { phone } of done.map(({ params }) => params)) {
			if (people.has(phoneKey(phone))) again.add(phone);
			people.add(phoneKey(phone));
		}
		const named = clipped([...again].join(', '));
		const hint = `More than one item has the phone number ${named}: such a contact has the values of its last item.`;
		if (named !== '') api.hint('samePhone', hint);
		return await withNewIds(api, done);
	},
});

const get = operation({
	value: 'get',
	name: 'Get',
	action: 'Get a contact',
	description: 'Get one contact, by its ID or phone number',
	kind: 'read',
	fields: { contactId, ...presentation },
	run: async ({ api, params }) => await presented(api, [await read(api, params.contactId)], params),
});

const getAll = operation({
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many contacts',
	description: 'Get many contacts, the newest first, all or those that match filters',
	kind: 'read',
	fields: { returnAll, limit, filters, ...presentation },
	run: async ({ api, params }) => {
		const contacts = await api.list('contacts', {
			limit: params.limit,
			matches: contactMatcher(params.filters),
			newerThan: params.filters.createdAfter?.getTime(),
		});
		return await presented(api, contacts, params);
	},
});

const update = operation({
	...changing,
	value: 'update',
	name: 'Update',
	action: 'Update a contact',
	description: 'Change some fields of a contact and leave the others as they are',
	fields: { contactId, updateFields, ...presentation },
	run: async ({ api, params }) => {
		const changed = changes(params.updateFields);
		if (Object.keys(changed).length === 0) throw nothingToChange();
		const updated = await changeContact(api, await read(api, params.contactId, 0), changed);
		return await presented(api, [updated], params);
	},
});

const remove = operation({
	...changing,
	value: 'delete',
	name: 'Delete',
	action: 'Delete a contact',
	description: 'Delete a contact for good, by its ID or phone number',
	fields: { contactId },
	run: async ({ api, params }) => {
		const picked = params.contactId;
		const { id } = 'id' in picked ? picked : await read(api, picked, 0);
		const deleted = await deleteRecord(api, 'contacts', { id });
		contactDirectory(api).forget(id);
		return deleted;
	},
});

/** @param change the contact's groups as they shall be */
function groupOperation(
	words: Pick<Operation, 'value' | 'name' | 'action' | 'description'>,
	change: (before: number[], id: number) => number[],
): Operation {
	return operation({
		...changing,
		...words,
		fields: { contactId, groupId: groups.id, ...presentation },
		run: async ({ api, params }) => {
			const found = await read(api, params.contactId, 0);
			const before = groupsOf(found);
			const changed = change(before, await idOfPicked(api, 'groups', params.groupId));
			const isSame = changed.length === before.length;
			// The list replaces the one before (quirk 11).
			const written = isSame ? found : await changeContact(api, found, { group_id: changed });
			return await presented(api, [written], params);
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
	(before, id) => [...new Set([...before, id])],
);

const removeFromGroup = groupOperation(
	{
		value: 'removeFromGroup',
		name: 'Remove From Group',
		action: 'Remove a contact from a group',
		description: 'Take a contact out of a group; it stays in its other groups',
	},
	(before, id) => before.filter((other) => other !== id),
);

/** The contact as it is now or, found by its number, was at most so long ago. @throws ApiError when there is none */
async function read(api: Api, picked: PickedContact, maxAgeMs?: number): Promise<ApiRecord> {
	if ('id' in picked) return await readRecord(api, 'contacts', picked);
	const found = await contactDirectory(api).find(picked.phone, maxAgeMs);
	if (found) return found;
	throw refusal('contacts', {
		title: `There is no contact with the phone number ${picked.phone}`,
		description: 'Check the number and its country code, or create the contact first.',
	});
}

export const contact: Resource = {
	value: 'contact',
	name: 'Contact',
	default: 'create',
	operations: [create, upsert, get, getAll, update, remove, addToGroup, removeFromGroup],
};
