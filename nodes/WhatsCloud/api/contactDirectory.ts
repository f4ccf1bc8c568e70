import { phoneDigits } from '../whatsapp/phone';
import type { WhatsCloudApi } from './api';
import type { ApiRecord } from './pages';

/** Finds contacts by phone number; the API itself can't (contract, section 4). */
export interface ContactDirectory {
	/** The newest contact with this phone, with or without + (quirk 26). Reads no further than needed. @throws ApiError */
	find(phone: string): Promise<ApiRecord | undefined>;
	/** Makes a contact known that was created or changed meanwhile. */
	remember(contact: ApiRecord): void;
}

const directories = new WeakMap<WhatsCloudApi, ContactDirectory>();

/** One directory serves all items of an execution, so that each page is read once. */
export function contactDirectory(api: WhatsCloudApi): ContactDirectory {
	const directory = directories.get(api) ?? openDirectory(api);
	directories.set(api, directory);
	return directory;
}

function openDirectory(api: WhatsCloudApi): ContactDirectory {
	const byDigits = new Map<string, ApiRecord>();
	let unread: AsyncGenerator<{ records: ApiRecord[] }> | undefined = api.pages('contacts');
	let reading: Promise<void> | undefined;

	async function readOn(): Promise<void> {
		const next = await unread?.next();
		if (!next || next.done) unread = undefined;
		else for (const record of next.value.records) addUnlessKnown(record);
	}

	function addUnlessKnown(record: ApiRecord) {
		const digits = phoneDigits(record.phone);
		if (!byDigits.has(digits)) byDigits.set(digits, record);
	}

	return {
		find: async (phone) => {
			const digits = phoneDigits(phone);
			while (!byDigits.has(digits) && unread) {
				reading ??= readOn().finally(() => (reading = undefined));
				await reading;
			}
			return byDigits.get(digits);
		},
		remember: (contact) => byDigits.set(phoneDigits(contact.phone), contact),
	};
}
