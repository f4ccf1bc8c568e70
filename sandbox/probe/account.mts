/** A WhatsCloud account, and where its API is. */
export interface Account {
	/** Ends in a slash, such as https://whatscloud.pro/api/v1/ */
	baseUrl: string;
	subdomain: string;
	token: string;
}

/** What keeps the probe from its work, in words for the person who started it. */
export class Trouble extends Error {}

export const VARIABLES = {
	baseUrl: 'WHATSCLOUD_BASE_URL',
	subdomain: 'WHATSCLOUD_SUBDOMAIN',
	token: 'WHATSCLOUD_TOKEN',
} as const;

const usualBaseUrl = 'https://whatscloud.pro/api/v1/';
const ownComputer = ['localhost', '127.0.0.1', '[::1]'];

function checkedBaseUrl(text: string): string {
	if (!URL.canParse(text)) {
		throw new Trouble(`The base URL is no address. It is usually ${usualBaseUrl}`);
	}
	const { protocol, hostname } = new URL(text);
	if (protocol !== 'https:' && !(protocol === 'http:' && ownComputer.includes(hostname))) {
		throw new Trouble(
			`The base URL must begin with https://, so that nobody can read the token on its way. It is usually ${usualBaseUrl}`,
		);
	}
	return `${text.replace(/\/+$/, '')}/`;
}

/** Checks what was entered, before any request. */
export function accountOf({ baseUrl, subdomain, token }: Account): Account {
	const account = {
		baseUrl: checkedBaseUrl(baseUrl.trim() || usualBaseUrl),
		subdomain: subdomain.trim(),
		token: token.trim(),
	};
	if (account.subdomain === '') throw new Trouble('The subdomain is missing.');
	if (/[/\s?#]/.test(account.subdomain)) {
		throw new Trouble('The subdomain is one word, such as "owncodes", not an address.');
	}
	if (account.token === '') throw new Trouble('The API token is missing.');
	if (!/^[\x21-\x7e]+$/.test(account.token)) {
		throw new Trouble('The API token has blanks or other characters that no token has.');
	}
	return account;
}

/** Nothing where the environment names no account. */
export function accountOfEnvironment(env: NodeJS.ProcessEnv): Account | undefined {
	const { [VARIABLES.subdomain]: subdomain, [VARIABLES.token]: token } = env;
	if (!subdomain || !token) return undefined;
	return accountOf({ baseUrl: env[VARIABLES.baseUrl] ?? '', subdomain, token });
}
