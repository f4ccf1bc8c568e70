import type { Account } from '../account.mts';
import type { Behaviour } from '../behaviour.mts';
import { translated, type Call, type Route } from '../call.mts';
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
import { listAnswer } from '../pagination.mts';
import type { Contact } from '../records.mts';
import { apiUserId, newContact } from '../store.mts';
import { isoSeconds, plainFromIso } from '../timestamps.mts';
import {
	email,
	integer,
	maxLength,
	maxValue,
	nullable,
	oneOf,
	required,
	sometimes,
	string,
	unique,
	validate,
	type Rules,
} from '../validation.mts';
import { recordChanged } from '../webhooks/recordEvents.mts';

/** Quirk 10: validation and storage do not agree, so that only `lead` works in some versions. */
const types: Record<Behaviour['contactTypes'], { accepted: string[]; stored: string[] }> = {
	leadOnly: { accepted: ['lead', 'contact'], stored: ['lead', 'customer'] },
	leadCustomer: { accepted: ['lead', 'customer'], stored: ['lead', 'customer'] },
	leadCustomerGuest: {
		accepted: ['lead', 'customer', 'guest'],
		stored: ['lead', 'customer', 'guest'],
	},
};

const columnsFor = ({ contactTypes }: Behaviour): Columns<Contact> => ({
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
});

function createRules({ behaviour, data }: Account): Rules {
	return {
		firstname: [required, string, maxLength(255)],
		lastname: behaviour.lastnameOptional
			? [nullable, string, maxLength(255)]
			: [required, string, maxLength(255)],
		email: [nullable, email, maxLength(191), unique((value) => data.contacts.hasEmail(value))],
		phone: [required, string, maxLength(20), unique((value) => data.contacts.hasPhone(value))],
		type: [required, oneOf(...types[behaviour.contactTypes].accepted)],
		source_id: [required, integer],
		status_id: [required, integer],
	};
}

function updateRules({ behaviour, data }: Account, contact: Contact): Rules {
	const takenByAnother = {
		email: (value: string) => value !== contact.email && data.contacts.hasEmail(value),
		phone: (value: string) => value !== contact.phone && data.contacts.hasPhone(value),
	};
	return {
		// Quirk 7: an update without these three is refused.
		firstname: [required, string, maxLength(255)],
		lastname: [required, string, maxLength(255)],
		phone: [required, string, maxLength(20), unique(takenByAnother.phone)],
		// Quirk 8: not nullable, so an address can never be cleared.
		email: [email, maxLength(191), unique(takenByAnother.email)],
		type: [
			behaviour.typeRequiredOnUpdate ? required : sometimes,
			oneOf(...types[behaviour.contactTypes].accepted),
		],
		// Quirk 9: a limit on the id's value. Null passes here, and storage refuses it.
		status_id: [nullable, integer, maxValue(50)],
		source_id: [nullable, integer],
	};
}

export function presentContact({ behaviour, now }: Account, contact: Contact): object {
	const created_at = contact.created_at ?? isoSeconds(now());
	const updated_at = contact.updated_at ?? isoSeconds(now());
	if (behaviour.shortRecords) {
		const { id, firstname, lastname, company, type, phone } = contact;
		return {
			...{ id, firstname, lastname, company, type, email: contact.email, phone },
			created_at: plainFromIso(created_at),
			updated_at: plainFromIso(updated_at),
		};
	}
	return {
		...contact,
		...(behaviour.booleansAsNumbers && { is_enabled: Number(contact.is_enabled) }),
		created_at,
		updated_at,
		...(behaviour.optOutField && { is_opted_out: 0 }),
	};
}

function asStored(account: Account, input: Input, message: string): Partial<Contact> {
	try {
		const values = stored(columnsFor(account.behaviour), input);
		if (account.behaviour.groupsByName && typeof input['groups'] === 'string') {
			values.group_id = groupIds(account.data, input['groups']);
		}
		return values;
	} catch (error) {
		if (!(error instanceof StorageRefusal)) throw error;
		throw new Refusal(failure(500, message, { error: error.message }));
	}
}

