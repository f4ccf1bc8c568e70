import type { Account } from '../account.mts';
import type { Call } from '../call.mts';
import { presentContact } from '../contactRecord.mts';
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

const shown = (account: Account, record: Row): Row =>
	isContact(record) ? (presentContact(account, record) as Row) : record;

/** Of a new record only the columns that were set; the id comes last. */
function setColumns({ id, ...record }: Row): object {
	const unset = { is_enabled: true, isdefault: false, is_opted_out: false };
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

function relationships(account: Account, { record }: RecordChange): object {
	const known = isContact(record) ? contactRelationships(account, record) : {};
	return Object.keys(known).length > 0 ? known : [];
}

function attributesOf(record: object): object {
	const elsewhere = ['tenant_id', 'status_id', 'source_id', 'assigned_id'];
	return Object.fromEntries(Object.entries(record).filter(([name]) => !elsewhere.includes(name)));
}

/** What changed, and every date that there is. */
function modifiedFields(record: Row, previous: Row): string[] {
	const isDate = (name: string) => /_at$|_date$|^dateassigned$|^last_status_change$/.test(name);
	const before = previous as unknown as Record<string, unknown>;
	return Object.entries(record)
		.filter(
			([name, value]) =>
				(isDate(name) && value !== null) || JSON.stringify(before[name]) !== JSON.stringify(value),
		)
		.map(([name]) => name);
}

function n8nBody(account: Account, change: RecordChange): object {
	const { model, event, record, previous } = change;
	const { tenant, ...parts } = n8nParts(account, `${model}.${event}`, 'api_webhook_manager');
	const current = event === 'created' ? setColumns(record) : record;
	return {
		...parts,
		// A domain of the account's own, not the subdomain of the path.
		tenant: { ...tenant, domain: `${account.subdomain}.whatscloud.example` },
		data: {
			resource: { type: model, id: record.id, attributes: attributesOf(current) },
			relationships: relationships(account, change),
		},
		changes: {
			previous: previous ?? null,
			current,
			modified_fields: previous ? modifiedFields(record, previous) : null,
		},
	};
}

/**
 * Fires the webhook of a write; the write waits for its receiver (quirk 21). Where no tenant is current in
 * API requests, only the dashboard's writes fire any.
 */
export async function recordChanged(
	account: Account,
	change: RecordChange,
	by: Call['by'],
): Promise<void> {
	const { behaviour, webhookSettings } = account;
	const { model, event, record, previous } = change;
	if (by === 'api' && !behaviour.currentTenantInApi) return;
	if (webhookSettings.recordsOn === false && !behaviour.masterSwitchIgnored) return;
	const format = behaviour.recordWebhooks;
	const written = {
		...{ model, event, record: shown(account, record) },
		...(previous && { previous: shown(account, previous) }),
	};
	const body = format === 'legacy' ? legacyBody(account, written) : n8nBody(account, written);
	await deliver(account, {
		url: webhookSettings.recordsUrl,
		event: `${model}.${event}`,
		about: String(record.id),
		body: phpJson(body),
		headers: webhookHeaders(account, format === 'legacy' ? event : `${model}.${event}`, format),
		isSigned: behaviour.signedWebhooks !== 'none',
		isRetried: true,
	});
}
