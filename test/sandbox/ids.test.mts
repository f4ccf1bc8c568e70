import { dataOf, openClient, type Client } from './client.mts';

let now = new Date('2026-01-16T10:00:00Z');
const open = async (options: Parameters<typeof openClient>[0] = {}) =>
	await openClient({ seed: 'empty', now: () => now, ...options });
const insert = ({ sandbox }: Client, count: number, options = {}) =>
	sandbox.data
		.insertContacts(
			Array.from({ length: count }, () => ({})),
			options,
		)
		.map(({ id }) => id);
const shownIds = async ({ get }: Client) =>
	(dataOf(await get('/contacts?per_page=1000'))['data'] as { id: number }[]).map(({ id }) => id);

describe('ids are shared with other tenants', () => {
	test.each(['observed', 'reference', 'newer'] as const)(
		'so they grow with gaps of any size: %s',
		async (preset) => {
			const ids = insert(await open({ preset }), 1000);
			const gaps = ids.map((id, index) => id - (ids[index - 1] ?? 0));
			expect(Math.min(...gaps)).toBe(1);
			expect(Math.max(...gaps)).toBeGreaterThan(100);
			expect(gaps.filter((gap) => gap > 1).length).toBeGreaterThan(300);
		},
	);

	test('the seed repeats them', async () => {
		const idsOf = async (randomSeed: number) => insert(await open({ randomSeed }), 20);
		expect(await idsOf(5)).toEqual(await idsOf(5));
		expect(await idsOf(5)).not.toEqual(await idsOf(6));
	});

	test('unless that is switched off', async () => {
		expect(insert(await open({ behaviour: { sharedIds: false } }), 3)).toEqual([1, 2, 3]);
	});

	test('the records of the demo keep theirs', async () => {
		const { sandbox } = await open({ seed: 'demo' });
		expect(sandbox.data.contacts.all().map(({ id }) => id)).toEqual(
			Array.from({ length: 13 }, (_, index) => index + 1),
		);
	});
});

test('contacts of a transaction show late, with the ids and the time of its begin', async () => {
	const client = await open();
	const [late] = insert(client, 1, { showAfterMs: 120_000 });
	now = new Date(now.getTime() + 60_000);
	const [early] = insert(client, 1);
	expect(late).toBeLessThan(early ?? 0);
	expect(await shownIds(client)).toEqual([early]);
	now = new Date(now.getTime() + 60_000);
	expect(await shownIds(client)).toEqual([early, late]);
});

test('a restored backup takes contacts away and gives out lower ids again', async () => {
	const client = await open();
	const [kept] = insert(client, 1);
	const moment = now;
	now = new Date(now.getTime() + 60_000);
	const lost = insert(client, 500);
	client.sandbox.data.restoreContacts(moment);
	const [next] = insert(client, 1);
	expect(await shownIds(client)).toEqual([next, kept]);
	expect(next).toBeLessThan(lost.at(-1) ?? 0);
});
