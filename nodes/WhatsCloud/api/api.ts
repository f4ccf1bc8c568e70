import { sleep } from 'n8n-workflow';

import { isObject } from '../checks/json';
import type { Client, ClientOptions } from './client';
import { createClient } from './client';
import type { WhatsCloudCredentials } from './credential';
import { accountKey, apiRoot } from './credential';
import { ApiError } from './errors/ApiError';
import type { Context, Wait } from './http';
import { createSend, CREDENTIAL, throwIfEnded } from './http';
import type { Lists, Once } from './lists';
import { createLists, createOnce } from './lists';

/** What operations, pickers and the trigger talk to: one account, as long as one execution of one node. */
export interface Api extends Client, Lists {
	/** What tells accounts apart, as `accountKey` gives it. */
	readonly account: string;
	/** What this account's server can and can't, as far as this run's answers have told; undefined where none has. */
	readonly server: ReturnType<typeof observedClient>['server'];
	once: Once;
	/** Tells the user at the end of the run what the results do not show; the last word on a topic counts. */
	hint(topic: string, message: string): void;
}

interface ApiOptions extends Pick<ClientOptions, 'onRateLimit'> {
	/** Milliseconds for one request. */
	timeout: number;
	/** Told how many milliseconds are about to be waited; may throw instead. */
	beforeWait?(ms: number): void;
	/** Once aborted, no request begins and no wait goes on: both reject with RunEnded. */
	ended?: AbortSignal;
}

/** The accounts of a run: n8n evaluates expressions in a credential for each item. */
export function openAccounts(context: Context, options: ApiOptions) {
	const { timeout, onRateLimit, beforeWait, ended } = options;
	const apis = new Map<string, Api>();
	const hints = new Map<string, string>();
	let waitedMs = 0;

	const wait: Wait = async (ms, reason) => {
		throwIfEnded(ended);
		beforeWait?.(ms);
		if (reason === 'rateLimit') waitedMs += ms;
		// The last moments of a long wait need no line of their own.
		if (ms >= 500) {
			const seconds = Math.ceil(ms / 100) / 10;
			context.logger.info(
				reason === 'rateLimit'
					? `WhatsCloud's rate limit is used up; waiting ${seconds} s`
					: `WhatsCloud can't answer at the moment; trying again in ${seconds} s`,
			);
		}
		// Its rejection says that the run has ended; older versions of n8n sleep on.
		await sleep(ms, ended).catch(() => undefined);
		throwIfEnded(ended);
	};

	function open(credentials: WhatsCloudCredentials): Api {
		const root = apiRoot(credentials);
		const send = createSend(context, credentials, root, timeout);
		const { client, server } = observedClient({
			send: async (request) => {
				throwIfEnded(ended);
				return await send(request);
			},
			...{ onRateLimit, wait },
		});
		const hint = (topic: string, message: string) => hints.set(`${root} ${topic}`, message);
		return {
			...client,
			...createLists(client, (message) => {
				context.logger.warn(message);
				hint(message, message);
			}),
			account: accountKey(root),
			server,
			once: createOnce(),
			hint,
		};
	}

	return {
		/** One for all items of an account; without an item, that of the first. @throws InputError for a wrong credential */
		of: async (itemIndex?: number): Promise<Api> => {
			const credentials = await context.getCredentials<WhatsCloudCredentials>(
				CREDENTIAL,
				itemIndex,
			);
			const { baseUrl, subdomain, apiToken } = credentials;
			const key = JSON.stringify([baseUrl, subdomain, apiToken]);
			const api = apis.get(key) ?? open(credentials);
			apis.set(key, api);
			return api;
		},
		/** What the user should know beside the results; none twice. */
		hints: () => [...new Set([...waitHint(waitedMs), ...hints.values()])],
	};
}

/** Nothing for waits too short to be noticed. */
function waitHint(waitedMs: number): string[] {
	const seconds = Math.round(waitedMs / 1000);
	const hint = `The node waited ${seconds} seconds in all, because WhatsCloud takes only a limited number of requests a minute.`;
	const ifStopped =
		' A run in which n8n is stopped begins anew; the example of a campaign that survives a restart does not.';
	// A run that waits a minute may see n8n stopped.
	return seconds === 0 ? [] : [hint + (seconds < 60 ? '' : ifStopped)];
}

/**
 * A client whose answers tell what the server can. An answer to a create or an update holds only what was
 * sent, so nothing is concluded from those.
 */
export function observedClient(options: ClientOptions) {
	let needsType: boolean | undefined;
	let documentsInOrder: boolean | undefined;
	let templatesRead: Promise<unknown> | undefined;

	function onRead(path: string, data: unknown): void {
		const [kind] = path.split('/');
		for (const record of [isObject(data) ? (data.data ?? data) : data].flat()) {
			if (!isObject(record) || record.id === undefined) continue;
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
	}

	const client = createClient({ ...options, onRead });

	/** A few, where nothing has told yet: one record alone may not show it. A token that may not read them must not keep anybody from sending. */
	const readTemplates = async () =>
		await client
			.getList('templates', { query: { page: 1, per_page: 10 } })
			.catch((error: unknown) => {
				if (!(error instanceof ApiError)) throw error;
			});

	return {
		client,
		server: {
			/** Whether an update of a contact needs its type. */
			needsType: () => needsType,
			/** Whether caption and file name of a document arrive each in its own place. */
			documentsInOrder: async () => {
				if (documentsInOrder === undefined) await (templatesRead ??= readTemplates());
				return documentsInOrder;
			},
		},
	};
}
