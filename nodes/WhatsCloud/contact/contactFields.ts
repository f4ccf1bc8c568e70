import { collection } from '../fields/collections';
import {
	choice,
	choices,
	email,
	optionalText,
	requiredText,
	toggle,
	wholeNumber,
} from '../fields/values';
import {
	groupsDropDown,
	sourceDropDown,
	sourceId,
	statusDropDown,
	statusId,
} from '../fields/pickers';
import { runOptionsWith } from '../fields/runOptions';
import type { Field, Values } from '../operation';
import { COUNTRIES, countryId } from '../checks/countries';
import { toWhatsAppNumber } from '../checks/phone';

/** What the server's storage holds: longer values end in a database error. */
export const MAX_NAME = 191;
const MAX_CITY = 100;
const MAX_ZIP = 15;

/** The API's names of the fields that the editor calls differently. */
const API_NAMES: Record<string, string> = {
	firstName: 'firstname',
	lastName: 'lastname',
	statusId: 'status_id',
	sourceId: 'source_id',
	assignedId: 'assigned_id',
	countryId: 'country_id',
	groupIds: 'group_id',
	isEnabled: 'is_enabled',
};

const phone: Field<string> = {
	property: {
		displayName: 'Phone',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 15555550101',
		description:
			'The phone number with the country code. Spaces, dashes, brackets and + do not matter: it is stored as digits only. A contact that is stored in another spelling is found by Create or Update, not by Create.',
	},
	read: (value) => toWhatsAppNumber(value),
};

const firstName = {
	displayName: 'First Name',
	maxLength: MAX_NAME,
	description: 'First name of the contact',
};
const lastName = {
	displayName: 'Last Name',
	maxLength: MAX_NAME,
	description: 'Last name of the contact',
};

// Quirk 10: "contact" is never right; "customer" only on newer servers.
export const type = choice({
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

const country: Field<number> = {
	property: {
		displayName: 'Country',
		type: 'options',
		options: COUNTRIES.map(({ id, name }) => ({ name, value: id })),
		default: '',
		description:
			"The country of the contact. An expression may give its name, its code of two or three letters, or its number in WhatsCloud's own list.",
	},
	read: countryId,
};

/** Beside name, phone, status and source; the same when a contact is created and changed. */
const moreFields = {
	address: optionalText({ displayName: 'Address', description: 'Street and number' }),
	assignedId: wholeNumber({
		displayName: 'Assigned User ID',
		default: 0,
		typeOptions: { minValue: 1 },
		description:
			'The ID of the WhatsCloud user who looks after the contact. No list of users is available, so ask the administrator of WhatsCloud.',
	}),
	city: optionalText({ displayName: 'City', maxLength: MAX_CITY, description: 'Town or city' }),
	company: optionalText({
		displayName: 'Company',
		maxLength: MAX_NAME,
		description: 'The company of the contact',
	}),
	countryId: country,
	description: optionalText({
		displayName: 'Description',
		typeOptions: { rows: 3 },
		description: 'Notes about the contact',
	}),
	email: email({
		displayName: 'Email',
		maxLength: MAX_NAME,
		// Quirk 8.
		description: 'No two contacts may have the same. WhatsCloud can change it but not remove it.',
	}),
	groupIds: groupsDropDown,
	isEnabled: toggle({
		displayName: 'Enabled',
		default: true,
		description: 'Whether the contact is active in WhatsCloud',
	}),
	state: optionalText({
		displayName: 'State',
		maxLength: MAX_CITY,
		description: 'State, province or region',
	}),
	type,
	website: optionalText({
		displayName: 'Website',
		maxLength: MAX_CITY,
		description: 'The address of the website',
	}),
	zip: optionalText({ displayName: 'ZIP Code', maxLength: MAX_ZIP, description: 'Postal code' }),
};

export const createFields = {
	firstName: requiredText(firstName),
	lastName: requiredText(lastName),
	phone,
	statusId,
	sourceId,
	additionalFields: collection({
		displayName: 'Additional Fields',
		placeholder: 'Add Field',
		description: 'More about the contact. What is not added, or left empty, is not sent.',
		fields: moreFields,
	}),
};

/** Kept as they are by every update unless named here, since an empty field means "not set". */
const CLEARABLE = [
	{ name: 'Address', value: 'address' },
	{ name: 'Assigned User', value: 'assigned_id' },
	{ name: 'City', value: 'city' },
	{ name: 'Company', value: 'company' },
	{ name: 'Country', value: 'country_id' },
	{ name: 'Description', value: 'description' },
	{ name: 'Groups', value: 'group_id' },
	{ name: 'State', value: 'state' },
	{ name: 'Website', value: 'website' },
	{ name: 'ZIP Code', value: 'zip' },
] as const;

export const updateFields = collection({
	displayName: 'Update Fields',
	placeholder: 'Add Field',
	description: 'What to change; everything else, and every field left empty, stays as it is',
	fields: {
		...moreFields,
		clearFields: choices({
			displayName: 'Fields to Clear',
			options: CLEARABLE,
			description:
				'Fields to empty in WhatsCloud, since a field left empty above keeps its value. Names, phone, e-mail, status and source can be changed but not emptied.',
		}),
		firstName: optionalText(firstName),
		lastName: optionalText(lastName),
		phone,
		sourceId: sourceDropDown,
		statusId: statusDropDown,
	},
});

type UpdateValues = Partial<Values<{ updateFields: typeof updateFields }>['updateFields']>;

export const upsertOptions = runOptionsWith({
	keepStatusAndSource: toggle({
		displayName: 'Keep Status and Source',
		default: true,
		description:
			'Whether a contact that is there already keeps its status and source, so that somebody who is Qualified does not become New again. Without this option it gets those above.',
	}),
});

type CreateValues = Values<typeof createFields>;

/** The body of a new contact. */
export function newContact(params: CreateValues): ContactBody {
	return { type: 'lead', phone: params.phone, ...named(params), ...statusAndSource(params) };
}

/** What an upsert changes in a contact that is there: all but the phone, which keeps its stored form. */
export function changesOfUpsert(
	params: Values<typeof createFields & { options: typeof upsertOptions }>,
): ContactBody {
	const isKept = params.options.keepStatusAndSource === true;
	return { ...named(params), ...(isKept ? {} : statusAndSource(params)) };
}

function named({ firstName: first, lastName: last, additionalFields }: CreateValues): ContactBody {
	return toApi({ firstName: first, lastName: last, ...additionalFields });
}

function statusAndSource({ statusId: status, sourceId: source }: CreateValues): ContactBody {
	return toApi({ statusId: status.id, sourceId: source.id });
}

/** What an update changes; empty when the user set nothing. */
export function changes({ clearFields = [], ...fields }: UpdateValues): ContactBody {
	const cleared = clearFields.map((name) => [name, name === 'group_id' ? [] : null]);
	return { ...Object.fromEntries(cleared), ...toApi(fields) };
}

/** A contact under the API's names; what is not set is absent (quirk 24). */
export type ContactBody = Record<string, unknown>;

function toApi(fields: Record<string, unknown>): ContactBody {
	return Object.fromEntries(
		Object.entries(fields)
			.filter(([, value]) => value !== undefined)
			.map(([name, value]) => [API_NAMES[name] ?? name, value]),
	);
}
