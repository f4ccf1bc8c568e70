import { createClient, type ClientOptions } from '../../../nodes/WhatsCloud/api/client';
import {
	NetworkFailure,
	RunEnded,
	type ApiRequest,
	type ApiResponse,
} from '../../../nodes/WhatsCloud/api/http';

type Step = ApiResponse | NetworkFailure;

const answer = (status: number, body: unknown, headers = {}): ApiResponse => ({
	status,
	headers,
	text: typeof body === 'string' ? body : JSON.stringify(body),
});
const success = (data: unknown) => answer(200, { status: 'success', data });
const limited = (seconds: number) => answer(429, { message: 'Too many', retry_after: seconds });
const notThere = answer(404, { status: 'error', message: 'Contact not found' });
const reset = new NetworkFailure('ECONNRESET');
const refused = new NetworkFailure('ECONNREFUSED');

/** A client over a list of answers, with a clock that only waiting moves. */
function clientFor(steps: Step[], options: Partial<ClientOptions> = {}) {
	const sent: ApiRequest[] = [];
	const waits: Array<[number, string]> = [];
	let clock = 1_000_000;
	jest.spyOn(performance, 'now').mockImplementation(() => clock);
	const client = createClient({
		send: (request) => {
			sent.push(request);
			const step = steps.shift();
			if (!step) throw new Error('One request too many');
			return step instanceof NetworkFailure ? Promise.reject(step) : Promise.resolve(step);
		},
		onRateLimit: 'wait',
		wait: async (ms, reason) => {
			waits.push([ms, reason]);
			await Promise.resolve();
			clock += ms;
		},
		...options,
	});
	return { client, sent, waits };
}

afterEach(() => jest.restoreAllMocks());

describe('an outcome nobody knows', () => {
	it.each<[string, Step]>([
		['timeout', new NetworkFailure('ECONNABORTED')],
		['reset', reset],
		['500', answer(500, { status: 'error', message: 'Server Error' })],
		['502 page', answer(502, '<html><title>Bad Gateway</title></html>')],
		['503', answer(503, { message: 'Service Unavailable' })],
		['empty 200', answer(200, '')],
		['page with 200', answer(200, '<!doctype html><p>Hello</p>')],
		['broken JSON', answer(200, '{"status":"success","data":{"mess')],
		['JSON that is no success', answer(200, { ok: true })],
	])('of a POST that ended in %s is told and never repeated', async (_name, step) => {
		for (const [path, words] of [
			['messages/send', 'It is not known whether this message was sent'],
			['contacts', 'It is not known whether this contact was created'],
		] as const) {
			const { client, sent } = clientFor([step]);
			const error: unknown = await client.post(path, {}).catch((thrown: unknown) => thrown);
			expect(error).toMatchObject({ outcome: 'unknown', request: { method: 'POST' } });
			expect((error as Error).message).toContain(words);
			expect(sent.length).toBe(1);
		}
	});

	test.each(['put', 'delete'] as const)(
		'of a %s is told, and to repeat it does no harm',
		async (method) => {
			const { client, sent } = clientFor([reset, reset, reset, reset]);
			await expect(client[method]('contacts/41', {})).rejects.toMatchObject({
				outcome: 'unknown',
				request: { method: method.toUpperCase() },
			});
			expect(sent.length).toBe(4);
		},
	);
});

test.each(['put', 'delete'] as const)('204 is a success: %s', async (method) => {
	const { client, sent } = clientFor([answer(204, '')]);
	expect(await client[method]('contacts/41', {})).toBeUndefined();
	expect(sent.length).toBe(1);
});

test('204 is no answer to a message', async () => {
	const { client } = clientFor([answer(204, '')]);
	await expect(client.post('messages/send', {})).rejects.toMatchObject({ outcome: 'unknown' });
});

describe('a DELETE that finds nothing', () => {
	test('after a lost answer was carried out', async () => {
		const { client, sent } = clientFor([reset, notThere]);
		await client.delete('contacts/41');
		expect(sent.length).toBe(2);
	});

	it.each<[string, Step[]]>([
		['at once', [notThere]],
		['after the rate limit', [limited(1), notThere]],
		['after no connection', [refused, notThere]],
	])('%s has nothing to delete', async (_name, steps) => {
		await expect(clientFor(steps).client.delete('contacts/41')).rejects.toMatchObject({
			status: 404,
		});
	});
});

