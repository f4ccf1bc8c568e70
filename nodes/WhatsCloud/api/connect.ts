import { sleep } from 'n8n-workflow';

import type { Api } from './api';
import { createApi } from './api';
import type { WhatsCloudCredentials } from './credential';
import { accountKey, apiRoot } from './credential';
import { RunEnded } from './http';
import type { OnRateLimit } from './retry';
import type { Context } from './transport';
import { createSend, CREDENTIAL } from './transport';

export interface Connection {
	api: Api;
	/** The tenant's address, which tells accounts apart. */
	root: string;
	/** Milliseconds in which all requests waited for the rate limit. */
	waited(): number;
	/** What the user should know beside the results; none twice. */
	hints(): string[];
}

export interface ConnectOptions {
	/** Milliseconds for one request. */
	timeout: number;
	onRateLimit: OnRateLimit;
	/** Told how many milliseconds are about to be waited; may throw instead. */
	beforeWait?(ms: number): void;
	/** Once aborted, no request begins and no wait goes on: both reject with RunEnded. */
	ended?: AbortSignal;
}

const LONG_WAIT_MS = 1_000;

/** The API of the account in the node's credential. @throws InputError when the credential can't be right */
export async function connect(context: Context, options: ConnectOptions): Promise<Connection> {
	return await openAccounts(context, options).of();
}

/** The accounts of a run: n8n evaluates expressions in a credential for each item. */
export interface Accounts {
	/** The same connection for all items with the same account. @throws InputError when the credential can't be right */
	of(itemIndex?: number): Promise<Connection>;
	/** Of all of them together, as for a connection. */
	waited(): number;
	hints(): string[];
}

export function openAccounts(context: Context, options: ConnectOptions): Accounts {
	const connections = new Map<string, Connection>();
	return {
		of: async (itemIndex) => {
			const credentials = await context.getCredentials<WhatsCloudCredentials>(
				CREDENTIAL,
				itemIndex,
			);
			const { baseUrl, subdomain, apiToken } = credentials;
			const key = JSON.stringify([baseUrl, subdomain, apiToken]);
			const connection = connections.get(key) ?? connectAs(context, credentials, options);
			connections.set(key, connection);
			return connection;
		},
		waited: () => [...connections.values()].reduce((sum, { waited }) => sum + waited(), 0),
		hints: () => [...new Set([...connections.values()].flatMap(({ hints }) => hints()))],
	};
}

function connectAs(
	context: Context,
	credentials: WhatsCloudCredentials,
	{ timeout, onRateLimit, beforeWait, ended }: ConnectOptions,
): Connection {
	const root = apiRoot(credentials);
	const send = createSend(context, credentials, root, timeout);
	let waitedMs = 0;
	/** By topic. */
	const hints = new Map<string, string>();
	const api = createApi({
		account: accountKey(root),
		send: async (request) => {
			throwIfEnded(ended);
			return await send(request);
		},
		onRateLimit,
		warn: (message) => {
			context.logger.warn(message);
			hints.set(message, message);
		},
		log: (message) => context.logger.info(message),
		hint: (topic, message) => hints.set(topic, message),
		wait: async (ms, reason) => {
			throwIfEnded(ended);
			beforeWait?.(ms);
			const seconds = Math.ceil(ms / 100) / 10;
			if (reason === 'rateLimit') {
				waitedMs += ms;
				// The short waits at the end of a long one need no lines of their own.
				if (ms >= LONG_WAIT_MS)
					context.logger.info(`WhatsCloud's rate limit is used up; waiting ${seconds} s`);
			} else {
				context.logger.info(`WhatsCloud can't answer at the moment; trying again in ${seconds} s`);
			}
			// Its rejection says that the run has ended; older versions of n8n sleep on.
			await sleep(ms, ended).catch(() => undefined);
			throwIfEnded(ended);
		},
	});
	return {
		api,
		root,
		waited: () => waitedMs,
		hints: () => [...hints.values()],
	};
}

/** @throws RunEnded */
export function throwIfEnded(ended: AbortSignal | undefined): void {
	if (ended?.aborted) throw new RunEnded();
}
