import type { Api } from '../api/api';
import { asRecord } from '../api/pages';
import { isObject } from '../checks/json';
import type { Picked, PickedByName } from '../fields/pickers';
import { shown } from '../checks/text';
import { idOfPicked, named, refusal } from '../records';

interface Given {
	statusId: Picked | PickedByName;
	sourceId: Picked | PickedByName;
	options: { createMissingSource?: boolean };
}

/** The status and the source of a contact; a source that is still to be made by its name. */
export interface Labels {
	status: number;
	source: number | PickedByName;
}

/** Finds both by their names. @throws InputError for a name that there is not */
export async function findLabels(
	api: Api,
	{ statusId, sourceId, options }: Given,
): Promise<Labels> {
	const status = await idOfPicked(api, 'statuses', statusId);
	const mayBeMissing = 'name' in sourceId && options.createMissingSource === true;
	const known = mayBeMissing ? named(await api.list('sources'), sourceId.name)?.id : undefined;
	const source = known ?? (mayBeMissing ? sourceId : await idOfPicked(api, 'sources', sourceId));
	return { status, source };
}

/** Their ids under the API's names. A missing source is made once in a run. @throws ApiError */
export async function labelIds(
	api: Api,
	{ status, source }: Labels,
): Promise<Record<string, number>> {
	const source_id =
		typeof source === 'number'
			? source
			: await api.once(
					`source ${source.name.toLowerCase()}`,
					async () => await make(api, source.name),
				);
	return { status_id: status, source_id };
}

async function make(api: Api, name: string): Promise<number> {
	let failure: unknown;
	const made = await api.post('sources', { name }).catch((error: unknown) => {
		failure = error;
	});
	if (isObject(made) && made.id !== undefined) return asRecord(made).id;
	// Somebody else may have made it meanwhile, or the answer got lost.
	const there = named((await api.read('sources')).records, name);
	if (there) return there.id;
	throw (
		failure ??
		refusal('sources', {
			title: `The source ${shown(name)} was created, but WhatsCloud does not show it`,
			description: 'Run this item again.',
		})
	);
}
