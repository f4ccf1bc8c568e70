import type { IDataObject, ResourceMapperFields } from 'n8n-workflow';

import type { Api } from '../api/api';
import type { Reading } from '../api/lists';
import type { ApiRecord } from '../api/pages';
import { fromModelText, isObject, objectOf, textOf } from '../checks/json';
import { clipped, InputError, isEmpty, outgoingText, quoted } from '../checks/text';
import type { PickedRecord } from '../fields/pickers';
import { locatorOf, orByName, picker, recordKind } from '../fields/pickers';
import { filtersOf } from '../fields/collections';
import type { Texts } from '../fields/values';
import { choice, optionalText } from '../fields/values';
import { readOnly, readRecord } from '../records';
import type { ChosenFile, EditorCall, Field } from '../operation';
import { NO_ITEM } from '../operation';
import type { FillOptions, Template, Variable } from './template';
import {
	bodyField,
	buttonsOf,
	distinctMarkers,
	headerUrlField,
	isSameCode,
	MARKER,
	shortened,
	templateOf,
	variablesOf,
} from './template';

export const template: Field<PickedRecord> = picker(
	{
		displayName: 'Template',
		description: 'The approved template to send: from the list, by its ID, or by its name',
		path: 'templates',
		searchMethod: 'searchApprovedTemplates',
		isAlphabetical: true,
		label: (record) => labelled(record, [record.language]),
		hidden: ({ status }) => !isSameCode(status, 'APPROVED'),
	},
	orByName('order_update'),
);

const templates = recordKind('Template', 'The WhatsApp template', {
	isAlphabetical: true,
	label: (record) => labelled(record, [record.language, String(record.status).toLowerCase()]),
});

function labelled(record: ApiRecord, details: unknown[]): string {
	const { name, body } = templateOf(record);
	const words = clipped(body.replace(/\s+/g, ' '), 60);
	return `${name} (${details.join(', ')})${words && `: ${words}`}`;
}

