import type { Account } from '../account.mts';
import type { Call, Route } from '../call.mts';
import { echoed, flag, orNull, stored, text, type Columns } from '../columns.mts';
import { failure, success, type Answer } from '../envelope.mts';
import { listAnswer } from '../pagination.mts';
import type { Contact, Label, Status } from '../records.mts';
import { tenantId } from '../store.mts';
import type { Table } from '../table.mts';
import { isoSeconds, plainFromIso } from '../timestamps.mts';
import {
	boolean,
	maxLength,
	minLength,
	required,
	sometimes,
	string,
	unique,
	validate,
	type Rules,
} from '../validation.mts';
import { recordChanged, type Model, type RecordChange } from '../webhooks/recordEvents.mts';

/** Statuses, sources and groups: a name that contacts carry. */
interface Kind<L extends Label> {
	resource: 'statuses' | 'sources' | 'groups';
	singular: string;
	/** Groups have no webhook. */
	webhookModel?: Model;
	missing: string;
	deleted: string;
	columns: Columns<L>;
	blank: Omit<L, 'id' | 'tenant_id' | 'created_at' | 'updated_at'>;
	table(account: Account): Table<L>;
	rules(isTaken: (name: string) => boolean, writing: 'create' | 'update'): Rules;
	carriedBy(contact: Contact, id: number): boolean;
	/** Only statuses: there is one that new contacts get. */
	refuseDelete?(label: L): Answer | undefined;
	afterWrite?(account: Account, label: L): void;
	/** Short records keep the tenant where the reference shows it. */
	shortWithoutTenant: boolean;
}

function labelRoutes<L extends Label>(kind: Kind<L>): Route[] {
	const { resource, singular } = kind;

	const present = ({ behaviour, now }: Account, label: L): object => {
		const created_at = label.created_at ?? isoSeconds(now());
		const updated_at = label.updated_at ?? isoSeconds(now());
		const record = {
			...label,
			...('isdefault' in label &&
				behaviour.booleansAsNumbers && { isdefault: Number(label.isdefault) }),
			created_at,
			updated_at,
		};
		if (!behaviour.shortRecords || !kind.shortWithoutTenant) return record;
		return {
			...record,
			tenant_id: undefined,
			created_at: plainFromIso(created_at),
			updated_at: plainFromIso(updated_at),
		};
	};

	const missing = () => failure(404, kind.missing);

	const changed = async (account: Account, change: Omit<RecordChange, 'model'>) => {
		const { webhookModel: model } = kind;
		if (model) await recordChanged(account, { model, ...change });
	};

	const list = (call: Call): Answer =>
		listAnswer(call, {
			resource,
			rows: kind.table(call.account).all(),
			present: (label) => present(call.account, label),
			failed: `Failed to fetch ${resource}`,
		});

	const create = async ({ account, input }: Call): Promise<Answer> => {
		const table = kind.table(account);
		const isTaken = (name: string) => table.find((label) => label.name === name) !== undefined;
		validate(kind.rules(isTaken, 'create'), input);
		const time = isoSeconds(account.now());
		const values = stored(kind.columns, input);
		const label = table.insert({
			...{ tenant_id: tenantId, ...kind.blank, ...values },
			created_at: time,
			updated_at: time,
		} as unknown as Omit<L, 'id'>);
		kind.afterWrite?.(account, label);
		await changed(account, { event: 'created', record: label });
		// Only what was sent comes back, not what storage added.
		const sent = { ...values, ...echoed(kind.columns, input) };
		const data = { tenant_id: tenantId, ...sent, updated_at: time, created_at: time, id: label.id };
		return success({ message: `${singular} saved successfully`, data }, 201);
	};

	const read = ({ account, id }: Call): Answer => {
		const label = kind.table(account).getLoosely(id);
		return label ? success({ data: present(account, label) }) : missing();
	};

	const update = async ({ account, id, input }: Call): Promise<Answer> => {
		const table = kind.table(account);
		const label = table.getLoosely(id);
		if (!label) return missing();
		const isTaken = (name: string) =>
			table.find((other) => other.name === name && other !== label) !== undefined;
		validate(kind.rules(isTaken, 'update'), input);
		const changes = { ...stored(kind.columns, input), updated_at: isoSeconds(account.now()) };
		const previous = { ...label };
		table.update(label, changes);
		kind.afterWrite?.(account, label);
		await changed(account, { event: 'updated', record: label, previous });
		const data = { ...present(account, label), ...echoed(kind.columns, input) };
		return success({ message: `${singular} updated successfully`, data });
	};

	const remove = async ({ account, id }: Call): Promise<Answer> => {
		const table = kind.table(account);
		const label = table.getLoosely(id);
		if (!label) return missing();
		const refusal = kind.refuseDelete?.(label);
		if (refusal) return refusal;
		if (account.data.contacts.find((contact) => kind.carriedBy(contact, label.id))) {
			return failure(400, `The ${singular} ID is already being used`);
		}
		table.delete(label);
		await changed(account, { event: 'deleted', record: label });
		return success({ message: kind.deleted });
	};

	const collection = `/${resource}`;
	const one = `${collection}/:id`;
	return [
		{ method: 'GET', path: collection, ability: `${resource}.read`, handle: list },
		{ method: 'POST', path: collection, ability: `${resource}.create`, handle: create },
		{ method: 'GET', path: one, ability: `${resource}.read`, handle: read },
		{ method: 'PUT', path: one, ability: `${resource}.update`, handle: update },
		{ method: 'DELETE', path: one, ability: `${resource}.delete`, handle: remove },
	];
}

