import { isObject, listOf } from '../checks/json';
import type { Client } from './client';
import { ApiError } from './errors/ApiError';

/** What servers of different versions can or can't, as far as it matters to the node. */
export type Fact =
	/** An update of a contact needs its type. */
	| 'typeInUpdates'
	/** Caption and file name of a document arrive each in its own place. */
	| 'documentsInOrder'
	/** The refusal of a contact names all fields that are wrong. */
	| 'namesAllWrongFields';

/** What is known of the account's server in this run. */
export interface Server {
	/** Undefined as long as no answer has told. */
	knows(fact: Fact): boolean | undefined;
	/** What the refusal of a write has told. */
	learn(fact: Fact, holds: boolean): void;
	/** What is known of the fact; a few templates are read where nothing has told yet. */
	documentsInOrder(): Promise<boolean | undefined>;
}

/**
 * The client, whose answers tell what the server can. An answer to a create or an update holds only what was
 * sent, so nothing is concluded from those.
 */
export function observed(client: Client): { client: Client; server: Server } {
	const known = new Map<Fact, boolean>();
	let templatesRead: Promise<void> | undefined;

	function observe(path: string, record: unknown): void {
		if (!isObject(record) || record.id === undefined) return;
		const [kind] = path.split('/');
		if (kind === 'contacts') {
			const isLater = 'custom_fields_data' in record;
			// A short record of another brand does not show that the server lacks a field.
			if (isLater || 'is_enabled' in record) known.set('typeInUpdates', isLater);
			if ('facebook_psid' in record) known.set('documentsInOrder', true);
		}
		// The version that set the order right writes Meta's id as text. Longer numbers become text as they are read.
		const { template_id: id } = record;
		if (kind === 'templates' && id && Number.isSafeInteger(Number(id)))
			known.set('documentsInOrder', typeof id === 'string');
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
			const { data } = answer.body;
			for (const record of listOf(isObject(data) ? data.data : data)) observe(path, record);
			return answer;
		},
	};

	/** A few, since one record alone may not show it. A token that may not read them must not keep anybody from sending. */
	async function readTemplates(): Promise<void> {
		const query = { page: 1, per_page: 10 };
		await observing.getList('templates', { query }).catch((error: unknown) => {
			if (!(error instanceof ApiError)) throw error;
		});
	}

	return {
		client: observing,
		server: {
			knows: (fact) => known.get(fact),
			learn: (fact, holds) => {
				known.set(fact, holds);
			},
			documentsInOrder: async () => {
				if (!known.has('documentsInOrder')) await (templatesRead ??= readTemplates());
				return known.get('documentsInOrder');
			},
		},
	};
}
