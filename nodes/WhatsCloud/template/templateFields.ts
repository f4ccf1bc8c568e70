import type { IDataObject, ResourceMapperFields } from 'n8n-workflow';

import type { Api } from '../api/api';
import type { Reading } from '../api/lists';
import type { Picked, PickedByWhatsApp } from '../fields/recordPicker';
import { locatorOf, orWhatsAppId, pickerOr } from '../fields/recordPicker';
import { optionalText, requiredText } from '../fields/values';
import { InputError } from '../checks/InputError';
import { fromModelText, isObject } from '../checks/json';
import type { EditorCall, Field } from '../operation';
import { NO_ITEM } from '../operation';
import type { FilledTemplate, TemplateValues } from './fill';
import { fillTemplate, isTemplateField } from './fill';
import { allTemplates, missingTemplate, templateRecord } from './operations';
import type { Template } from './template';
import { isApproved, templateOf } from './template';
import type { FillOptions } from './variables';
import { variablesOf } from './variables';

const templateName = requiredText({ displayName: 'By Name' });

/** A template of the account, or its name, which several languages may share. */
export type TemplateChoice = Picked | PickedByWhatsApp | { name: string };

export const template: Field<TemplateChoice> = orWhatsAppId(
	pickerOr(
		{
			displayName: 'Template',
			description: 'The approved template to send: from the list, by its ID, or by its name',
			path: 'templates',
			searchMethod: 'searchApprovedTemplates',
			label: ({ template_name: name, language, category }) =>
				`${String(name)} (${String(language)}) – ${String(category).toLowerCase()}`,
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

/** Which template, and what is filled into it. */
export interface ChosenTemplate {
	template: TemplateChoice;
	templateLanguage?: string;
	templateVariables?: TemplateValues;
}

/** @throws InputError when there is no such template, or it can't be sent with these values */
export async function filledTemplate(
	api: Api,
	{ template: picked, templateLanguage: language, templateVariables: values = {} }: ChosenTemplate,
	options?: FillOptions,
): Promise<FilledTemplate> {
	return fillTemplate(await findTemplate(api, picked, language), values, options);
}

/** Read once per execution. @throws InputError when there is none, or no single one */
async function findTemplate(
	api: Api,
	picked: TemplateChoice,
	language: string | undefined,
): Promise<Template> {
	if ('name' in picked) return byName(await allTemplates(api), picked.name, language);
	const found = templateOf(await templateRecord(api, picked));
	if (language === undefined || isSameLanguage(found, language)) return found;
	throw new InputError(
		`The template "${found.name}" with the ID ${'id' in picked ? picked.id : picked.whatsAppId} is in the language ${found.language}, not in ${language}`,
		'Empty Template Language, or choose the template by its name.',
	);
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

/** Of several with the same name and language, the approved one: the others are its drafts. */
function byName(all: Reading, name: string, language: string | undefined): Template {
	const named = all.records.map(templateOf).filter((known) => known.name === name);
	if (named.length === 0) {
		throw missingTemplate(
			all,
			`named "${name}"`,
			'Check the spelling, or choose it from the list. A new template must first be loaded from WhatsApp in WhatsCloud.',
		);
	}
	const fitting =
		language === undefined ? named : named.filter((known) => isSameLanguage(known, language));
	const approved = fitting.filter(({ status }) => isApproved(status));
	const [candidate, ...others] = approved.length > 0 ? approved : fitting;
	const languages = [...new Set(named.map((known) => known.language))].sort().join(', ');
	if (candidate === undefined) {
		throw missingTemplate(
			all,
			`named "${name}" in the language ${language}`,
			`It exists in: ${languages}.`,
		);
	}
	if (others.some((other) => other.language !== candidate.language)) {
		throw new InputError(
			`The template "${name}" exists in several languages`,
			`Fill in Template Language with one of: ${languages}.`,
		);
	}
	return candidate;
}

/** `en-us` counts as `en_US`. */
function isSameLanguage(known: Template, language: string): boolean {
	const plain = (code: string) => code.replace('-', '_').toLowerCase();
	return plain(known.language) === plain(language);
}
