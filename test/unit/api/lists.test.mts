import fc from 'fast-check';

import { createLists } from '../../../nodes/WhatsCloud/api/lists';
import { ApiError } from '../../../nodes/WhatsCloud/api/errors/ApiError';
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
	const warnings: string[] = [];
	const lists = createLists(server.client, (warning) => warnings.push(warning));
	return { server, lists, warnings };
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

const idsOf = (records: Array<{ id: number }>) => records.map(({ id }) => id);

describe('a whole list', () => {
	test('has every record that was there all the time exactly once, whatever moves meanwhile, or says so', async () => {
		let warned = 0;
		let runs = 0;
		await fc.assert(
			fc.asyncProperty(situation, fc.boolean(), async ({ seed, ...options }, hasLimit) => {
				const { server, lists, warnings } = serve({ ...options, random: seededRandom(seed) });
				const limit = hasLimit ? 1_000 : undefined;
				const ids = idsOf(await lists.list('contacts', { limit }));
				const found = new Set(ids);
				expect(ids.length).toBe(found.size);
				const missing = [...server.constant].filter((id) => !found.has(id));
				expect(warnings.length === 0 ? missing : []).toEqual([]);
				warned += warnings.length;
				runs++;
			}),
			{ numRuns: 250, seed: 11_260_116 },
		);
		expect(warned).toBeLessThan(runs / 50);
	});

	test.each(shapes)(
		'of 230 records costs one request where the server takes large pages: %s',
		async (shape) => {
			const { server, lists } = serve({ shape });
			expect(idsOf(await lists.list('contacts'))).toEqual(
				Array.from({ length: 230 }, (_, index) => 230 - index),
			);
			// Without totals only an empty page tells that there is no more.
			expect(server.requests.length).toBe(shape === 'flatNoMeta' ? 2 : 1);
		},
	);

	test('is read in smaller pages where the server does not manage large ones', async () => {
		const { server, lists } = serve({ rows: 800, limit: { max: 260, above: 'fail' } });
		expect((await lists.read('contacts')).records.length).toBe(800);
		expect((await lists.read('contacts')).records.length).toBe(800);
		expect(server.requests.map(({ perPage }) => perPage)).toEqual([
			...[1000, 500, 250, 250, 250, 250],
			...[250, 250, 250, 250],
		]);
	});

	test.each(shapes)('goes on in smaller pages when a later page is too much: %s', async (shape) => {
		const { server } = serve({ rows: 4_321, shape });
		const { getList } = server.client;
		const tiring: typeof server.client = {
			getList: async (path, options) => {
				const { page, per_page: size } = options.query as { page: number; per_page: number };
				if (page * size <= 2_000 || size <= 500) return await getList(path, options);
				throw new ApiError(
					{ method: 'GET', path },
					{ title: 'Gateway Timeout', description: '', outcome: 'refused' },
					{ status: 504 },
				);
			},
		};
		for (const limit of [undefined, 4_321, 5_000]) {
			const records = await createLists(tiring).list('contacts', { limit });
			expect(new Set(idsOf(records)).size).toBe(4_321);
		}
		let passed = 0;
		for await (const { records } of createLists(tiring).pages('contacts')) passed += records.length;
		expect(passed).toBe(4_321);
	});

	test.each([30, 70, 100])(
		'is read from any place where the server gives %d a page, whatever it is asked for',
		async (max) => {
			for (const from of [0, 29, 120, 250]) {
				const { lists } = serve({ rows: 400, limit: { max, above: 'clamp' } });
				const { records } = await lists.rows('contacts', from, 100);
				expect(records[0]?.id).toBe(400 - from);
			}
		},
	);

	test('asks a server that refuses large pages only once for one', async () => {
		const { server, lists } = serve({ limit: { max: 100, above: 'refuse' } });
		await lists.read('contacts');
		await lists.read('contacts');
		expect(server.requests.map(({ perPage }) => perPage)).toEqual([
			1000, 100, 100, 100, 100, 100, 100,
		]);
	});

	test('of 50,000 records is read in one round although records come in all the time', async () => {
		const { server, lists, warnings } = serve({
			rows: 50_000,
			events: Array.from({ length: 50 }, (_, index) => ({
				request: index + 2,
				kind: 'insert' as const,
				at: 0,
			})),
		});
		const found = new Set(idsOf(await lists.list('contacts')));
		expect([...server.constant].filter((id) => !found.has(id))).toEqual([]);
		expect(warnings).toEqual([]);
		// The records of the end have moved to a page that did not exist when it began.
		expect(server.requests.length).toBe(51);
	});

	test('is read again where the place of one that was passed over is taken by one that came', async () => {
		const { server, lists, warnings } = serve({
			rows: 9,
			limit: { max: 3, above: 'clamp' },
			events: [
				// The newest, so that the others move up, then one with the date of the second oldest.
				{ request: 2, kind: 'delete', at: 0.999 },
				{ request: 3, kind: 'late', at: 1 / 8 },
			],
		});
		const found = new Set(idsOf(await lists.list('contacts')));
		expect([...server.constant].filter((id) => !found.has(id))).toEqual([]);
		expect(warnings).toEqual([]);
	});

	test('of 905 records of one second is whole, read 30 at a time', async () => {
		const limit = { max: 30, above: 'clamp' as const };
		const { server, lists } = serve({ rows: 905, tie: 905, ties: 'random', limit });
		const { records, isWhole } = await lists.read('contacts');
		const found = new Set(idsOf(records));
		expect([...server.constant].filter((id) => !found.has(id)).length).toBe(0);
		expect(isWhole).toBe(true);
	});

	test.each([
		['the place of its end', 1_000, 2],
		['and pages are clamped', 100, 3 + 4],
	])(
		'whose total is one too high is read twice, then said to lack one: %s',
		async (_, max, most) => {
			const limit = { max, above: 'clamp' as const };
			const { server, lists, warnings } = serve({ rows: 230, limit, tooMany: 1 });
			expect(idsOf(await lists.list('contacts'))).toHaveLength(230);
			expect(server.requests.length).toBeLessThanOrEqual(most);
			expect(warnings).toEqual([
				expect.stringContaining(
					"230 of 231 came, although WhatsCloud's list was read several times",
				) as string,
			]);
		},
	);

	test('that can not be proved whole says so, with numbers', async () => {
		const limit = { max: 1, above: 'clamp' as const };
		const { lists, warnings } = serve({ rows: 350, tie: 350, ties: 'random', limit });
		const records = await lists.list('contacts');
		expect(records.length).toBeLessThan(350);
		expect(warnings).toEqual([
			expect.stringContaining(
				`${records.length} of 350 came, although WhatsCloud's list was read several times`,
			) as string,
		]);
	});

	/** Three pages a pass, told by their ids and by how many records the list has by then. */
	type Page = [ids: number[], total?: number];
	const around: Page[] = [[[10, 9, 8]], [[7, 6, 4]], [[3, 2, 1]]];

	test.each<[string, Page[]]>([
		[
			'one went and one came between two readings',
			[[[9, 8, 7]], [[7, 6, 5]], [[3, 2, 1]], [[10, 9, 8]], [[7, 6, 3]], [[3, 2, 1]], ...around],
		],
		[
			'one went and one of a slow transaction showed',
			[
				[[10, 8, 7]],
				[[5, 4, 3], 8],
				[[9, 2, 1]],
				[[10, 9, 8]],
				[[7, 6, 4]],
				[[3, 2, 1]],
				...around,
			],
		],
	])('is not taken for whole because %s', async (_, pages) => {
		const left = [...pages];
		const lists = createLists({
			getList: async () => {
				const [ids = [], total = 9] = left.shift() ?? [];
				const data = ids.map((id) => ({ id, created_at: new Date(id * 1_000).toISOString() }));
				return await Promise.resolve({ body: { data: { data, total, per_page: 3 } } });
			},
		});
		const { records, isWhole } = await lists.read('contacts', { steadyPasses: 4 });
		expect(isWhole).toBe(true);
		expect(idsOf(records)).toEqual(around.flatMap(([ids]) => ids));
	});

	test('is not asked for any further when a page fails', async () => {
		const { server } = serve({ rows: 20_000, limit: { max: 100, above: 'clamp' } });
		const { getList } = server.client;
		let asked = 0;
		let underWay = 0;
		const failing: typeof server.client = {
			getList: async (path, options) => {
				asked++;
				if (options.query?.page === 9) return await Promise.reject(new Error('Page 9'));
				underWay++;
				await new Promise(setImmediate);
				underWay--;
				return await getList(path, options);
			},
		};
		await expect(createLists(failing).list('contacts')).rejects.toThrow('Page 9');
		expect(underWay).toBe(0);
		const askedUntilThen = asked;
		expect(asked).toBeLessThanOrEqual(14);
		for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
		expect(asked).toBe(askedUntilThen);
	});

	test('ends although the server ignores the page', async () => {
		const { server } = serve({ shape: 'flatNoMeta', limit: { max: 100, above: 'clamp' } });
		const { getList } = server.client;
		const stuck: typeof server.client = {
			getList: async (path) => await getList(path, { query: { page: 1, per_page: 100 } }),
		};
		const ids = idsOf(await createLists(stuck).list('contacts'));
		expect(new Set(ids).size).toBe(100);
		expect(server.requests.length).toBeLessThanOrEqual(60);
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
		const { server, lists, warnings } = serve({ rows: 2_600, limit: { max: 100, above: 'clamp' } });
		const matches = ({ id }: { id: number }) => id % 700 === 0;
		const records = await lists.list('contacts', { limit: 50, matches });
		expect(idsOf(records)).toEqual([2100, 1400, 700]);
		expect(warnings).toEqual([]);
		expect(server.requests.length).toBe(26);
	});

	test('counts what matches, and reads on until it is reached', async () => {
		const { server, lists } = serve({ rows: 5_000 });
		const records = await lists.list('contacts', { limit: 3, matches: ({ id }) => id % 700 === 0 });
		expect(idsOf(records)).toEqual([4900, 4200, 3500]);
		expect(server.requests.length).toBe(2);
	});
});

