import type { Account } from '../account.mts';
import { phpJson } from '../envelope.mts';
import type { Contact, Row } from '../records.mts';
import { deliver } from './deliver.mts';
import { n8nParts, webhookHeaders, webhookTime } from './parts.mts';

export type Model = 'contact' | 'status' | 'source';

export interface RecordChange {
	model: Model;
	event: 'created' | 'updated' | 'deleted';
	record: Row;
	/** As it was before an update. */
	previous?: Row;
}

const isContact = (record: Row): record is Contact => 'phone' in record;
const modelName = (model: Model) =>
	`App\\Models\\Tenant\\${model.charAt(0).toUpperCase()}${model.slice(1)}`;

/** Of a new record, the older format shows only columns that were set; the id comes last. */
function setColumns({ id, ...record }: Row): object {
	const unset = { is_enabled: true, isdefault: false };
	const isSet = ([name, value]: [string, unknown]) =>
		value !== null && (unset as Record<string, unknown>)[name] !== value;
	return { ...Object.fromEntries(Object.entries(record).filter(isSet)), id };
}

function legacyBody(account: Account, { model, event, record, previous }: RecordChange): object {
	return {
		event,
		model: modelName(model),
		data: {
			id: record.id,
			attributes: event === 'created' ? setColumns(record) : record,
			relations: [],
		},
		original: previous ?? null,
		timestamp: webhookTime(account),
	};
}

/** "N8N format" tells these as relationships, each only when it is known. */
function contactRelationships({ data }: Account, contact: Contact): object {
	const status = data.statuses.get(contact.status_id);
	const source = data.sources.get(contact.source_id);
	const ids = Array.isArray(contact.group_id) ? contact.group_id.map(Number) : [];
	const groups = ids
		.map((id) => data.groups.get(id))
		.filter((group) => group !== undefined)
		.map(({ id, name }) => ({ id, name }));
	return {
		...(status && { status: { id: status.id, name: status.name, color: status.color } }),
		...(source && { source: { id: source.id, name: source.name } }),
		...(groups.length > 0 && { groups }),
		...(contact.assigned_id !== null && {
			assigned_to: { id: contact.assigned_id, name: 'Agent Example', email: 'agent@example.com' },
		}),
	};
}

function relationships(account: Account, { model, event, record }: RecordChange): object {
	if (event === 'deleted') return [];
	const known = isContact(record)
		? contactRelationships(account, record)
		: { contacts_count: countContacts(account, model, record.id) };
	return Object.keys(known).length > 0 ? known : [];
}

function countContacts({ data }: Account, model: Model, id: number): number {
	const column = model === 'status' ? 'status_id' : 'source_id';
	return data.contacts.all().filter((contact) => contact[column] === id).length;
}

function attributesOf(record: Row): object {
	const elsewhere = ['tenant_id', 'status_id', 'source_id', 'assigned_id'];
	return Object.fromEntries(Object.entries(record).filter(([name]) => !elsewhere.includes(name)));
}

const changedColumns = (record: Row, previous: Row) =>
	Object.entries(record)
		.filter(([name, value]) => {
			const before = (previous as unknown as Record<string, unknown>)[name];
			return JSON.stringify(before) !== JSON.stringify(value);
		})
		.map(([name]) => name);

function n8nBody(account: Account, change: RecordChange): object {
	const { model, event, record, previous } = change;
	const { tenant, ...parts } = n8nParts(account, `${model}.${event}`, 'api_webhook_manager');
	return {
		...parts,
		tenant: { ...tenant, domain: account.subdomain },
		data: {
			resource: { type: model, id: record.id, attributes: attributesOf(record) },
			relationships: relationships(account, change),
		},
		changes: {
			previous: previous ?? null,
			current: record,
			modified_fields: previous ? changedColumns(record, previous) : null,
		},
	};
}

/** Fires the webhook of a write; the write waits for its receiver (quirk 21). */
export async function recordChanged(account: Account, change: RecordChange): Promise<void> {
	const { behaviour, webhookSettings } = account;
	const { model, event } = change;
	const isLegacy = behaviour.recordWebhooks === 'legacy';
	const body = isLegacy ? legacyBody(account, change) : n8nBody(account, change);
	await deliver(account, {
		url: webhookSettings.recordsUrl,
		event: `${model}.${event}`,
		about: String(change.record.id),
		body: phpJson(body),
		headers: webhookHeaders(account, isLegacy ? event : `${model}.${event}`),
		isSigned: behaviour.signedWebhooks !== 'none',
		isRetried: true,
	});
}