test.each(['get', 'post', 'put', 'delete'] as const)(
	'401 reaches the server once: %s',
	async (method) => {
		const { client, sent } = clientFor([
			answer(401, { status: 'error', message: 'Invalid API token' }),
		]);
		await expect(client[method]('contacts', {})).rejects.toMatchObject({
			status: 401,
			outcome: 'refused',
		});
		expect(sent.length).toBe(1);
	},
);

test.each([301, 302, 307, 308])('a redirect (%d) is not followed', async (status) => {
	const { client, sent } = clientFor([
		answer(status, '', { location: 'https://elsewhere.example/' }),
	]);
	// What answers is not WhatsCloud, and may have passed the message on.
	await expect(client.post('contacts', {})).rejects.toMatchObject({ status, outcome: 'unknown' });
	expect(sent.length).toBe(1);
});

describe('a message is refused, not in doubt,', () => {
	const page = '<!doctype html><title>Error</title>';
	const own = { status: 'error', message: 'No' };
	const proxy = { message: 'Request Timeout' };
	const outcomes = async (path: string, status: number, body: unknown) => {
		const { client, sent } = clientFor([answer(status, body)]);
		const error: unknown = await client.post(path, {}).catch((thrown: unknown) => thrown);
		expect(sent.length).toBe(1);
		return (error as { outcome: string }).outcome;
	};

	test.each([401, 403, 404, 405, 413])('by %d, whoever answers', async (status) => {
		for (const path of ['messages/send', 'contacts']) {
			for (const body of [page, proxy, own, '']) {
				expect(await outcomes(path, status, body)).toBe('refused');
			}
		}
	});

	test.each([400, 402, 408, 409, 418, 422, 425, 460, 499])(
		"by %d in WhatsCloud's own words alone",
		async (status) => {
			for (const path of ['messages/send', 'contacts']) {
				expect(await outcomes(path, status, own)).toBe('refused');
				for (const body of [page, proxy, '', '{"status":"err']) {
					expect(await outcomes(path, status, body)).toBe('unknown');
				}
			}
		},
	);

	test.each([500, 502, 503, 504, 520])('not by %d', async (status) => {
		for (const body of [page, proxy, own, { message: 'Server Error' }, '']) {
			expect(await outcomes('contacts', status, body)).toBe('unknown');
		}
	});

	test.each([
		['the reason of WhatsApp', { ...own, error: '{"error":{"message":"No","code":131047}}' }, 500],
		['its words for a template', { ...own, errors: { whatsapp: ['(#132012) Wrong'] } }, 500],
		['the missing connection to WhatsApp', own, 503],
	])('by %s', async (_, body, status) => {
		expect(await outcomes('messages/template', status, body)).toBe('refused');
	});

	test.each([
		['no reason of WhatsApp', { status: 'error', message: '', errors: { whatsapp: [''] } }],
		['a failure of its own', { ...own, errors: { system: ['No'] } }],
		["the framework's", { message: 'Server Error' }],
	])('not by %s', async (_, body) => {
		expect(await outcomes('messages/template', 500, body)).toBe('unknown');
	});
});