describe('a moment', () => {
	/** Records of the list server are created one a second. */
	const second = (number: number) => Date.UTC(2026, 0, 1) + number * 1_000;

	test.each([
		['1,000', 1_000, 1],
		['100', 100, 4],
	])('is read back to and no further, %s a page', async (_, max, most) => {
		const { server, lists } = serve({ rows: 10_000, limit: { max, above: 'clamp' } });
		expect(idsOf(await lists.list('contacts', { newerThan: second(9_998) }))).toEqual([10_000]);
		expect(server.requests.length).toBe(1);
		const records = await lists.list('contacts', { newerThan: second(9_799) });
		expect(records.length).toBe(200);
		expect(server.requests.length).toBeLessThanOrEqual(most);
	});

	test('has every record that is newer, whatever moves meanwhile, or says so', async () => {
		await fc.assert(
			fc.asyncProperty(situation, fc.nat({ max: 400 }), async ({ seed, ...options }, back) => {
				const { server, lists, warnings } = serve({ ...options, random: seededRandom(seed) });
				const newerThan = second(Math.floor(Math.max(0, options.rows - back) / options.tie));
				const isNewer = ({ created_at: date }: { created_at: string }) =>
					Date.parse(date) > newerThan;
				const records = await lists.list('contacts', { newerThan });
				const found = new Set(idsOf(records));
				expect(found.size).toBe(records.length);
				const newer = server.rows.filter((row) => server.constant.has(row.id) && isNewer(row));
				const missing = newer.filter(({ id }) => !found.has(id));
				expect(warnings.length === 0 ? missing : []).toEqual([]);
				expect(records.every((record) => isNewer(record as never))).toBe(true);
			}),
			{ numRuns: 150, seed: 11_260_118 },
		);
	});
});

