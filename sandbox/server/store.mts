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
}

export interface TableSet {
	contacts: ContactTable;
	statuses: Table<Status>;
	sources: Table<Label>;
	groups: Table<Label>;
	templates: Table<Template>;
	templateBots: Table<TemplateBot>;
	messageBots: Table<MessageBot>;
}

const emptyTables = (): TableSet => ({
	contacts: new ContactTable(),
	statuses: new Table(),
	sources: new Table(),
	groups: new Table(),
	templates: new Table(),
	templateBots: new Table(),
	messageBots: new Table(),
});

const times = (time: string | null) => ({ created_at: time, updated_at: time });

/** Everything the account has stored. */
export class Store implements TableSet {
	contacts = new ContactTable();
	statuses = new Table<Status>();
	sources = new Table<Label>();
	groups = new Table<Label>();
	templates = new Table<Template>();
	templateBots = new Table<TemplateBot>();
	messageBots = new Table<MessageBot>();
	private readonly now: () => Date;

	constructor(now: () => Date) {
		this.now = now;
	}

	clear(): void {
		Object.assign(this, emptyTables());
	}

	/** Contacts as an import would leave them: what is not given gets an invented value. */
	insertContacts(partials: readonly Partial<Contact>[], options: InsertOptions = {}): Contact[] {
		const { createdAt = this.now() } = options;
		const time = createdAt === null ? null : isoSeconds(new Date(createdAt));
		const start = this.contacts.size;
		return this.contacts.insertMany(
			partials.map((partial, index) => ({
				...newContact(`1555556${String(start + index + 1).padStart(5, '0')}`, time),
				...partial,
			})),
		);
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
	};
}
