import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { errorTexts } from '../api/envelope';
import { ApiError } from '../api/errors/ApiError';
import { fieldLabel } from '../api/errors/readableText';
import type { ApiRecord } from '../api/pages';
import { asRecord } from '../api/pages';
import { isObject } from '../checks/json';
import { deleteRecord, withAnswer } from '../records';
import { contactDirectory } from './contactDirectory';
import type { ContactBody } from './contactFields';
import { withGroupNames } from './contactRecord';
import { newestByPhone } from './contactPages';

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

/** Whether the server names this field as the reason of its refusal. */
function refuses(error: unknown, field: string): error is ApiError {
	if (!(error instanceof ApiError) || error.status !== 422 || !isObject(error.body)) return false;
	return errorTexts(error.body).has(field);
}

/** Why a contact without a last name, for one, can't be changed, not even its groups (quirk 7). */
function lackOfRequired(error: unknown, body: ContactBody): ApiError | undefined {
	const missing = ['firstname', 'lastname', 'phone'].find(
		(field) => (body[field] ?? '') === '' && refuses(error, field),
	);
	if (!missing || !(error instanceof ApiError)) return undefined;
	const label = fieldLabel(missing);
	return inOtherWords(error, {
		title: `The contact has no ${label.toLowerCase()}, and WhatsCloud changes no contact without one`,
		description: `Give it one first: operation "Update", Update Fields > ${label}.`,
	});
}

/** Whose the e-mail is that was refused, as far as the newest contacts tell. */
async function emailOfAnother(
	api: Api,
	error: unknown,
	{ email }: ContactBody,
): Promise<ApiError | undefined> {
	if (!refuses(error, 'email') || typeof email !== 'string') return undefined;
	// The search only explains the error, so its own failure must not take its place.
	const owner = await contactDirectory(api)
		.findByEmail(email)
		.catch(() => undefined);
	return (
		owner &&
		inOtherWords(error, {
			title: `The e-mail ${email} belongs to another contact: ${nameOf(owner)}`,
			description: `No two contacts may have the same e-mail. Correct the e-mail or leave it out; or, if that contact is meant, change it with the operation "Update" By ID (${owner.id}).`,
		})
	);
}

function nameOf({ id, firstname, lastname, phone }: ApiRecord): string {
	const name = [firstname, lastname].filter(Boolean).join(' ');
	return [name, phone && `phone ${String(phone)}`, `ID ${id}`].filter(Boolean).join(', ');
}

function inOtherWords(
	{ request, status, body }: ApiError,
	words: { title: string; description: string },
): ApiError {
	return new ApiError(request, { ...words, outcome: 'refused' }, status, body);
}
