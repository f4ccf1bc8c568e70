import type { Account } from './account.mts';
import type { Answer } from './envelope.mts';
import type { Input } from './input.mts';
import type { TooFast } from './messages/meta.mts';

/** One API request as a handler sees it: checked, counted and normalised. */
export interface Call {
	account: Account;
	input: Input;
	query: Input;
	/** From the path; empty where the route has none. */
	id: string;
	/** The URL of the request without its query. */
	url: string;
	/** Meta refuses the message, since it comes too fast. */
	tooFast?: TooFast;
	/** Who writes: not all servers tell webhooks of what the API did. */
	by: 'api' | 'dashboard';
}

export interface Route {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** After the subdomain. */
	path: string;
	ability: string;
	handle(call: Call): Answer | Promise<Answer>;
}

/**
 * A text of the API's own. Where no tenant is current, the installation's language file answers, and that
 * lacks nearly all of them: the raw key shows.
 */
export function inWords(
	{ behaviour }: Account,
	english: string,
	key = english.toLowerCase().replaceAll(/\W+/g, '_'),
): string {
	return behaviour.currentTenantInApi ? english : key;
}
