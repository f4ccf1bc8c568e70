import { statusId } from '../fields/pickers';
import { collection, color, optionalText, requiredText, toggle } from '../fields/values';
import { operation } from '../operation';
import type { NamedKind } from './namedRecord';
import { MAX_NAME, namedRecord } from './namedRecord';
import { nothingToChange, withAnswer } from './records';

const MIN_NAME = 3;

const kind: NamedKind = {
	path: 'statuses',
	noun: 'status',
	article: 'a',
	plural: 'statuses',
	idName: 'statusId',
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

const nameLength = { maxLength: MAX_NAME, minLength: MIN_NAME };

const create = operation({
	value: 'create',
	name: 'Create',
	action: 'Create a status',
	description: 'Create a new status',
	kind: 'write',
	fields: {
		name: requiredText({
			displayName: 'Name',
			...nameLength,
			description: `The name as people see it, ${MIN_NAME} to ${MAX_NAME} characters; no two may have the same`,
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
		return withAnswer(sent, await api.post(kind.path, sent));
	},
});

const update = operation({
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
					...nameLength,
					description: `The new name, ${MIN_NAME} to ${MAX_NAME} characters; no two may have the same`,
				}),
			},
		}),
	},
	run: async ({ api, params }) => {
		const sent = statusFields(params.updateFields);
		if (Object.keys(sent).length === 0) throw nothingToChange();
		const { id } = params.statusId;
		return withAnswer({ id, ...sent }, await api.put(`${kind.path}/${id}`, sent));
	},
});

function statusFields(fields: { name?: string; color?: string; isDefault?: boolean }) {
	const { isDefault: isdefault, ...rest } = fields;
	return { ...rest, ...(isdefault === undefined ? {} : { isdefault }) };
}

export const status = namedRecord('status', 'Status', kind, { create, update });
