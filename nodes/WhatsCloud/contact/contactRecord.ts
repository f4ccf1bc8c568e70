import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import type { ApiRecord } from '../api/pages';
import { idsIn } from '../fields/values';
import type { ContactBody } from './contactFields';
import { refusal } from '../records';
import { shown } from '../checks/text';

const SET_ALL_INSTEAD =
	'To set all groups of the contact at once, use the operation "Update" with Update Fields > Group Names or IDs.';

/**
 * The ids of the contact's groups.
 * @throws ApiError when they are not shown or can't be read, since a change replaces them all (quirk 11)
 */
export function groupsOf({ id, group_id: stored }: ApiRecord): number[] {
	if (stored === undefined) {
		throw refusal(`contacts/${id}`, {
			title: 'This version of WhatsCloud does not tell which groups a contact is in',
			description: `So the node can neither look for a group nor change one without losing the others. ${SET_ALL_INSTEAD}`,
		});
	}
	const groups = idsIn(stored);
	if (groups) return groups;
	throw refusal(`contacts/${id}`, {
		title: `The groups of the contact with the ID ${id} can't be read: ${shown(stored)}`,
		description: `Nothing was changed, because that would lose the groups that the contact is in now. ${SET_ALL_INSTEAD}`,
	});
}

/**
 * Whether the contact is in the group; groups that can't be read are none here, so that one odd contact does
 * not keep all others from being found. @throws ApiError when the server does not show groups at all
 */
export function isInGroup(contact: ApiRecord, group: number): boolean {
	const groups = contact.group_id === undefined ? groupsOf(contact) : groupsShown(contact);
	return groups.includes(group);
}

/** The ids of the contact's groups as far as they can be read, to be shown. */
export function groupsShown({ group_id: stored }: ApiRecord): number[] {
	return idsIn(stored) ?? [];
}

/** Newer servers take the groups by name, beside the ids that the others take (quirk 11). */
export async function withGroupNames(api: Api, body: ContactBody): Promise<ContactBody> {
	const ids = body.group_id;
	if (!Array.isArray(ids) || ids.length === 0) return body;
	const groups = await api.once('groups', async () => await api.list('groups'));
	const names = ids.map((id) => groups.find((group) => group.id === id)?.name);
	// A name with a comma would be taken for two groups, and an unknown one would be made.
	const isClear = names.every((name) => typeof name === 'string' && !name.includes(','));
	return isClear ? { ...body, groups: names.join(',') } : body;
}

const SIMPLE_KEYS = [
	'id',
	'firstname',
	'lastname',
	'phone',
	'email',
	'company',
	'type',
	'status_id',
	'source_id',
	'group_id',
	'created_at',
];

/** The fields people use, the groups as a list of ids however they are stored; or the record as it came. */
export function present(record: ApiRecord, simplified: boolean): IDataObject {
	if (!simplified) return record as IDataObject;
	const groups = record.group_id ?? null;
	const shown: ApiRecord = { ...record, group_id: groups === null ? null : idsIn(groups) };
	return Object.fromEntries(SIMPLE_KEYS.map((key) => [key, shown[key] ?? null])) as IDataObject;
}
