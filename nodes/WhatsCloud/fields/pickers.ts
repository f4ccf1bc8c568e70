import type { INodePropertyMode } from 'n8n-workflow';

import type { ApiRecord } from '../api/pages';
import { toWhatsAppNumber } from '../checks/phone';
import { InputError, isEmpty, outgoingText, shown, visibleText } from '../checks/text';
import type { EditorCall, Field } from '../operation';
import type { RecordList } from './recordSearch';
import { listOf, searchOf } from './recordSearch';
import { idOf, idsIn } from './values';

/** A record of WhatsCloud that the user chose. */
export interface Picked {
	id: number;
}

/** A record of WhatsCloud by its name, as it is written in a sheet or a form. */
export interface PickedByName {
	name: string;
}

/** A contact, chosen by its record or by its phone number (digits only). */
export type PickedContact = Picked | { phone: string };

interface PickerOptions extends RecordList {
	displayName: string;
	description: string;
	searchMethod: string;
	/** Too long to be read whole while a person waits. */
	isLong?: true;
}

/** Chooses one record from a list that pages and searches, or by its id. */
export function picker({ displayName, description, ...options }: PickerOptions): Field<Picked> {
	const { searchMethod } = options;
	return {
		property: {
			displayName,
			description,
			type: 'resourceLocator',
			required: true,
			default: { mode: 'list', value: '' },
			modes: [
				{
					displayName: 'From List',
					name: 'list',
					type: 'list',
					typeOptions: { searchListMethod: searchMethod, searchable: true },
				},
				{
					displayName: 'By ID',
					name: 'id',
					type: 'string',
					placeholder: 'e.g. 41',
					validation: [
						{
							type: 'regex',
							properties: {
								regex: '^\\s*\\d+\\s*$',
								errorMessage: `The ID of ${displayName} has only digits`,
							},
						},
					],
				},
			],
		},
		methods: {
			listSearch: { [searchMethod]: options.isLong ? searchOf(options) : listOf(options) },
		},
		read: (value, label) => ({ id: readId(locatorOf(value).value, label) }),
	};
}

/** Like `picker`, with one more way to say which record is meant. */
export function pickerOr<T>(
	options: PickerOptions,
	mode: Omit<INodePropertyMode, 'type'>,
	read: (given: unknown, label: string) => T,
): Field<Picked | T> {
	const byRecord = picker(options);
	const { property } = byRecord;
	return {
		...byRecord,
		property: { ...property, modes: [...(property.modes ?? []), { ...mode, type: 'string' }] },
		read: (value, label, item) => {
			const located = locatorOf(value);
			return located.mode === mode.name
				? read(located.value, label)
				: byRecord.read(value, label, item);
		},
	};
}

/** A resource locator's mode and value; a bare value, as expressions and models give it, is an id. */
export function locatorOf(value: unknown): { mode: string; value: unknown } {
	if (typeof value === 'object' && value !== null && 'mode' in value && 'value' in value) {
		return { mode: String(value.mode), value: value.value };
	}
	return { mode: 'id', value };
}

function readId(value: unknown, label: string): number {
	if (isEmpty(value)) {
		throw new InputError(
			`"${label}" is empty`,
			'Choose one from the list or enter its ID. If it holds an expression, the input item may lack the field that the expression uses.',
		);
	}
	return (
		idOf(value) ??
		refuseId(label, `WhatsCloud's own IDs have at most 15. The value is: ${shown(value)}`)
	);
}

function refuseId(label: string, advice: string): never {
	throw new InputError(`"${label}" must be an ID, which has only digits`, advice);
}

export const contactId = pickerOr(
	{
		displayName: 'Contact',
		description: 'The contact: from the list, by its ID, or by its phone number',
		path: 'contacts',
		searchMethod: 'searchContacts',
		isLong: true,
		label: nameAndPhone,
	},
	{
		displayName: 'By Phone Number',
		name: 'phone',
		placeholder: 'e.g. 15555550101',
		hint: 'With the country code; spaces and + do not matter',
	},
	(phone) => ({ phone: toWhatsAppNumber(phone) }),
);

/** Contacts may lack a name, or a phone number. */
function nameAndPhone({ firstname, lastname, phone }: ApiRecord): string {
	const name = [firstname, lastname].filter(Boolean).join(' ');
	return name && phone ? `${name} (${String(phone)})` : name || String(phone);
}

/** A kind of record with a name: what its operations, pickers and drop-downs are made of. */
export interface RecordKind {
	/** The resource's. With `Id` behind it, the parameter that says which record is meant. */
	value: string;
	/** The resource's. In lower case it stands in sentences, where its article is "a". */
	name: string;
	/** Without its blank, and with `search` or `load` before it, the name of a look-up. */
	plural: string;
	/** Below the tenant's address. */
	path: string;
	/** What it is, for the description of its picker. */
	about: string;
	label(record: ApiRecord): string;
}

