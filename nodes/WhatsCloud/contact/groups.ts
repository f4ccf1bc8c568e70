import type { Api } from '../api/api';
import { ApiError } from '../api/errors/ApiError';
import type { ApiRecord } from '../api/pages';
import { isObject } from '../checks/json';
import { shown } from '../checks/text';
import { idsIn } from '../fields/values';
import { refusal } from '../records';
import type { ContactBody } from './contactFields';

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
	const groups = contact.group_id === undefined ? groupsOf(contact) : idsIn(contact.group_id);
	return groups?.includes(group) === true;
}

/** Whether an answer shows the contact in exactly these groups; true where it shows none at all. */
export function tookGroups(answer: unknown, wanted: unknown): boolean {
	if (!Array.isArray(wanted) || !isObject(answer) || answer.group_id === undefined) return true;
	const groups = new Set(idsIn(answer.group_id));
	return groups.size === wanted.length && wanted.every((id: number) => groups.has(id));
}

/**
 * Writes a change of a contact's groups by their ids, which all known versions take, and by their names where the
 * answer shows that the ids changed nothing. @throws ApiError where the groups stay what they were
 */
export async function writeGroups(
	api: Api,
	body: ContactBody,
	write: (body: ContactBody) => Promise<unknown>,
): Promise<unknown> {
	const answer = await write(body);
	const { group_id: wanted, ...rest } = body;
	if (tookGroups(answer, wanted)) return answer;
	const names = await namesOf(api, wanted as number[]);
	const again = names && (await write({ ...rest, groups: names }).catch(unknownField));
	if (again !== undefined && tookGroups(again, wanted)) return again;
	throw new ApiError(
		{ method: 'PUT', path: 'contacts' },
		{
			title: 'WhatsCloud has not changed the groups of the contact',
			description:
				'Its answer shows other groups than were asked for; what else was to be changed is changed. Set the groups in WhatsCloud itself.',
			outcome: 'refused',
		},
		200,
		answer,
	);
}

/** The names as one text. Undefined where it would mean other groups: a comma separates them, and an unknown one is made. */
async function namesOf(api: Api, ids: number[]): Promise<string | undefined> {
	const groups = await api.list('groups');
	const names = ids.map((id) => groups.find((group) => group.id === id)?.name);
	const isClear = names.every((name) => typeof name === 'string' && !name.includes(','));
	return isClear && names.length > 0 ? names.join(',') : undefined;
}

/** Versions that take no names refuse the field before they write anything. */
function unknownField(error: unknown): undefined {
	if (error instanceof ApiError && error.status === 500 && error.outcome === 'refused')
		return undefined;
	throw error;
}
