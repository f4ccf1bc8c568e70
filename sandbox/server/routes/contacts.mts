import type { Account } from '../account.mts';
import type { Behaviour } from '../behaviour.mts';
import { inWords, type Call, type Route } from '../call.mts';
import {
	anything,
	choice,
	echoed,
	flag,
	integerColumn,
	orNull,
	StorageRefusal,
	stored,
	text,
	timestamp,
	type Columns,
} from '../columns.mts';
import { failure, Refusal, success, type Answer } from '../envelope.mts';
import { groupIds } from '../groups.mts';
import type { Input } from '../input.mts';
import { presentContact } from '../contactRecord.mts';
import { listAnswer } from '../pagination.mts';
import type { Contact } from '../records.mts';
import { apiUserId, newContact, tenantId } from '../store.mts';
import { isoSeconds } from '../timestamps.mts';
import {
	email,
	integer,
	invalid,
	isInteger,
	maxLength,
	maxValue,
	nullable,
	oneOf,
	required,
	rule,
	sometimes,
	string,
	unique,
	validate,
	type Rules,
} from '../validation.mts';
import { recordChanged } from '../webhooks/recordEvents.mts';
import { refuseUnknownFields } from './unknownFields.mts';

/** Quirk 10: validation and storage do not agree, so that only `lead` works in some versions. */
const types: Record<Behaviour['contactTypes'], { accepted: string[]; stored: string[] }> = {
	leadOnly: { accepted: ['lead', 'contact'], stored: ['lead', 'customer'] },
	leadCustomer: { accepted: ['lead', 'customer'], stored: ['lead', 'customer'] },
	leadCustomerGuest: {
		accepted: ['lead', 'customer', 'guest'],
		stored: ['lead', 'customer', 'guest'],
	},
};

function columnsFor(behaviour: Behaviour): Columns<Contact> {
	const { contactTypes, customFields, optOut, facebookPsid, datesWritable } = behaviour;
	return {
		firstname: text(191),
		lastname: text(191),
		company: orNull(text(191)),
		type: choice(...types[contactTypes].stored),
		description: orNull(text()),
		country_id: orNull(integerColumn),
		zip: orNull(text(15)),
		city: orNull(text(100)),
		state: orNull(text(100)),
		address: orNull(text()),
		assigned_id: orNull(integerColumn),
		status_id: integerColumn,
		source_id: integerColumn,
		email: orNull(text(191)),
		website: orNull(text(100)),
		phone: orNull(text(20)),
		is_enabled: flag,
		dateassigned: orNull(timestamp),
		last_status_change: orNull(timestamp),
		group_id: anything,
		...(customFields && { custom_fields_data: anything }),
		...(optOut && { is_opted_out: orNull(flag), opted_out_date: orNull(timestamp) }),
		...(facebookPsid && { facebook_psid: orNull(text(191)) }),
		...(datesWritable && { created_at: timestamp, updated_at: timestamp }),
	};
}

/** What may be sent without a 500; `tenant_id` and `addedfrom` are taken, and the server sets its own. */
const knownFields = (behaviour: Behaviour) => [
	...Object.keys(columnsFor(behaviour)),
	...['tenant_id', 'addedfrom'],
	...(behaviour.groupsByName ? ['groups'] : []),
];

const idRules = ({ behaviour, data }: Account): Rules => {
	if (!behaviour.idsFirst)
		return { source_id: [required, integer], status_id: [required, integer] };
	const ofTenant = (name: 'source' | 'status', has: (id: number) => boolean) => [
		rule(isInteger, `${name}_id_must_be_integer`),
		rule((value) => has(Number(value)), `selected_${name}_does_not_belong_to_tenant`),
	];
	return {
		source_id: ofTenant('source', (id) => data.sources.get(id) !== undefined),
		status_id: ofTenant('status', (id) => data.statuses.get(id) !== undefined),
	};
};

/** Rules that came with the fields that these servers take by name. */
const laterRules = ({ behaviour }: Account): Rules =>
	behaviour.groupsByName
		? {
				company: [nullable, string, maxLength(255)],
				description: [nullable, string],
				country_id: [nullable, integer],
				assigned_id: [nullable, integer],
				groups: [nullable, string],
			}
		: {};

function createRules(account: Account): Rules {
	const { behaviour, data } = account;
	return {
		firstname: [required, string, maxLength(255)],
		lastname: [
			behaviour.lastnameOnCreate === 'required' ? required : nullable,
			...[string, maxLength(255)],
		],
		email: [nullable, email, maxLength(191), unique((value) => data.contacts.hasEmail(value))],
		phone: [required, string, maxLength(20), unique((value) => data.contacts.hasPhone(value))],
		type: [required, oneOf(...types[behaviour.contactTypes].accepted)],
		...idRules(account),
		...laterRules(account),
	};
}

