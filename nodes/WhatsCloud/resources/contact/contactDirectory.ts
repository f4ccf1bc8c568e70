import { phoneDigits } from '../../whatsapp/phone';
import type { Api } from '../../api/api';
import { newestByPhone } from './newestContacts';
import type { ApiRecord } from '../../api/pages';

/** Finds contacts by phone number; the API itself can't (contract, section 4). */
export interface ContactDirectory {
	/** The newest contact with this phone, with or without + (quirk 26). Reads no further than needed. @throws ApiError */
	find(phone: string): Promise<ApiRecord | undefined>;
	/** Makes a contact known that was created or changed meanwhile; its id may be unknown (quirk 5). */
	remember(contact: ApiRecord): void;
}

const directories = new WeakMap<Api, ContactDirectory>();

/** One directory serves all items of an execution, so that each page is read once. */
export function contactDirectory(api: Api): ContactDirectory {
	const directory = directories.get(api) ?? openDirectory(api);
	directories.set(api, directory);
	return directory;
}

function openDirectory(api: Api): ContactDirectory {
	const byDigits = new Map<string, ApiRecord>();
	let unread = readCompletely(api);
	let isRead = false;
	let reading: Promise<void> | undefined;
	let resolving: Promise<void> | undefined;

	async function readOn(): Promise<void> {
		const next = await unread.next().catch((error: unknown) => {
			// A generator that failed has ended, as if every contact had been read.
			unread = readCompletely(api);
			throw error;
		});
		if (next.done) isRead = true;
		else for (const record of next.value) addUnlessKnown(record);
	}

	function addUnlessKnown(record: ApiRecord) {
		const digits = phoneDigits(record.phone);
		if (digits !== '' && !byDigits.has(digits)) byDigits.set(digits, record);
	}

	/** One look for all contacts whose ids are not known yet. */
	async function resolveIds(): Promise<void> {
		const phones = [...byDigits.values()].filter(lacksId).map(({ phone }) => String(phone));
		for (const [phone, record] of await newestByPhone(api, new Set(phones))) {
			byDigits.set(phoneDigits(phone), record);
		}
	}

	return {
		find: async (phone) => {
			const digits = phoneDigits(phone);
			while (!byDigits.has(digits) && !isRead) {
				reading ??= readOn().finally(() => (reading = undefined));
				await reading;
			}
			if (!lacksId(byDigits.get(digits))) return byDigits.get(digits);
			resolving ??= resolveIds().finally(() => (resolving = undefined));
			await resolving;
			const found = byDigits.get(digits);
			return lacksId(found) ? undefined : found;
		},
		remember: (contact) => byDigits.set(phoneDigits(contact.phone), contact),
	};
}

/** All contacts, page by page, and those that slipped over the borders of the pages (quirk 3). */
async function* readCompletely(api: Api): AsyncGenerator<ApiRecord[]> {
	const pages = api.pages('contacts');
	let next = await pages.next();
	for (; !next.done; next = await pages.next()) yield next.value.records;
	if (!next.value) yield await api.list('contacts');
}

function lacksId(contact: ApiRecord | undefined): boolean {
	return contact !== undefined && Number.isNaN(contact.id);
}
