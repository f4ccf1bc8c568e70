import { retryDelay } from '../../../nodes/WhatsCloud/api/client';
import type { Ending } from '../../../nodes/WhatsCloud/api/errors/situations';
import { NetworkFailure, type Method } from '../../../nodes/WhatsCloud/api/http';

const methods: Method[] = ['GET', 'POST', 'PUT', 'DELETE'];
const attempts = [1, 2, 3, 4, 5];

const answer = (status: number): Ending => ({
	response: { status, headers: {}, text: '{"data":{}}' },
	body: { data: {} },
});
const hinted = ({ response, ...ending }: Ending, seconds: number): Ending => ({
	...ending,
	response: response && { ...response, headers: { 'retry-after': String(seconds) } },
});

/** What may follow a first attempt that ended like this: `always`, `idempotent` (not POST) or `never`. */
const endings: Array<[string, Ending, 'always' | 'idempotent' | 'never']> = [
	...[200, 301, 302, 400, 401, 403, 404, 405, 409, 413, 422, 500, 501, 505].map(
		(status): [string, Ending, 'never'] => [`status ${status}`, answer(status), 'never'],
	),
	...[502, 503, 504].map((status): [string, Ending, 'idempotent'] => [
		`status ${status}`,
		answer(status),
		'idempotent',
	]),
	['broken 200', { response: { status: 200, headers: {}, text: '{"status":"succ' } }, 'idempotent'],
	...[
		'EHOSTUNREACH',
		'ECONNRESET',
		'ECONNABORTED',
		'ETIMEDOUT',
		'EPIPE',
		'ERR_BAD_RESPONSE',
		'Z_BUF_ERROR',
		'',
	].map((code): [string, Ending, 'idempotent'] => [
		`failure ${code || 'without a code'}`,
		{ failure: new NetworkFailure(code) },
		'idempotent',
	]),
	...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].map((code): [string, Ending, 'always'] => [
		`failure ${code}`,
		{ failure: new NetworkFailure(code) },
		'always',
	]),
	...[
		'CERT_HAS_EXPIRED',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		'ERR_TLS_CERT_ALTNAME_INVALID',
		'ERR_INVALID_URL',
		'ERR_INVALID_CHAR',
		'BLOCKED',
		'ANSWER_TOO_LARGE',
	].map((code): [string, Ending, 'never'] => [
		`failure ${code}`,
		{ failure: new NetworkFailure(code) },
		'never',
	]),
	[
		'a connection cut while it is encrypted',
		{ failure: new NetworkFailure('ECONNRESET', { neverSent: true }) },
		'always',
	],
	[
		'a connection that took too long to make',
		{ failure: new NetworkFailure('ETIMEDOUT', { neverSent: true }) },
		'idempotent',
	],
	...['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER'].map((code): [string, Ending, 'never'] => [
		`encryption that can't begin, ${code}`,
		{ failure: new NetworkFailure(code, { neverSent: true }) },
		'never',
	]),
	[
		'encryption that broke later',
		{ failure: new NetworkFailure('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC') },
		'idempotent',
	],
	['cancelled', { failure: new NetworkFailure('ERR_CANCELED', { cancelled: true }) }, 'never'],
];

const backoff = [500, 1_000, 2_000, undefined, undefined];

describe.each(methods)('after %s', (method) => {
	describe.each(endings)('with %s', (_name, ending, may) => {
		test.each(attempts)('attempt %d', (attempt) => {
			const delayOf = (ended: Ending, canShrink = false) =>
				retryDelay({ method, path: 'contacts', canShrink }, ended, attempt);
			const isAllowed = may === 'always' || (may === 'idempotent' && method !== 'POST');
			const expected = isAllowed ? backoff[attempt - 1] : undefined;
			expect(delayOf(ending)).toBe(expected);
			// The hint of a gateway only lengthens a wait that is allowed anyway.
			if (ending.response) {
				const allowed = (ms: number) => (expected === undefined ? undefined : ms);
				expect(delayOf(hinted(ending, 7))).toBe(allowed(7_000));
				expect(delayOf(hinted(ending, 0))).toBe(expected);
				expect(delayOf(hinted(ending, 600))).toBe(allowed(600_000));
				expect(delayOf(hinted(ending, 601))).toBeUndefined();
			}
			// A smaller page is asked for at once in place of one that is too much.
			const isTooMuch =
				[502, 504].includes(ending.response?.status ?? 0) || ending.failure?.kind === 'timeout';
			expect(delayOf(ending, true)).toBe(isTooMuch ? undefined : expected);
		});
	});
});
