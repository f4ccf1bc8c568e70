import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { ApiError } from '../api/errors/ApiError';
import type { ApiRecord } from '../api/pages';
import { isObject } from '../checks/json';
import { phoneDigits } from '../checks/phone';
import { isEmpty } from '../checks/text';
import { idsIn, toggle } from '../fields/values';
import { refusal } from '../records';

/** @throws ApiError when the server does not show it */
export function hasOptedOut({ id, is_opted_out: stored }: ApiRecord): boolean {
	if (stored !== undefined) return isTrue(stored);
	throw refusal(`contacts/${id}`, {
		title: 'This version of WhatsCloud does not tell who has opted out',
		description: 'Remove the filter Opted Out. Newer versions of WhatsCloud know it.',
	});
}

/** The fields of the account's own. PHP writes an empty object as an empty list. */
export function customFieldsOf({ custom_fields_data: stored }: ApiRecord): Record<string, unknown> {
	return isObject(stored) ? stored : {};
}

export const includeNames = toggle({
	displayName: 'Include Names',
	default: false,
	description:
		'Whether to add the names of status, source and groups, beside their IDs, as status_name, source_name and group_names',
});

/** How contacts are put out. */
export interface Presentation {
	simplify: boolean;
	includeNames?: boolean;
}

/** Contacts as operations and the trigger put them out. @throws ApiError */
export async function presented(
	api: Api,
	contacts: ApiRecord[],
	{ simplify, includeNames: hasNames }: Presentation,
): Promise<IDataObject[]> {
	const outputs = contacts.map(
		(contact) => (simplify ? simplified(contact) : contact) as IDataObject,
	);
	if (!hasNames || contacts.length === 0) return outputs;
	const [statuses, sources, groups] = await Promise.all([
		namesById(api, 'statuses'),
		namesById(api, 'sources'),
		namesById(api, 'groups'),
	]);
	return contacts.map((contact, index) => ({
		...outputs[index],
		status_name: statuses.get(Number(contact.status_id)) ?? null,
		source_name: sources.get(Number(contact.source_id)) ?? null,
		group_names: (idsIn(contact.group_id) ?? []).map((id) => groups.get(id) ?? String(id)),
	}));
}

/** What people use, in this order. Left out are the server's own notes, and what is empty. */
const SIMPLE_KEYS = [
	...['id', 'firstname', 'lastname', 'phone', 'email', 'company', 'type'],
	...['status_id', 'source_id', 'group_id', 'assigned_id', 'description'],
	...['address', 'zip', 'city', 'state', 'country_id', 'website'],
	...['is_enabled', 'is_opted_out', 'custom_fields_data', 'created_at', 'created', 'note'],
];

/** The same shape whichever version of the server, and whichever operation, it comes from. */
function simplified(contact: ApiRecord): IDataObject {
	const { id, phone, group_id: groups, is_enabled: enabled, is_opted_out: optedOut } = contact;
	const custom = customFieldsOf(contact);
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
async function namesById(api: Api, path: string): Promise<Map<number, string>> {
	const records = await api.list(path).catch((error: unknown) => {
		if (error instanceof ApiError && [403, 404].includes(error.status ?? 0)) return [];
		throw error;
	});
	return new Map(records.map(({ id, name }) => [id, String(name)]));
}
