import { sleep } from 'n8n-workflow';

import type { Api } from '../../api/api';
import { createApi } from '../../api/api';
import { apiRoot } from '../../api/address';
import type { RunOptions } from '../../fields/runOptions';
import type { Context } from './transport';
import { cancelSignal, createSend, readCredentials } from './transport';

export interface Connection {
	api: Api;
	/** The tenant's address, which tells accounts apart. */
	root: string;
	/** Milliseconds in which all requests waited for the rate limit. */
	waited(): number;
	/** What the user should know beside the results; none twice. */
	warnings(): string[];
}

export interface ConnectOptions extends Pick<RunOptions, 'timeout' | 'onRateLimit'> {
	/** Told how many milliseconds are about to be waited; may throw instead. */
	beforeWait?(ms: number): void;
}

const LONG_WAIT_MS = 1_000;

/** The API of the account in the node's credential. @throws InputError when the credential can't be right */
export async function connect(
	context: Context,
	{ timeout, onRateLimit, beforeWait }: ConnectOptions,
): Promise<Connection> {
	const root = apiRoot(await readCredentials(context));
	const signal = cancelSignal(context);
	let waitedMs = 0;
	const warnings = new Set<string>();
	const api = createApi({
		send: createSend(context, root, timeout),
		onRateLimit,
		warn: (message) => {
			context.logger.warn(message);
			warnings.add(message);
		},
		wait: async (ms, reason) => {
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
			await sleep(ms, signal);
			// Older versions of n8n sleep on after a cancel.
			signal?.throwIfAborted();
		},
	});
	return { api, root, waited: () => waitedMs, warnings: () => [...warnings] };
}
