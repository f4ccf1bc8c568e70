import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../../api/api';
import { ApiError } from '../../api/errors/ApiError';
import type { ApiRecord } from '../../api/pages';
import { asRecord } from '../../api/pages';
import { deleteRecord, withAnswer } from '../records';
import { contactDirectory } from './contactDirectory';
import type { ContactBody } from './contactFields';
import { emailOfAnother, lackOfRequired, refuses } from './contactRefusals';
import { withGroupNames } from './groups';
import { newestByPhone } from './newestContacts';

export async function createContact(api: Api, contact: ContactBody): Promise<IDataObject> {
	const sent = await withGroupNames(api, contact);
	const answer = await api.post('contacts', sent).catch(async (error: unknown) => {
		throw (await emailOfAnother(api, error, contact)) ?? error;
	});
	const created = withAnswer(contact, answer);
	contactDirectory(api).remember(asRecord(created));
	return created;
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
		throw lackOfRequired(error, body) ?? (await emailOfAnother(api, error, body)) ?? error;
	});
	const updated = withAnswer({ ...current, ...changed }, answer);
	contactDirectory(api).remember(asRecord(updated));
	return updated;
}

/** Newer servers want the type with every change, and then take any that they have stored. */
const wantType = new WeakSet<Api>();

/** Changes the contact with this phone, or creates it; also where others create or delete it meanwhile. */
export async function upsertContact(
	api: Api,
	phone: string,
	bodies: { contact: ContactBody; changed: ContactBody },
): Promise<IDataObject> {
	const { contact, changed } = bodies;
	const directory = contactDirectory(api);
	const current = await directory.find(phone);
	if (current) {
		return await changeContact(api, current, changed).catch(async (error: unknown) => {
			if (!(error instanceof ApiError && error.notFound)) throw error;
			directory.forget(current.id);
			return await upsertContact(api, phone, bodies);
		});
	}
	return await createContact(api, contact).catch(async (error: unknown) => {
		if (!refuses(error, 'phone')) throw error;
		const newest = (await newestByPhone(api, new Set([phone]))).get(phone);
		if (!newest) throw error;
		return await changeContact(api, newest, changed);
	});
}

export async function deleteContact(api: Api, id: number): Promise<IDataObject> {
	const deleted = await deleteRecord(api, 'contacts', { id });
	contactDirectory(api).forget(id);
	return deleted;
}
