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

test('ids of labels are shared with other tenants, so they grow with gaps of any size; contacts have their own', async () => {
	const client = await open();
	const ids = Array.from({ length: 300 }, (_, index) =>
		client.sandbox.data.insertLabel('sources', `Source ${index}`),
	).map(({ id }) => id);
	const gaps = ids.map((id, index) => id - (ids[index - 1] ?? 0));
	expect(Math.min(...gaps)).toBe(1);
	expect(Math.max(...gaps)).toBeGreaterThan(100);
	expect(insert(client, 3)).toEqual([1, 2, 3]);
});

test('the records of the demo keep theirs; in a young account those of labels are high', async () => {
	const idsOf = (rows: readonly { id: number }[]) => rows.map(({ id }) => id);
	const { sandbox } = await open({ seed: 'demo' });
	expect(idsOf(sandbox.data.contacts.all())).toEqual(
		Array.from({ length: 13 }, (_, index) => index + 1),
	);
	const young = await open({ seed: 'young' });
	const { contacts, statuses } = young.sandbox.data;
	expect(Math.min(...idsOf(statuses.all()))).toBeGreaterThan(50);
	for (const { status_id } of contacts.all()) expect(statuses.get(status_id)).toBeDefined();
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
