import type { Api } from '../api/api';
import { ApiError, refusedFields } from '../api/errors/ApiError';
import type { ApiRecord } from '../api/pages';
import { asRecord } from '../api/pages';
import { isObject, objectOf } from '../checks/json';
import { isEmpty } from '../checks/text';
import { idsIn } from '../fields/values';
import { idOfPicked, named, withAnswer } from '../records';
import type { ContactBody, CreateValues, UpsertValues } from './contactFields';
import { changesOfUpsert, newContact, NO_NAME } from './contactFields';
import { namesById, readNames } from './contactRecord';
import { contactDirectory } from './findByPhone';

/** All known versions refuse a status with an id above this in an update, although such statuses exist (quirk 9). */
const HIGHEST_STATUS = 50;

export async function createContact(api: Api, contact: ContactBody): Promise<ApiRecord> {
	const answer = await api.post('contacts', contact);
	const created = asRecord(withAnswer(contact, answer));
	contactDirectory(api).remember(created);
	const { group_id } = contact;
	// Without an id there is no contact to change, and the output shows the groups that the server names.
	const isToChange = lacksGroups(answer, group_id) && !Number.isNaN(created.id);
	if (!isToChange) return created;
	return await changeContact(api, created, { group_id }).catch(() => {
		throw new ApiError({ method: 'POST', path: 'contacts' }, OTHER_GROUPS);
	});
}

/**
 * Changes a contact. The server wants both names and the phone with every change (quirk 7), and later versions
 * replace a status and a source that are not sent by those of "Auto Lead".
 * @param current as it was read just now, since parts of it are written back
 */
export async function changeContact(
	api: Api,
	current: ApiRecord,
	changed: ContactBody,
): Promise<ApiRecord> {
	const path = `contacts/${current.id}`;
	const body: ContactBody = { ...keptWith(api, current), ...changed };
	if (isObject(body.custom_fields_data)) {
		// The server replaces all of them.
		const stored = objectOf(current.custom_fields_data);
		body.custom_fields_data = { ...stored, ...body.custom_fields_data };
	}
	const answer = await api.put(path, body);
	const updated = asRecord(withAnswer({ ...current, ...changed }, answer));
	contactDirectory(api).remember(updated);
	const filled = `Contacts that had no last name got "${NO_NAME}", since WhatsCloud wants one.`;
	if (body.lastname === NO_NAME && isEmpty(current.lastname)) api.hint('lastName', filled);
	const { id, status_id: status } = updated;
	const wanted = changed.status_id ?? current.status_id;
	// "Auto Lead" puts its status in the place of one that can't be sent along.
	const moved = `WhatsCloud gave the contact with the ID ${id} the status ${String(status)} of its "Auto Lead" in place of ${String(wanted)}, since no update keeps a status with an ID above ${HIGHEST_STATUS}; maybe others too. Switch "Auto Lead" off in WhatsCloud, or set the status there.`;
	if (!isEmpty(wanted) && String(status) !== String(wanted)) api.hint('status', moved);
	if (lacksGroups(answer, body.group_id)) throw new ApiError({ method: 'PUT', path }, OTHER_GROUPS);
	return updated;
}

function keptWith(api: Api, current: ApiRecord): ContactBody {
	const { firstname, lastname, phone, type, status_id: status, source_id: source } = current;
	// Old versions take "lead" alone, and keep a customer only where no type is sent (quirk 10).
	const needsType = type === 'lead' || api.server.needsType() !== false;
	return {
		firstname: isEmpty(firstname) ? NO_NAME : firstname,
		lastname: isEmpty(lastname) ? NO_NAME : lastname,
		phone,
		...(!isEmpty(status) && Number(status) <= HIGHEST_STATUS && { status_id: status }),
		...(!isEmpty(source) && { source_id: source }),
		...(needsType && !isEmpty(type) && { type }),
	};
}

function lacksGroups(answer: unknown, wanted: unknown): boolean {
	if (!Array.isArray(wanted) || !isObject(answer) || answer.group_id === undefined) return false;
	const groups = idsIn(answer.group_id) ?? [];
	return groups.length !== wanted.length || !groups.every((id) => wanted.includes(id));
}

