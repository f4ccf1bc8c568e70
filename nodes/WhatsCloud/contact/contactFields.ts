import type { ApiRecord } from '../api/pages';
import { COUNTRIES, countryOf } from '../checks/countries';
import { isObject } from '../checks/json';
import { samePhone, toWhatsAppNumber } from '../checks/phone';
import { clipped, InputError, isEmpty, outgoingText, quoted, visibleText } from '../checks/text';
import { collection, filtersOf, optionsWith, propertiesOf, simplify } from '../fields/collections';
import { dropDowns, groupsDropDown, sources, statuses } from '../fields/pickers';
import {
	choice,
	choices,
	dateTime,
	email,
	listIn,
	optionalText,
	requiredText,
	toggle,
	numeric,
	wrongValue,
} from '../fields/values';
import type { Field, Values } from '../operation';

/** What the server's storage holds: longer values end in a database error. */
export const MAX_NAME = 191;
const MAX_CITY = 100;
const MAX_ZIP = 15;

/** Stands for a name that is not known, since the server wants both with every write. */
export const NO_NAME = '-';

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

export const phone: Field<string> = {
	property: {
		displayName: 'Phone',
		type: 'string',
		default: '',
		placeholder: 'e.g. 15555550101',
		description: 'With the country code; spaces, dashes, brackets and + do not matter',
	},
	read: (value) => toWhatsAppNumber(value),
};

export const firstName = {
	displayName: 'First Name',
	maxLength: MAX_NAME,
	description: 'The first name',
};
export const lastName = {
	displayName: 'Last Name',
	maxLength: MAX_NAME,
	description: `The last name. WhatsCloud wants one, so a new contact without gets "${NO_NAME}".`,
};

// Quirk 10: the value "contact" is never right.
export const type = choice({
	displayName: 'Type',
	options: [
		{ name: 'Customer', value: 'customer' },
		{ name: 'Guest', value: 'guest' },
		{ name: 'Lead', value: 'lead' },
	] as const,
	default: 'lead',
	description: 'Old versions take only leads, and only the newest take guests, who wrote first',
});

/** Contacts have the server's id of a country; what is sent along with a message, its name. */
export function country<T>(value: 'id' | 'code', read: Field<T>['read']): Field<T> {
	return {
		property: {
			displayName: 'Country',
			type: 'options',
			options: COUNTRIES.map((one) => ({ name: one.name, value: one[value] })),
			default: '',
			description: 'An expression may give the English name or the code of the country',
		},
		read,
	};
}

const customField = {
	name: requiredText({
		displayName: 'Name',
		placeholder: 'e.g. shoe_size',
		description: 'The name, as in custom_fields_data of a contact that has the field',
	}),
	value: optionalText({ displayName: 'Value', description: 'One that is empty is not sent' }),
};

/** The account's own fields, by their names. The server takes any name and any value. */
const customFields: Field<Record<string, string> | undefined> = {
	property: {
		displayName: 'Custom Fields',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Custom Field',
		default: {},
		description:
			'Fields of your own, as set up in WhatsCloud. Others keep what they have; older versions of WhatsCloud have none.',
		options: [{ name: 'values', displayName: 'Custom Field', values: propertiesOf(customField) }],
	},
	read: (value, label, item) => {
		const rows = isObject(value) ? listIn(value.values ?? []) : [value];
		const fields = new Map<string, string>();
		for (const row of rows) {
			if (!isObject(row)) throw wrongValue(`"${label}" must be a list of names and values`, value);
			if (isEmpty(row.value)) continue;
			const name = visibleText(customField.name.read(row.name, `${label} > Name`, item));
			if (fields.has(name)) {
				throw new InputError(`"${label}" has the field ${quoted(name)} twice`, 'Name it once.');
			}
			const content = typeof row.value === 'boolean' ? String(row.value) : row.value;
			fields.set(name, outgoingText(content, `"${label} > ${clipped(name)}"`) ?? '');
		}
		return fields.size > 0 ? Object.fromEntries(fields) : undefined;
	},
};

function text(displayName: string, description: string, maxLength?: number) {
	return optionalText({ displayName, description, maxLength });
}

/** Beside name, phone, status and source; the same when a contact is created and changed. */
const moreFields = {
	address: text('Address', 'Street and number'),
	assignedId: numeric({
		displayName: 'Assigned User ID',
		default: 0,
		typeOptions: { minValue: 1 },
		description: 'The user who looks after the contact: ask the administrator for the ID',
	}),
	city: text('City', 'Town or city', MAX_CITY),
	company: text('Company', 'The company of the contact', MAX_NAME),
	countryId: country('id', (value, label) => countryOf(value, label).id),
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
	state: text('State', 'State, province or region', MAX_CITY),
	type,
	website: text('Website', 'The address of the website', MAX_CITY),
	zip: text('ZIP Code', 'The postal code', MAX_ZIP),
};

