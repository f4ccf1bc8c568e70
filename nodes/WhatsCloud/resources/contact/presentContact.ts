import type { IDataObject } from 'n8n-workflow';

import type { ApiRecord } from '../../api/pages';

const SIMPLE_KEYS = [
	'id',
	'firstname',
	'lastname',
	'phone',
	'email',
	'company',
	'type',
	'status_id',
	'source_id',
	'group_id',
	'created_at',
];

/** The fields people use, or the record as it came. */
export function present(record: ApiRecord, simplified: boolean): IDataObject {
	if (!simplified) return record as IDataObject;
	return Object.fromEntries(SIMPLE_KEYS.map((key) => [key, record[key] ?? null])) as IDataObject;
}
