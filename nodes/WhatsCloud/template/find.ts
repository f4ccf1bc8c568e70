import type { Api } from '../api/api';
import type { Reading } from '../api/lists';
import type { ApiRecord } from '../api/pages';
import { clipped, InputError, shown } from '../checks/text';
import type { Picked, PickedByWhatsApp } from '../fields/pickers';
import { readRecord } from '../records';
import type { FilledTemplate, TemplateValues } from './fill';
import { fillTemplate } from './fill';
import type { Template } from './template';
import { isApproved, isSameCode, templateOf } from './template';
import type { FillOptions } from './variables';

/** A template of the account, or its name, which several languages may share. */
export type TemplateChoice = Picked | PickedByWhatsApp | { name: string };

/** Which template, and what is filled into it. */
interface ChosenTemplate {
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
export async function findTemplate(
	api: Api,
	picked: TemplateChoice,
	language: string | undefined,
): Promise<Template> {
	return await api.once(`template ${JSON.stringify([picked, language])}`, async () =>
		'name' in picked
			? byName(await allTemplates(api), picked.name, language)
			: inLanguage(templateOf(await templateRecord(api, picked)), picked, language),
	);
}

function inLanguage(
	found: Template,
	picked: Picked | PickedByWhatsApp,
	language: string | undefined,
): Template {
	if (language === undefined || isSameCode(found.language, language)) return found;
	throw new InputError(
		`The template "${found.name}" with the ID ${'id' in picked ? picked.id : picked.whatsAppId} is in the language ${found.language}, not in ${clipped(language)}`,
		'Empty Template Language, or choose the template by its name.',
	);
}

/** All templates, read once per execution. */
async function allTemplates(api: Api): Promise<Reading> {
	return await api.once('templates', async () => await api.read('templates'));
}

/** Of a template that was not found; in a list that is not whole, it may be there all the same. */
function missingTemplate({ isWhole }: Reading, which: string, advice: string): InputError {
	if (isWhole) return new InputError(`WhatsCloud has no template ${which}`, advice);
	return new InputError(
		`It is not known whether WhatsCloud has a template ${which}`,
		'Its list of templates could not be read whole. Try again, or choose the template from the list.',
	);
}

/** One template, read once per execution. @throws ApiError and InputError when there is none */
export async function templateRecord(
	api: Api,
	choice: Picked | PickedByWhatsApp,
): Promise<ApiRecord> {
	if ('whatsAppId' in choice) return await byWhatsAppId(api, choice.whatsAppId);
	const read = async () => await readRecord(api, 'templates', choice);
	return await api.once(`template ${choice.id}`, read);
}

async function byWhatsAppId(api: Api, id: string): Promise<ApiRecord> {
	const all = await allTemplates(api);
	const found = all.records.find((known) => String(known.template_id) === id);
	if (found) return found;
	throw missingTemplate(
		all,
		`with WhatsApp's ID ${id}`,
		"So long a number is WhatsApp's own ID, which works only for templates that were loaded into WhatsCloud. Choose from the list, or enter WhatsCloud's ID: the short number that Template > Get Many gives as id.",
	);
}

/** Of several with the same name and language, the approved one: the others are its drafts. */
function byName(all: Reading, name: string, language: string | undefined): Template {
	const named = all.records.map(templateOf).filter((known) => known.name === name);
	if (named.length === 0) {
		throw missingTemplate(
			all,
			`named ${shown(name)}`,
			'Check the spelling, or choose it from the list. A new template must first be loaded from WhatsApp in WhatsCloud.',
		);
	}
	const fitting =
		language === undefined ? named : named.filter((known) => isSameCode(known.language, language));
	const approved = fitting.filter(({ status }) => isApproved(status));
	const [candidate, ...others] = approved.length > 0 ? approved : fitting;
	const languages = [...new Set(named.map((known) => known.language))].sort().join(', ');
	if (candidate === undefined) {
		throw missingTemplate(
			all,
			`named ${shown(name)} in the language ${shown(language)}`,
			`It exists in: ${languages}.`,
		);
	}
	if (others.some((other) => other.language !== candidate.language)) {
		throw new InputError(
			`The template ${shown(name)} exists in several languages`,
			`Fill in Template Language with one of: ${languages}.`,
		);
	}
	return candidate;
}
