import type { Contact } from './records.mts';
import { Table } from './table.mts';

/** Long enough to tell numbers apart, short enough that real numbers have it. */
const suffixLength = 7;

class Counts {
	private readonly counts = new Map<string, number>();

	has(value: string): boolean {
		return this.counts.has(value);
	}

	clear(): void {
		this.counts.clear();
	}

	add(value: string | null, by: 1 | -1): void {
		if (value === null) return;
		const count = (this.counts.get(value) ?? 0) + by;
		if (count > 0) this.counts.set(value, count);
		else this.counts.delete(value);
	}
}

/** Contacts with indexes: sends look one up by the end of its phone, whatever the table's size. */
export class ContactTable extends Table<Contact> {
	private readonly phones = new Counts();
	private readonly emails = new Counts();
	private readonly bySuffix = new Map<string, Set<Contact>>();

	hasPhone(phone: string): boolean {
		return this.phones.has(phone);
	}

	hasEmail(email: string): boolean {
		return this.emails.has(email);
	}

	/** The first contact whose stored phone ends with the number; "" ends every phone. */
	firstWithPhoneEnding(number: string): Contact | undefined {
		if (number.length < suffixLength) {
			return this.find(({ phone }) => phone?.endsWith(number) === true);
		}
		let first: Contact | undefined;
		for (const contact of this.bySuffix.get(number.slice(-suffixLength)) ?? []) {
			if (contact.phone?.endsWith(number) && contact.id < (first?.id ?? Infinity)) first = contact;
		}
		return first;
	}

	override show(contacts: readonly Contact[]): void {
		super.show(contacts);
		for (const contact of contacts) this.index(contact);
	}

	override clear(): void {
		super.clear();
		this.phones.clear();
		this.emails.clear();
		this.bySuffix.clear();
	}

	override update(contact: Contact, changes: Parameters<Table<Contact>['update']>[1]): void {
		this.unindex(contact);
		super.update(contact, changes);
		this.index(contact);
	}

	override delete(contact: Contact): void {
		this.unindex(contact);
		super.delete(contact);
	}

	private index(contact: Contact): void {
		this.phones.add(contact.phone, 1);
		this.emails.add(contact.email, 1);
		const suffix = contact.phone?.slice(-suffixLength);
		if (suffix === undefined) return;
		const contacts = this.bySuffix.get(suffix);
		if (contacts) contacts.add(contact);
		else this.bySuffix.set(suffix, new Set([contact]));
	}

	private unindex(contact: Contact): void {
		this.phones.add(contact.phone, -1);
		this.emails.add(contact.email, -1);
		const suffix = contact.phone?.slice(-suffixLength);
		if (suffix !== undefined) this.bySuffix.get(suffix)?.delete(contact);
	}
}
