import { InputError } from '../InputError';
import type { WhatsCloudCredentials } from './address';
import { plainText } from './address';
import type { ApiResponse } from './http';

type Token = Pick<WhatsCloudCredentials, 'apiToken'>;

/** What no header may hold. */
const IMPOSSIBLE = /[^\x21-\x7e]/;

/**
 * The token as it is sent: without white space, invisible characters and the word that stands before it in
 * a copied header. Its form is not checked further, since brands differ.
 * @throws InputError when there is none, or one that can't be sent
 */
export function tokenOf({ apiToken }: Token): string {
	const token = plainText(apiToken).replace(/^(authorization:)?\s*bearer(\s+|$)/i, '');
	if (token === '') {
		throw new InputError(
			'The WhatsCloud credential has no API token',
			'Open the credential and paste the token that WhatsCloud shows under API management.',
		);
	}
	if (IMPOSSIBLE.test(token)) {
		throw new InputError(
			"The API token of the WhatsCloud credential can't be right",
			'It holds spaces or characters that no token has. Copy it anew from WhatsCloud: system settings, API management.',
		);
	}
	return token;
}

/** The Authorization header. @throws InputError */
export function bearer(credentials: Token): string {
	return `Bearer ${tokenOf(credentials)}`;
}

/** A shorter one is no token, and would be found in words. */
const SHORTEST = 8;

/**
 * Takes the token out of answers. A server or a proxy may repeat the request's headers, and texts of the
 * outside end in errors, logs and the execution's data. @throws InputError
 */
export function tokenEraser(credentials: Token): (answer: ApiResponse) => ApiResponse {
	const token = tokenOf(credentials);
	if (token.length < SHORTEST) return (answer) => answer;
	// As it is, in an address, and as PHP writes it in JSON.
	const forms = [token, encodeURIComponent(token), token.replaceAll('/', '\\/')];
	const erase = (text: string) =>
		forms.reduce((erased, form) => erased.replaceAll(form, '[API token]'), text);
	return ({ status, headers, text }) => ({
		status,
		headers: Object.fromEntries(
			Object.entries(headers).map(([name, value]) => [name, erase(String(value))]),
		),
		text: erase(text),
	});
}
