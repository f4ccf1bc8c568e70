import type { IDataObject } from 'n8n-workflow';

import type { ApiRecord } from '../api/pages';
import type { Shown } from '../fields/values';
import { choice, optionalText } from '../fields/values';
import { filtersOf } from '../fields/collections';
import { textOf } from '../checks/json';
import { readOnly } from '../named';
import { templateId } from './choose';
import { buttonsOf, isSameCode } from './template';

function codes({ words, ...property }: Shown & { words: string[]; default: string }) {
	const options = words.map((name) => ({ name, value: name.toUpperCase() }));
	return choice({ ...property, options });
}

const filters = filtersOf({
	description: 'Only templates for which all of these hold; without a filter, all templates',
	fields: {
		category: codes({
			displayName: 'Category',
			words: ['Authentication', 'Marketing', 'Utility'],
			default: 'UTILITY',
			description: "WhatsApp's category of the template",
		}),
		language: optionalText({
			displayName: 'Language',
			placeholder: 'e.g. en_US',
			description: 'The language code as WhatsApp writes it, such as en, en_US or pt_BR',
		}),
		status: codes({
			displayName: 'Status',
			words: ['Approved', 'Pending', 'Rejected'],
			default: 'APPROVED',
			description: 'Only approved templates can be sent',
		}),
	},
});

export const template = readOnly(
	{ value: 'template', name: 'Template', plural: 'Templates', path: 'templates', id: templateId },
	{
		filters,
		isMatch: (record, wanted) =>
			Object.entries(wanted).every(([key, value]) => isSameCode(record[key], String(value))),
		simplified,
	},
);

/** The texts and the buttons as a list; without counts and stored examples. */
function simplified(record: ApiRecord): IDataObject {
	return {
		id: record.id,
		// A number on most servers; as text it keeps all its digits.
		template_id: textOf(record.template_id),
		template_name: record.template_name,
		language: record.language,
		status: record.status,
		category: record.category,
		header_data_format: record.header_data_format ?? null,
		header_data_text: record.header_data_text ?? null,
		body_data: record.body_data ?? null,
		footer_data: record.footer_data ?? null,
		buttons: buttonsOf(record),
	} as IDataObject;
}
