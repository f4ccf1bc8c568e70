import type { Api } from '../api/api';
import { ApiError } from '../api/errors/ApiError';
import type { ApiRecord } from '../api/pages';
import type { PickedContact } from '../fields/recordPicker';
import { phoneKey } from '../checks/phone';
import { readRecord } from '../records';
import { contactDirectory } from './contactDirectory';

/** @throws ApiError when there is no such contact */
export async function contactIdOf(api: Api, picked: PickedContact): Promise<number> {
	return 'id' in picked ? picked.id : (await contactByPhone(api, picked.phone)).id;
}

/** The contact as it is now. @throws ApiError when there is no such contact */
export async function readContact(api: Api, picked: PickedContact): Promise<ApiRecord> {
	return await readRecord(api, 'contacts', { id: await contactIdOf(api, picked) });
}

/** @throws ApiError when no contact has this phone */
export async function contactByPhone(api: Api, phone: string): Promise<ApiRecord> {
	const found = await contactDirectory(api).find(phone);
	if (found) return found;
	throw new ApiError(
		{ method: 'GET', path: 'contacts' },
		{
			title: `There is no contact with the phone number ${phone}`,
			description: 'Check the number and its country code, or create the contact first.',
			outcome: 'refused',
		},
		404,
	);
}

/** Items about the same contact take turns, so that one does not undo the other. */
export function contactLane(picked: PickedContact): string {
	return 'id' in picked ? `id ${picked.id}` : phoneKey(picked.phone);
}
