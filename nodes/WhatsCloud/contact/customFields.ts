import { isObject } from '../checks/json';
import { clipped, InputError, isEmpty, outgoingText, shown, visibleText } from '../checks/text';
import { listOf } from '../fields/values';
import type { Field } from '../operation';

/**
 * The account's own fields, by their names. The server takes any name and any value. A value that is empty
 * counts as not given, so that the field keeps what it has.
 */
export const customFields: Field<Record<string, string> | undefined> = {
	property: {
		displayName: 'Custom Fields',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Custom Field',
		default: {},
		description:
			'Fields of your own, as they are set up in WhatsCloud. Those that are not named here keep what they have. Older versions of WhatsCloud have none.',
		options: [
			{
				name: 'values',
				displayName: 'Custom Field',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. shoe_size',
						description:
							'The name of the field, written exactly as in custom_fields_data of a contact that has it',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						description: 'The value of the field; one that is empty is not sent',
					},
				],
			},
		],
	},
	read: (value, label) => {
		const rows = isObject(value) ? listOf(value.values ?? []) : undefined;
		if (!rows?.every(isObject)) {
			throw new InputError(
				`"${label}" must be a list of names and values`,
				`Add the fields one by one. The value is: ${shown(value)}`,
			);
		}
		const fields = new Map<string, string>();
		for (const { name: given, value: content } of rows) {
			if (isEmpty(content)) continue;
			const name = isEmpty(given) ? '' : visibleText(outgoingText(given, `"${label}"`));
			if (name === '' || fields.has(name)) {
				throw new InputError(
					`"${label}" has ${name === '' ? 'a value without a name' : `the field ${shown(name)} twice`}`,
					'Give each field its name, and name each of them once.',
				);
			}
			const text = typeof content === 'boolean' ? String(content) : content;
			fields.set(name, outgoingText(text, `"${label} > ${clipped(name)}"`) ?? '');
		}
		return fields.size > 0 ? Object.fromEntries(fields) : undefined;
	},
};
