import { NetworkFailure, type Method } from '../../../nodes/WhatsCloud/api/http';
import {
	retryAfterMs,
	retryDelay,
	type Attempt,
	type OnRateLimit,
} from '../../../nodes/WhatsCloud/api/retry';

const methods: Method[] = ['GET', 'POST', 'PUT', 'DELETE'];
const attempts = [1, 2, 3, 4, 5];
const modes: OnRateLimit[] = ['wait', 'fail'];

function delayOf(attempt: Partial<Attempt>): number | undefined {
	return retryDelay({ method: 'GET', attempt: 1, blockedMs: 0, onRateLimit: 'wait', ...attempt });
}

/** What may follow a first attempt that ended like this: `always`, `idempotent` (not POST) or `never`. */
const endings: Array<[string, Partial<Attempt>, 'always' | 'idempotent' | 'never']> = [
	...[200, 301, 302, 400, 401, 403, 404, 405, 409, 413, 422, 500, 501, 505].map(
		(status): [string, Partial<Attempt>, 'never'] => [`status ${status}`, { status }, 'never'],
	),
	...[502, 503, 504].map((status): [string, Partial<Attempt>, 'idempotent'] => [
		`status ${status}`,
		{ status },
		'idempotent',
	]),
	['broken 200', { status: 200, broken: true }, 'idempotent'],
	...[
		'ECONNRESET',
		'ECONNABORTED',
		'ETIMEDOUT',
		'EPIPE',
		'ERR_BAD_RESPONSE',
		'Z_BUF_ERROR',
		'',
	].map((code): [string, Partial<Attempt>, 'idempotent'] => [
		`failure ${code || 'without a code'}`,
		{ failure: new NetworkFailure(code) },
		'idempotent',
	]),
	...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].map(
		(code): [string, Partial<Attempt>, 'always'] => [
			`failure ${code}`,
			{ failure: new NetworkFailure(code) },
			'always',
		],
	),
	...[
		'CERT_HAS_EXPIRED',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		'ERR_TLS_CERT_ALTNAME_INVALID',
		'ERR_INVALID_URL',
		'ERR_INVALID_CHAR',
		'BLOCKED',
		'ANSWER_TOO_LARGE',
	].map((code): [string, Partial<Attempt>, 'never'] => [
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
	...['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER'].map((code): [string, Partial<Attempt>, 'never'] => [
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
			const isAllowed = may === 'always' || (may === 'idempotent' && method !== 'POST');
			const expected = isAllowed ? backoff[attempt - 1] : undefined;
			for (const onRateLimit of modes) {
				expect(delayOf({ ...ending, method, attempt, onRateLimit })).toBe(expected);
			}
			// The hint of a gateway only lengthens a wait that is allowed anyway.
			const hinted = expected === undefined ? undefined : 7_000;
			expect(delayOf({ ...ending, method, attempt, retryAfterMs: 7_000 })).toBe(hinted);
			expect(delayOf({ ...ending, method, attempt, retryAfterMs: 10 })).toBe(expected);
			const long = expected === undefined ? undefined : 600_000;
			expect(delayOf({ ...ending, method, attempt, retryAfterMs: 600_000 })).toBe(long);
			expect(delayOf({ ...ending, method, attempt, retryAfterMs: 601_000 })).toBeUndefined();
			// A smaller page is asked for at once in place of one that is too much.
			const isTooMuch = [502, 504].includes(ending.status ?? 0) || ending.failure?.isTimeout;
			const shrinks = { ...ending, method, attempt, canShrink: true };
			expect(delayOf(shrinks)).toBe(isTooMuch ? undefined : expected);
		});
	});

	test.each(attempts)('429 on attempt %d waits as asked, however often it came', (attempt) => {
		const limited = { method, attempt, status: 429, limit: 'all' } as const;
		expect(delayOf({ ...limited, retryAfterMs: 45_000 })).toBe(45_000);
		expect(delayOf({ ...limited, retryAfterMs: 0 })).toBe(0);
		expect(delayOf(limited)).toBe(5_000);
		expect(delayOf({ ...limited, onRateLimit: 'fail' })).toBeUndefined();
	});

	test('429 that lets nothing through is given up after two hours, or at once when it asks for more', () => {
		const limited = { method, status: 429, limit: 'all', retryAfterMs: 3_600_000 } as const;
		expect(delayOf(limited)).toBe(3_600_000);
		expect(delayOf({ ...limited, blockedMs: 3_600_000 })).toBe(3_600_000);
		expect(delayOf({ ...limited, blockedMs: 3_601_000 })).toBeUndefined();
		expect(delayOf({ ...limited, retryAfterMs: 86_400_000 })).toBeUndefined();
	});
});

test("WhatsApp's limit for one person is waited for, longer each time, as long as that of an account", () => {
	const limited = { method: 'POST', status: 500, limit: 'one' } as const;
	const waits: number[] = [];
	let blockedMs = 0;
	for (;;) {
		const delay = delayOf({ ...limited, blockedMs });
		if (delay === undefined) break;
		waits.push(delay);
		blockedMs += delay;
	}
	expect(waits.slice(0, 6)).toEqual([6_000, 6_000, 12_000, 24_000, 48_000, 60_000]);
	expect(new Set(waits.slice(5))).toEqual(new Set([60_000]));
	expect(blockedMs).toBeGreaterThan(7_100_000);
	expect(blockedMs).toBeLessThanOrEqual(7_200_000);
	expect(delayOf({ ...limited, onRateLimit: 'fail' })).toBeUndefined();
});

describe('the hint of an answer', () => {
	const now = Date.parse('2026-01-16T10:00:00Z');
	it.each<[unknown, Record<string, string>, number | undefined]>([
		[{ retry_after: 45 }, {}, 44_250],
		[{ retry_after: '45' }, {}, 44_250],
		[{ retry_after: 1 }, {}, 250],
		[{ retry_after: 0 }, {}, 0],
		[{ retry_after: 45 }, { 'retry-after': '7' }, 44_250],
		[{ retry_after: null }, { 'retry-after': '7' }, 7_000],
		[{ retry_after: -1 }, {}, undefined],
		[{ retry_after: '' }, {}, undefined],
		[{ retry_after: 'soon' }, {}, undefined],
		[{ retry_after: [45] }, {}, 44_250],
		[undefined, { 'retry-after': ' 12 ' }, 12_000],
		['<html>', { 'retry-after': 'Fri, 16 Jan 2026 10:00:30 GMT' }, 30_000],
		[undefined, { 'retry-after': 'Fri, 16 Jan 2026 09:00:00 GMT' }, 0],
		[undefined, { 'retry-after': 'later' }, undefined],
		[undefined, {}, undefined],
	])('%j with %j', (body, headers, expected) => {
		expect(retryAfterMs(body, headers, now)).toBe(expected);
	});
});
