import type { Api } from '../../api/api';
import { errorTexts } from '../../api/envelope';
import { ApiError } from '../../api/errors/ApiError';
import { fieldLabel } from '../../api/errors/readableText';
import type { ApiRecord } from '../../api/pages';
import { isObject } from '../../json';
import { contactDirectory } from './contactDirectory';
import type { ContactBody } from './contactFields';

/** Whether the server names this field as the reason of its refusal. */
export function refuses(error: unknown, field: string): error is ApiError {
	if (!(error instanceof ApiError) || error.status !== 422 || !isObject(error.body)) return false;
	return errorTexts(error.body).has(field);
}

/** Why a contact without a last name, for one, can't be changed, not even its groups (quirk 7). */
export function lackOfRequired(error: unknown, body: ContactBody): ApiError | undefined {
	const missing = ['firstname', 'lastname', 'phone'].find(
		(field) => (body[field] ?? '') === '' && refuses(error, field),
	);
	if (!missing || !(error instanceof ApiError)) return undefined;
	const label = fieldLabel(missing);
	return inOtherWords(error, {
		title: `The contact has no ${label.toLowerCase()}, and WhatsCloud changes no contact without one`,
		description: `Give it one first: operation "Update", Update Fields > ${label}.`,
	});
}

/** Whose the e-mail is that was refused, as far as the newest contacts tell. */
export async function emailOfAnother(
	api: Api,
	error: unknown,
	{ email }: ContactBody,
): Promise<ApiError | undefined> {
	if (!refuses(error, 'email') || typeof email !== 'string') return undefined;
	// The search only explains the error, so its own failure must not take its place.
	const owner = await contactDirectory(api)
		.findByEmail(email)
		.catch(() => undefined);
	return (
		owner &&
		inOtherWords(error, {
			title: `The e-mail ${email} belongs to another contact: ${nameOf(owner)}`,
			description: `No two contacts may have the same e-mail. Correct the e-mail or leave it out; or, if that contact is meant, change it with the operation "Update" By ID (${owner.id}).`,
		})
	);
}

function nameOf({ id, firstname, lastname, phone }: ApiRecord): string {
	const name = [firstname, lastname].filter(Boolean).join(' ');
	return [name, phone && `phone ${String(phone)}`, `ID ${id}`].filter(Boolean).join(', ');
}

function inOtherWords(
	{ request, status, body }: ApiError,
	words: { title: string; description: string },
): ApiError {
	return new ApiError(request, { ...words, outcome: 'refused' }, status, body);
}
