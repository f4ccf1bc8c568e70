import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { ApiError, refusedFields } from '../api/errors/ApiError';
import type { ApiRecord } from '../api/pages';
import { asRecord } from '../api/pages';
import { isObject } from '../checks/json';
import { isEmpty } from '../checks/text';
import { deleteRecord, refusal, withAnswer } from '../records';
import type { ContactBody } from './contactFields';
import { NO_NAME } from './contactFields';
import { customFieldsOf } from './contactRecord';
import { contactDirectory } from './findByPhone';
import { tookGroups, writeGroups } from './groups';
import { HIGHEST_STATUS, inWords, isSame, refuseUnable, SET_STATUS_THERE } from './refusals';

/** @throws ApiError */
export async function createContact(api: Api, contact: ContactBody): Promise<ApiRecord> {
	refuseUnable(api, 'contacts', contact);
	const answer = await api.post('contacts', contact).catch(async (error: unknown) => {
		throw await inWords(api, error, contact);
	});
	const created = asRecord(withAnswer(contact, answer));
	contactDirectory(api).remember(created);
	if (tookGroups(answer, contact.group_id) || Number.isNaN(created.id)) return created;
	return await changeContact(api, created, { group_id: contact.group_id });
}

/**
 * Changes a contact. The server wants both names and the phone with every change (quirk 7), and later versions
 * replace a status and a source that are not sent by defaults.
 * @param current as it was read just now, since parts of it are written back
 * @throws ApiError
 */
export async function changeContact(
	api: Api,
	current: ApiRecord,
	changed: ContactBody,
): Promise<ApiRecord> {
	const path = `contacts/${current.id}`;
	refuseUnable(api, path, changed);
	const body: ContactBody = { ...keptWith(api, current), ...changed };
	if (isObject(body.custom_fields_data)) {
		// The server replaces all of them.
		body.custom_fields_data = { ...customFieldsOf(current), ...body.custom_fields_data };
	}
	if (isEmpty(body.phone)) throw refusal(path, NO_PHONE);
	if (body.lastname === NO_NAME && isEmpty(current.lastname)) api.hint('lastName', NO_LAST_NAME);

	const write = async (sent: ContactBody) => await put(api, current, sent);
	const answer = await writeGroups(api, body, write).catch(async (error: unknown) => {
		throw await inWords(api, error, body, current);
	});
	const updated = asRecord(withAnswer({ ...current, ...changed }, answer));
	contactDirectory(api).remember(updated);
	return withStatusNote(api, updated, body, current);
}

/** What goes along with every change, so that it stays. */
function keptWith(api: Api, current: ApiRecord): ContactBody {
	const { firstname, lastname, phone, type } = current;
	const labels = ['status_id', 'source_id'].filter((field) => !isEmpty(current[field]));
	return {
		...Object.fromEntries(labels.map((field) => [field, current[field]])),
		firstname: isEmpty(firstname) ? NO_NAME : firstname,
		lastname: isEmpty(lastname) ? NO_NAME : lastname,
		phone,
		// Old versions take "lead" alone, and keep a customer only where no type is sent (quirk 10).
		...(api.server.knows('typeInUpdates') === true && { type }),
	};
}

/** Sends it, and once more where the server refuses nothing but what was to stay as it is. */
async function put(api: Api, current: ApiRecord, body: ContactBody): Promise<unknown> {
	const path = `contacts/${current.id}`;
	const { status_id: status, ...withoutStatus } = body;
	const mayGo = Number(status) > HIGHEST_STATUS && isSame(status, current.status_id);
	const sent = mayGo && api.server.knows('highStatuses') === false ? withoutStatus : body;
	return await api.put(path, sent).catch(async (error: unknown) => {
		const wrong = refusedFields(error);
		const lacksType = wrong.delete('type') && !('type' in sent) && !isEmpty(current.type);
		const isHigh = wrong.delete('status_id') && mayGo && 'status_id' in sent;
		if (wrong.size > 0 || !(lacksType || isHigh)) throw error;
		if (lacksType) api.server.learn('typeInUpdates', true);
		if (isHigh) api.server.learn('highStatuses', false);
		return await api.put(path, {
			...(isHigh ? withoutStatus : sent),
			...(lacksType && { type: current.type }),
		});
	});
}

