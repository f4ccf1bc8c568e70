import type { IDataObject, ResourceMapperFields } from 'n8n-workflow';

import type { ApiRecord } from '../api/pages';
import { locatorOf, orWhatsAppId, picker, pickerOr } from '../fields/pickers';
import { optionalText, requiredText } from '../fields/values';
import { InputError } from '../checks/text';
import { fromModelText, isObject } from '../checks/json';
import type { EditorCall, Field } from '../operation';
import { NO_ITEM } from '../operation';
import type { TemplateValues } from './fill';
import { isTemplateField } from './fill';
import type { TemplateChoice } from './find';
import { findTemplate } from './find';
import type { Template } from './template';
import { firstWords, isApproved, templateOf } from './template';
import { variablesOf } from './variables';

/** Characters of the text in a list of templates. */
const MAX_WORDS = 60;
const templateName = requiredText({ displayName: 'By Name' });

export const template: Field<TemplateChoice> = orWhatsAppId(
	pickerOr(
		{
			displayName: 'Template',
			description: 'The approved template to send: from the list, by its ID, or by its name',
			path: 'templates',
			searchMethod: 'searchApprovedTemplates',
			isAlphabetical: true,
			label: (record) => labelled(record, [record.language]),
			hidden: ({ status }) => !isApproved(status),
		},
		{
			displayName: 'By Name',
			name: 'name',
			placeholder: 'e.g. order_update',
			hint: 'If it exists in several languages, fill in Template Language, too',
		},
		(given, label) => ({ name: templateName.read(given, label, NO_ITEM).trim() }),
	),
);

export const templateId = orWhatsAppId(
	picker({
		displayName: 'Template',
		description: 'The WhatsApp template: from the list or by its ID',
		path: 'templates',
		searchMethod: 'searchTemplates',
		isAlphabetical: true,
		label: (record) => labelled(record, [record.language, String(record.status).toLowerCase()]),
	}),
);

/** Its name, and the first words of its text. */
function labelled(record: ApiRecord, details: unknown[]): string {
	const { name, body } = templateOf(record);
	const words = firstWords(body.replace(/\s+/g, ' '), MAX_WORDS);
	return `${name} (${details.join(', ')})${words && `: ${words}`}`;
}

export const templateLanguage = optionalText({
	displayName: 'Template Language',
	placeholder: 'e.g. en_US',
	// In the list every template has one language.
	displayOptions: { hide: { '/template.mode': ['list'] } },
	description:
		'Needed only for a template chosen by a name that exists in several languages: the code as WhatsApp writes it, such as en, en_US or pt_BR',
});

/** One field for each variable of the chosen template. */
export const templateVariables: Field<TemplateValues> = {
	property: {
		displayName: 'Template Variables',
		type: 'resourceMapper',
		default: { mappingMode: 'defineBelow', value: null },
		typeOptions: {
			loadOptionsDependsOn: [
				'template.value',
				'templateLanguage',
				'headerMediaSource',
				'options.autoGenerateOtp',
			],
			resourceMapper: {
				resourceMapperMethod: 'getTemplateVariables',
				mode: 'add',
				valuesLabel: 'Template Variables',
				fieldWords: { singular: 'variable', plural: 'variables' },
				addAllFields: true,
				supportAutoMap: true,
				// The error stands there in red before a template is chosen, too. The notices below say why there is no field.
				hideNoDataError: true,
			},
		},
		description:
			'What to fill into the template. WhatsCloud itself fills in words such as {contact_first_name} from the contact. To map automatically, the input fields must have the names in the template, such as first_name for {{first_name}}, or header_field_1, field_1, field_2 and so on.',
	},
	methods: { resourceMapping: { getTemplateVariables: mapperFields } },
	read: (value, label, { json }) => {
		if (isObject(value) && value.mappingMode === 'autoMapInputData') return usableFields(json);
		const given = isObject(value) && 'mappingMode' in value ? value.value : value;
		if (given === null || given === undefined || given === '') return {};
		// An expression or a model may give the values as an object, or as its JSON text.
		const values = typeof given === 'string' ? fromModelText(given) : given;
		if (isObject(values)) return values;
		throw new InputError(
			`"${label}" must be an object`,
			'Give the values by their names, such as {"field_1": "Ada", "field_2": "1001"}.',
		);
	},
};

/** Which texts are meant tells the template, by its names. */
function usableFields(json: IDataObject): TemplateValues {
	return Object.fromEntries(
		Object.entries(json).filter(
			([name, value]) => typeof value !== 'object' || isTemplateField(name),
		),
	);
}

async function mapperFields(editor: EditorCall): Promise<ResourceMapperFields> {
	const chosen = await chosenTemplate(editor);
	if (!chosen) {
		return {
			fields: [],
			emptyFieldsNotice:
				'Choose a template first: then each of its variables has a field here. If an expression chooses it, run the nodes before this one, or map automatically.',
		};
	}
	const options = editor.parameter('options');
	const variables = variablesOf(chosen, {
		headerFromBinary: editor.parameter('headerMediaSource') === 'binary',
		autoGenerateOtp: isObject(options) && options.autoGenerateOtp === true,
	});
	return {
		fields: variables.map(({ id, label }) => ({
			id,
			displayName: label,
			// n8n would call a missing value by its id, which people do not see; the node calls it by its label.
			required: false,
			defaultMatch: false,
			canBeUsedToMatch: false,
			display: true,
			type: 'string',
		})),
		emptyFieldsNotice: 'This template has no variables: there is nothing to fill in.',
	};
}

/** The template that is chosen in the editor; undefined before one is. */
async function chosenTemplate({ api, parameter }: EditorCall): Promise<Template | undefined> {
	const located = locatorOf(parameter('template'));
	if (String(located.value ?? '').trim() === '') return undefined;
	return await findTemplate(
		api,
		template.read(parameter('template'), 'Template', NO_ITEM),
		templateLanguage.read(parameter('templateLanguage'), 'Template Language', NO_ITEM),
	);
}
