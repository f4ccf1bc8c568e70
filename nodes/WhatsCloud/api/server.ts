import { isObject, listOf } from '../checks/json';
import type { Client } from './client';
import { ApiError } from './errors/ApiError';

/** What this run's answers have told of the account's server; undefined where none has. */
export interface Server {
	/** Whether an update of a contact needs its type. */
	needsType(): boolean | undefined;
	/**
	 * Whether caption and file name of a document arrive each in its own place. A few templates are read where
	 * nothing has told yet.
	 */
	documentsInOrder(): Promise<boolean | undefined>;
}

/**
 * The client, whose answers tell what the server can. An answer to a create or an update holds only what was
 * sent, so nothing is concluded from those.
 */
export function observed(client: Client): { client: Client; server: Server } {
	let needsType: boolean | undefined;
	let documentsInOrder: boolean | undefined;
	let templatesRead: Promise<void> | undefined;

	function observe(path: string, record: unknown): void {
		if (!isObject(record) || record.id === undefined) return;
		const [kind] = path.split('/');
		if (kind === 'contacts') {
			const isLater = 'custom_fields_data' in record;
			// A short record of another brand does not show that the server lacks a field.
			if (isLater || 'is_enabled' in record) needsType = isLater;
			if ('facebook_psid' in record) documentsInOrder = true;
		}
		// The version that set the order right writes Meta's id as text. Longer numbers become text as they are read.
		const { template_id: id } = record;
		if (kind === 'templates' && id && Number.isSafeInteger(Number(id)))
			documentsInOrder = typeof id === 'string';
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
			needsType: () => needsType,
			documentsInOrder: async () => {
				if (documentsInOrder === undefined) await (templatesRead ??= readTemplates());
				return documentsInOrder;
			},
		},
	};
}