/** Where the server answers with another status than the contact was to have. @throws ApiError if it was to change */
function withStatusNote(
	api: Api,
	updated: ApiRecord,
	{ status_id: wanted }: ContactBody,
	current: ApiRecord,
): ApiRecord {
	const { status_id: status } = updated;
	if (isEmpty(wanted) || isSame(status, wanted)) return updated;
	if (!isSame(wanted, current.status_id)) {
		throw refusal(`contacts/${updated.id}`, {
			title: `WhatsCloud has not given the contact the status with the ID ${String(wanted)}`,
			description: `Its answer shows the status with the ID ${String(status)}; what else was to be changed is changed. ${SET_STATUS_THERE}`,
		});
	}
	const note = `The status changed from ${String(wanted)} to ${String(status)}, the one that "Auto Lead" in WhatsCloud gives`;
	api.hint(
		'status',
		`${note}. WhatsCloud refuses a status whose ID is above ${HIGHEST_STATUS} in an update, and puts that of "Auto Lead" in its place. The note of each such item says so. Switch "Auto Lead" off in WhatsCloud, or set the status there.`,
	);
	return { ...updated, note };
}

/** How often an upsert looks again where others write the contact meanwhile, or an answer gets lost. */
const MOST_TRIES = 3;

/**
 * Changes the contact with this phone, or creates it; also where others create or delete it meanwhile, and where
 * the answer to a create gets lost: then it looks whether the contact is there.
 * @throws ApiError
 */
export async function upsertContact(
	api: Api,
	contact: ContactBody,
	changesOf: (current: ApiRecord) => ContactBody,
): Promise<ApiRecord> {
	const phone = String(contact.phone);
	const directory = contactDirectory(api);
	// Custom fields are written back as a whole, so that old ones would undo what others have changed.
	const maxAgeMs = contact.custom_fields_data === undefined ? undefined : 0;
	let lost: ApiError | undefined;

	async function attempt(triesLeft: number): Promise<ApiRecord> {
		const current = await directory.find(phone, maxAgeMs);
		const write = async () =>
			current
				? {
						...(await changeContact(api, current, changesOf(current))),
						created: lost !== undefined,
					}
				: { ...(await createContact(api, contact)), created: true };
		return await write().catch(async (error: unknown) => {
			if (!(await isOtherwise(error, current)) || triesLeft === 0) throw error;
			return await attempt(triesLeft - 1);
		});
	}

	/** Whether the failure may come from another contact being there, or none, than this look has found. */
	async function isOtherwise(error: unknown, current: ApiRecord | undefined): Promise<boolean> {
		if (!(error instanceof ApiError)) return false;
		if (current) {
			if (error.notFound) directory.forget(current.id);
			return error.notFound;
		}
		if (error.outcome === 'unknown') lost = error;
		else if (!refusedFields(error).has('phone')) return false;
		await directory.readNewest([phone]);
		return lost !== undefined || directory.stored(phone) !== undefined;
	}

	return await attempt(MOST_TRIES - 1).catch((error: unknown) => {
		const isAnswer = error instanceof ApiError && error.status === 422;
		throw lost && error instanceof ApiError && !isAnswer ? repeatable(lost) : error;
	});
}

/** To run an upsert again does no harm, unlike a create whose answer got lost. */
function repeatable({ message: title, status, body }: ApiError): ApiError {
	const description =
		'Run this item again, or set Retry On Fail: the node looks first whether the contact is there, so nobody is created twice.';
	const request = { method: 'PUT', path: 'contacts' } as const;
	return new ApiError(request, { title, description, outcome: 'unknown' }, status, body);
}

export async function deleteContact(api: Api, id: number): Promise<IDataObject> {
	const deleted = await deleteRecord(api, 'contacts', { id });
	contactDirectory(api).forget(id);
	return deleted;
}

const NO_PHONE = {
	title: 'The contact has no phone number, and WhatsCloud changes no contact without one',
	description: 'Give it one first: operation "Update", Update Fields > Phone.',
};
const NO_LAST_NAME = `Contacts that had no last name got "${NO_NAME}": WhatsCloud changes no contact without one.`;
