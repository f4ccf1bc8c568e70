import { phoneDigits } from '../whatsapp/phone';
import type { WhatsCloudApi } from './api';
import type { ApiRecord } from './pages';

/** Finds contacts by phone number; the API itself can't (contract, section 4). */
export interface ContactDirectory {
	/** The contact with this phone, with or without + (quirk 26). Reads no further than needed. @throws ApiError */
	find(phone: string): Promise<ApiRecord | undefined>;
	/** Makes a contact known that was created or changed meanwhile. */
	remember(contact: ApiRecord): void;
}

/** One directory serves all items of an execution, so that each page is read once. */
export async function contactDirectory(api: WhatsCloudApi): Promise<ContactDirectory> {
	return await api.once('contactDirectory', async () => await Promise.resolve(open(api)));
}

function open(api: WhatsCloudApi): ContactDirectory {
	const byDigits = new Map<string, ApiRecord>();
	const pages = api.pages('contacts');
	let reading: Promise<boolean> | undefined;

	async function readOn(): Promise<boolean> {
		const { done, value: page } = await pages.next();
		if (done) return false;
		for (const record of page.records) {
			const digits = phoneDigits(record.phone);
			if (!byDigits.has(digits)) byDigits.set(digits, record);
		}
		return true;
	}

	return {
		find: async (phone) => {
			const digits = phoneDigits(phone);
			for (;;) {
				const known = byDigits.get(digits);
				if (known) return known;
				reading ??= readOn().finally(() => (reading = undefined));
				if (!(await reading)) return byDigits.get(digits);
			}
		},
		remember: (contact) => {
			byDigits.set(phoneDigits(contact.phone), contact);
		},
	};
}
