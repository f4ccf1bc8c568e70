import type { Account } from '../account.mts';
import { inWords, type Call, type Route } from '../call.mts';
import { echoed, flag, orNull, stored, text, type Columns } from '../columns.mts';
import { failure, success, type Answer } from '../envelope.mts';
import { listAnswer } from '../pagination.mts';
import type { Contact, Label, Status } from '../records.mts';
import { tenantId } from '../store.mts';
import type { Table } from '../table.mts';
import { isoSeconds } from '../timestamps.mts';
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
import { refuseUnknownFields } from './unknownFields.mts';

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
	refuseDelete?(account: Account, label: L): Answer | undefined;
	afterWrite?(account: Account, label: L): void;
}

function labelRoutes<L extends Label>(kind: Kind<L>): Route[] {
	const { resource, singular } = kind;

	const present = ({ behaviour, now }: Account, label: L): object => {
		const created_at = label.created_at ?? isoSeconds(now());
		const updated_at = label.updated_at ?? isoSeconds(now());
		return {
			...label,
			...('isdefault' in label &&
				behaviour.booleansAsNumbers && { isdefault: Number(label.isdefault) }),
			created_at,
			updated_at,
		};
	};

	const missing = (account: Account) => failure(404, inWords(account, kind.missing));

	const changed = async ({ account, by }: Call, change: Omit<RecordChange, 'model'>) => {
		const { webhookModel: model } = kind;
		if (model) await recordChanged(account, { model, ...change }, by);
	};

	const refuseUnknown = ({ account, input }: Call, verb: 'create' | 'update') => {
		const message = `Failed to ${verb} ${singular.toLowerCase()}`;
		const known = ['tenant_id', ...Object.keys(kind.columns)];
		refuseUnknownFields(account, input, { known, model: singular, message });
	};

	const list = (call: Call): Answer =>
		listAnswer(call, {
			rows: kind.table(call.account).all(),
			present: (label) => present(call.account, label),
			failed: `failed_to_fetch_${resource}`,
		});

	const create = async (call: Call): Promise<Answer> => {
		const { account, input } = call;
		const table = kind.table(account);
		const isTaken = (name: string) => table.find((label) => label.name === name) !== undefined;
		validate(account, kind.rules(isTaken, 'create'), input);
		refuseUnknown(call, 'create');
		const time = isoSeconds(account.now());
		const values = stored(kind.columns, input);
		const label = table.insert({
			...{ tenant_id: tenantId, ...kind.blank, ...values },
			created_at: time,
			updated_at: time,
		} as unknown as Omit<L, 'id'>);
		kind.afterWrite?.(account, label);
		await changed(call, { event: 'created', record: label });
		// Only what was sent comes back, not what storage added.
		const sent = { ...values, ...echoed(kind.columns, input) };
		const data = { tenant_id: tenantId, ...sent, updated_at: time, created_at: time, id: label.id };
		return success({ message: inWords(account, `${singular} saved successfully`), data }, 201);
	};

	const read = ({ account, id }: Call): Answer => {
		const label = kind.table(account).getLoosely(id);
		return label ? success({ data: present(account, label) }) : missing(account);
	};

	const update = async (call: Call): Promise<Answer> => {
		const { account, id, input } = call;
		const table = kind.table(account);
		const label = table.getLoosely(id);
		if (!label) return missing(account);
		const isTaken = (name: string) =>
			table.find((other) => other.name === name && other !== label) !== undefined;
		validate(account, kind.rules(isTaken, 'update'), input);
		refuseUnknown(call, 'update');
		const changes = { ...stored(kind.columns, input), updated_at: isoSeconds(account.now()) };
		const previous = { ...label };
		table.update(label, changes);
		kind.afterWrite?.(account, label);
		await changed(call, { event: 'updated', record: label, previous });
		const data = { ...present(account, label), ...echoed(kind.columns, input) };
		return success({ message: inWords(account, `${singular} updated successfully`), data });
	};

	const remove = async (call: Call): Promise<Answer> => {
		const { account, id } = call;
		const table = kind.table(account);
		const label = table.getLoosely(id);
		if (!label) return missing(account);
		const refusal = kind.refuseDelete?.(account, label);
		if (refusal) return refusal;
		if (account.data.contacts.find((contact) => kind.carriedBy(contact, label.id))) {
			const inUse = `The ${singular} ID is already being used`;
			return failure(
				400,
				inWords(account, inUse, `${singular.toLowerCase()}_delete_in_use_notify`),
			);
		}
		table.delete(label);
		await changed(call, { event: 'deleted', record: label });
		return success({ message: inWords(account, kind.deleted) });
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
	refuseDelete: (account, { isdefault }) =>
		isdefault ? failure(400, inWords(account, 'Cannot delete the default status')) : undefined,
	// Quirk 42: setting the flag clears it on all others.
	afterWrite({ data }, status) {
		if (!status.isdefault) return;
		for (const other of data.statuses.all()) {
			if (other !== status) data.statuses.update(other, { isdefault: false });
		}
	},
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
});
