import type { IDataObject } from 'n8n-workflow';

import type { Api } from './api/api';
import { ApiError } from './api/errors/ApiError';
import { notFoundError } from './api/errors/situations';
import { nounOf } from './api/errors/words';
import type { ApiRecord } from './api/pages';
import { asRecord } from './api/pages';
import { isObject, objectOf } from './checks/json';
import { clipped, InputError, quoted } from './checks/text';
import { collection, limit, returnAll, simplify } from './fields/collections';
import type { Picked, PickedRecord, RecordKind } from './fields/pickers';
import { groups, messageBots, sources, statuses, templateBots } from './fields/pickers';
import { color, optionalText, requiredText, toggle } from './fields/values';
import type { Call, Field, Fields, Operation, Resource } from './operation';
import { operation } from './operation';

export async function idOfPicked(api: Api, path: string, picked: PickedRecord): Promise<number> {
	if ('id' in picked) return picked.id;
	const records = await api.list(path);
	const found = named(records, picked.name);
	if (found) return found.id;
	const names = records.map(({ name }) => clipped(String(name))).join(', ');
	throw new InputError(
		`There is no ${nounOf(path)} with the name ${quoted(picked.name)}`,
		`The names are: ${clipped(names, 1_000) || 'none'}. Capitals do not matter.`,
	);
}

/** The record with this name; capitals do not matter, as on the server. */
export function named(records: ApiRecord[], name: string): ApiRecord | undefined {
	const wanted = name.toLowerCase();
	return records.find((record) => String(record.name).trim().toLowerCase() === wanted);
}

export async function readRecord(api: Api, path: string, { id }: Picked): Promise<ApiRecord> {
	const request = { method: 'GET', path: `${path}/${id}` } as const;
	const data = await api.get(request.path);
	// Quirk 6: a missing contact is a success without a record.
	if (isObject(data) && data.id !== undefined) return asRecord(data);
	throw notFoundError(request);
}

export async function deleteRecord(api: Api, path: string, { id }: Picked): Promise<IDataObject> {
	await api.delete(`${path}/${id}`);
	return { deleted: true, id };
}

/** The record that a create or update answers with, over what was sent: servers may return less. */
export function withAnswer(sent: Record<string, unknown>, answer: unknown): IDataObject {
	return { ...sent, ...objectOf(answer) } as IDataObject;
}

export function refusal(path: string, words: { title: string; description: string }): ApiError {
	return new ApiError({ method: 'GET', path }, { ...words, outcome: 'refused' });
}

/** An update without a field is a mistake that would otherwise look like a success. */
export function nothingToChange(): InputError {
	return new InputError(
		'There is nothing to change',
		'Add at least one field under "Update Fields". Fields that are empty do not count: WhatsCloud keeps what it has.',
	);
}

/** How the editor calls what an operation does with one record. */
function wordsFor(name: string, noun: string, description: string) {
	return { value: name.toLowerCase(), name, action: `${name} a ${noun}`, description };
}

/** What an operation about one record has and looks up before it begins: its id. @throws InputError for an unknown name */
function aboutOne({ value, path, id }: RecordKind) {
	const name = `${value}Id`;
	return {
		fields: { [name]: id } as Fields,
		check: async ({ api, params }: Call<Fields>) =>
			await idOfPicked(api, path, params[name] as PickedRecord),
	};
}

/** How records come out that hold more than people use, and which of them. */
interface Details {
	filters: Field<object>;
	isMatch(record: ApiRecord, filters: object): boolean;
	simplified(record: ApiRecord): IDataObject;
}

function reading(kind: RecordKind, details?: Details): Operation[] {
	const { path } = kind;
	const noun = kind.name.toLowerCase();
	const nouns = kind.plural.toLowerCase();
	const one = aboutOne(kind);
	const simplifying = details && { simplify };
	const present = (record: ApiRecord, params: { simplify?: boolean }) =>
		(params.simplify && details?.simplified(record)) || (record as IDataObject);
	return [
		operation({
			...wordsFor('Get', noun, `Get one ${noun} by its ID`),
			kind: 'read',
			fields: { ...one.fields, ...simplifying },
			check: one.check,
			run: async ({ api, params }, id) => present(await readRecord(api, path, { id }), params),
		}),
		operation({
			value: 'getAll',
			name: 'Get Many',
			action: `Get many ${nouns}`,
			description: `Get many ${nouns}`,
			kind: 'read',
			fields: { returnAll, limit, ...(details && { filters: details.filters }), ...simplifying },
			run: async ({ api, params }) => {
				const { limit: most, filters = {} } = params;
				const isFiltered = details && Object.keys(filters).length > 0;
				const matches = isFiltered
					? (record: ApiRecord) => details.isMatch(record, filters)
					: undefined;
				const records = await api.list(path, { limit: most, matches });
				return records.map((record) => present(record, params));
			},
		}),
	];
}

