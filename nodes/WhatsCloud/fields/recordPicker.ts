import type { INodePropertyMode, INodePropertyOptions } from 'n8n-workflow';

import { InputError } from '../InputError';
import type { EditorCall, Field } from '../operation';
import { toWhatsAppNumber } from '../whatsapp/phone';
import { idsIn } from './idList';
import type { RecordList } from './recordSearch';
import { searchOf } from './recordSearch';
import { shown, withoutInvisible } from '../text';

/** A record of WhatsCloud that the user chose. */
export interface Picked {
	id: number;
}

/** A contact, chosen by its record or by its phone number (digits only). */
export type PickedContact = Picked | { phone: string };

interface PickerOptions extends RecordList {
	displayName: string;
	description: string;
	searchMethod: string;
}

/** Chooses one record from a list that pages and searches, or by its id. */
export function picker(options: PickerOptions): Field<Picked> {
	return {
		property: locator(options),
		methods: { listSearch: { [options.searchMethod]: searchOf(options) } },
		read: (value, label) => ({ id: readId(locatorOf(value).value, label) }),
	};
}

/** Like `picker`, also by phone number. */
export function contactPicker(options: PickerOptions): Field<PickedContact> {
	return pickerOr(
		options,
		{
			displayName: 'By Phone Number',
			name: 'phone',
			placeholder: 'e.g. 15555550101',
			hint: 'With the country code; spaces and + do not matter',
		},
		(phone) => ({ phone: toWhatsAppNumber(phone) }),
	);
}

/** Like `picker`, with one more way to say which record is meant. */
export function pickerOr<T>(
	options: PickerOptions,
	mode: Omit<INodePropertyMode, 'type'>,
	read: (given: unknown, label: string) => T,
): Field<Picked | T> {
	const property = locator(options);
	return {
		property: { ...property, modes: [...(property.modes ?? []), { ...mode, type: 'string' }] },
		methods: { listSearch: { [options.searchMethod]: searchOf(options) } },
		read: (value, label) => {
			const located = locatorOf(value);
			return located.mode === mode.name
				? read(located.value, label)
				: { id: readId(located.value, label) };
		},
	};
}

function locator({
	displayName,
	description,
	searchMethod,
}: PickerOptions): Field<Picked>['property'] {
	return {
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
						properties: { regex: '^\\s*\\d+\\s*$', errorMessage: 'An ID has only digits' },
					},
				],
			},
		],
	};
}

/** A resource locator's mode and value; a bare value, as expressions and models give it, is an id. */
export function locatorOf(value: unknown): { mode: string; value: unknown } {
	if (typeof value === 'object' && value !== null && 'mode' in value && 'value' in value) {
		return { mode: String(value.mode), value: value.value };
	}
	return { mode: 'id', value };
}

/** Digits only: the server would take `12abc` for 12 (quirk 41). */
function readId(value: unknown, label: string): number {
	const text =
		typeof value === 'number' || typeof value === 'string'
			? withoutInvisible(String(value)).trim()
			: '';
	if (text === '') {
		throw new InputError(
			`"${label}" is empty`,
			'Choose one from the list or enter its ID. If it holds an expression, the input item may lack the field that the expression uses.',
		);
	}
	if (!/^\d{1,15}$/.test(text)) {
		throw new InputError(
			`"${label}" must be an ID, which has only digits`,
			`The value is: ${shown(value)}`,
		);
	}
	return Number(text);
}

/** Chooses among few records, inside a collection. The value is the record's id. */
export function dropDown(
	options: Omit<PickerOptions, 'searchMethod'> & { loadMethod: string },
): Field<number> {
	const { displayName, description, loadMethod } = options;
	return {
		property: {
			displayName,
			description: `${description}. ${DROP_DOWN_HINT}`,
			type: 'options',
			typeOptions: { loadOptionsMethod: loadMethod },
			default: '',
		},
		methods: { loadOptions: { [loadMethod]: optionsOf(options) } },
		read: readId,
	};
}

/** Chooses any number of records. The value is the list of their ids; none chosen is not set. */
export function multiDropDown(
	options: Omit<PickerOptions, 'searchMethod'> & { loadMethod: string },
): Field<number[] | undefined> {
	const { displayName, description, loadMethod } = options;
	return {
		property: {
			displayName,
			description: `${description}. ${DROP_DOWN_HINT}`,
			type: 'multiOptions',
			typeOptions: { loadOptionsMethod: loadMethod },
			default: [],
		},
		methods: { loadOptions: { [loadMethod]: optionsOf(options) } },
		read: (value, label) => {
			const ids = idsIn(value);
			if (ids) return ids.length > 0 ? ids : undefined;
			throw new InputError(
				`"${label}" must be an ID, which has only digits`,
				`Choose from the list, or let the expression give IDs such as 1,3. The value is: ${shown(value)}`,
			);
		},
	};
}

// The words that n8n's guidelines prescribe.
const DROP_DOWN_HINT =
	'Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>';

function optionsOf({ path, label }: Pick<PickerOptions, 'path' | 'label'>) {
	return async ({ api }: EditorCall): Promise<INodePropertyOptions[]> =>
		(await api.list(path)).map((record) => ({ name: label(record), value: record.id }));
}
