import fc from 'fast-check';

import type { Client } from '../../../nodes/WhatsCloud/api/client';
import { createLists } from '../../../nodes/WhatsCloud/api/completeList';
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
	return { server, lists: createLists(server.client as Client) };
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
			above: fc.constantFrom('clamp' as const, 'refuse' as const),
		}),
		{ nil: undefined },
	),
	ties: fc.constantFrom('stable' as const, 'random' as const, 'byPage' as const),
	events: fc.array(event, { maxLength: 6 }),
	seed: fc.integer(),
});

describe('a whole list', () => {
	it('has every record that was there all the time exactly once, whatever moves meanwhile', async () => {
		await fc.assert(
			fc.asyncProperty(situation, async ({ seed, ...options }) => {
				const { server, lists } = serve({ ...options, random: seededRandom(seed) });
				const ids = (await lists.list('contacts')).map(({ id }) => id);
				const found = new Set(ids);
				expect(ids.length).toBe(found.size);
				expect([...server.constant].filter((id) => !found.has(id))).toEqual([]);
			}),
			{ numRuns: 1_500, seed: 11_260_116 },
		);
	});

	it('has the same through a limit that is larger than the list', async () => {
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

	it.each(shapes)(
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

	it('asks a server that refuses large pages only once for one', async () => {
		const { server, lists } = serve({ limit: { max: 100, above: 'refuse' } });
		await lists.list('contacts');
		await lists.list('contacts');
		expect(server.requests.map(({ perPage }) => perPage)).toEqual([
			1000, 100, 100, 100, 100, 100, 100,
		]);
	});

	it('of 100,000 records is read in one round although records come in all the time', async () => {
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

	it.each([15_000, 30_000])('of %d records of one second is whole', async (rows) => {
		const { server, lists } = serve({ rows, tie: rows, ties: 'random' });
		const found = new Set((await lists.list('contacts')).map(({ id }) => id));
		expect([...server.constant].filter((id) => !found.has(id)).length).toBe(0);
	});

	it('ends although the server ignores the page', async () => {
		const { server, lists } = serve({ shape: 'flatNoMeta', limit: { max: 100, above: 'clamp' } });
		const { getBody } = server.client;
		const stuck = {
			getBody: async (path: string) => await getBody(path, { page: 1, per_page: 100 }),
		};
		const ids = (await createLists(stuck as Client).list('contacts')).map(({ id }) => id);
		expect(new Set(ids).size).toBe(100);
		expect(server.requests.length).toBeLessThan(40);
		expect(lists).toBeDefined();
	});
});

describe('a limit', () => {
	it.each([
		[1, [1]],
		[50, [50]],
		[230, [230]],
		[999, [999]],
	])('of %d asks for no more', async (limit, perPage) => {
		const { server, lists } = serve({ rows: 5_000 });
		expect((await lists.list('contacts', { limit })).length).toBe(limit);
		expect(server.requests.map((request) => request.perPage)).toEqual(perPage);
	});

	it('above a page reads as many pages as it takes', async () => {
		const { server, lists } = serve({ rows: 5_000, limit: { max: 100, above: 'clamp' } });
		expect((await lists.list('contacts', { limit: 250 })).length).toBe(250);
		expect(server.requests.length).toBe(3);
	});

	it('counts what matches, and reads on until it is reached', async () => {
		const { server, lists } = serve({ rows: 5_000 });
		const records = await lists.list('contacts', { limit: 3, matches: ({ id }) => id % 700 === 0 });
		expect(records.map(({ id }) => id)).toEqual([4900, 4200, 3500]);
		expect(server.requests.length).toBe(2);
	});
});