export const templateLanguage = optionalText({
	displayName: 'Template Language',
	placeholder: 'e.g. en_US',
	// Any other choice has one language.
	displayOptions: { hide: { '/template.mode': ['list', 'id'] } },
	description:
		'Only for a name that exists in several languages: the code as WhatsApp writes it, such as en_US',
});

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
				// The error stands there before a template is chosen, too; the notices below say why there is no field.
				hideNoDataError: true,
			},
		},
		description:
			'What to fill into the template. WhatsCloud itself fills in words such as {contact_first_name}. To map automatically, name the input fields as in the template, such as first_name for {{first_name}}, or header_field_1, field_1, field_2 and so on.',
	},
	methods: { resourceMapping: { getTemplateVariables: mapperFields } },
	read: (value, label, { json }) => {
		if (isObject(value) && value.mappingMode === 'autoMapInputData') return json;
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

async function mapperFields({ api, parameter }: EditorCall): Promise<ResourceMapperFields> {
	const choice = parameter('template');
	if (String(locatorOf(choice).value ?? '').trim() === '') {
		return {
			fields: [],
			emptyFieldsNotice:
				'Choose a template first. If an expression chooses it, run the nodes before this one, or map automatically.',
		};
	}
	const chosen = await findTemplate(
		api,
		template.read(choice, 'Template', NO_ITEM),
		templateLanguage.read(parameter('templateLanguage'), 'Template Language', NO_ITEM),
	);
	const variables = variablesOf(chosen, {
		headerFromBinary: parameter('headerMediaSource') === 'binary',
		autoGenerateOtp: objectOf(parameter('options')).autoGenerateOtp === true,
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

export async function filledTemplate(
	api: Api,
	chosen: {
		template: PickedRecord;
		templateLanguage?: string;
		templateVariables?: TemplateValues;
	},
	options?: FillOptions,
): Promise<FilledTemplate> {
	const found = await findTemplate(api, chosen.template, chosen.templateLanguage);
	return fillTemplate(found, chosen.templateVariables ?? {}, options);
}

/** Read once per execution. @throws InputError when there is none, or no single one */
async function findTemplate(
	api: Api,
	choice: PickedRecord,
	language: string | undefined,
): Promise<Template> {
	if ('name' in choice) {
		const all = await api.once('templates', async () => await api.read('templates'));
		return byName(all, choice.name, language);
	}
	const read = async () => templateOf(await readRecord(api, 'templates', choice));
	return await api.once(`template ${choice.id}`, read);
}

/** Of several with the same name and language, the approved one: the others are its drafts. */
function byName({ records, isWhole }: Reading, name: string, language = ''): Template {
	const named = records.filter((known) => String(known.template_name) === name).map(templateOf);
	const fitting = named.filter((known) => !language || isSameCode(known.language, language));
	const approved = fitting.filter(({ status }) => status === 'APPROVED');
	const [candidate, ...others] = approved.length > 0 ? approved : fitting;
	const languages = [...new Set(named.map((known) => known.language))].sort().join(', ');
	if (!candidate) {
		const where = isWhole ? 'WhatsCloud' : 'What could be read of the list of templates';
		throw new InputError(
			`${where} has no template named ${quoted(name)}${languages && ` in the language ${quoted(language)}`}`,
			languages
				? `It exists in: ${languages}.`
				: 'Check the spelling, or choose it from the list. A new template must first be loaded from WhatsApp in WhatsCloud.',
		);
	}
	if (others.some((other) => other.language !== candidate.language)) {
		throw new InputError(
			`The template ${quoted(name)} exists in several languages`,
			`Fill in Template Language with one of: ${languages}.`,
		);
	}
	return candidate;
}

/** Values by the API's field names, or by the names in the template's braces. */
type TemplateValues = Readonly<Record<string, unknown>>;

export type FilledTemplate = ReturnType<typeof fillTemplate>;

const API_FIELD =
	/^(?:header_field_1|header_(?:image|video|document)_url|field_\d{1,3}|button_\d{1,3}|copy_code)$/;

/** Values go out as given. @throws InputError naming all that is missing, or all that the template does not have */
export function fillTemplate(
	template: Template,
	values: TemplateValues,
	options: FillOptions = {},
) {
	const all = variablesOf(template);
	const given = givenTexts(values, all);
	const known = all.flatMap(({ id, also }) => [id, ...also]);
	const unknown = [...given.keys()].filter((id) => !known.includes(id));
	if (unknown.length > 0) {
		const ids = all.map(({ id }) => id).join(', ');
		throw new InputError(
			`The template "${template.name}" has no variable named ${unknown.join(', ')}`,
			`It has ${ids || 'no variables'}. Remove the other values, or choose the template that they belong to.`,
		);
	}
	const variables = variablesOf(template, options);
	const missing = variables.filter(({ id }) => !given.has(id));
	if (missing.length > 0) {
		throw new InputError(
			`The template "${template.name}" needs ${missing.length === 1 ? 'one more value' : `${missing.length} more values`}`,
			`Fill in what is missing or blank: ${missing.map(({ label }) => label).join('; ')}`,
		);
	}

	const fields: Record<string, string> = {};
	for (const { id, also, checked } of variables) {
		const text = checked(given.get(id) ?? '');
		for (const field of [id, ...also]) fields[field] = text;
	}
	const names = distinctMarkers(template.body).map(({ name }) => name);
	const text = template.body.replace(MARKER, (_, name: string) =>
		shortened(fields[bodyField(names.indexOf(name.trim()))] ?? ''),
	);
	const { headerFile: kind } = template;
	const header: ChosenFile | undefined = kind && { kind, url: fields[headerUrlField(kind)] };
	return { template, fields, text, header };
}

/**
 * What is given, by the API's field names. A field name counts before a name in braces; what stands under
 * other names belongs to something else, such as the other fields of an input item.
 */
function givenTexts(values: TemplateValues, variables: readonly Variable[]): Map<string, string> {
	const labels = new Map(variables.map(({ id, label }) => [id, label]));
	const named = variables.flatMap(
		({ id, name }): Array<[string, unknown]> =>
			name !== undefined && Object.hasOwn(values, name) ? [[id, values[name]]] : [],
	);
	const fields = Object.entries(values).filter(([name]) => API_FIELD.test(name));
	const given = new Map<string, string>();
	for (const [id, value] of [...named, ...fields]) {
		const plain = typeof value === 'boolean' ? String(value) : value;
		const text = outgoingText(plain, `The value for ${labels.get(id) ?? id}`);
		if (text !== undefined && !isEmpty(text)) given.set(id, text);
	}
	return given;
}

function codes({ words, ...property }: Texts & { words: string[]; default: string }) {
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

export const templateResource = readOnly(templates, {
	filters,
	isMatch: (record, wanted) =>
		Object.entries(wanted).every(([key, value]) => isSameCode(record[key], String(value))),
	simplified,
});

/** The texts and the buttons as a list; without counts and stored examples. */
function simplified(record: ApiRecord): IDataObject {
	const { id, template_name, language, status, category } = record;
	const { header_data_format = null, header_data_text = null } = record;
	const { body_data = null, footer_data = null } = record;
	return {
		// A number on most servers; as text it keeps all its digits.
		...{ id, template_id: textOf(record.template_id), template_name, language, status, category },
		...{ header_data_format, header_data_text, body_data, footer_data },
		buttons: buttonsOf(record),
	} as IDataObject;
}