function updateRules(account: Account, contact: Contact): Rules {
	const { behaviour, data } = account;
	const takenByAnother = {
		email: (value: string) => value !== contact.email && data.contacts.hasEmail(value),
		phone: (value: string) => value !== contact.phone && data.contacts.hasPhone(value),
	};
	return {
		// Quirk 7: an update without these three is refused.
		firstname: [required, string, maxLength(255)],
		lastname: [required, string, maxLength(255)],
		phone: [required, string, maxLength(20), unique(takenByAnother.phone)],
		// Quirk 8: where it is not nullable, an address can never be cleared.
		email: [
			...(behaviour.emailClearable ? [nullable] : []),
			...[email, maxLength(191), unique(takenByAnother.email)],
		],
		type: [
			behaviour.typeRequiredOnUpdate ? required : sometimes,
			oneOf(...types[behaviour.contactTypes].accepted),
		],
		// Quirk 9: a limit on the id's value. Null passes here, and storage refuses it.
		status_id: [nullable, integer, maxValue(50)],
		source_id: [nullable, integer],
		...laterRules(account),
	};
}

function asStored(account: Account, input: Input, message: string): Partial<Contact> {
	try {
		return stored(columnsFor(account.behaviour), input);
	} catch (error) {
		if (!(error instanceof StorageRefusal)) throw error;
		throw new Refusal(failure(500, inWords(account, message), { error: error.message }));
	}
}

/** Names take the place of the list of ids, once the rest is written; none change nothing. */
async function takeGroups({ account, by }: Call, contact: Contact, input: Input): Promise<void> {
	if (!account.behaviour.groupsByName || typeof input['groups'] !== 'string') return;
	const previous = { ...contact };
	account.data.contacts.update(contact, { group_id: groupIds(account.data, input['groups']) });
	await recordChanged(
		account,
		{ model: 'contact', event: 'updated', record: contact, previous },
		by,
	);
}

function list({ account, ...call }: Call): Answer {
	const { behaviour, data } = account;
	const filters = ['type', 'status_id', 'source_id'].filter((name) => name in call.query);
	const all = data.contacts.all();
	// Quirk 4: documented, and applied only by some. An empty value asks for null and finds nothing.
	const rows =
		behaviour.contactFiltersApplied && filters.length > 0
			? all.filter((contact) =>
					filters.every((name) => String(contact[name as 'type']) === call.query[name]),
				)
			: all;
	return listAnswer(
		{ account, ...call },
		{
			rows,
			present: (contact) => presentContact(account, contact),
			failed: 'failed_to_fetch_contact',
		},
	);
}

/** What Auto Lead fills in where the key is missing. */
function autoLead({ behaviour }: Account, input: Input, fields: Record<string, unknown>): Input {
	if (!behaviour.idsFirst || !behaviour.autoLead) return {};
	return Object.fromEntries(
		Object.entries(fields).filter(([name, value]) => !(name in input) && value !== undefined),
	);
}

function refuseMissingIds(account: Account, input: Input): void {
	if (!account.behaviour.idsFirst) return;
	for (const field of ['status_id', 'source_id']) {
		if (![undefined, null, '', 0, '0'].includes(input[field] as null)) continue;
		throw invalid(account, { [field]: [`${field}_is_required_configure_auto_lead_settings`] });
	}
}

async function create(call: Call): Promise<Answer> {
	const { account, by } = call;
	const { behaviour, data, now } = account;
	const { status, source, assignee } = behaviour.autoLead ?? {};
	const filled = autoLead(account, call.input, {
		...{ status_id: status, source_id: source, assigned_id: assignee },
	});
	const input = { ...call.input, ...filled };
	refuseMissingIds(account, input);
	validate(account, createRules(account), input);
	refuseAboveContactLimit(account);
	const message = 'Failed to create contact';
	refuseUnknownFields(account, input, { known: knownFields(behaviour), model: 'Contact', message });
	const wantsLastname =
		behaviour.lastnameOnCreate === 'storage' && (input['lastname'] ?? null) === null;
	if (wantsLastname) {
		const error = `SQLSTATE[HY000]: General error: 1364 Field 'lastname' doesn't have a default value`;
		return failure(500, inWords(account, message), { error });
	}
	const values = asStored(account, { ...input, lastname: input['lastname'] ?? '' }, message);
	const contact = data.contacts.insert({ ...newContact(null, isoSeconds(now())), ...values });
	await recordChanged(account, { model: 'contact', event: 'created', record: contact }, by);
	await takeGroups(call, contact, input);
	const done = inWords(account, 'Contact created successfully');
	// Quirk 5: a fresh blank record is answered, and an empty record is written as [].
	if (behaviour.createAnswer === 'empty') return success({ message: done, data: [] }, 201);
	const data201 =
		behaviour.createAnswer === 'full'
			? withEcho(account, contact, input)
			: onlySent(account, contact, call.input, filled);
	return success({ message: done, data: data201 }, 201);
}