describe('one run', () => {
	test('reads a list once, however many ask for it, and for how much', async () => {
		const { server, lists } = serve({ rows: 2_600, limit: { max: 100, above: 'clamp' } });
		const limits = [undefined, 3_000, 2_600, 70, undefined];
		const read = await Promise.all(
			limits.map(async (limit) => await lists.list('contacts', { limit })),
		);
		expect(read.map(({ length }) => length)).toEqual([2_600, 2_600, 2_600, 70, 2_600]);
		expect(server.requests.length).toBe(26);
	});

	test('goes on where others have stopped', async () => {
		const { server, lists } = serve({ rows: 5_000 });
		for (const limit of [10, 200, 900])
			expect((await lists.list('contacts', { limit })).length).toBe(limit);
		expect(server.requests.map(({ perPage }) => perPage)).toEqual([10, 200, 900]);
	});

	test('reads again what it could not read', async () => {
		const { server } = serve({ rows: 300, limit: { max: 100, above: 'clamp' } });
		const { getList } = server.client;
		let isDown = true;
		const lists = createLists({
			getList: async (path, options) => {
				if (isDown && options.query?.page === 2) throw new Error('Down');
				return await getList(path, options);
			},
		});
		await expect(lists.list('contacts')).rejects.toThrow('Down');
		isDown = false;
		expect((await lists.list('contacts')).length).toBe(300);
	});
});
