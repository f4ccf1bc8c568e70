import type { ApiRecord } from '../api/pages';
import { collection, runOptionsWith } from '../fields/collections';
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
import type { Field, Values } from '../operation';
import { COUNTRIES, countryId } from '../checks/countries';
import { samePhone, toWhatsAppNumber } from '../checks/phone';
import { isEmpty } from '../checks/text';
import { includeNames } from './contactRecord';
import { customFields } from './customFields';

/** What the server's storage holds: longer values end in a database error. */
export const MAX_NAME = 191;
/** Stands for a name that is not known, since the server wants both with every write. */
export const NO_NAME = '-';
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
	customFields: 'custom_fields_data',
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
const lastNameOrNone = {
	...lastName,
	description: `Last name of the contact. WhatsCloud wants one, so a new contact without gets "${NO_NAME}"; one that is there keeps its own.`,
};

// Quirk 10: the value "contact" is never right.
export const type = choice({
	displayName: 'Type',
	options: [
		{
			name: 'Customer',
			value: 'customer',
			description: 'Only newer versions of WhatsCloud accept it',
		},
		{
			name: 'Guest',
			value: 'guest',
			description: 'Somebody who wrote first; only the newest versions of WhatsCloud have it',
		},
		{ name: 'Lead', value: 'lead' },
	] as const,
	default: 'lead',
	description: 'Whether the contact is a lead, a customer or a guest',
});

const country: Field<number> = {
	property: {
		displayName: 'Country',
		type: 'options',
		options: COUNTRIES.map(({ id, name }) => ({ name, value: id })),
		default: '',
		description:
			"The country of the contact. An expression may give its English name, its code of two or three letters, or its number in WhatsCloud's own list.",
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
	customFields,
	description: optionalText({
		displayName: 'Description',
		typeOptions: { rows: 3 },
		description: 'Notes about the contact',
	}),
	email: email({
		displayName: 'Email',
		maxLength: MAX_NAME,
		description: 'No two contacts may have the same',
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
	lastName: optionalText(lastNameOrNone),
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
	// The first known version refuses it (quirk 8).
	{ name: 'Email', value: 'email' },
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
				'Fields to empty in WhatsCloud, since a field left empty above keeps its value. Names, phone, status and source can be changed but not emptied; the e-mail only in newer versions of WhatsCloud.',
		}),
		firstName: optionalText(firstName),
		lastName: optionalText(lastName),
		phone,
		sourceId: sourceDropDown,
		statusId: statusDropDown,
	},
});

type UpdateValues = Partial<Values<{ updateFields: typeof updateFields }>['updateFields']>;

export const contactOptions = runOptionsWith({ includeNames });

const ownCreateOptions = {
	createMissingSource: toggle({
		displayName: 'Create Missing Source',
		default: false,
		description:
			'Whether to create the source when it is given By Name and there is none with this name',
	}),
	includeNames,
};

export const createOptions = runOptionsWith(ownCreateOptions);

export const upsertOptions = runOptionsWith({
	...ownCreateOptions,
	keepName: toggle({
		displayName: 'Keep Name',
		default: true,
		description:
			'Whether a contact that has a name already keeps it. Without this option it gets the name above.',
	}),
	keepStatusAndSource: toggle({
		displayName: 'Keep Status and Source',
		default: true,
		description:
			'Whether a contact that is there already keeps its status and source, so that somebody who is Qualified does not become New again. Without this option it gets those above.',
	}),
});

type CreateValues = Values<typeof createFields>;
type UpsertValues = Values<typeof createFields & { options: typeof upsertOptions }>;

/** The body of a new contact. Without a last name, some versions answer with an error of their database. */
export function newContact(params: CreateValues, ids: ContactBody): ContactBody {
	return { type: 'lead', phone: params.phone, lastname: NO_NAME, ...named(params), ...ids };
}

/** What an upsert changes in a contact that is there: all but the phone, which keeps its stored form. */
export function changesOfUpsert(
	params: UpsertValues,
	ids: ContactBody,
	current: ApiRecord,
): ContactBody {
	const { keepName, keepStatusAndSource } = params.options;
	const { firstname, lastname, ...rest } = named(params);
	return {
		...(keepName === true && hasName(current) ? {} : toApi({ firstname, lastname })),
		...rest,
		...(keepStatusAndSource === true ? {} : ids),
	};
}

/** A message to an unknown number makes a contact whose first name is the number. */
function hasName({ firstname, phone }: ApiRecord): boolean {
	return !isEmpty(firstname) && firstname !== NO_NAME && !samePhone(firstname, phone);
}

function named({ firstName: first, lastName: last, additionalFields }: CreateValues): ContactBody {
	return toApi({ firstName: first, lastName: last, ...additionalFields });
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