const plainName = (isTaken: (name: string) => boolean): Rules => ({
	name: [required, string, maxLength(255), unique(isTaken)],
});

/** `group_id` is stored as sent, so ids may be numbers or text (quirk 29). */
function holdsGroup({ group_id }: Contact, id: number): boolean {
	return Array.isArray(group_id) && group_id.some((held) => String(held) === String(id));
}

export const statusRoutes = labelRoutes<Status>({
	resource: 'statuses',
	singular: 'Status',
	webhookModel: 'status',
	missing: 'Status not found',
	deleted: 'Status deleted successfully',
	columns: { name: text(), color: orNull(text()), isdefault: flag },
	blank: { name: '', color: null, isdefault: false },
	table: ({ data }) => data.statuses,
	rules: (isTaken, writing) => ({
		name: [
			...(writing === 'update' ? [sometimes] : []),
			...[required, string, minLength(3), maxLength(255), unique(isTaken)],
		],
		color: [string, maxLength(7)],
		isdefault: [boolean],
	}),
	carriedBy: (contact, id) => contact.status_id === id,
	refuseDelete: ({ isdefault }) =>
		isdefault ? failure(400, 'Cannot delete the default status') : undefined,
	// Quirk 42: setting the flag clears it on all others.
	afterWrite({ data }, status) {
		if (!status.isdefault) return;
		for (const other of data.statuses.all()) {
			if (other !== status) data.statuses.update(other, { isdefault: false });
		}
	},
	shortWithoutTenant: true,
});

export const sourceRoutes = labelRoutes<Label>({
	resource: 'sources',
	singular: 'Source',
	webhookModel: 'source',
	missing: 'Source not found',
	deleted: 'Source deleted successfully',
	columns: { name: text() },
	blank: { name: '' },
	table: ({ data }) => data.sources,
	rules: plainName,
	carriedBy: (contact, id) => contact.source_id === id,
	shortWithoutTenant: true,
});

export const groupRoutes = labelRoutes<Label>({
	resource: 'groups',
	singular: 'Group',
	missing: 'Groups not found',
	deleted: 'Group deleted Successfully',
	columns: { name: text() },
	blank: { name: '' },
	table: ({ data }) => data.groups,
	rules: plainName,
	carriedBy: holdsGroup,
	shortWithoutTenant: false,
});
