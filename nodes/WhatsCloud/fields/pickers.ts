import type { INodeListSearchItems, INodeListSearchResult, INodePropertyMode } from 'n8n-workflow';

import type { ApiRecord, Rows } from '../api/pages';
import { LARGEST_PAGE, SAFE_PAGE } from '../api/pages';
import { isObject } from '../checks/json';
import { phoneDigits, toWhatsAppNumber } from '../checks/phone';
import { alphabetically, counted, isEmpty, visibleText } from '../checks/text';
import type { EditorCall, Field, LookUp } from '../operation';
import { emptyError, idOf, idsIn, requiredText, wrongValue } from './values';

export interface Picked {
	id: number;
}

/** By its id, or by its name as it is written in a sheet or a form. */
export type PickedRecord = Picked | { name: string };

/** A contact, chosen by its record or by its phone number (digits only). */
export type PickedContact = Picked | { phone: string };

interface PickerOptions {
	displayName: string;
	description: string;
	searchMethod: string;
	path: string;
	label(record: ApiRecord): string;
	hidden?(record: ApiRecord): boolean;
	/** Sorted by the label, not in the order in which the records were made. */
	isAlphabetical?: true;
	/** Too long to be read whole while a person waits. */
	isLong?: true;
}

interface OtherWay<T> {
	mode: Omit<INodePropertyMode, 'type'>;
	read: Field<T>['read'];
}

/** Chooses one record from a list that pages and searches, by its id, or in another way. */
export function picker<T = never>(options: PickerOptions, other?: OtherWay<T>): Field<Picked | T> {
	const { displayName, description, searchMethod, isLong } = options;
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
				{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. 41' },
				...(other ? [{ ...other.mode, type: 'string' as const }] : []),
			],
		},
		methods: {
			listSearch: { [searchMethod]: isLong ? searchByPage(options) : searchWhole(options) },
		},
		read: (value, label, item) => {
			const { mode, value: given } = locatorOf(value);
			if (mode === other?.mode.name) return other.read(given, label, item);
			return { id: readId(given, label) };
		},
	};
}

/** So that a column of a sheet can be mapped. */
export function orByName(example: string): OtherWay<{ name: string }> {
	const text = requiredText({ displayName: 'By Name' });
	return {
		mode: { displayName: 'By Name', name: 'name', placeholder: `e.g. ${example}` },
		read: (given, label, item) => ({ name: visibleText(text.read(given, label, item)) }),
	};
}

/** A resource locator's mode and value; a bare value, as expressions and models give it, is an id. */
export function locatorOf(value: unknown): { mode: string; value: unknown } {
	const isLocator = isObject(value) && 'mode' in value && 'value' in value;
	return isLocator ? { mode: String(value.mode), value: value.value } : { mode: 'id', value };
}

function readId(value: unknown, label: string): number {
	if (isEmpty(value)) throw emptyError(label, 'Choose one from the list or enter its ID.');
	const id = idOf(value);
	if (id !== undefined) return id;
	const advice = "WhatsCloud's own IDs have at most 15.";
	throw wrongValue(`"${label}" must be an ID, which has only digits`, value, advice);
}

export const contactId = picker<{ phone: string }>(
	{
		displayName: 'Contact',
		description: 'The contact: from the list, by its ID, or by its phone number',
		path: 'contacts',
		searchMethod: 'searchContacts',
		isLong: true,
		label: ({ firstname, lastname, phone }) => {
			const name = [firstname, lastname].filter(Boolean).join(' ');
			return name && phone ? `${name} (${String(phone)})` : name || String(phone);
		},
	},
	{
		mode: {
			displayName: 'By Phone Number',
			name: 'phone',
			placeholder: 'e.g. 15555550101',
			hint: 'With the country code; spaces and + do not matter',
		},
		read: (phone) => ({ phone: toWhatsAppNumber(phone) }),
	},
);

/** A kind of record with a name, from which its operations and drop-downs are made. */
export interface RecordKind {
	/** The resource's, its name in camel case. With `Id` behind it, the parameter that says which record is meant. */
	value: string;
	/** In lower case it stands in sentences, where its article is "a". */
	name: string;
	plural: string;
	path: string;
	label(record: ApiRecord): string;
	id: Field<PickedRecord>;
}

interface RecordWords extends Partial<Pick<PickerOptions, 'label' | 'isAlphabetical'>> {
	plural?: string;
	/** Of its name, by which it can be chosen, too. */
	example?: string;
}

export function recordKind(
	name: string,
	about: string,
	{ example, ...more }: RecordWords = {},
): RecordKind {
	const { plural = `${name}s` } = more;
	const inLookUps = plural.replace(' ', '');
	const kind = {
		label: (record: ApiRecord) => String(record.name),
		...{ ...more, name, plural },
		path: inLookUps.toLowerCase(),
		value: name.charAt(0).toLowerCase() + name.slice(1).replace(' ', ''),
	};
	const options = {
		...kind,
		displayName: name,
		description: `${about}: from the list or by its ID${example ? ' or name' : ''}`,
		searchMethod: `search${inLookUps}`,
	};
	return { ...kind, id: picker(options, example ? orByName(example) : undefined) };
}

