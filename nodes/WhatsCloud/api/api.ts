import type { Client, ClientOptions } from './client';
import { createClient } from './client';
import type { Lists } from './lists';
import { createLists } from './lists';
import type { Server } from './server';
import { observed } from './server';

/** What operations, pickers and the trigger talk to. Lives as long as one execution of one node. */
export interface Api extends Client, Lists {
	/** What tells accounts apart, as `accountKey` gives it. */
	readonly account: string;
	/** What this account's server can and can't, as far as its answers have told. */
	readonly server: Server;
	/** Runs `load` once per execution and key, and gives everybody its result. */
	once<T>(key: string, load: () => Promise<T>): Promise<T>;
	/** A line in n8n's log, for what takes long. */
	log(message: string): void;
	/** Tells the user at the end of the run what the results do not show; the last word on a topic counts. */
	hint(topic: string, message: string): void;
}

export interface ApiOptions extends ClientOptions, Pick<Api, 'account'> {
	/** Told, in words for the user, what the results alone do not show. */
	warn?(message: string): void;
	log?(message: string): void;
	hint?(topic: string, message: string): void;
}

export function createApi({ account, warn, log, hint, ...options }: ApiOptions): Api {
	const { client, server } = observed(createClient(options));
	const loaded = new Map<string, Promise<unknown>>();
	return {
		...client,
		account,
		server,
		log: (message) => log?.(message),
		hint: (topic, message) => hint?.(topic, message),
		...createLists(client, warn),
		once: async <T>(key: string, load: () => Promise<T>) => {
			let promise = loaded.get(key) as Promise<T> | undefined;
			if (!promise) {
				promise = load();
				loaded.set(key, promise);
				// A failure is told to those who wait; who comes later tries again.
				promise.catch(() => loaded.delete(key));
			}
			return await promise;
		},
	};
}
