import type { IDataObject } from 'n8n-workflow';

import { ApiError } from '../api/ApiError';
import type { WhatsCloudApi } from '../api/api';
import { contactDirectory } from '../api/contactDirectory';
import { notFound } from '../api/explanations';
import type { ApiRecord } from '../api/pages';
import { asRecord, isObject } from '../api/pages';
import {
	choice,
	collection,
	dateTime,
	optionalText,
	requiredText,
	toggle,
	wholeNumber,
} from '../fields/basic';
import { limit, returnAll, simplify } from '../fields/lists';
import type { PickedContact } from '../fields/pickers';
import { contactPicker, dropDown, multiDropDown, picker } from '../fields/pickers';
import type { Done, Field, Resource, Values } from '../node/operation';
import { operation } from '../node/operation';
import { phoneDigits, toWhatsAppNumber } from '../whatsapp/phone';

const nameOf = ({ name }: ApiRecord) => String(name);

const contactId = contactPicker({
	displayName: 'Contact',
	description: 'The contact to work with',
	path: 'contacts',
	searchMethod: 'searchContacts',
	label: ({ firstname, lastname, phone }) =>
		`${[firstname, lastname].filter(Boolean).join(' ')} (${String(phone)})`,
});

const phone: Field<string> = {
	property: {
		displayName: 'Phone',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 15555550101',
		description:
			'The phone number with the country code. It is stored as digits only, so that the same number is not stored twice.',
	},
	read: toWhatsAppNumber,
};

const firstName = requiredText({ displayName: 'First Name' });
const lastName = requiredText({ displayName: 'Last Name' });

const statusId = picker({
	displayName: 'Status',
	description: 'The status of the contact',
	path: 'statuses',
	searchMethod: 'searchStatuses',
	label: nameOf,
});

const sourceId = picker({
	displayName: 'Source',
	description: 'Where the contact comes from',
	path: 'sources',
	searchMethod: 'searchSources',
	label: nameOf,
});

// Quirk 10: "contact" is never right; "customer" only on newer servers.
const type = choice({
	displayName: 'Type',
	options: [
		{
			name: 'Customer',
			value: 'customer',
			description: 'Only newer versions of WhatsCloud accept it',
		},
		{ name: 'Lead', value: 'lead' },
	] as const,
	default: 'lead',
	description: 'Whether the contact is a lead or a customer',
});

const statusDropDown = dropDown({
	displayName: 'Status Name or ID',
	description: 'The status of the contact',
	path: 'statuses',
	loadMethod: 'loadStatuses',
	label: nameOf,
});
const sourceDropDown = dropDown({
	displayName: 'Source Name or ID',
	description: 'Where the contact comes from',
	path: 'sources',
	loadMethod: 'loadSources',
	label: nameOf,
});
const groupDropDown = dropDown({
	displayName: 'Group Name or ID',
	description: 'A group the contact is in',
	path: 'groups',
	loadMethod: 'loadGroups',
	label: nameOf,
});

const additionalFieldSet = {
	address: optionalText({ displayName: 'Address' }),
	assignedId: wholeNumber({
		displayName: 'Assigned User ID',
		default: 0,
		description: 'The ID of the WhatsCloud user who looks after the contact',
	}),
	city: optionalText({ displayName: 'City' }),
	company: optionalText({ displayName: 'Company' }),
	countryId: wholeNumber({
		displayName: 'Country ID',
		default: 0,
		description: "The ID of the country in WhatsCloud's own list, for example 102 for India",
	}),
	description: optionalText({ displayName: 'Description', typeOptions: { rows: 3 } }),
	email: optionalText({ displayName: 'Email', placeholder: 'e.g. name@email.com' }),
	groupIds: multiDropDown({
		displayName: 'Group Names or IDs',
		description: 'The groups the contact is in',
		path: 'groups',
		loadMethod: 'loadGroups',
		label: nameOf,
	}),
	isEnabled: toggle({
		displayName: 'Enabled',
		default: true,
		description: 'Whether the contact is active in WhatsCloud',
	}),
	state: optionalText({ displayName: 'State' }),
	type,
	website: optionalText({ displayName: 'Website' }),
	zip: optionalText({ displayName: 'ZIP Code' }),
};

