import type { Api } from '../api/api';
import type { Reading } from '../api/completeList';
import type { ApiRecord } from '../api/pages';
import type { Picked } from '../fields/recordPicker';
import type { PickedByWhatsApp } from '../fields/whatsAppId';
import { InputError } from '../InputError';
import { readRecord } from './records';

/** All templates, read once per execution. */
export async function allTemplates(api: Api): Promise<Reading> {
	return await api.once('templates', async () => await api.read('templates'));
}

/** Of a template that was not found; in a list that is not whole, it may be there all the same. */
export function missingTemplate({ isWhole }: Reading, which: string, advice: string): InputError {
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
		"So long a number is WhatsApp's own ID of a template, which works only for templates that were loaded into WhatsCloud. Choose the template from the list, or enter WhatsCloud's ID: the short number that Template > Get Many gives as id.",
	);
}
