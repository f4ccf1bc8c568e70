import { isObject } from '../checks/json';
import type { Client } from './client';
import { ApiError } from './errors/ApiError';

/** What servers of different versions can or can't, as far as it matters to the node. */
export type Fact =
	/** Contacts have fields of the account's own. */
	| 'customFields'
	/** An update of a contact needs its type. */
	| 'typeInUpdates'
	/** An update can take the e-mail away. */
	| 'emailClears'
	/** A message to an unknown number makes a contact, also without "Contact If New". */
	| 'sendsMakeContacts'
	/** Contacts tell whether they have opted out. */
	| 'optOut'
	/** Contacts may be of the type guest. */
	| 'guests'
	/** Caption and file name of a document arrive each in its own place. */
	| 'documentsInOrder'
	/** The refusal of a contact names all fields that are wrong. */
	| 'namesAllWrongFields'
	/** An update takes a status whose id is above 50. */
	| 'highStatuses';

/** What is known of the account's server in this run. */
export interface Server {
	/** Undefined as long as no answer has told. */
	knows(fact: Fact): boolean | undefined;
	/** Like `knows`, but reads a few records where nothing has told yet. Undefined where no record is there, or none may be read. */
	ask(fact: Fact): Promise<boolean | undefined>;
	/** What the refusal of a write has told. */
	learn(fact: Fact, holds: boolean): void;
}

/** What a record tells, when it is read: undefined for nothing. */
type Sign = (record: Record<string, unknown>) => boolean | undefined;

interface Source {
	/** Whose records show it. */
	path: string;
	sign: Sign;
	facts: Fact[];
}

/** A short record of another brand does not show that the server lacks a field. */
const has =
	(field: string): Sign =>
	(contact) =>
		field in contact || ('is_enabled' in contact ? false : undefined);

const SOURCES: Source[] = [
	{
		path: 'contacts',
		sign: has('custom_fields_data'),
		facts: ['customFields', 'typeInUpdates', 'emailClears', 'sendsMakeContacts'],
	},
	{ path: 'contacts', sign: has('is_opted_out'), facts: ['optOut', 'guests'] },
	// The version that set the order right writes Meta's id as text. Longer numbers become text as they are read.
	{
		path: 'templates',
		sign: ({ template_id: id }) =>
			typeof id === 'number'
				? false
				: typeof id === 'string' && Number.isSafeInteger(Number(id)) && id !== ''
					? true
					: undefined,
		facts: ['documentsInOrder'],
	},
	{
		path: 'contacts',
		sign: (contact) => ('facebook_psid' in contact ? true : undefined),
		facts: ['documentsInOrder'],
	},
];

/**
 * The client, whose answers tell what the server can. An answer to a create or an update holds only what was
 * sent, so nothing is concluded from those.
 */
export function observed(client: Client): { client: Client; server: Server } {
	const known = new Map<Fact, boolean>();
	const asked = new Map<string, Promise<void>>();

	function observe(path: string, record: unknown): void {
		if (!isObject(record) || record.id === undefined) return;
		const [kind] = path.split('/');
		for (const { sign, facts } of SOURCES.filter((source) => source.path === kind)) {
			const holds = sign(record);
			if (holds !== undefined) for (const fact of facts) known.set(fact, holds);
		}
	}

	/** A few, since one record alone may not show it. A token that may not read them must not keep anybody from sending. */
	async function readFew(path: string): Promise<void> {
		await observing.getList(path, { query: { page: 1, per_page: 10 } }).catch((error: unknown) => {
			if (!(error instanceof ApiError)) throw error;
		});
	}

	const observing: Client = {
		...client,
		get: async (path) => {
			const data = await client.get(path);
			observe(path, data);
			return data;
		},
		getList: async (path, options) => {
			const answer = await client.getList(path, options);
			const { body } = answer;
			const records = isObject(body.data) ? body.data.data : body.data;
			if (Array.isArray(records)) for (const record of records) observe(path, record);
			return answer;
		},
	};
	return {
		client: observing,
		server: {
			knows: (fact) => known.get(fact),
			ask: async (fact) => {
				const path = SOURCES.find(({ facts }) => facts.includes(fact))?.path;
				if (!known.has(fact) && path) {
					if (!asked.has(path)) asked.set(path, readFew(path));
					await asked.get(path);
				}
				return known.get(fact);
			},
			learn: (fact, holds) => {
				known.set(fact, holds);
			},
		},
	};
}