describe('too fast for WhatsApp', () => {
	const tooFast = (code: number) =>
		answer(500, {
			status: 'error',
			message: 'Failed to send',
			error: JSON.stringify({ error: { message: `(#${code})`, code } }),
		});
	const templateTooFast = (code: number) =>
		answer(500, { status: 'error', message: 'No', errors: { whatsapp: [`(#${code}) Slower`] } });

	test.each([tooFast, templateTooFast])('a message to one person waits alone', async (refusal) => {
		const steps = [refusal(131056), refusal(131056), success('sent')];
		const { client, sent, waits } = clientFor(steps);
		expect(await client.post('messages/send', {})).toBe('sent');
		expect(sent.length).toBe(3);
		expect(waits).toEqual([
			[6_000, 'rateLimit'],
			[12_000, 'rateLimit'],
		]);
	});

	test('messages to others go on meanwhile', async () => {
		let isTooFast = true;
		let endWait = () => {};
		const { client } = clientFor([], {
			wait: async () => {
				await new Promise<void>((resolve) => (endWait = resolve));
				isTooFast = false;
			},
			send: ({ path }) =>
				Promise.resolve(path === 'messages/send' && isTooFast ? tooFast(131056) : success(path)),
		});
		const held = client.post('messages/send', {});
		expect(await client.post('messages/template', {})).toBe('messages/template');
		expect(await client.post('messages/media', {})).toBe('messages/media');
		endWait();
		expect(await held).toBe('messages/send');
	});

	test('of one number, all wait together', async () => {
		const { client, sent, waits } = clientFor([
			...[1, 2, 3].map(() => tooFast(130429)),
			...[1, 2, 3].map(success),
		]);
		await Promise.all([1, 2, 3].map(async () => await client.post('messages/send', {})));
		expect(sent.length).toBe(6);
		expect(waits).toEqual([[5_000, 'rateLimit']]);
	});

	test('is a refusal if the user wants no waits', async () => {
		const { client, waits } = clientFor([tooFast(131056)], { onRateLimit: 'fail' });
		await expect(client.post('messages/send', {})).rejects.toMatchObject({
			message: 'WhatsApp refused the message: (#131056)',
			outcome: 'refused',
		});
		expect(waits).toEqual([]);
	});

	test('is nothing that a record can be', async () => {
		const { client } = clientFor([tooFast(131056)]);
		await expect(client.post('contacts', {})).rejects.toMatchObject({ outcome: 'unknown' });
	});
});