const nameOf = ({ name }: ApiRecord) => String(name);

/** Template bots say 1 or 0, message bots true or false (contract, 5.6). */
const nameAndState = ({ name, is_bot_active: active }: ApiRecord) =>
	`${String(name)} (${active === true || Number(active) === 1 ? 'active' : 'not active'})`;

export const statuses: RecordKind = {
	value: 'status',
	name: 'Status',
	plural: 'Statuses',
	path: 'statuses',
	about: 'The status, such as New or Qualified',
	label: nameOf,
};

export const sources: RecordKind = {
	value: 'source',
	name: 'Source',
	plural: 'Sources',
	path: 'sources',
	about: 'The source, which tells where contacts come from, such as facebook or whatsapp',
	label: nameOf,
};

export const groups: RecordKind = {
	value: 'group',
	name: 'Group',
	plural: 'Groups',
	path: 'groups',
	about: 'The group of contacts',
	label: nameOf,
};

export const templateBots: RecordKind = {
	value: 'templateBot',
	name: 'Template Bot',
	plural: 'Template Bots',
	path: 'templatebots',
	about: 'The bot, which answers with a template',
	label: nameAndState,
};

export const messageBots: RecordKind = {
	value: 'messageBot',
	name: 'Message Bot',
	plural: 'Message Bots',
	path: 'messagebots',
	about: 'The bot, which answers with a message',
	label: nameAndState,
};

function lookUpName(verb: 'search' | 'load', { plural }: RecordKind): string {
	return verb + plural.replace(' ', '');
}

export function pickerOf(kind: RecordKind): Field<Picked> {
	return picker({
		...kind,
		displayName: kind.name,
		description: `${kind.about}: from the list or by its ID`,
		searchMethod: lookUpName('search', kind),
	});
}

/** With the name as one more way, so that a column of a sheet can be mapped. */
function pickerOrName(kind: RecordKind, example: string): Field<Picked | PickedByName> {
	return pickerOr(
		{
			...kind,
			displayName: kind.name,
			description: `${kind.about}: from the list, by its ID or by its name`,
			searchMethod: lookUpName('search', kind),
		},
		{ displayName: 'By Name', name: 'name', placeholder: `e.g. ${example}` },
		(given, label) => {
			const name = isEmpty(given) ? '' : visibleText(outgoingText(given, `"${label}"`));
			if (name !== '') return { name };
			throw new InputError(
				`"${label}" is empty`,
				'Enter the name. If it holds an expression, the input item may lack the field that the expression uses.',
			);
		},
	);
}

export const statusId = pickerOrName(statuses, 'Qualified');
export const sourceId = pickerOrName(sources, 'facebook');
export const groupId = pickerOf(groups);

/** Chooses among few records, inside a collection. The value is the record's id. */
function dropDown(kind: RecordKind, description: string): Field<number> {
	return {
		property: {
			...loadedFrom(kind, description),
			displayName: `${kind.name} Name or ID`,
			type: 'options',
			default: '',
		},
		methods: loaderOf(kind),
		read: readId,
	};
}

/** Chooses any number of records. The value is the list of their ids; none chosen is not set. */
function multiDropDown(kind: RecordKind, description: string): Field<number[] | undefined> {
	return {
		property: {
			...loadedFrom(kind, description),
			displayName: `${kind.name} Names or IDs`,
			type: 'multiOptions',
			default: [],
		},
		methods: loaderOf(kind),
		read: (value, label) => {
			const ids = idsIn(value);
			if (ids) return ids.length > 0 ? ids : undefined;
			return refuseId(
				label,
				`Choose from the list, or let the expression give IDs such as 1,3. The value is: ${shown(value)}`,
			);
		},
	};
}

function loadedFrom(kind: RecordKind, description: string) {
	return {
		// The words that n8n's guidelines prescribe.
		description: `${description}. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>`,
		typeOptions: { loadOptionsMethod: lookUpName('load', kind) },
	};
}

function loaderOf(kind: RecordKind) {
	const load = async ({ api }: EditorCall) =>
		(await api.list(kind.path))
			.reverse()
			.map((record) => ({ name: kind.label(record), value: record.id }));
	return { loadOptions: { [lookUpName('load', kind)]: load } };
}

export const statusDropDown = dropDown(statuses, 'The status of the contact');
export const sourceDropDown = dropDown(sources, 'Where the contact comes from');
export const groupDropDown = dropDown(groups, 'A group that the contact is in');
export const groupsDropDown = multiDropDown(
	groups,
	'All groups that the contact shall be in, in place of those it is in now. To keep those, use the operations Add to Group and Remove From Group',
);
