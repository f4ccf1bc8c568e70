import { ContactTable } from './contactTable.mts';
import type { Contact, Label, MessageBot, Status, Template, TemplateBot } from './records.mts';
import { Table } from './table.mts';
import { isoSeconds } from './timestamps.mts';

export const tenantId = 7;
/** The dashboard user in whose name the API writes. */
export const apiUserId = 3;

export interface InsertOptions {
	/** For all of them; null is a record without a time, which the API reports as now. */
	createdAt?: Date | string | null;
	/** They belong to a transaction that ends so much later: until then no request sees them. */
	showAfterMs?: number;
}

/** Contacts of a transaction under way, and when it ends. */
interface Transaction {
	endsAt: number;
	contacts: Contact[];
}

const times = (time: string | null) => ({ created_at: time, updated_at: time });

/** Everything the account has stored. */
export class Store {
	readonly contacts: ContactTable;
	readonly statuses: Table<Status>;
	readonly sources: Table<Label>;
	readonly groups: Table<Label>;
	readonly templates: Table<Template>;
	readonly templateBots: Table<TemplateBot>;
	readonly messageBots: Table<MessageBot>;
	private readonly now: () => Date;
	private underWay: Transaction[] = [];

	/** @param idsOfOthers how many ids other tenants use up before the next record; contacts have their own */
	constructor(now: () => Date, idsOfOthers: () => number) {
		this.now = now;
		this.contacts = new ContactTable();
		this.statuses = new Table(idsOfOthers);
		this.sources = new Table(idsOfOthers);
		this.groups = new Table(idsOfOthers);
		this.templates = new Table(idsOfOthers);
		this.templateBots = new Table(idsOfOthers);
		this.messageBots = new Table(idsOfOthers);
	}

	clear(): void {
		const { contacts, statuses, sources, groups, templates, templateBots, messageBots } = this;
		const labels = [statuses, sources, groups];
		for (const table of [contacts, ...labels, templates, templateBots, messageBots]) table.clear();
		this.underWay = [];
	}

	/** Shows the contacts of transactions that have ended by now. */
	endTransactions(): void {
		const now = this.now().getTime();
		const ended = this.underWay.filter(({ endsAt }) => endsAt <= now);
		this.underWay = this.underWay.filter(({ endsAt }) => endsAt > now);
		for (const { contacts } of ended) this.contacts.show(contacts);
	}

	/** Contacts as a backup of that moment has them. */
	restoreContacts(moment: Date | string): void {
		this.underWay = [];
		this.contacts.restore(isoSeconds(new Date(moment)));
	}

	/** Contacts as an import would leave them: what is not given gets an invented value. */
	insertContacts(partials: readonly Partial<Contact>[], options: InsertOptions = {}): Contact[] {
		const { createdAt = this.now(), showAfterMs = 0 } = options;
		const time = createdAt === null ? null : isoSeconds(new Date(createdAt));
		const start = this.contacts.size;
		const contacts = this.contacts.withIds(
			partials.map((partial, index) => ({
				...newContact(`1555556${String(start + index + 1).padStart(5, '0')}`, time),
				...partial,
			})),
		);
		if (showAfterMs === 0) this.contacts.show(contacts);
		else this.underWay.push({ endsAt: this.now().getTime() + showAfterMs, contacts });
		return contacts;
	}

	insertLabel(table: 'sources' | 'groups', name: string): Label {
		const time = isoSeconds(this.now());
		return this[table].insert({ tenant_id: tenantId, name, ...times(time) });
	}
}

export function newContact(phone: string | null, time: string | null): Omit<Contact, 'id'> {
	return {
		tenant_id: tenantId,
		firstname: 'Unknown',
		lastname: '',
		company: null,
		type: 'lead',
		description: null,
		country_id: null,
		zip: null,
		city: null,
		state: null,
		address: null,
		assigned_id: null,
		status_id: 1,
		source_id: 1,
		email: null,
		website: null,
		phone,
		is_enabled: true,
		addedfrom: apiUserId,
		dateassigned: null,
		last_status_change: null,
		...times(time),
		group_id: null,
		custom_fields_data: null,
		is_opted_out: false,
		opted_out_date: null,
		facebook_psid: null,
	};
}
