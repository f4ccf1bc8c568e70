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
	for await (const page of api.pages('contacts', undefined, pageSizeFor(phones.size))) {
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
