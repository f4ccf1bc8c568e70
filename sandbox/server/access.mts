import type { Account } from './account.mts';
import { failure, json, type Answer } from './envelope.mts';

export interface Credentials {
	subdomain: string;
	authorization: string | undefined;
}

/** The scheme's name is case-insensitive; the token has no other place than this header. */
export function bearerToken(authorization: string | undefined): string | undefined {
	return /^bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1];
}

/** The checks in front of every handler, in the server's order; the first that fails answers. */
export function refuseAccess(
	account: Account,
	{ subdomain, authorization }: Credentials,
	ability: string,
): Answer | undefined {
	const { behaviour, rateLimiter } = account;
	if (subdomain !== account.subdomain) {
		// Quirks 12 and 13: a 500 for a wrong path, and `errors` is a string.
		const errors = 'Invalid tenant subdomain';
		return failure(behaviour.tenantErrorStatus, 'Validation failed', { errors });
	}
	if (!behaviour.apiConfigured) return failure(404, 'API settings not found for this tenant');
	if (!behaviour.apiEnabled) return failure(403, 'API access is disabled');
	const token = bearerToken(authorization);
	if (token === undefined) return failure(401, 'API token is required');
	if (token !== account.token) return failure(401, 'Invalid API token');
	if (!behaviour.abilities.includes(ability)) {
		return failure(403, `Token does not have the required ability: ${ability}`);
	}
	const retryAfter = rateLimiter.count();
	return retryAfter === undefined ? undefined : tooManyRequests(retryAfter);
}

/** Quirk 14: no `status` in the body and no Retry-After header. */
export function tooManyRequests(retryAfter: number): Answer {
	return json(429, { message: 'too_many_requests', retry_after: retryAfter });
}
