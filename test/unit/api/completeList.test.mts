import fc from 'fast-check';

import { createLists } from '../../../nodes/WhatsCloud/api/completeList';
import { ApiError } from '../../../nodes/WhatsCloud/api/errors/ApiError';
import type { Shortfall } from '../../../nodes/WhatsCloud/api/listPasses';
import { seededRandom } from '../../../sandbox/server/random.mts';
import { ListServer, type ListServerOptions } from './listServer.mts';

const shapes = ['paginator', 'flat', 'flatNoMeta'] as const;

function serve(options: Partial<ListServerOptions>) {
	const server = new ListServer({
		rows: 230,
		tie: 1,
		shape: 'paginator',
		ties: 'stable',
		random: seededRandom(1),
		...options,
	});
	const shortfalls: Shortfall[] = [];
	const lists = createLists(server.client, {
		onShortfall: (_path, shortfall) => shortfalls.push(shortfall),
	});
	return { server, lists, shortfalls };
}

const event = fc.record({
	request: fc.integer({ min: 1, max: 12 }),
	kind: fc.constantFrom('insert' as const, 'delete' as const),
	at: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

const situation = fc.record({
	rows: fc.integer({ min: 0, max: 400 }),
	tie: fc.constantFrom(1, 2, 7, 40, 400),
	shape: fc.constantFrom(...shapes),
	limit: fc.option(
		fc.record({
			max: fc.constantFrom(100, 120, 1_000),
			above: fc.constantFrom('clamp' as const, 'refuse' as const, 'fail' as const),
		}),
		{ nil: undefined },
	),
	ties: fc.constantFrom('stable' as const, 'random' as const, 'byPage' as const),
	events: fc.array(event, { maxLength: 6 }),
	seed: fc.integer(),
});

describe('a whole list', () => {
	test('has every record that was there all the time exactly once, whatever moves meanwhile', async () => {
		await fc.assert(
			fc.asyncProperty(situation, async ({ seed, ...options }) => {
				const { server, lists, shortfalls } = serve({ ...options, random: seededRandom(seed) });
				const { records, isWhole } = await lists.read('contacts');
				const ids = records.map(({ id }) => id);
				const found = new Set(ids);
				expect(ids.length).toBe(found.size);
				expect([...server.constant].filter((id) => !found.has(id))).toEqual([]);
				expect(isWhole).toBe(shortfalls.length === 0);
			}),
			{ numRuns: 1_500, seed: 11_260_116 },
		);
	});

	test('has the same through a limit that is larger than the list', async () => {
		await fc.assert(
			fc.asyncProperty(situation, async ({ seed, ...options }) => {
				const { server, lists } = serve({ ...options, random: seededRandom(seed) });
				const ids = (await lists.list('contacts', { limit: 1_000 })).map(({ id }) => id);
				const found = new Set(ids);
				expect(ids.length).toBe(found.size);
				expect([...server.constant].filter((id) => !found.has(id))).toEqual([]);
			}),
			{ numRuns: 500, seed: 11_260_117 },
		);
	});

	test.each(shapes)(
		'of 230 records costs one request where the server takes large pages: %s',
		async (shape) => {
			const { server, lists } = serve({ shape });
			expect((await lists.list('contacts')).map(({ id }) => id)).toEqual(
				Array.from({ length: 230 }, (_, index) => 230 - index),
			);
			// Without totals only an empty page tells that there is no more.
			expect(server.requests.length).toBe(shape === 'flatNoMeta' ? 2 : 1);
		},
	);

	test('is read in smaller pages where the server does not manage large ones', async () => {
		const { server, lists } = serve({ rows: 800, limit: { max: 260, above: 'fail' } });
		expect((await lists.list('contacts')).length).toBe(800);
		expect((await lists.list('contacts')).length).toBe(800);
		expect(server.requests.map(({ perPage }) => perPage)).toEqual([
			...[1000, 500, 250, 250, 250, 250],
			...[250, 250, 250, 250],
		]);
	});

	test.each(shapes)('goes on in smaller pages when a later page is too much: %s', async (shape) => {
		const { server } = serve({ rows: 4_321, shape });
		const { getBody } = server.client;
		const tiring: typeof server.client = {
			getBody: async (path, options) => {
				const { page, per_page: size } = options.query as { page: number; per_page: number };
				if (page * size <= 2_000 || size <= 500) return await getBody(path, options);
				throw new ApiError(
					{ method: 'GET', path },
					{ title: 'Gateway Timeout', description: '', outcome: 'refused' },
					504,
				);
			},
		};
		for (const limit of [undefined, 4_321, 5_000]) {
			const records = await createLists(tiring).list('contacts', { limit });
			expect(new Set(records.map(({ id }) => id)).size).toBe(4_321);
		}
		let passed = 0;
		for await (const { records } of createLists(tiring).pages('contacts')) passed += records.length;
		expect(passed).toBe(4_321);
	});

	test('asks a server that refuses large pages only once for one', async () => {
		const { server, lists } = serve({ limit: { max: 100, above: 'refuse' } });
		await lists.list('contacts');
		await lists.list('contacts');
		expect(server.requests.map(({ perPage }) => perPage)).toEqual([
			1000, 100, 100, 100, 100, 100, 100,
		]);
	});

	test('of 100,000 records is read in one round although records come in all the time', async () => {
		const { server, lists } = serve({
			rows: 100_000,
			events: Array.from({ length: 100 }, (_, index) => ({
				request: index + 2,
				kind: 'insert' as const,
				at: 0,
			})),
		});
		const found = new Set((await lists.list('contacts')).map(({ id }) => id));
		expect([...server.constant].filter((id) => !found.has(id))).toEqual([]);
		// The records of the end have moved to a page that did not exist when it began.
		expect(server.requests.length).toBe(101);
	});

	test.each([
		[3_005, 100],
		[15_000, 1_000],
	])('of %d records of one second is whole, read %d at a time', async (rows, max) => {
		const limit = { max, above: 'clamp' as const };
		const { server, lists } = serve({ rows, tie: rows, ties: 'random', limit });
		const { records, isWhole } = await lists.read('contacts');
		const found = new Set(records.map(({ id }) => id));
		expect([...server.constant].filter((id) => !found.has(id)).length).toBe(0);
		expect(isWhole).toBe(true);
	});

	test('that can not be proved whole says so, with numbers', async () => {
		const limit = { max: 15, above: 'clamp' as const };
		const { lists, shortfalls } = serve({ rows: 8_000, tie: 8_000, ties: 'random', limit });
		const { records, isWhole } = await lists.read('contacts');
		expect(isWhole).toBe(false);
		expect(records.length).toBeLessThan(8_000);
		expect(shortfalls).toEqual([{ read: records.length, total: 8_000, passes: 3 }]);
	});

	test('is not asked for any further when a page fails', async () => {
		const { server } = serve({ rows: 20_000, limit: { max: 100, above: 'clamp' } });
		const { getBody } = server.client;
		const failing: typeof server.client = {
			getBody: async (path, options) => {
				if (options.query?.page === 9) return await Promise.reject(new Error('Page 9'));
				await new Promise(setImmediate);
				return await getBody(path, options);
			},
		};
		await expect(createLists(failing).list('contacts')).rejects.toThrow('Page 9');
		const asked = server.requests.length;
		expect(asked).toBeLessThanOrEqual(14);
		for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
		expect(server.requests.length).toBe(asked);
	});

	test('ends although the server ignores the page', async () => {
		const { server, lists } = serve({ shape: 'flatNoMeta', limit: { max: 100, above: 'clamp' } });
		const { getBody } = server.client;
		const stuck = {
			getBody: async (path: string) => await getBody(path, { query: { page: 1, per_page: 100 } }),
		};
		const ids = (await createLists(stuck).list('contacts')).map(({ id }) => id);
		expect(new Set(ids).size).toBe(100);
		expect(server.requests.length).toBeLessThanOrEqual(40);
		expect(lists).toBeDefined();
	});
});

describe('a limit', () => {
	test.each([
		[1, [1]],
		[50, [50]],
		[230, [230]],
		[999, [999]],
	])('of %d asks for no more', async (limit, perPage) => {
		const { server, lists } = serve({ rows: 5_000 });
		expect((await lists.list('contacts', { limit })).length).toBe(limit);
		expect(server.requests.map((request) => request.perPage)).toEqual(perPage);
	});

	test('above a page reads as many pages as it takes', async () => {
		const { server, lists } = serve({ rows: 5_000, limit: { max: 100, above: 'clamp' } });
		expect((await lists.list('contacts', { limit: 250 })).length).toBe(250);
		expect(server.requests.length).toBe(3);
	});

	test('far above a page asks for no larger pages than 1,000', async () => {
		const { server, lists } = serve({ rows: 5_000 });
		expect((await lists.list('contacts', { limit: 100_000 })).length).toBe(5_000);
		expect(server.requests.map(({ perPage }) => perPage)).toEqual(Array(5).fill(1_000));
	});

	test('with a filter reads a list once that ends before the limit', async () => {
		const { server, lists } = serve({ rows: 2_600, limit: { max: 100, above: 'clamp' } });
		const matches = ({ id }: { id: number }) => id % 700 === 0;
		const { records, isWhole } = await lists.read('contacts', { limit: 50, matches });
		expect(records.map(({ id }) => id)).toEqual([2100, 1400, 700]);
		expect(isWhole).toBe(true);
		expect(server.requests.length).toBe(26);
	});

	test('counts what matches, and reads on until it is reached', async () => {
		const { server, lists } = serve({ rows: 5_000 });
		const records = await lists.list('contacts', { limit: 3, matches: ({ id }) => id % 700 === 0 });
		expect(records.map(({ id }) => id)).toEqual([4900, 4200, 3500]);
		expect(server.requests.length).toBe(2);
	});
});
