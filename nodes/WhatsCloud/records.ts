import type { IDataObject } from 'n8n-workflow';

import type { Api } from './api/api';
import { ApiError } from './api/errors/ApiError';
import { notFoundError } from './api/errors/situations';
import { nounOf } from './api/errors/words';
import type { ApiRecord } from './api/pages';
import { asRecord } from './api/pages';
import { isObject } from './checks/json';
import { clipped, InputError, quoted } from './checks/text';
import type { Picked, PickedByName } from './fields/pickers';

const MAX_NAMES_LENGTH = 1_000;

export async function idOfPicked(
	api: Api,
	path: string,
	picked: Picked | PickedByName,
): Promise<number> {
	if ('id' in picked) return picked.id;
	const records = await api.list(path);
	const found = named(records, picked.name);
	if (found) return found.id;
	const names = records.map(({ name }) => clipped(String(name))).join(', ');
	throw new InputError(
		`There is no ${nounOf(path)} with the name ${quoted(picked.name)}`,
		`The names are: ${clipped(names, MAX_NAMES_LENGTH) || 'none'}. Capitals do not matter.`,
	);
}

/** The record with this name; capitals do not matter, as on the server. */
export function named(records: ApiRecord[], name: string): ApiRecord | undefined {
	const wanted = name.toLowerCase();
	return records.find((record) => String(record.name).trim().toLowerCase() === wanted);
}

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