const OTHER_GROUPS = {
	title: 'WhatsCloud has not changed the groups of the contact',
	description: 'Everything else is written. Set the groups in WhatsCloud itself.',
	outcome: 'unknown',
} as const;

/** How often an upsert looks again where others write the contact meanwhile, or an answer gets lost. */
const MOST_TRIES = 3;

/**
 * Changes the contact with this phone, or creates it; also where others create or delete it meanwhile, and where
 * the answer to a create gets lost: then it looks whether the contact is there.
 */
export async function upsertContact(
	api: Api,
	params: UpsertValues,
	ids: ContactBody,
): Promise<ApiRecord> {
	const { phone } = params;
	const contact = newContact(params, ids);
	const directory = contactDirectory(api);
	// Custom fields are written back as a whole, so that old ones would undo what others have changed.
	const maxAgeMs = contact.custom_fields_data === undefined ? undefined : 0;
	let lost: ApiError | undefined;

	async function attempt(triesLeft: number): Promise<ApiRecord> {
		const current = await directory.find(phone, maxAgeMs);
		const write = current
			? changeContact(api, current, changesOfUpsert(params, ids, current))
			: createContact(api, contact);
		return await write.then(
			(written) => ({ ...written, created: !current || lost !== undefined }),
			async (error: unknown) => {
				if (!(await mayBeOtherwise(error, current)) || triesLeft === 0) throw error;
				return await attempt(triesLeft - 1);
			},
		);
	}

	/** Whether the failure may come from another contact being there, or none, than the look has found. */
	async function mayBeOtherwise(error: unknown, current?: ApiRecord): Promise<boolean> {
		if (!(error instanceof ApiError)) return false;
		if (current) {
			if (error.status === 404) directory.forget(current.id);
			return error.status === 404;
		}
		if (error.outcome === 'unknown') lost = error;
		else if (!refusedFields(error).has('phone')) return false;
		await directory.readNewest([phone]);
		return lost !== undefined || directory.stored(phone) !== undefined;
	}

	return await attempt(MOST_TRIES - 1).catch((error: unknown) => {
		// A number that is taken may be so by the create before; other values are refused whatever became of it.
		const isTaken = refusedFields(error).has('phone');
		if (!lost || !(error instanceof ApiError) || (error.status === 422 && !isTaken)) throw error;
		// To run an upsert again does no harm, unlike a create whose answer got lost.
		const description =
			'Run this item again, or set Retry On Fail: the node looks first whether the contact is there, so nobody is created twice.';
		const request = { method: 'PUT', path: 'contacts' } as const;
		throw new ApiError(request, { title: lost.message, description, outcome: 'unknown' }, lost);
	});
}

/** The ids of status and source, of a missing source the name. @throws InputError for a name that there is not */
export async function findLabels({ api, params }: { api: Api; params: CreateValues }) {
	const { statusId, sourceId, options } = params;
	await readNames(api, params);
	const status_id = await idOfPicked(api, 'statuses', statusId);
	if ('name' in sourceId && options.createMissingSource === true) {
		const { name } = sourceId;
		return { status_id, source_id: named(await api.list('sources'), name)?.id ?? name };
	}
	return { status_id, source_id: await idOfPicked(api, 'sources', sourceId) };
}

/** Makes the source if it is missing, once in a run. @throws ApiError */
export async function labelIds(
	api: Api,
	{ status_id, source_id: source }: Awaited<ReturnType<typeof findLabels>>,
): Promise<ContactBody> {
	if (typeof source === 'number') return { status_id, source_id: source };
	const make = async () => {
		const made = await api.post('sources', { name: source }).catch(async (error: unknown) => {
			// Somebody else may have made it meanwhile, or the answer got lost.
			const there = named((await api.read('sources')).records, source);
			if (there) return there;
			throw error;
		});
		const { id, name } = asRecord(withAnswer({ name: source }, made));
		(await namesById(api, 'sources')).set(id, String(name));
		return id;
	};
	return { status_id, source_id: await api.once(`source ${source.toLowerCase()}`, make) };
}
