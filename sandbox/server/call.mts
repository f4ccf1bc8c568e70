import type { Account } from './account.mts';
import type { Answer } from './envelope.mts';
import type { Input } from './input.mts';

/** One API request as a handler sees it: checked, counted and normalised. */
export interface Call {
	account: Account;
	input: Input;
	query: Input;
	/** From the path; empty where the route has none. */
	id: string;
	/** The URL of the request without its query. */
	url: string;
}

export interface Route {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** After the subdomain. */
	path: string;
	ability: string;
	handle(call: Call): Answer | Promise<Answer>;
}

/** Some texts were seen as raw keys, where the installation lacks the translation (quirk 33). */
export function translated({ behaviour }: Account, key: string, english: string): string {
	return behaviour.untranslatedKeys ? key : english;
}
