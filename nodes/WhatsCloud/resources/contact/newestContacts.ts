import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../../api/api';
import type { ApiRecord } from '../../api/pages';

const SMALL_PAGE = 100;

/**
 * Finds contacts that were just created by the phone they were created with, because some servers do not
 * say the new id (quirk 5). Reads the newest contacts, in as few pages as can hold them all. @throws ApiError
 */
export async function newestByPhone(
	api: Api,
	phones: ReadonlySet<string>,
): Promise<Map<string, ApiRecord>> {
	const found = new Map<string, ApiRecord>();
	if (phones.size === 0) return found;
	let pagesLeft = 0;
	for await (const page of api.pages('contacts', pageSizeFor(phones.size))) {
		pagesLeft ||= Math.ceil(phones.size / Math.max(1, page.records.length)) + 2;
		for (const record of page.records) {
			const phone = String(record.phone);
			if (phones.has(phone) && !found.has(phone)) found.set(phone, record);
		}
		if (found.size === phones.size || --pagesLeft === 0) break;
	}
	return found;
}

/** Room for contacts that others create meanwhile. */
function pageSizeFor(phones: number): number {
	return Math.max(SMALL_PAGE, Math.ceil(phones * 1.1));
}

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
