import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../../api/api';
import { newestByPhone } from './newestContacts';
import type { ApiRecord } from '../../api/pages';

const NOT_FOUND = {
	id: null,
	note: 'The contact was created. WhatsCloud did not say its ID, and it was not found among the newest contacts.',
};

/**
 * Fills in the ids that the server kept to itself (quirk 5), for all items with one look at the newest
 * contacts. A contact that is not found keeps what was sent, with a note, because it was created.
 */
export async function withNewIds(api: Api, outputs: IDataObject[]): Promise<IDataObject[]> {
	const isMissing = ({ id }: IDataObject) => id === undefined;
	const phones = new Set(outputs.filter(isMissing).map(({ phone }) => String(phone)));
	// That the ids can't be read must not look like a failure to create.
	const found = await newestByPhone(api, phones).catch(() => new Map<string, ApiRecord>());
	return outputs.map((output) => {
		if (!isMissing(output)) return output;
		const record = found.get(String(output.phone)) as IDataObject | undefined;
		return record ?? { ...output, ...NOT_FOUND };
	});
}
