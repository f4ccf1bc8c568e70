import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { ApiError } from '../api/errors/ApiError';
import type { ApiRecord } from '../api/pages';
import { createdAt } from '../api/pages';
import { objectOf } from '../checks/json';
import { phoneDigits, samePhone } from '../checks/phone';
import { isEmpty, quoted } from '../checks/text';
import { idsIn } from '../fields/values';
import type { Values } from '../operation';
import { refusal } from '../records';
import type { filters, presentation } from './contactFields';

/** @throws ApiError when they are not shown or can't be read, since a change replaces them all (quirk 11) */
export function groupsOf({ id, group_id: stored }: ApiRecord): number[] {
	const groups = stored === undefined ? undefined : idsIn(stored);
	if (groups) return groups;
	throw refusal(`contacts/${id}`, {
		title: `The groups of the contact with the ID ${id} can't be read: ${quoted(stored)}`,
		description:
			'Nothing was changed, because that would lose them. To set them all at once, use the operation "Update" with Update Fields > Group Names or IDs.',
	});
}

/** Groups that can't be read are none here, so that one odd contact does not keep all others from being found. */
function isInGroup(contact: ApiRecord, group: number): boolean {
	const groups = contact.group_id === undefined ? groupsOf(contact) : idsIn(contact.group_id);
	return groups?.includes(group) === true;
}

function hasOptedOut({ id, is_opted_out: stored }: ApiRecord): boolean {
	if (stored !== undefined) return isTrue(stored);
	throw refusal(`contacts/${id}`, {
		title: 'This version of WhatsCloud does not tell who has opted out',
		description: 'Remove the filter Opted Out. Newer versions of WhatsCloud know it.',
	});
}

/** Whether a contact passes; undefined without a filter. Most servers don't filter by themselves (quirk 4). */
export function contactMatcher(
	wanted: Values<{ filters: typeof filters }>['filters'],
): ((contact: ApiRecord) => boolean) | undefined {
	if (Object.keys(wanted).length === 0) return undefined;
	return (contact) =>
		isWanted(contact.type, wanted.type) &&
		isWanted(contact.status_id, wanted.statusId) &&
		isWanted(contact.source_id, wanted.sourceId) &&
		isWanted(contact.email, wanted.email) &&
		(wanted.phone === undefined || samePhone(contact.phone, wanted.phone)) &&
		(wanted.groupId === undefined || isInGroup(contact, wanted.groupId)) &&
		(wanted.optedOut === undefined || hasOptedOut(contact) === wanted.optedOut) &&
		(wanted.createdAfter === undefined || createdAt(contact) > wanted.createdAfter.getTime()) &&
		(wanted.createdBefore === undefined || createdAt(contact) < wanted.createdBefore.getTime());
}

function isWanted(stored: unknown, wanted: unknown): boolean {
	return wanted === undefined || String(stored).toLowerCase() === String(wanted).toLowerCase();
}

export type Presentation = Values<typeof presentation>;

export async function presented(
	api: Api,
	contacts: ApiRecord[],
	{ simplify, options }: Presentation,
): Promise<IDataObject[]> {
	const outputs = contacts.map((one) => (simplify ? simplified(one) : one) as IDataObject);
	const names = contacts.length > 0 && (await readNames(api, { options }));
	if (!names) return outputs;
	const [statuses, sources, groups] = names;
	return contacts.map((contact, index) => ({
		...outputs[index],
		status_name: statuses.get(Number(contact.status_id)) ?? null,
		source_name: sources.get(Number(contact.source_id)) ?? null,
		group_names: (idsIn(contact.group_id) ?? []).map((id) => groups.get(id) ?? String(id)),
	}));
}

/** Once in a run. To be called before a write: after it the run may end, or WhatsCloud fail, and the write must count. */
export async function readNames(api: Api, { options }: Partial<Presentation>) {
	if (!options?.includeNames) return undefined;
	return await Promise.all([
		namesById(api, 'statuses'),
		namesById(api, 'sources'),
		namesById(api, 'groups'),
	]);
}

/** What people use, in this order. Left out are the server's own notes, and what is empty. */
const SIMPLE_KEYS = [
	...['id', 'firstname', 'lastname', 'phone', 'email', 'company', 'type'],
	...['status_id', 'source_id', 'group_id', 'assigned_id', 'description'],
	...['address', 'zip', 'city', 'state', 'country_id', 'website'],
	...['is_enabled', 'is_opted_out', 'custom_fields_data', 'created_at', 'created'],
];

/** The same shape whichever version of the server, and whichever operation, it comes from. */
function simplified(contact: ApiRecord): IDataObject {
	const { id, phone, group_id: groups, is_enabled: enabled, is_opted_out: optedOut } = contact;
	// PHP writes an empty object as an empty list.
	const custom = objectOf(contact.custom_fields_data);
	const simple: Record<string, unknown> = {
		...contact,
		id: Number.isNaN(id) ? undefined : id,
		phone: phoneDigits(phone) || phone,
		group_id: groups === undefined ? undefined : (idsIn(groups) ?? groups),
		is_enabled: isEmpty(enabled) ? undefined : isTrue(enabled),
		is_opted_out: isEmpty(optedOut) ? undefined : isTrue(optedOut),
		custom_fields_data: Object.keys(custom).length > 0 ? custom : undefined,
	};
	const filled = SIMPLE_KEYS.filter((key) => !isEmpty(simple[key]));
	return Object.fromEntries(filled.map((key) => [key, simple[key]])) as IDataObject;
}

/** Some servers write 1 and 0. */
function isTrue(stored: unknown): boolean {
	return stored === true || Number(stored) === 1;
}

/** Names are an extra: a token that may not read them must not keep the contacts back. */
export async function namesById(api: Api, path: string): Promise<Map<number, string>> {
	return await api.once(`names of ${path}`, async () => {
		const records = await api.list(path).catch((error: unknown) => {
			if (error instanceof ApiError && [403, 404].includes(error.status ?? 0)) return [];
			throw error;
		});
		return new Map(records.map(({ id, name }) => [id, String(name)]));
	});
}
