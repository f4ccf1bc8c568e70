import type { INodePropertyMode } from 'n8n-workflow';

import type { ApiRecord } from '../api/pages';
import { InputError, isEmpty, outgoingText, shown, visibleText } from '../checks/text';
import { toWhatsAppNumber } from '../checks/phone';
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

/** A template by the number that WhatsApp gives it: digits, too many for an id of WhatsCloud. */
export interface PickedByWhatsApp {
	whatsAppId: string;
}

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

/** Like `picker`, with the name as one more way, so that a column of a sheet can be mapped. */
export function pickerOrName(
	options: PickerOptions,
	example: string,
): Field<Picked | PickedByName> {
	const mode = { displayName: 'By Name', name: 'name', placeholder: `e.g. ${example}` };
	return pickerOr(options, mode, (given, label) => {
		const name = isEmpty(given) ? '' : visibleText(outgoingText(given, `"${label}"`));
		if (name !== '') return { name };
		throw new InputError(
			`"${label}" is empty`,
			'Enter the name. If it holds an expression, the input item may lack the field that the expression uses.',
		);
	});
}

const WHATSAPP_ID = /^\d{14,}$/;

/** Takes WhatsApp's number where people enter it as the ID: in WhatsApp Manager it is the only one they see. */
export function orWhatsAppId<T>(field: Field<Picked | T>): Field<Picked | T | PickedByWhatsApp> {
	return {
		...field,
		read: (value, label, item) => {
			const { mode, value: given } = locatorOf(value);
			const whatsAppId = String(given ?? '').trim();
			return mode !== 'name' && WHATSAPP_ID.test(whatsAppId)
				? { whatsAppId }
				: field.read(value, label, item);
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
	return idOf(value) ?? refuseId(label, `The value is: ${shown(value)}`);
}

function refuseId(label: string, advice: string): never {
	throw new InputError(`"${label}" must be an ID, which has only digits`, advice);
}

interface DropDownOptions extends Pick<RecordList, 'path' | 'label'> {
	displayName: string;
	description: string;
	loadMethod: string;
}

/** Chooses among few records, inside a collection. The value is the record's id. */
export function dropDown(options: DropDownOptions): Field<number> {
	const { property, methods } = recordsToChoose(options);
	return { property: { ...property, type: 'options', default: '' }, methods, read: readId };
}

/** Chooses any number of records. The value is the list of their ids; none chosen is not set. */
export function multiDropDown(options: DropDownOptions): Field<number[] | undefined> {
	const { property, methods } = recordsToChoose(options);
	return {
		property: { ...property, type: 'multiOptions', default: [] },
		methods,
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

function recordsToChoose({ displayName, description, loadMethod, path, label }: DropDownOptions) {
	const loadRecords = async ({ api }: EditorCall) =>
		(await api.list(path)).reverse().map((record) => ({ name: label(record), value: record.id }));
	return {
		property: {
			displayName,
			// The words that n8n's guidelines prescribe.
			description: `${description}. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>`,
			typeOptions: { loadOptionsMethod: loadMethod },
		},
		methods: { loadOptions: { [loadMethod]: loadRecords } },
	};
}

const nameOf = ({ name }: ApiRecord) => String(name);
const nameAndState = ({ name, is_bot_active: active }: ApiRecord) =>
	`${String(name)} (${isActive(active) ? 'active' : 'not active'})`;

const statuses = { path: 'statuses', label: nameOf };
const sources = { path: 'sources', label: nameOf };
const groups = { path: 'groups', label: nameOf };

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

export const statusId = pickerOrName(
	{
		displayName: 'Status',
		description: 'The status, such as New or Qualified: from the list, by its ID or by its name',
		searchMethod: 'searchStatuses',
		...statuses,
	},
	'Qualified',
);

export const sourceId = pickerOrName(
	{
		displayName: 'Source',
		description:
			'The source, which tells where contacts come from, such as facebook or whatsapp: from the list, by its ID or by its name',
		searchMethod: 'searchSources',
		...sources,
	},
	'facebook',
);

export const groupId = picker({
	displayName: 'Group',
	description: 'The group of contacts: from the list or by its ID',
	searchMethod: 'searchGroups',
	...groups,
});

export const templateBotId = picker({
	displayName: 'Template Bot',
	description: 'The bot, which answers with a template: from the list or by its ID',
	path: 'templatebots',
	searchMethod: 'searchTemplateBots',
	label: nameAndState,
});

export const messageBotId = picker({
	displayName: 'Message Bot',
	description: 'The bot, which answers with a message: from the list or by its ID',
	path: 'messagebots',
	searchMethod: 'searchMessageBots',
	label: nameAndState,
});

export const statusDropDown = dropDown({
	displayName: 'Status Name or ID',
	description: 'The status of the contact',
	loadMethod: 'loadStatuses',
	...statuses,
});

export const sourceDropDown = dropDown({
	displayName: 'Source Name or ID',
	description: 'Where the contact comes from',
	loadMethod: 'loadSources',
	...sources,
});

export const groupDropDown = dropDown({
	displayName: 'Group Name or ID',
	description: 'A group that the contact is in',
	loadMethod: 'loadGroups',
	...groups,
});

export const groupsDropDown = multiDropDown({
	displayName: 'Group Names or IDs',
	description:
		'All groups that the contact shall be in, in place of those it is in now. To keep those, use the operations Add to Group and Remove From Group',
	loadMethod: 'loadGroups',
	...groups,
});

/** Contacts may lack a name, or a phone number. */
function nameAndPhone({ firstname, lastname, phone }: ApiRecord): string {
	const name = [firstname, lastname].filter(Boolean).join(' ');
	return name && phone ? `${name} (${String(phone)})` : name || String(phone);
}

/** Template bots say 1 or 0, message bots true or false (contract, 5.6). */
function isActive(value: unknown): boolean {
	return value === true || Number(value) === 1;
}
