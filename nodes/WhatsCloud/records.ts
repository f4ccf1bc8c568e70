import type { IDataObject } from 'n8n-workflow';

import { ApiError } from './api/errors/ApiError';
import { notFoundError } from './api/errors/situations';
import { nounOf } from './api/errors/words';
import type { Api } from './api/api';
import type { ApiRecord } from './api/pages';
import { asRecord } from './api/pages';
import { isObject } from './checks/json';
import { clipped, InputError, shown } from './checks/text';
import { limit, returnAll } from './fields/collections';
import type { Picked, PickedByName } from './fields/pickers';
import type { Field, Operation } from './operation';
import { operation } from './operation';

/** What the operations of a plain kind of record differ in. */
export interface RecordKind {
	/** The resource's. With `Id` behind it, the parameter that says which record is meant. */
	value: string;
	/** The resource's. In lower case it stands in sentences, where its article is "a". */
	name: string;
	plural: string;
	/** Below the tenant's address. */
	path: string;
	id: Field<Picked | PickedByName>;
}

export function idField({ value, id }: RecordKind): Record<string, Field<Picked | PickedByName>> {
	return { [`${value}Id`]: id };
}

/** What an operation about one record looks up before it begins: its id. @throws InputError for an unknown name */
export function findPicked({ value, path }: RecordKind) {
	return async ({ api, params }: { api: Api; params: Record<string, unknown> }) =>
		await idOfPicked(api, path, params[`${value}Id`] as Picked | PickedByName);
}

/** @throws InputError for a name that no record has */
export async function idOfPicked(
	api: Api,
	path: string,
	picked: Picked | PickedByName,
): Promise<number> {
	if ('id' in picked) return picked.id;
	const records = await api.list(path);
	const found = named(records, picked.name);
	if (found) return found.id;
	const names = records.map(({ name }) => clipped(String(name), MAX_QUOTED));
	const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
	throw new InputError(
		`There is no ${nounOf(path)} with the name ${shown(picked.name)}`,
		names.length === 0
			? 'There are none at all: create one in WhatsCloud first.'
			: `The names are: ${names.slice(0, MAX_NAMES).join(', ')}${more}. Small and capital letters are the same.`,
	);
}

const MAX_QUOTED = 60;
const MAX_NAMES = 30;

/** The record with this name; small and capital letters are the same, as they are to the server. */
export function named(records: ApiRecord[], name: string): ApiRecord | undefined {
	const wanted = name.toLowerCase();
	return records.find((record) => String(record.name).trim().toLowerCase() === wanted);
}

export function getOne(kind: RecordKind): Operation {
	const noun = kind.name.toLowerCase();
	return operation({
		value: 'get',
		name: 'Get',
		action: `Get a ${noun}`,
		description: `Get one ${noun} by its ID`,
		kind: 'read',
		fields: idField(kind),
		check: findPicked(kind),
		run: async ({ api }, id) => await readRecord(api, kind.path, { id }),
	});
}

export function getMany({ path, plural }: RecordKind): Operation {
	return operation({
		value: 'getAll',
		name: 'Get Many',
		action: `Get many ${plural}`,
		description: `Get many ${plural}`,
		kind: 'read',
		fields: { returnAll, limit },
		run: async ({ api, params }) =>
			(await api.list(path, { limit: limitOf(params) })) as IDataObject[],
	});
}

/** Undefined asks for all. */
export function limitOf(params: { returnAll: boolean; limit?: number }): number | undefined {
	return params.returnAll ? undefined : params.limit;
}

/** @throws ApiError when there is no such record */
export async function readRecord(
	api: Api,
	path: string,
	{ id }: Picked,
): Promise<ApiRecord & IDataObject> {
	const request = { method: 'GET', path: `${path}/${id}` } as const;
	const data = await api.get(request.path);
	// Quirk 6: a missing contact is a success without a record.
	if (isObject(data) && data.id !== undefined) return asRecord(data) as ApiRecord & IDataObject;
	throw notFoundError(request);
}

export async function deleteRecord(api: Api, path: string, { id }: Picked): Promise<IDataObject> {
	await api.delete(`${path}/${id}`);
	return { deleted: true, id };
}

/** The record that a create or update answers with, over what was sent: servers may return less. */
export function withAnswer(sent: Record<string, unknown>, answer: unknown): IDataObject {
	return { ...sent, ...(isObject(answer) ? answer : {}) } as IDataObject;
}

/** What was read at this path can't be worked with. */
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