describe('the rate limit', () => {
	test('holds all requests back together, and each goes through once', async () => {
		const { client, sent, waits } = clientFor([
			...Array.from({ length: 5 }, () => limited(3)),
			...Array.from({ length: 5 }, (_, index) => success(index)),
		]);
		const all = await Promise.all(
			Array.from({ length: 5 }, () => client.post('messages/send', {})),
		);
		expect(all.toSorted()).toEqual([0, 1, 2, 3, 4]);
		expect(sent.length).toBe(10);
		expect(waits).toEqual([[3_000, 'rateLimit']]);
	});

	test('lets one request go ahead, so that a limit used up by others costs one refusal a time', async () => {
		const { client, sent } = clientFor([
			...Array.from({ length: 5 }, () => limited(3)),
			...[limited(1), limited(1), reset, success(0), success(1), success(2), success(3)],
		]);
		const all = Array.from({ length: 5 }, async () => await client.post('messages/send', {}));
		const ends = await Promise.allSettled(all);
		// The one that was reset may have been sent: it is not repeated, and the others go on.
		expect(ends.filter(({ status }) => status === 'fulfilled').length).toBe(4);
		expect(sent.length).toBe(12);
	});

	test('is not over when the request that asks first gets no answer', async () => {
		const steps: Step[] = [
			limited(1),
			limited(1),
			limited(1),
			reset,
			limited(1),
			success(1),
			success(2),
		];
		const allThree = new Promise(setImmediate);
		let underWay = 0;
		const atOnce: number[] = [];
		const { client } = clientFor([], {
			send: async () => {
				atOnce.push(++underWay);
				const step = steps.shift() ?? reset;
				if (atOnce.length <= 3) await allThree;
				else await new Promise(setImmediate);
				underWay--;
				if (step instanceof NetworkFailure) throw step;
				return step;
			},
		});
		const results = await Promise.allSettled(
			['a', 'b', 'c'].map(async (name) => await client.post('contacts', { name })),
		);
		expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
		expect(atOnce.slice(3)).toEqual([1, 1, 1, 1]);
	});

	test('does not use up the tries for other failures', async () => {
		const { client } = clientFor([
			...[limited(1), reset, limited(1), reset, limited(1), limited(1), reset, limited(1)],
			success('read'),
		]);
		expect(await client.get('contacts')).toBe('read');
	});

	test('ends in words when it stays used up', async () => {
		const { client, sent, waits } = clientFor(Array.from({ length: 20 }, () => limited(1_800)));
		const error: unknown = await client
			.post('messages/send', {})
			.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({
			message: 'The rate limit of your WhatsCloud account is used up',
			outcome: 'refused',
			status: 429,
		});
		expect((error as { description: string }).description).toContain('again in 30 minutes');
		expect(waits.length).toBe(4);
		expect(sent.length).toBe(5);
	});

	test('is not waited for when it lasts longer than the node waits, and the error says that', async () => {
		const { client, waits } = clientFor([limited(86_400)]);
		const error: unknown = await client.get('contacts').catch((thrown: unknown) => thrown);
		expect((error as { description: string }).description).toContain('again in 24 hours');
		expect(waits).toEqual([]);
	});

	test('waits longer and longer, whatever the server asks for', async () => {
		const { client, waits } = clientFor(Array.from({ length: 400 }, () => limited(0)));
		await expect(
			Promise.all([1, 2, 3].map(async (id) => await client.get(`contacts/${id}`))),
		).rejects.toMatchObject({ status: 429 });
		const lengths = waits.map(([ms]) => ms);
		expect(lengths.slice(0, 7)).toEqual([...[1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]]);
		expect(new Set(lengths.slice(7))).toEqual(new Set([60_000]));
	});

	test.each([
		['the limit stays used up', Array.from({ length: 60 }, () => limited(1_800))],
		['the limit lasts longer than the node waits', [limited(1), limited(1), limited(1)]],
	])('ends every request that waits when %s', async (_, refusals) => {
		const { client } = clientFor([...refusals, ...[1, 2, 3].map(() => limited(86_400))]);
		const ends = await Promise.allSettled(
			[1, 2, 3].map(async (id) => await client.put(`a/${id}`, {})),
		);
		expect(ends).toEqual(
			[1, 2, 3].map(() => ({
				status: 'rejected',
				reason: expect.objectContaining({ status: 429, outcome: 'refused' }) as Error,
			})),
		);
	});

	test('lets the others go when a DELETE that went ahead had been carried out before', async () => {
		const removals: Step[] = [reset, limited(1), notThere];
		let reading: Promise<unknown> | undefined;
		const { client } = clientFor([], {
			send: async ({ method }) => {
				if (method === 'GET') return success('read');
				const step = removals.shift();
				if (removals.length === 0) reading = client.get('contacts');
				await Promise.resolve();
				if (!step || step instanceof NetworkFailure) throw step ?? new Error('One too many');
				return step;
			},
		});
		await client.delete('contacts/41');
		expect(await reading).toBe('read');
	});

	test('counts refusals of requests that were under way together as one', async () => {
		const { client, waits } = clientFor([
			...Array.from({ length: 50 }, () => limited(0)),
			...Array.from({ length: 50 }, (_, index) => success(index)),
		]);
		await Promise.all(Array.from({ length: 50 }, () => client.get('contacts')));
		expect(waits).toEqual([[1_000, 'rateLimit']]);
	});

	test('never ends as long as others get through', async () => {
		const steps = Array.from({ length: 200 }, (_, index) =>
			index % 2 === 0 ? limited(60) : success(index),
		);
		const { client } = clientFor(steps);
		for (let sent = 0; sent < 100; sent++) await client.post('messages/send', {});
	});

	test('fails at once if the user wants that', async () => {
		const { client, waits } = clientFor([limited(45)], { onRateLimit: 'fail' });
		const error: unknown = await client
			.post('messages/send', {})
			.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ status: 429, outcome: 'refused' });
		expect((error as { description: string }).description).toContain('in 45 seconds');
		expect(waits).toEqual([]);
	});

	test('is waited for by a clock that nobody sets back', async () => {
		const clock = jest.spyOn(Date, 'now');
		const { client, waits } = clientFor([limited(3), success('read')]);
		const reading = client.get('contacts');
		// The computer's clock is set back by two hours while the node waits.
		clock.mockReturnValue(performance.timeOrigin - 7_200_000);
		expect(await reading).toBe('read');
		expect(waits).toEqual([[3_000, 'rateLimit']]);
	});

	test.each<[unknown, Record<string, string>, number]>([
		[{ retry_after: 45 }, {}, 45_000],
		[{ retry_after: '45' }, {}, 45_000],
		[{ retry_after: 0 }, {}, 1_000],
		[{ retry_after: 45 }, { 'retry-after': '7' }, 45_000],
		[{ retry_after: null }, { 'retry-after': '7' }, 7_000],
		[{ retry_after: -1 }, {}, 1_000],
		[{ retry_after: 'soon' }, {}, 5_000],
		['<html>', { 'retry-after': ' 12 ' }, 12_000],
		['<html>', { 'retry-after': '0' }, 1_000],
		['<html>', { 'retry-after': 'Fri, 16 Jan 2026 09:00:00 GMT' }, 1_000],
		['<html>', { 'retry-after': 'later' }, 5_000],
		[{}, {}, 5_000],
	])('waits as asked, and a second at least: %j with %j', async (body, headers, ms) => {
		const { client, waits } = clientFor([answer(429, body, headers), success('read')]);
		expect(await client.get('contacts')).toBe('read');
		expect(waits).toEqual([[ms, 'rateLimit']]);
	});

	test('waits for a date', async () => {
		const headers = { 'retry-after': new Date(Date.now() + 30_000).toUTCString() };
		const { client, waits } = clientFor([answer(429, '', headers), success('read')]);
		await client.get('contacts');
		expect(Math.round((waits[0]?.[0] ?? 0) / 1000)).toBeGreaterThanOrEqual(28);
		expect(waits[0]?.[0]).toBeLessThanOrEqual(30_000);
	});
});

