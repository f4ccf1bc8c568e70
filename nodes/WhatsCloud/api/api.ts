import type { Client, ClientOptions } from './client';
import { createClient } from './client';
import type { Lists } from './completeList';
import { createLists } from './completeList';
import { shortfallWarning } from './listPasses';
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
	/** Tells the user at the end of the run what the results do not show; the last word on a topic counts. */
	hint(topic: string, message: string): void;
}

export interface ApiOptions extends ClientOptions, Pick<Api, 'account'> {
	/** Told, in words for the user, what the results alone do not show. */
	warn?(message: string): void;
	hint?(topic: string, message: string): void;
}

export function createApi({ account, warn, hint, ...options }: ApiOptions): Api {
	const { client, server } = observed(createClient(options));
	const loaded = new Map<string, Promise<unknown>>();
	return {
		...client,
		account,
		server,
		hint: (topic, message) => hint?.(topic, message),
		...createLists(client, {
			onShortfall: (path, shortfall) => warn?.(shortfallWarning(path, shortfall)),
		}),
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
