import type { IDataObject } from 'n8n-workflow';

import { groupId, messageBotId, sourceId, statusId, templateBotId } from './fields/pickers';
import { collection } from './fields/collections';
import { color, optionalText, requiredText, toggle } from './fields/values';
import type { Fields, Operation, Resource, Values } from './operation';
import { operation } from './operation';
import type { RecordKind } from './records';
import {
	deleteRecord,
	findPicked,
	getMany,
	getOne,
	idField,
	nothingToChange,
	withAnswer,
} from './records';

/* Statuses, sources and groups: names that contacts carry. */

const MAX_NAME = 255;
const MIN_STATUS_NAME = 3;

/** The resource of a kind of record with a name, made of its own ways to create and update. */
function named(kind: RecordKind, create: Operation, update: Operation): Resource {
	const { value, name } = kind;
	return {
		value,
		name,
		default: 'getAll',
		operations: [create, deleteOne(kind), getOne(kind), getMany(kind), update],
	};
}

/** @param bodyOf what is sent */
function createOne<F extends Fields>(
	{ name, path }: RecordKind,
	fields: F,
	bodyOf: (params: Values<F>) => IDataObject,
): Operation {
	const noun = name.toLowerCase();
	return operation({
		value: 'create',
		name: 'Create',
		action: `Create a ${noun}`,
		description: `Create a new ${noun}`,
		kind: 'write',
		fields,
		run: async ({ api, params }) => {
			const sent = bodyOf(params);
			return withAnswer(sent, await api.post(path, sent));
		},
	});
}

/** @param bodyOf what is sent; empty where nothing is to change */
function updateOne<F extends Fields>(
	kind: RecordKind,
	description: string,
	fields: F,
	bodyOf: (params: Values<F>) => IDataObject,
): Operation {
	return operation({
		value: 'update',
		name: 'Update',
		action: `Update a ${kind.name.toLowerCase()}`,
		description,
		kind: 'write',
		fields: { ...idField(kind), ...fields },
		check: findPicked(kind),
		run: async ({ api, params }, id) => {
			const sent = bodyOf(params);
			if (Object.keys(sent).length === 0) throw nothingToChange();
			return withAnswer({ id, ...sent }, await api.put(`${kind.path}/${id}`, sent));
		},
	});
}

function deleteOne(kind: RecordKind): Operation {
	const noun = kind.name.toLowerCase();
	return operation({
		value: 'delete',
		name: 'Delete',
		action: `Delete a ${noun}`,
		description: `Delete a ${noun}; WhatsCloud refuses it while contacts have this ${noun}`,
		kind: 'write',
		fields: idField(kind),
		check: findPicked(kind),
		run: async ({ api }, id) => await deleteRecord(api, kind.path, { id }),
	});
}

const nameFields = {
	name: requiredText({
		displayName: 'Name',
		maxLength: MAX_NAME,
		description: `The name as people see it, up to ${MAX_NAME} characters; no two may have the same`,
	}),
};

/** The resource of a kind of record that has a name and nothing else. */
function namedOnly(kind: RecordKind): Resource {
	const bodyOf = ({ name }: Values<typeof nameFields>) => ({ name });
	const renames = `Give a ${kind.name.toLowerCase()} another name`;
	return named(
		kind,
		createOne(kind, nameFields, bodyOf),
		updateOne(kind, renames, nameFields, bodyOf),
	);
}

export const group = namedOnly({
	value: 'group',
	name: 'Group',
	plural: 'groups',
	path: 'groups',
	id: groupId,
});

export const source = namedOnly({
	value: 'source',
	name: 'Source',
	plural: 'sources',
	path: 'sources',
	id: sourceId,
});

const statuses: RecordKind = {
	value: 'status',
	name: 'Status',
	plural: 'statuses',
	path: 'statuses',
	id: statusId,
};

const statusColor = color({
	displayName: 'Color',
	default: '#2d9cdb',
	description: 'The colour that marks the status in WhatsCloud',
});

// Setting it takes the default from another status (quirk 42), so it is sent only when chosen.
const isDefault = toggle({
	displayName: 'Default Status',
	default: false,
	description:
		'Whether new contacts get this status. Setting it takes the default from the status that has it now.',
});

const nameLength = { maxLength: MAX_NAME, minLength: MIN_STATUS_NAME };

const statusFields = {
	name: requiredText({
		displayName: 'Name',
		...nameLength,
		description: `The name as people see it, ${MIN_STATUS_NAME} to ${MAX_NAME} characters; no two may have the same`,
	}),
	color: statusColor,
	additionalFields: collection({
		displayName: 'Additional Fields',
		placeholder: 'Add Field',
		description: 'More about the status. What is not added is not sent.',
		fields: { isDefault },
	}),
};

const changesOfStatus = {
	updateFields: collection({
		displayName: 'Update Fields',
		placeholder: 'Add Field',
		description: 'What to change; everything else, and every field left empty, stays as it is',
		fields: {
			color: statusColor,
			isDefault,
			name: optionalText({
				displayName: 'Name',
				...nameLength,
				description: `The new name, ${MIN_STATUS_NAME} to ${MAX_NAME} characters; no two may have the same`,
			}),
		},
	}),
};

function statusBody(fields: { name?: string; color?: string; isDefault?: boolean }): IDataObject {
	const { isDefault: isdefault, ...rest } = fields;
	return { ...rest, ...(isdefault === undefined ? {} : { isdefault }) };
}

export const status = named(
	statuses,
	createOne(statuses, statusFields, ({ additionalFields, name, color: chosen }) =>
		statusBody({ ...additionalFields, name, color: chosen }),
	),
	updateOne(
		statuses,
		'Change the name, colour or default flag of a status',
		changesOfStatus,
		({ updateFields }) => statusBody(updateFields),
	),
);

/** Bots are made in WhatsCloud's dashboard; the API only shows them. */
function bot(kind: RecordKind): Resource {
	const { value, name } = kind;
	return { value, name, default: 'getAll', operations: [getOne(kind), getMany(kind)] };
}

export const messageBot = bot({
	value: 'messageBot',
	name: 'Message Bot',
	plural: 'message bots',
	path: 'messagebots',
	id: messageBotId,
});

export const templateBot = bot({
	value: 'templateBot',
	name: 'Template Bot',
	plural: 'template bots',
	path: 'templatebots',
	id: templateBotId,
});
