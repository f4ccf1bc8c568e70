import { sleep } from 'n8n-workflow';

import type { WhatsCloudApi } from '../api/api';
import { createApi } from '../api/api';
import { apiRoot } from '../api/credentials';
import { NetworkFailure } from '../api/http';
import type { RunOptions } from './runOptions';
import type { Context } from './transport';
import { cancelSignal, createSend, readCredentials } from './transport';

export interface Connection {
	api: WhatsCloudApi;
	/** The tenant's address, which tells accounts apart. */
	root: string;
	/** Milliseconds spent waiting for the rate limit. */
	waited(): number;
}

/** The API of the account in the node's credential. @throws InputError when the credential can't be right */
export async function connect(
	context: Context,
	{ timeout, onRateLimit }: Pick<RunOptions, 'timeout' | 'onRateLimit'>,
): Promise<Connection> {
	const root = apiRoot(await readCredentials(context));
	const signal = cancelSignal(context);
	let waitedMs = 0;
	let loggedUntil = 0;
	const api = createApi({
		send: createSend(context, root, timeout),
		onRateLimit,
		wait: async (ms, reason) => {
			const until = Date.now() + ms;
			// Many requests wait together: one log line tells it.
			if (reason === 'rateLimit' && until > loggedUntil + 500) {
				context.logger.info(
					`WhatsCloud's rate limit is used up; waiting ${Math.ceil(ms / 1000)} s`,
				);
				waitedMs += until - Math.max(Date.now(), loggedUntil);
				loggedUntil = until;
			}
			await sleep(ms, signal).catch(() => {
				throw new NetworkFailure('', true);
			});
		},
	});
	return { api, root, waited: () => waitedMs };
}
