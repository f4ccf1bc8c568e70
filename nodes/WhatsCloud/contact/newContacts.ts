import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { phoneSpellings } from '../checks/phone';
import type { Presentation } from './contactRecord';
import { presented } from './contactRecord';
import type { ContactDirectory } from './findByPhone';
import { contactDirectory } from './findByPhone';

/** What a create or an upsert has put out. */
interface Written {
	params: Presentation & { phone: string };
	output: IDataObject;
}

const NOT_FOUND = {
	id: null,
	note: 'The contact was created. WhatsCloud did not say its ID, and it was not found among the newest contacts.',
};

/**
 * Fills in the ids that some servers keep to themselves (quirk 5), for all items with one look at the newest
 * contacts. The same look shows where somebody else has created the same person at the same moment, in another
 * national form of the number, which the server takes for another number.
 */
export async function withNewIds(api: Api, written: Written[]): Promise<IDataObject[]> {
	const directory = contactDirectory(api);
	const phones = written
		.filter(({ output, params }) => lacksId(output) || mayHaveTwin(output, params.phone))
		.map(({ params }) => params.phone);
	// That the list can't be read must not look like a failure to create.
	if (phones.length > 0) await directory.readNewest(phones).catch(() => undefined);
	const outputs = await Promise.all(written.map(async (one) => await withId(api, directory, one)));
	return withTwins(api, directory, outputs, new Set(phones));
}

/** Names the other contact in the note of each new one whose person has two by now, and tells it once. */
function withTwins(
	api: Api,
	directory: ContactDirectory,
	outputs: IDataObject[],
	phones: Set<string>,
): IDataObject[] {
	let count = 0;
	return outputs.map((output) => {
		const { id, phone } = output;
		const looked = phones.has(String(phone)) ? directory.idsOf(String(phone)) : [];
		const others = looked.filter((other) => other !== id);
		if (others.length === 0) return output;
		const note = `The contacts with the IDs ${[id, ...others].join(' and ')} have the same phone number, written in two ways. Somebody else may have created one at the same moment. Delete one of them.`;
		const more = count++ > 0 ? ` ${count} new contacts are like that: see the note of each.` : '';
		api.hint('twins', note + more);
		return { ...output, note };
	});
}

function lacksId({ id }: IDataObject): boolean {
	return !Number.isInteger(id);
}

function mayHaveTwin({ created }: IDataObject, phone: string): boolean {
	return created === true && phoneSpellings(phone).length > 1;
}

async function withId(
	api: Api,
	directory: ContactDirectory,
	{ output, params }: Written,
): Promise<IDataObject> {
	if (!lacksId(output)) return output;
	const found = directory.stored(params.phone);
	if (!found) return { ...output, ...NOT_FOUND };
	const [record] = await presented(api, [found], params);
	return { ...output, ...record };
}