const additionalFields = collection({
	displayName: 'Additional Fields',
	placeholder: 'Add Field',
	description: 'More about the contact',
	fields: additionalFieldSet,
});

const createFields = { firstName, lastName, phone, statusId, sourceId, additionalFields };

const create = operation({
	value: 'create',
	name: 'Create',
	action: 'Create a contact',
	description: 'Create a new contact',
	kind: 'write',
	fields: createFields,
	run: async ({ api, params }) => {
		const sent = newContact(params);
		const answer = await api.post('contacts', sent);
		return { ...sent, ...(isObject(answer) ? answer : {}) } as IDataObject;
	},
	complete: withIds,
});

const get = operation({
	value: 'get',
	name: 'Get',
	action: 'Get a contact',
	description: 'Get one contact, by its ID or phone number',
	kind: 'read',
	fields: { contactId, simplify },
	run: async ({ api, params }) =>
		present(await readContact(api, params.contactId), params.simplify),
});

const filters = collection({
	displayName: 'Filters',
	placeholder: 'Add Filter',
	description: 'Only contacts for which all of these hold',
	fields: {
		createdAfter: dateTime({ displayName: 'Created After' }),
		createdBefore: dateTime({ displayName: 'Created Before' }),
		email: optionalText({ displayName: 'Email', placeholder: 'e.g. name@email.com' }),
		groupId: groupDropDown,
		phone: optionalText({
			displayName: 'Phone',
			description: 'A whole phone number, with or without +',
		}),
		sourceId: sourceDropDown,
		statusId: statusDropDown,
		type,
	},
});

const getAll = operation({
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many contacts',
	description: 'Get many contacts, newest first',
	kind: 'read',
	fields: { returnAll, limit, filters, simplify },
	run: async ({ api, params }) => {
		const contacts = await api.list('contacts', {
			limit: params.returnAll ? undefined : params.limit,
			query: queryOf(params.filters),
			matches: Object.keys(params.filters).length > 0 ? matcher(params.filters) : undefined,
		});
		return contacts.map((contact) => present(contact, params.simplify));
	},
});

export const contact: Resource = {
	value: 'contact',
	name: 'Contact',
	default: 'create',
	operations: [create, get, getAll],
};

function newContact(params: Values<typeof createFields>): Record<string, unknown> {
	return {
		firstname: params.firstName,
		lastname: params.lastName,
		phone: params.phone,
		status_id: params.statusId.id,
		source_id: params.sourceId.id,
		type: 'lead',
		...contactFields(params.additionalFields),
	};
}

/** The editor's fields under the API's names; what the user did not set stays absent (quirk 24). */
function contactFields(
	fields: Partial<Values<typeof additionalFieldSet>>,
): Record<string, unknown> {
	const { assignedId, countryId, groupIds, isEnabled, ...sameName } = fields;
	const renamed = {
		assigned_id: assignedId,
		country_id: countryId,
		group_id: groupIds,
		is_enabled: isEnabled,
	};
	return {
		...sameName,
		...Object.fromEntries(Object.entries(renamed).filter(([, value]) => value !== undefined)),
	};
}

