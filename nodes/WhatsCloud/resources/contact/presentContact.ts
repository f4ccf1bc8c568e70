import type { IDataObject } from 'n8n-workflow';

import type { ApiRecord } from '../../api/pages';
import { idsIn } from '../../fields/values';

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

/** The fields people use, the groups as a list of ids however they are stored; or the record as it came. */
export function present(record: ApiRecord, simplified: boolean): IDataObject {
	if (!simplified) return record as IDataObject;
	const groups = record.group_id ?? null;
	const shown: ApiRecord = { ...record, group_id: groups === null ? null : idsIn(groups) };
	return Object.fromEntries(SIMPLE_KEYS.map((key) => [key, shown[key] ?? null])) as IDataObject;
}