/** Template bots say 1 or 0, message bots true or false (contract, 5.6). */
function nameAndState({ name, is_bot_active: active }: ApiRecord): string {
	return `${String(name)} (${active === true || Number(active) === 1 ? 'active' : 'not active'})`;
}

export const statuses = recordKind('Status', 'The status, such as New or Qualified', {
	plural: 'Statuses',
	example: 'Qualified',
});
export const sources = recordKind(
	'Source',
	'The source, which tells where contacts come from, such as facebook or whatsapp',
	{ example: 'facebook' },
);
export const groups = recordKind('Group', 'The group of contacts');
export const templateBots = recordKind('Template Bot', 'The bot, which answers with a template', {
	label: nameAndState,
});
export const messageBots = recordKind('Message Bot', 'The bot, which answers with a message', {
	label: nameAndState,
});

/** The words that n8n's guidelines prescribe. */
const CHOOSE =
	'. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

/** Chooses among few records, inside a collection. The value is the record's id. */
function dropDown(kind: RecordKind, about: string): Field<number> {
	const method = `load${kind.plural}`;
	const load = async ({ api }: EditorCall) => {
		const records = (await api.list(kind.path)).reverse();
		return records.map((record) => ({ name: kind.label(record), value: record.id }));
	};
	return {
		property: {
			displayName: `${kind.name} Name or ID`,
			type: 'options',
			default: '',
			description: about + CHOOSE,
			typeOptions: { loadOptionsMethod: method },
		},
		methods: { loadOptions: { [method]: load } },
		read: readId,
	};
}

export const dropDowns = {
	groupId: dropDown(groups, 'A group that the contact is in'),
	sourceId: dropDown(sources, 'Where the contact comes from'),
	statusId: dropDown(statuses, 'The status of the contact'),
};

/** The value is the list of ids; none chosen is not set. */
export const groupsDropDown: Field<number[] | undefined> = {
	...dropDowns.groupId,
	property: {
		...dropDowns.groupId.property,
		displayName: 'Group Names or IDs',
		type: 'multiOptions',
		default: [],
		hint: 'Replaces the groups that the contact is in',
		description: `All groups of the contact; to keep the others, use Add to Group or Remove From Group${CHOOSE}`,
	},
	read: (value, label) => {
		const ids = idsIn(value);
		if (ids) return ids.length > 0 ? ids : undefined;
		const advice = 'Choose from the list, or let an expression give them.';
		throw wrongValue(`"${label}" must be a list of IDs such as 1,3`, value, advice);
	},
};

type ListSearch = LookUp<INodeListSearchResult>;

/** A third of the account's 60 requests a minute, because people type several searches in a row. */
const MAX_REQUESTS = 20;
/** n8n asks for more when the list is scrolled, and shorter lists can't be. */
const SCROLLABLE = 8;

/** Shows a short list whole, in the order in which its records were made, or what of it matches a filter. */
function searchWhole({ path, label, hidden, isAlphabetical }: PickerOptions): ListSearch {
	return async ({ api }, filter) => {
		const records = (await api.list(path)).reverse().filter((record) => !hidden?.(record));
		if (isAlphabetical) records.sort(alphabetically(label));
		return { results: records.flatMap(itemsFor(label, filter)) };
	};
}

/**
 * Shows a long list page by page, or what of it matches a filter. The API has no search (contract, section 4),
 * so pages are read until something is found, a few in one call; n8n's token goes on from there.
 */
function searchByPage({ path, label }: PickerOptions): ListSearch {
	return async ({ api }, filter, token) => {
		const isSearch = Boolean(filter?.trim());
		// Without a total, only the call before knows how large a page the server gives.
		const [from = 0, size = isSearch ? LARGEST_PAGE : SAFE_PAGE] =
			token?.split('/').map(Number) ?? [];
		const results: INodeListSearchItems[] = [];
		let requests = 0;
		for await (const page of api.pages(path, size, from)) {
			results.push(...page.records.flatMap(itemsFor(label, filter)));
			if (page.isEnd) break;
			if (results.length === 0 && ++requests < MAX_REQUESTS) continue;
			const searched = page.from + page.records.length;
			if (isSearch) results.push(...progress(path, searched, page, results.length));
			return { results, paginationToken: `${searched}/${page.size}` };
		}
		return { results };
	};
}

function itemsFor(label: PickerOptions['label'], filter = '') {
	const wanted = filter.trim().toLowerCase();
	const digits = phoneDigits(wanted);
	return (record: ApiRecord): INodeListSearchItems[] => {
		const name = label(record);
		const isMatch =
			name.toLowerCase().includes(wanted) ||
			(digits.length > 3 && name.replace(/\D/g, '').includes(digits));
		return isMatch ? [{ name, value: String(record.id) }] : [];
	};
}

/** Lines that say how far the search has come, so many that the list can be scrolled to go on. */
function progress(path: string, searched: number, { total }: Rows, found: number) {
	const of = total === undefined ? '' : ` of ${counted(total)}`;
	const lines = [`Searched the newest ${counted(searched)}${of} ${path}`];
	lines.push('Scroll down to search older ones');
	while (lines.length < SCROLLABLE - found) lines.push('\u00a0');
	// n8n shows a value once; with one of these chosen, the node says that it needs an ID.
	return lines.map((name, line) => ({ name, value: `searched ${searched}, ${line}` }));
}
