import { collection, color, optionalText, requiredText, toggle } from '../fields/basic';
import type { Picked } from '../fields/picker';
import { groupId, sourceId, statusId } from '../fields/pickers';
import type { Field, Operation, Resource } from '../node/operation';
import { operation } from '../node/operation';
import type { RecordKind } from './records';
import { deleteOne, getMany, getOne, nothingToChange, withAnswer } from './records';

/** Statuses, sources and groups are names that contacts carry; they differ only in data. */
interface Label extends RecordKind {
	value: string;
	name: string;
	idName: string;
	id: Field<Picked>;
	create: Operation;
	update: Operation;
}

function label(kind: Label): Resource {
	const inUse = `WhatsCloud refuses it while contacts have this ${kind.noun}`;
	return {
		value: kind.value,
		name: kind.name,
		default: 'getAll',
		operations: [
			kind.create,
			deleteOne(kind, kind.idName, kind.id, inUse),
			getOne(kind, kind.idName, kind.id),
			getMany(kind),
			kind.update,
		],
	};
}

const MAX_NAME = 255;
const MIN_STATUS_NAME = 3;

const name = requiredText({
	displayName: 'Name',
	maxLength: MAX_NAME,
	description: 'The name as people see it, up to 255 characters; no two may have the same',
});

/** Sources and groups have a name and nothing else. */
function namedOnly(kind: RecordKind, idName: string, id: Field<Picked>) {
	return {
		create: operation({
			value: 'create',
			name: 'Create',
			action: `Create ${kind.article} ${kind.noun}`,
			description: `Create a new ${kind.noun}`,
			kind: 'write',
			fields: { name },
			run: async ({ api, params }) =>
				withAnswer({ name: params.name }, await api.post(kind.path, { name: params.name })),
		}),
		update: operation({
			value: 'update',
			name: 'Update',
			action: `Update ${kind.article} ${kind.noun}`,
			description: `Give ${kind.article} ${kind.noun} another name`,
			kind: 'write',
			fields: { [idName]: id, name } as { name: Field<string> } & Record<string, Field<unknown>>,
			run: async ({ api, params }) => {
				const picked = params[idName] as Picked;
				const sent = { name: params.name };
				return withAnswer({ ...picked, ...sent }, await api.put(`${kind.path}/${picked.id}`, sent));
			},
		}),
	};
}

const statusKind: RecordKind = {
	path: 'statuses',
	noun: 'status',
	article: 'a',
	plural: 'statuses',
};
const sourceKind: RecordKind = { path: 'sources', noun: 'source', article: 'a', plural: 'sources' };
const groupKind: RecordKind = { path: 'groups', noun: 'group', article: 'a', plural: 'groups' };

const statusColor = color({
	displayName: 'Color',
	default: '#2d9cdb',
	description: 'The colour that marks the status in WhatsCloud',
});

// Quirk 42: it takes the default from another status, so it is sent only when chosen.
const isDefault = toggle({
	displayName: 'Default Status',
	default: false,
	description:
		'Whether new contacts get this status. Setting it takes the default from the status that has it now.',
});

const statusName = { maxLength: MAX_NAME, minLength: MIN_STATUS_NAME };

const createStatus = operation({
	value: 'create',
	name: 'Create',
	action: 'Create a status',
	description: 'Create a new status',
	kind: 'write',
	fields: {
		name: requiredText({
			displayName: 'Name',
			...statusName,
			description: 'The name as people see it, 3 to 255 characters; no two may have the same',
		}),
		color: statusColor,
		additionalFields: collection({
			displayName: 'Additional Fields',
			placeholder: 'Add Field',
			description: 'More about the status. What is not added is not sent.',
			fields: { isDefault },
		}),
	},
	run: async ({ api, params }) => {
		const sent = statusFields({
			...params.additionalFields,
			name: params.name,
			color: params.color,
		});
		return withAnswer(sent, await api.post('statuses', sent));
	},
});

const updateStatus = operation({
	value: 'update',
	name: 'Update',
	action: 'Update a status',
	description: 'Change the name, colour or default flag of a status',
	kind: 'write',
	fields: {
		statusId,
		updateFields: collection({
			displayName: 'Update Fields',
			placeholder: 'Add Field',
			description: 'What to change; everything else, and every field left empty, stays as it is',
			fields: {
				color: statusColor,
				isDefault,
				name: optionalText({
					displayName: 'Name',
					...statusName,
					description: 'The new name, 3 to 255 characters; no two may have the same',
				}),
			},
		}),
	},
	run: async ({ api, params }) => {
		const sent = statusFields(params.updateFields);
		if (Object.keys(sent).length === 0) throw nothingToChange();
		const { id } = params.statusId;
		return withAnswer({ id, ...sent }, await api.put(`statuses/${id}`, sent));
	},
});

function statusFields(fields: { name?: string; color?: string; isDefault?: boolean }) {
	const { isDefault: isdefault, ...rest } = fields;
	return { ...rest, ...(isdefault === undefined ? {} : { isdefault }) };
}

export const status = label({
	...statusKind,
	value: 'status',
	name: 'Status',
	idName: 'statusId',
	id: statusId,
	create: createStatus,
	update: updateStatus,
});

export const source = label({
	...sourceKind,
	value: 'source',
	name: 'Source',
	idName: 'sourceId',
	id: sourceId,
	...namedOnly(sourceKind, 'sourceId', sourceId),
});

export const group = label({
	...groupKind,
	value: 'group',
	name: 'Group',
	idName: 'groupId',
	id: groupId,
	...namedOnly(groupKind, 'groupId', groupId),
});
