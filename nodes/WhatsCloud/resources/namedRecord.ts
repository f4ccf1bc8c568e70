import { requiredText } from '../fields/values';
import type { Picked } from '../fields/recordPicker';
import type { Field, Operation, Resource } from '../operation';
import { operation } from '../operation';
import type { RecordKind } from './records';
import { deleteOne, getMany, getOne, withAnswer } from './records';

/** Statuses, sources and groups: names that contacts carry. */
export interface NamedKind extends RecordKind {
	idName: string;
	id: Field<Picked>;
}

export const MAX_NAME = 255;

/** The resource of a kind of record with a name, made of its own ways to create and update. */
export function namedRecord(
	value: string,
	name: string,
	kind: NamedKind,
	{ create, update }: { create: Operation; update: Operation },
): Resource {
	const whileInUse = `WhatsCloud refuses it while contacts have this ${kind.noun}`;
	return {
		value,
		name,
		default: 'getAll',
		operations: [
			create,
			deleteOne(kind, kind.idName, kind.id, whileInUse),
			getOne(kind, kind.idName, kind.id),
			getMany(kind),
			update,
		],
	};
}

const nameField = requiredText({
	displayName: 'Name',
	maxLength: MAX_NAME,
	description: `The name as people see it, up to ${MAX_NAME} characters; no two may have the same`,
});

/** The resource of a kind of record that has a name and nothing else. */
export function namedOnly(value: string, name: string, kind: NamedKind): Resource {
	const { path, noun, article, idName, id } = kind;
	return namedRecord(value, name, kind, {
		create: operation({
			value: 'create',
			name: 'Create',
			action: `Create ${article} ${noun}`,
			description: `Create a new ${noun}`,
			kind: 'write',
			fields: { name: nameField },
			run: async ({ api, params }) =>
				withAnswer({ name: params.name }, await api.post(path, { name: params.name })),
		}),
		update: operation({
			value: 'update',
			name: 'Update',
			action: `Update ${article} ${noun}`,
			description: `Give ${article} ${noun} another name`,
			kind: 'write',
			fields: { [idName]: id, name: nameField } as { name: Field<string> } & Record<
				string,
				Field<unknown>
			>,
			run: async ({ api, params }) => {
				const picked = params[idName] as Picked;
				const sent = { name: params.name };
				return withAnswer({ ...picked, ...sent }, await api.put(`${path}/${picked.id}`, sent));
			},
		}),
	});
}