test("WhatsApp's limit for one person is waited for, longer each time, up to two hours", async () => {
	const refusal = answer(500, { status: 'error', errors: { whatsapp: ['(#131056) Slower'] } });
	const { client, waits } = clientFor(Array.from({ length: 50 }, () => refusal));
	await expect(client.post('messages/send', {})).rejects.toMatchObject({ outcome: 'refused' });
	const lengths = waits.map(([ms]) => ms);
	expect(lengths.slice(0, 4)).toEqual([6_000, 12_000, 24_000, 48_000]);
	const all = lengths.reduce((sum, ms) => sum + ms, 0);
	expect(all).toBeGreaterThan(6_000_000);
	expect(all).toBeLessThanOrEqual(7_200_000);
});

describe('a run that ends', () => {
	const end = async () => await Promise.reject(new RunEnded());

	test.each(['put', 'delete'] as const)(
		'before the second try leaves in doubt what the first may have done: %s',
		async (method) => {
			for (const steps of [[reset], [refused, reset]]) {
				const before = steps.length - 1;
				let waits = 0;
				const { client } = clientFor(steps, {
					wait: async () => {
						if (waits++ >= before) await end();
					},
				});
				await expect(client[method]('contacts/41', {})).rejects.toMatchObject({
					message: 'The execution was cancelled',
					outcome: 'unknown',
				});
			}
			const { client } = clientFor([refused], { wait: end });
			await expect(client[method]('contacts/41', {})).rejects.toBeInstanceOf(RunEnded);
		},
	);

	test('while the limit is waited for leaves nothing in doubt', async () => {
		const { client } = clientFor([limited(45)], { wait: end });
		await expect(client.post('messages/send', {})).rejects.toBeInstanceOf(RunEnded);
	});
});

test('a broken answer to a read is read again, a page is not', async () => {
	const { client } = clientFor([answer(200, ''), answer(200, '{"status":"succ'), success('read')]);
	expect(await client.get('contacts')).toBe('read');
	const page = clientFor([answer(200, '<!doctype html><p>Log in</p>')]);
	await expect(page.client.get('contacts')).rejects.toMatchObject({ outcome: 'refused' });
});

describe('a refusal without the words that others have', () => {
	test('says what there is when the list of errors is empty, as PHP writes an empty object', async () => {
		const { client } = clientFor([answer(422, { status: 'error', message: 'No way', errors: [] })]);
		await expect(client.post('contacts', {})).rejects.toThrow(
			/^WhatsCloud refuses the input: No way$/,
		);
	});

	test('quotes nothing when the server says nothing', async () => {
		const { client } = clientFor([answer(404, { status: 'error' })]);
		await expect(client.get('contacts/41')).rejects.toMatchObject({
			message: 'There is no contact with the ID 41',
			description: 'It may have been deleted. Choose the contact from the list, or check the ID.',
		});
	});
});
