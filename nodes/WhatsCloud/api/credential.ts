import { InputError, quoted, visibleText } from '../checks/text';

export interface WhatsCloudCredentials {
	baseUrl: string;
	subdomain: string;
	apiToken: string;
}

/** A value of the credential as text: an expression may give a number, and copies bring along what nobody sees. */
function plainText(value: unknown): string {
	const text = typeof value === 'string' || Number.isFinite(value) ? String(value) : '';
	return visibleText(text);
}

/** Names of this computer, and of the computer that runs n8n's Docker container. */
const THIS_COMPUTER = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|host\.docker\.internal)$/i;

/**
 * The address every request starts with, without a trailing slash: base URL + subdomain.
 * Forgives missing or extra slashes, white space, a missing `https://`, and a pasted endpoint that
 * already ends in the subdomain. Nothing else is added: what the user gives is what is called.
 * @throws InputError when the token would travel unencrypted, or a part is missing or no address.
 */
export function apiRoot({ baseUrl, subdomain }: WhatsCloudCredentials): string {
	const tenant = plainText(subdomain).split('/').filter(Boolean).join('/');
	if (!/^(?!\.+$)[\w.~-]+$/.test(tenant)) {
		throw new InputError(
			tenant === ''
				? 'The WhatsCloud credential has no subdomain'
				: `The subdomain ${quoted(tenant)} of the WhatsCloud credential can't be right`,
			'In the credential, enter the subdomain of your WhatsCloud account: the word after /api/v1/ in the addresses that WhatsCloud shows under API management, without https:// and without slashes.',
		);
	}
	const url = parseBaseUrl(baseUrl);
	const segments = url.pathname.split('/').filter((segment) => segment !== '');
	if (segments.at(-1)?.toLowerCase() === tenant.toLowerCase()) segments.pop();
	return [url.origin, ...segments, tenant].join('/');
}

/**
 * What tells accounts apart, from the address that `apiRoot` gives: the host, the path of the base URL, since
 * a host may have several installations, and the subdomain, all of them without regard to small and capital letters.
 */
export function accountKey(root: string): string {
	const { hostname, port, pathname } = new URL(root);
	const host = THIS_COMPUTER.test(hostname) ? 'localhost' : hostname;
	return [host, port, pathname.slice(1)].filter(Boolean).join('/').toLowerCase();
}

/**
 * Says no to a request of n8n's HTTP Request node that would carry the token to another server.
 * @throws InputError
 */
export function checkSameServer(
	{ baseUrl }: WhatsCloudCredentials,
	address: string,
	relativeTo?: string,
): void {
	const { origin } = parseBaseUrl(baseUrl);
	if (URL.canParse(address, relativeTo) && new URL(address, relativeTo).origin === origin) return;
	throw new InputError(
		`The WhatsCloud credential is only for ${origin}`,
		'Nothing was sent, because the API token must not reach another server. Change the URL of the node, or use it without this credential.',
	);
}

function parseBaseUrl(baseUrl: unknown): URL {
	const given = plainText(baseUrl);
	const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(given) ? given : `https://${given}`;
	const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
	if (!url || !['https:', 'http:'].includes(url.protocol)) {
		throw new InputError(
			'The base URL of the WhatsCloud credential is not a web address',
			'In the credential, enter an address such as https://whatscloud.pro/api/v1/',
		);
	}
	if (url.protocol === 'http:' && !THIS_COMPUTER.test(url.hostname)) {
		throw new InputError(
			'The base URL of the WhatsCloud credential must start with https://',
			'With http:// the API token would travel unencrypted and anyone on the way could read it. Change http:// to https:// in the credential.',
		);
	}
	return url;
}

/**
 * The token as it is sent: without white space, invisible characters and the word that stands before it in
 * a copied header. Its form is not checked further, since brands differ.
 * @throws InputError when there is none, or one that no header may hold
 */
export function tokenOf({ apiToken }: Pick<WhatsCloudCredentials, 'apiToken'>): string {
	const token = plainText(apiToken).replace(/^(authorization:)?\s*bearer(\s+|$)/i, '');
	if (/^[\x21-\x7e]+$/.test(token)) return token;
	throw new InputError(
		token === ''
			? 'The WhatsCloud credential has no API token'
			: "The API token of the WhatsCloud credential can't be right",
		'In the credential, paste the token that WhatsCloud shows in its system settings under API management. It has no spaces, only unaccented letters, digits and signs.',
	);
}
