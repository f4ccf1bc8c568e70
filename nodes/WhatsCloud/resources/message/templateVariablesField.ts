import type { IDataObject, ResourceMapperFields } from 'n8n-workflow';

import { fromModelText, isObject } from '../../json';
import { InputError } from '../../InputError';
import type { EditorCall, Field } from '../../operation';
import { isTemplateField } from '../../whatsapp/templateValues';
import { templateVariables as variablesOf } from '../../whatsapp/templateVariables';
import { chosenTemplate } from './templateChoice';

/** Values by the API's field names, or by the names in the template's braces. */
export type TemplateValues = Record<string, unknown>;

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
				noFieldsError: 'This template has no variables',
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
				'Choose a template first: then there is a field here for each of its variables. If an expression chooses it, run the nodes before this one, or map automatically.',
		};
	}
	const options = editor.parameter('options');
	const variables = variablesOf(chosen, {
		headerMediaFromBinary: editor.parameter('headerMediaSource') === 'binary',
		autoGenerateOtp: isObject(options) && options.autoGenerateOtp === true,
	});
	return {
		fields: variables.map(({ id, label, required }) => ({
			id,
			displayName: label,
			required,
			defaultMatch: false,
			canBeUsedToMatch: false,
			display: true,
			type: 'string',
		})),
		emptyFieldsNotice: 'This template has no variables: there is nothing to fill in.',
	};
}