function list({ account, ...call }: Call): Answer {
	const { behaviour, data } = account;
	const filters = ['type', 'status_id', 'source_id'].filter((name) => call.query[name] != null);
	const all = data.contacts.all();
	// Quirk 4: documented, but applied only in other versions than the observed one.
	const rows =
		behaviour.contactFiltersApplied && filters.length > 0
			? all.filter((contact) =>
					filters.every((name) => String(contact[name as 'type']) === call.query[name]),
				)
			: all;
	return listAnswer(
		{ account, ...call },
		{
			resource: 'contacts',
			rows,
			present: (contact) => presentContact(account, contact),
			failed: translated(account, 'failed_to_fetch_contact', 'Failed to fetch contact'),
		},
	);
}

async function create({ account, input }: Call): Promise<Answer> {
	const { behaviour, data, now } = account;
	validate(createRules(account), input, behaviour.contactChecks);
	refuseAboveContactLimit(account);
	const values = asStored(
		account,
		{ lastname: '', ...dropNull(input, 'lastname') },
		'Failed to create contact',
	);
	const contact = data.contacts.insert({ ...newContact(null, isoSeconds(now())), ...values });
	await recordChanged(account, { model: 'contact', event: 'created', record: contact });
	const message = 'Contact created successfully';
	if (behaviour.createAnswer === 'empty') {
		// Quirk 5: a fresh blank record is answered, and an empty record is written as [].
		return success({ message, data: [] }, 201);
	}
	if (behaviour.createAnswer === 'short') {
		const { id, firstname, lastname, created_at } = contact;
		const time = created_at && plainFromIso(created_at);
		return success(
			{ message, data: { id, firstname, lastname, email: contact.email, created_at: time } },
			201,
		);
	}
	return success({ message, data: withEcho(account, contact, input) }, 201);
}

function dropNull(input: Input, name: string): Input {
	return Object.fromEntries(
		Object.entries(input).filter(([key, value]) => key !== name || value !== null),
	);
}

/** Quirk 29: the answer repeats values in the type they were sent in. */
function withEcho(account: Account, contact: Contact, input: Input): object {
	const echo = echoed(columnsFor(account.behaviour), input);
	return { ...presentContact(account, contact), ...echo };
}

export function refuseAboveContactLimit({ behaviour, data }: Account): void {
	if (behaviour.contactLimit === null || data.contacts.size < behaviour.contactLimit) return;
	throw new Refusal(
		failure(
			403,
			'You have reached the maximum number of contacts allowed. Please upgrade your plan to create more.',
		),
	);
}

const missing = () => failure(404, 'Contact not found');

function read({ account, id }: Call): Answer {
	const contact = account.data.contacts.getLoosely(id);
	if (contact) return success({ data: presentContact(account, contact) });
	// Quirk 6: a missing contact is a success with null.
	return account.behaviour.missingContact === 200 ? success({ data: null }) : missing();
}

async function update({ account, id, input }: Call): Promise<Answer> {
	const { behaviour, data, now } = account;
	const contact = data.contacts.getLoosely(id);
	if (!contact) return missing();
	validate(updateRules(account, contact), input, behaviour.contactChecks);
	const values = asStored(account, input, 'Failed to update contact');
	const previous = { ...contact };
	data.contacts.update(contact, {
		...values,
		addedfrom: apiUserId,
		updated_at: isoSeconds(now()),
	});
	await recordChanged(account, { model: 'contact', event: 'updated', record: contact, previous });
	return success({
		message: 'Contact updated successfully',
		data: withEcho(account, contact, input),
	});
}

async function remove({ account, id }: Call): Promise<Answer> {
	const contact = account.data.contacts.getLoosely(id);
	if (!contact) return missing();
	account.data.contacts.delete(contact);
	await recordChanged(account, { model: 'contact', event: 'deleted', record: contact });
	return success({ message: 'Contact deleted successfully' });
}

export const contactRoutes: Route[] = [
	{ method: 'GET', path: '/contacts', ability: 'contacts.read', handle: list },
	{ method: 'POST', path: '/contacts', ability: 'contacts.create', handle: create },
	{ method: 'GET', path: '/contacts/:id', ability: 'contacts.read', handle: read },
	{ method: 'PUT', path: '/contacts/:id', ability: 'contacts.update', handle: update },
	{ method: 'DELETE', path: '/contacts/:id', ability: 'contacts.delete', handle: remove },
];
