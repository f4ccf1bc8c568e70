import type { Api } from '../api/api';
import type { Body } from '../api/envelope';
import { errorTexts } from '../api/envelope';
import { ApiError, refusedFields } from '../api/errors/ApiError';
import { fieldLabel, readable } from '../api/errors/words';
import type { ApiRecord } from '../api/pages';
import type { Fact } from '../api/server';
import { clipped, isEmpty } from '../checks/text';
import { refusal } from '../records';
import type { ContactBody } from './contactFields';
import { NO_NAME } from './contactFields';
import { contactDirectory } from './findByPhone';

/** All known versions refuse a status with an id above this in an update, although such statuses exist. */
export const HIGHEST_STATUS = 50;

export const SET_STATUS_THERE =
	'Set the status in WhatsCloud itself: open Contacts, edit the contact and choose the status.';

/** How much of a value an error quotes. */
const MAX_QUOTED = 60;

/** What this server is known to lack is refused before it is sent. @throws ApiError */
export function refuseUnable(
	api: Api,
	path: string,
	{ type, email, custom_fields_data }: ContactBody,
): void {
	const lacks = (fact: Fact) => api.server.knows(fact) === false;
	const refuse = (title: string, description: string) => {
		throw refusal(path, { title, description });
	};
	if (type === 'guest' && lacks('guests'))
		refuse(
			'This version of WhatsCloud has no contacts of the type "Guest"',
			'Choose Lead, or ask the support of WhatsCloud for an update.',
		);
	if (email === null && lacks('emailClears'))
		refuse(
			'This version of WhatsCloud can change an e-mail but not remove it',
			'Remove Email from Fields to Clear. To remove it, edit the contact in WhatsCloud itself.',
		);
	if (custom_fields_data !== undefined && lacks('customFields'))
		refuse(
			'This version of WhatsCloud has no custom fields',
			'Remove Custom Fields, or ask the support of WhatsCloud for an update.',
		);
}

/** The refusal of a write in words that know the contact. */
export async function inWords(
	api: Api,
	error: unknown,
	body: ContactBody,
	current?: ApiRecord,
): Promise<unknown> {
	const wrong = refusedFields(error);
	if (!(error instanceof ApiError) || wrong.size === 0) return error;
	if (current && wrong.has('status_id')) return statusRefused(error, body, current);
	const owner = wrong.has('email') && (await ownerOf(api, body.email));
	if (!owner) return error;
	return reworded(error, 'email', {
		title: `The e-mail ${clipped(String(body.email), MAX_QUOTED)} belongs to another contact: ${nameOf(owner)}`,
		description: `No two contacts may have the same e-mail. Correct the e-mail or leave it out; or, if that contact is meant, change it with the operation "Update" By ID (${owner.id}).`,
	});
}

function statusRefused(error: ApiError, body: ContactBody, current: ApiRecord): ApiError {
	const { status_id: status } = body;
	// One that was to stay has been left out by then, so it is not the contact's own that is refused.
	if (isEmpty(status) || isSame(status, current.status_id))
		return reworded(error, 'status_id', {
			title:
				'WhatsCloud can\'t change contacts through its API as long as the status in "Auto Lead" has an ID above 50',
			description:
				'WhatsCloud puts that status into every change, and refuses it itself. Choose another status in the settings of "Auto Lead" in WhatsCloud, or switch it off. Nothing was changed.',
		});
	if (Number(status) > HIGHEST_STATUS)
		return reworded(error, 'status_id', {
			title: `WhatsCloud can't give this status to a contact through its API: its ID, ${String(status)}, is above ${HIGHEST_STATUS}`,
			description: `Nothing was changed. ${SET_STATUS_THERE} New contacts can be created with it.`,
		});
	return error;
}

/** In other words for one field; what the server says of the others stays. */
function reworded(
	error: ApiError,
	field: string,
	{ title, description }: { title: string; description: string },
): ApiError {
	const others = [...errorTexts(error.body as Body)].filter(([other]) => other !== field);
	const said = others.map(
		([other, texts]) => `${fieldLabel(other)}: ${texts.map(readable).join(' ')}`,
	);
	const words = {
		title,
		description: [...said, description].join('\n'),
		outcome: 'refused',
	} as const;
	return new ApiError(error.request, words, error.status, error.body);
}

/** Whose the e-mail is, as far as the newest contacts tell. */
async function ownerOf(api: Api, email: unknown): Promise<ApiRecord | undefined> {
	if (typeof email !== 'string') return undefined;
	// The search only explains the error, so its own failure must not take its place.
	return await contactDirectory(api)
		.findByEmail(email)
		.catch(() => undefined);
}

function nameOf({ id, firstname, lastname, phone }: ApiRecord): string {
	const name = [firstname, lastname].filter((part) => !isEmpty(part) && part !== NO_NAME).join(' ');
	return [name, phone && `phone ${String(phone)}`, `ID ${id}`].filter(Boolean).join(', ');
}

export function isSame(a: unknown, b: unknown): boolean {
	return String(a) === String(b);
}