export const includeNames = toggle({
	displayName: 'Include Names',
	description: 'Whether to add status_name, source_name and group_names beside the IDs',
});

export const presentation = { simplify, options: optionsWith({ includeNames }) };

const createOptions = {
	createMissingSource: toggle({
		displayName: 'Create Missing Source',
		description: 'Whether to create a source that is given By Name and does not exist yet',
	}),
	includeNames,
};

export const createFields = {
	firstName: requiredText(firstName),
	lastName: optionalText(lastName),
	phone: { ...phone, property: { ...phone.property, required: true } },
	statusId: statuses.id,
	sourceId: sources.id,
	additionalFields: collection({
		displayName: 'Additional Fields',
		description: 'More about the contact. What is not added, or left empty, is not sent.',
		fields: moreFields,
	}),
	simplify,
	options: optionsWith(createOptions),
};

export const upsertFields = {
	...createFields,
	options: optionsWith({
		...createOptions,
		keepName: toggle({
			displayName: 'Keep Name',
			default: true,
			description: 'Whether a contact that has a name already keeps it',
		}),
		keepStatusAndSource: toggle({
			displayName: 'Keep Status and Source',
			default: true,
			description: 'Whether an existing contact keeps its status and source',
		}),
	}),
};

/** Kept by every update unless named here, since an empty field means "not set". */
const clearable = propertiesOf(moreFields)
	.filter(({ name }) => !['customFields', 'isEnabled', 'type'].includes(name))
	.map(({ name, displayName }) => ({ name: displayName, value: API_NAMES[name] ?? name }));

export const updateFields = collection({
	displayName: 'Update Fields',
	description: 'What to change; everything else, and every field left empty, stays as it is',
	fields: {
		...moreFields,
		clearFields: choices({
			displayName: 'Fields to Clear',
			options: clearable,
			description: 'Fields to empty; the e-mail only in newer versions of WhatsCloud',
		}),
		firstName: optionalText(firstName),
		lastName: optionalText(lastName),
		phone,
		sourceId: dropDowns.sourceId,
		statusId: dropDowns.statusId,
	},
});

/** The trigger has these filters, too. */
export const sharedFilters = { ...dropDowns, type };

export const filters = filtersOf({
	description: 'Only contacts for which all of these hold; without a filter, all contacts',
	fields: {
		...sharedFilters,
		createdAfter: dateTime({ displayName: 'Created After', description: 'After this moment' }),
		createdBefore: dateTime({ displayName: 'Created Before', description: 'Before this moment' }),
		email: email({ displayName: 'Email', description: 'In full; capitals do not matter' }),
		optedOut: toggle({
			displayName: 'Opted Out',
			default: true,
			description: 'Whether the person opted out; only the newest versions know it',
		}),
		phone,
	},
});

export type CreateValues = Values<typeof createFields>;
export type UpsertValues = Values<typeof upsertFields>;
type UpdateValues = Values<{ updateFields: typeof updateFields }>['updateFields'];

/** A contact under the API's names; what is not set is absent (quirk 24). */
export type ContactBody = Record<string, unknown>;

/** The body of a new contact. Without a last name, some versions answer with an error of their database. */
export function newContact(
	{ firstName: first, lastName: last = NO_NAME, phone: number, additionalFields }: CreateValues,
	ids: ContactBody,
): ContactBody {
	const fields = { firstName: first, lastName: last, phone: number, ...additionalFields };
	return { type: 'lead', ...toApi(fields), ...ids };
}

/** What an upsert changes in a contact that is there: all but the phone, which keeps its stored form. */
export function changesOfUpsert(
	{ firstName: first, lastName: last, additionalFields, options }: UpsertValues,
	ids: ContactBody,
	current: ApiRecord,
): ContactBody {
	const { firstname, phone: number } = current;
	// A message to an unknown number makes a contact whose first name is the number.
	const hasName = !isEmpty(firstname) && firstname !== NO_NAME && !samePhone(firstname, number);
	const keepsName = options.keepName === true && hasName;
	return {
		...toApi({ ...(!keepsName && { firstName: first, lastName: last }), ...additionalFields }),
		...(options.keepStatusAndSource !== true && ids),
	};
}

/** What an update changes; empty when the user set nothing. */
export function changes({ clearFields = [], ...fields }: UpdateValues): ContactBody {
	const cleared = clearFields.map((name) => [name, name === 'group_id' ? [] : null]);
	return { ...Object.fromEntries(cleared), ...toApi(fields) };
}

function toApi(fields: Record<string, unknown>): ContactBody {
	return Object.fromEntries(
		Object.entries(fields)
			.filter(([, value]) => value !== undefined)
			.map(([name, value]) => [API_NAMES[name] ?? name, value]),
	);
}
