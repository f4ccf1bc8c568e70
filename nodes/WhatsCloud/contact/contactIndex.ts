import type { ApiRecord } from '../api/pages';
import { phoneKey } from '../checks/phone';

/** The contacts that are known so far in this run, by person: read from the list, or written meanwhile. */
export interface ContactIndex {
	/** Contacts as the list shows them, the newest first; what this run wrote itself is newer. */
	addRead(contacts: ApiRecord[]): void;
	/** A contact that this run created or changed; its id may not be known yet (quirk 5). */
	set(contact: ApiRecord): void;
	/** A contact that this run deleted. Whether the list had shown it. */
	remove(id: number): boolean;
	/** The newest contact of the person, whose id may be NaN. */
	byPhone(phone: string): ApiRecord | undefined;
	byEmail(email: string): ApiRecord | undefined;
	withoutId(): ApiRecord[];
}

export function createContactIndex(): ContactIndex {
	const byId = new Map<number, ApiRecord>();
	/** The newest first. */
	const byPerson = new Map<string, ApiRecord[]>();
	const withoutId = new Map<string, ApiRecord>();
	/** Changed or deleted by this run: pages that are read later may be older than that. */
	const written = new Set<number>();

	function detach(id: number): void {
		const known = byId.get(id);
		if (!known) return;
		byId.delete(id);
		const key = phoneKey(known.phone);
		byPerson.set(key, byPerson.get(key)?.filter((other) => other !== known) ?? []);
	}

	function attach(contact: ApiRecord, isNewest: boolean): void {
		byId.set(contact.id, contact);
		const key = phoneKey(contact.phone);
		if (key === '') return;
		const others = byPerson.get(key) ?? [];
		byPerson.set(key, isNewest ? [contact, ...others] : [...others, contact]);
		if (withoutId.get(key)?.phone === contact.phone) withoutId.delete(key);
	}

	return {
		addRead: (contacts) => {
			for (const contact of contacts) {
				if (!byId.has(contact.id) && !written.has(contact.id)) attach(contact, false);
			}
		},
		set: (contact) => {
			if (Number.isNaN(contact.id)) {
				withoutId.set(phoneKey(contact.phone), contact);
				return;
			}
			detach(contact.id);
			written.add(contact.id);
			attach(contact, true);
		},
		remove: (id) => {
			const wasKnown = byId.has(id);
			detach(id);
			written.add(id);
			return wasKnown;
		},
		byPhone: (phone) => {
			const key = phoneKey(phone);
			return withoutId.get(key) ?? byPerson.get(key)?.[0];
		},
		byEmail: (email) => {
			const wanted = email.toLowerCase();
			return [...byId.values()].find((contact) => String(contact.email).toLowerCase() === wanted);
		},
		withoutId: () => [...withoutId.values()],
	};
}