/** Of records that are made in WhatsCloud's dashboard; the API only shows them. */
export function readOnly(kind: RecordKind, details?: Details): Resource {
	const { value, name } = kind;
	return { value, name, default: 'getAll', operations: reading(kind, details) };
}

export const messageBot = readOnly(messageBots);
export const templateBot = readOnly(templateBots);

interface Given {
	name?: string;
	color?: string;
	additionalFields?: { isDefault?: boolean };
	updateFields?: { name?: string; color?: string; isDefault?: boolean };
}

function bodyOf({ name, color: chosen, additionalFields, updateFields }: Given): IDataObject {
	const { isDefault, ...fields } = { name, color: chosen, ...additionalFields, ...updateFields };
	const body = Object.entries({ ...fields, isdefault: isDefault });
	return Object.fromEntries(body.filter(([, value]) => value !== undefined));
}

/** The resource of a kind of record with a name, which contacts carry. */
function resourceOf(kind: RecordKind, created: Fields, changed: Fields, changes: string): Resource {
	const { value, name, path } = kind;
	const noun = name.toLowerCase();
	const one = aboutOne(kind);
	const create = operation({
		...wordsFor('Create', noun, `Create a new ${noun}`),
		kind: 'write',
		fields: created,
		run: async ({ api, params }) => {
			const sent = bodyOf(params);
			return withAnswer(sent, await api.post(path, sent));
		},
	});
	const update = operation({
		...wordsFor('Update', noun, changes),
		kind: 'write',
		fields: { ...one.fields, ...changed },
		check: one.check,
		run: async ({ api, params }, id) => {
			const sent = bodyOf(params);
			if (Object.keys(sent).length === 0) throw nothingToChange();
			return withAnswer({ id, ...sent }, await api.put(`${path}/${id}`, sent));
		},
	});
	const remove = operation({
		...one,
		...wordsFor('Delete', noun, `Delete a ${noun}; WhatsCloud refuses it while contacts have it`),
		kind: 'write',
		run: async ({ api }, id) => await deleteRecord(api, path, { id }),
	});
	const operations = [create, remove, ...reading(kind), update];
	return { value, name, default: 'getAll', operations };
}

const MAX_NAME = 255;

const nameOnly = {
	name: requiredText({
		displayName: 'Name',
		maxLength: MAX_NAME,
		description: `The name as people see it, up to ${MAX_NAME} characters; no two may have the same`,
	}),
};

export const group = resourceOf(groups, nameOnly, nameOnly, 'Give a group another name');
export const source = resourceOf(sources, nameOnly, nameOnly, 'Give a source another name');

const statusName = {
	displayName: 'Name',
	maxLength: MAX_NAME,
	description: `The name as people see it, 3 to ${MAX_NAME} characters; no two may have the same`,
};

const statusColor = color({
	displayName: 'Color',
	default: '#2d9cdb',
	description: 'The colour that marks the status in WhatsCloud',
});

// Setting it takes the default from another status (quirk 42), so it is sent only when chosen.
const isDefault = toggle({
	displayName: 'Default Status',
	description: 'Whether new contacts get this status; the one that has the default now loses it',
});

export const status = resourceOf(
	statuses,
	{
		name: requiredText(statusName),
		color: statusColor,
		additionalFields: collection({
			displayName: 'Additional Fields',
			description: 'More about the status. What is not added is not sent.',
			fields: { isDefault },
		}),
	},
	{
		updateFields: collection({
			displayName: 'Update Fields',
			description: 'What to change; everything else, and every field left empty, stays as it is',
			fields: { color: statusColor, isDefault, name: optionalText(statusName) },
		}),
	},
	'Change the name, colour or default flag of a status',
);