/** Of a new record only what was sent or filled in, in the type it came in (quirk 29). */
function onlySent({ behaviour }: Account, contact: Contact, sent: Input, filled: Input): object {
	const columns = columnsFor(behaviour);
	const { created_at, updated_at, id, group_id } = contact;
	return {
		...asStoredOrSent(columns, contact, sent),
		...{ tenant_id: tenantId, addedfrom: apiUserId },
		...filled,
		...{ updated_at, created_at, id },
		...(typeof sent['groups'] === 'string' && { group_id }),
	};
}

function asStoredOrSent(columns: Columns<Contact>, contact: Contact, sent: Input): object {
	const names = Object.keys(sent).filter((name) => name in columns);
	return {
		...Object.fromEntries(names.map((name) => [name, contact[name as keyof Contact]])),
		...echoed(columns, sent),
	};
}

/** Quirk 29: the answer repeats values in the type they were sent in. */
function withEcho(account: Account, contact: Contact, input: Input): object {
	const { group_id } = contact;
	const echo = echoed(columnsFor(account.behaviour), input);
	return {
		...presentContact(account, contact),
		...echo,
		...(typeof input['groups'] === 'string' && { group_id }),
	};
}

export function refuseAboveContactLimit({ behaviour, data }: Account): void {
	const { contactLimit, currentTenantInApi } = behaviour;
	if (!currentTenantInApi || contactLimit === null || data.contacts.size < contactLimit) return;
	throw new Refusal(
		failure(
			403,
			'You have reached the maximum number of contacts allowed. Please upgrade your plan to create more.',
		),
	);
}

const missing = (account: Account) => failure(404, inWords(account, 'Contact not found'));

function read({ account, id }: Call): Answer {
	const contact = account.data.contacts.getLoosely(id);
	if (contact) return success({ data: presentContact(account, contact) });
	// Quirk 6: a missing contact is a success with null.
	return account.behaviour.missingContact === 200 ? success({ data: null }) : missing(account);
}

async function update(call: Call): Promise<Answer> {
	const { account, id, by } = call;
	const { behaviour, data, now } = account;
	const contact = data.contacts.getLoosely(id);
	if (!contact) return missing(account);
	const { status, source, assignee } = behaviour.autoLead ?? {};
	// The product fills in a field that it does not have: with an assignee, no update passes.
	const fields = { status_id: status, source_id: source, assignee };
	const input = { ...call.input, ...autoLead(account, call.input, fields) };
	validate(account, updateRules(account, contact), input);
	const message = 'Failed to update contact';
	refuseUnknownFields(account, input, { known: knownFields(behaviour), model: 'Contact', message });
	const values = asStored(account, input, message);
	const previous = { ...contact };
	data.contacts.update(contact, {
		...{ addedfrom: apiUserId, updated_at: isoSeconds(now()) },
		...values,
	});
	await recordChanged(
		account,
		{ model: 'contact', event: 'updated', record: contact, previous },
		by,
	);
	await takeGroups(call, contact, input);
	return success({
		message: inWords(account, 'Contact updated successfully', 'contact_update_successfully'),
		data: withEcho(account, contact, input),
	});
}

async function remove({ account, id, by }: Call): Promise<Answer> {
	const contact = account.data.contacts.getLoosely(id);
	if (!contact) return missing(account);
	account.data.contacts.delete(contact);
	await recordChanged(account, { model: 'contact', event: 'deleted', record: contact }, by);
	return success({ message: inWords(account, 'Contact deleted successfully') });
}

export const contactRoutes: Route[] = [
	{ method: 'GET', path: '/contacts', ability: 'contacts.read', handle: list },
	{ method: 'POST', path: '/contacts', ability: 'contacts.create', handle: create },
	{ method: 'GET', path: '/contacts/:id', ability: 'contacts.read', handle: read },
	{ method: 'PUT', path: '/contacts/:id', ability: 'contacts.update', handle: update },
	{ method: 'DELETE', path: '/contacts/:id', ability: 'contacts.delete', handle: remove },
];