/** @throws ApiError when there is no such contact */
async function readContact(api: WhatsCloudApi, picked: PickedContact): Promise<ApiRecord> {
	if ('phone' in picked) {
		const found = await (await contactDirectory(api)).find(picked.phone);
		if (found) return found;
		throw new ApiError(
			{ method: 'GET', path: 'contacts' },
			{
				title: `There is no contact with the phone number ${picked.phone}`,
				description: 'Check the number with its country code, or create the contact first.',
				outcome: 'refused',
			},
			404,
		);
	}
	const path = `contacts/${picked.id}`;
	const data = await api.get(path);
	// Quirk 6: a missing contact is a success without a record.
	if (isObject(data) && data.id !== undefined) return asRecord(data);
	throw new ApiError({ method: 'GET', path }, notFound({ method: 'GET', path }), 404, data);
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

function present(contact: ApiRecord, simplified: boolean): IDataObject {
	if (!simplified) return contact as IDataObject;
	return Object.fromEntries(SIMPLE_KEYS.map((key) => [key, contact[key] ?? null])) as IDataObject;
}

type Filters = Partial<Values<{ [K in 'type']: typeof type }>> & {
	createdAfter?: Date;
	createdBefore?: Date;
	email?: string;
	groupId?: number;
	phone?: string;
	sourceId?: number;
	statusId?: number;
};

/** What some servers filter by themselves (quirk 4). */
function queryOf({ type: kind, statusId: status, sourceId: source }: Filters) {
	const query = { type: kind, status_id: status, source_id: source };
	return Object.fromEntries(
		Object.entries(query).filter(([, value]) => value !== undefined),
	) as Record<string, string | number>;
}

function matcher(wanted: Filters): (contact: ApiRecord) => boolean {
	const same = (value: unknown, expected: unknown) =>
		expected === undefined || String(value).toLowerCase() === String(expected).toLowerCase();
	return (contact) =>
		same(contact.type, wanted.type) &&
		same(contact.status_id, wanted.statusId) &&
		same(contact.source_id, wanted.sourceId) &&
		same(contact.email, wanted.email) &&
		(wanted.phone === undefined || phoneDigits(contact.phone) === phoneDigits(wanted.phone)) &&
		(wanted.groupId === undefined || groupsOf(contact).includes(wanted.groupId)) &&
		(wanted.createdAfter === undefined || createdAt(contact) > wanted.createdAfter.getTime()) &&
		(wanted.createdBefore === undefined || createdAt(contact) < wanted.createdBefore.getTime());
}

/** Group ids come back in the type they were sent in (quirk 29). */
function groupsOf({ group_id: groups }: ApiRecord): number[] {
	return Array.isArray(groups) ? groups.map(Number) : [];
}

/** Milliseconds; servers write the moment with T and Z or with a space and no zone, both in UTC. */
function createdAt({ created_at: moment }: ApiRecord): number {
	const text = String(moment).replace(' ', 'T');
	return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}

/** Some servers do not return the new id (quirk 5): the newest contacts are read once for all items. */
async function withIds(
	api: WhatsCloudApi,
	done: Array<Done<typeof createFields>>,
): Promise<IDataObject[]> {
	const missing = new Set(
		done.filter(({ output }) => output.id === undefined).map(({ output }) => String(output.phone)),
	);
	// The contacts exist: that their ids can't be read must not look like a failure.
	const found = await newestByPhone(api, missing).catch(() => new Map<string, ApiRecord>());
	return done.map(({ output }) => {
		if (output.id !== undefined) return output;
		const record = found.get(String(output.phone));
		if (record) return record as IDataObject;
		return {
			id: null,
			...output,
			note: 'The contact was created. WhatsCloud did not return its ID, and it was not among the newest contacts.',
		};
	});
}

/** Reads the newest contacts, as few pages as can hold them all. @throws ApiError */
async function newestByPhone(
	api: WhatsCloudApi,
	phones: ReadonlySet<string>,
): Promise<Map<string, ApiRecord>> {
	const found = new Map<string, ApiRecord>();
	if (phones.size === 0) return found;
	let pagesLeft = 0;
	for await (const page of api.pages('contacts', undefined, pageSizeFor(phones.size))) {
		pagesLeft ||= Math.ceil(phones.size / Math.max(1, page.records.length)) + 2;
		for (const record of page.records) {
			const number = String(record.phone);
			if (phones.has(number) && !found.has(number)) found.set(number, record);
		}
		if (found.size === phones.size || --pagesLeft === 0) break;
	}
	return found;
}

/** Room for contacts that others create meanwhile. */
function pageSizeFor(missing: number): number {
	return Math.max(100, Math.ceil(missing * 1.1));
}
