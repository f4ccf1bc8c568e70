import type { IDataObject } from 'n8n-workflow';

import { ApiError } from '../../api/errors/ApiError';
import type { Api } from '../../api/api';
import { contactDirectory } from './contactDirectory';
import { errorTexts } from '../../api/envelope';
import { fieldLabel } from '../../api/errors/fieldLabels';
import type { ApiRecord } from '../../api/pages';
import { asRecord } from '../../api/pages';
import { isObject } from '../../json';
import type { PickedContact } from '../../fields/recordPicker';
import { readRecord, withAnswer } from '../records';
import type { ContactBody } from './contactFields';
import { withGroupNames } from './groups';

/** @throws ApiError when there is no such contact */
export async function contactIdOf(api: Api, picked: PickedContact): Promise<number> {
	return 'id' in picked ? picked.id : (await contactByPhone(api, picked.phone)).id;
}

/** The contact as it is now. @throws ApiError when there is no such contact */
export async function readContact(api: Api, picked: PickedContact): Promise<ApiRecord> {
	return await readRecord(api, 'contacts', { id: await contactIdOf(api, picked) });
}

/** @throws ApiError when no contact has this phone */
export async function contactByPhone(api: Api, phone: string): Promise<ApiRecord> {
	const found = await contactDirectory(api).find(phone);
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
export function contactLane(picked: PickedContact): string {
	return 'id' in picked ? `id ${picked.id}` : picked.phone;
}

/**
 * Changes a contact. The server wants both names and the phone with every change (quirk 7); the type
 * goes along only where it can't do harm (quirk 10).
 */
export async function changeContact(
	api: Api,
	current: ApiRecord,
	changed: ContactBody,
): Promise<IDataObject> {
	const { firstname, lastname, phone, type, status_id: status } = current;
	const body: ContactBody = {
		firstname,
		lastname,
		phone,
		...(type === 'lead' || wantType.has(api) ? { type } : {}),
		...(await withGroupNames(api, changed)),
	};
	// Some servers refuse ids above 50 (quirk 9), also when nothing changes.
	if (String(body.status_id) === String(status)) delete body.status_id;
	const path = `contacts/${current.id}`;
	const answer = await api.put(path, body).catch(async (error: unknown) => {
		if (!('type' in body) && refuses(error, 'type')) {
			wantType.add(api);
			return await api.put(path, { ...body, type });
		}
		throw lackOfRequired(error, body) ?? error;
	});
	const updated = withAnswer({ ...current, ...changed }, answer);
	contactDirectory(api).remember(asRecord(updated));
	return updated;
}

/** Newer servers want the type with every change, and then take any that they have stored. */
const wantType = new WeakSet<Api>();

/** Why a contact without a last name, for one, can't be changed, not even its groups (quirk 7). */
function lackOfRequired(error: unknown, body: ContactBody): ApiError | undefined {
	const missing = ['firstname', 'lastname', 'phone'].find(
		(field) => (body[field] ?? '') === '' && refuses(error, field),
	);
	if (!missing || !(error instanceof ApiError)) return undefined;
	const label = fieldLabel(missing);
	return new ApiError(
		error.request,
		{
			title: `The contact has no ${label.toLowerCase()}, and WhatsCloud changes no contact without one`,
			description: `Give it one first: operation "Update", Update Fields > ${label}.`,
			outcome: 'refused',
		},
		error.status,
		error.body,
	);
}

export async function createContact(api: Api, contact: ContactBody): Promise<IDataObject> {
	const sent = await withGroupNames(api, contact);
	const created = withAnswer(contact, await api.post('contacts', sent));
	contactDirectory(api).remember(asRecord(created));
	return created;
}

function refuses(error: unknown, field: string): boolean {
	if (!(error instanceof ApiError) || error.status !== 422 || !isObject(error.body)) return false;
	return errorTexts(error.body).has(field);
}
