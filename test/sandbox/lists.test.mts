import type { Contact } from '../../sandbox/server/records.mts';
import { dataOf, errorsOf, expected, fixedNow, useClient, type Reply } from './client.mts';

interface Paginator {
	data: { id: number; firstname: string }[];
	links: { url: string | null; label: string; active: boolean }[];
	next_page_url: string | null;
	prev_page_url: string | null;
	[field: string]: unknown;
}

const client = useClient({ seed: 'empty', now: fixedNow });
const page = async (query: string) =>
	dataOf(await client.current.get(`/contacts${query}`)) as Paginator;
const ids = ({ data }: Paginator) => data.map(({ id }) => id);

/** The contract's bodies were written for another host. */
function onThisHost(body: unknown): unknown {
	const base = `${client.current.sandbox.baseUrl}demo`;
	const text = JSON.stringify(body).replaceAll('https://whatscloud.example.com/api/v1/demo', base);
	return JSON.parse(text);
}

function insertContractContacts(): void {
	const { data } = expected('contacts.list.paginator.200') as { data: { data: Contact[] } };
	for (const contact of [...data.data].reverse()) {
		client.current.sandbox.data.insertContacts([contact]);
	}
	client.current.sandbox.behaviour.stableOrder = true;
}

const insert = (count: number, createdAt = '2026-01-10T00:00:00Z') =>
	client.current.sandbox.data.insertContacts(
		Array.from({ length: count }, () => ({})),
		{ createdAt },
	);
const insertOnePerSecond = (count: number) => {
	for (let second = 0; second < count; second++) {
		insert(1, new Date(Date.UTC(2026, 0, 10) + second * 1000).toISOString());
	}
};

test('a list is a paginator inside of data, as in the contract', async () => {
	insertContractContacts();
	expect((await client.current.get('/contacts')).body).toEqual(
		onThisHost(expected('contacts.list.paginator.200')),
	);
});

test('a page in the middle is as in the contract', async () => {
	insertContractContacts();
	const contacts = client.current.sandbox.data.contacts;
	// The contract's middle page shows contact 39.
	const other = contacts.get(40);
	if (other) contacts.delete(other);
	client.current.sandbox.data.insertContacts([{ ...other, id: 38 }], {
		createdAt: '2026-01-01T00:00:00Z',
	});
	const { body } = await client.current.get('/contacts?page=2&per_page=1');
	expect(body).toEqual(onThisHost(expected('contacts.list.paginator.page2of3.200')));
});

test('an empty list has null for from and to', async () => {
	const { body } = await client.current.get('/contacts');
	expect(body).toEqual(onThisHost(expected('contacts.list.paginator.empty.200')));
});

test('a page past the end is a success without rows', async () => {
	insertOnePerSecond(3);
	const { status, body } = await client.current.get('/contacts?page=9');
	expect(status).toBe(200);
	expect(body).toMatchObject({
		data: { data: [], current_page: 9, from: null, to: null, total: 3, next_page_url: null },
	});
});

test('a page holds 15 rows unless asked otherwise, the newest first', async () => {
	insertOnePerSecond(20);
	const first = await page('');
	expect(ids(first)).toEqual([20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6]);
	expect(first).toMatchObject({ per_page: 15, from: 1, to: 15, last_page: 2, total: 20 });
	expect(ids(await page('?page=2'))).toEqual([5, 4, 3, 2, 1]);
});

test('quirk 2: the URLs of other pages lose per_page and every other value', async () => {
	insertOnePerSecond(9);
	const { next_page_url, prev_page_url } = await page('?page=2&per_page=3&type=lead');
	const path = `${client.current.sandbox.baseUrl}demo/contacts`;
	expect([prev_page_url, next_page_url]).toEqual([`${path}?page=1`, `${path}?page=3`]);
});

test.each([['0'], ['']])('per_page=%s means 15', async (perPage) => {
	insertOnePerSecond(16);
	expect((await page(`?per_page=${perPage}`)).data).toHaveLength(15);
});

test('per_page has no upper limit', async () => {
	insert(1500);
	expect((await page('?per_page=5000')).data).toHaveLength(1500);
});

test('a negative per_page answers 500 with an error (quirk 36)', async () => {
	const { status, body } = await client.current.get('/contacts?per_page=-1');
	expect(status).toBe(500);
	expect(body).toMatchObject({ status: 'error', message: 'failed_to_fetch_contact' });
	expect((body as { error: string }).error).toMatch(/^SQLSTATE/);
});

test('a text for per_page answers a bare 500', async () => {
	const { status, body } = await client.current.get('/contacts?per_page=abc');
	expect(status).toBe(500);
	expect(body).toEqual(expected('errors.framework.500'));
});

test.each([['0'], ['-2'], ['abc'], [''], ['1.5']])('page=%s counts as the first', async (text) => {
	insertOnePerSecond(3);
	expect(await page(`?per_page=2&page=${text}`)).toMatchObject({ current_page: 1, from: 1 });
});

test.each([
	[1, 13, '1 2 3 4 5 6 7 8 9 10 11 12 13'],
	[1, 20, '1 2 3 4 5 6 7 8 9 10 ... 19 20'],
	[10, 20, '1 2 ... 7 8 9 10 11 12 13 ... 19 20'],
	[18, 20, '1 2 ... 11 12 13 14 15 16 17 18 19 20'],
])('on page %i of %i the links are %s', async (number, last, labels) => {
	insertOnePerSecond(last);
	const { links } = await page(`?per_page=1&page=${number}`);
	expect(links.slice(1, -1).map(({ label }) => label)).toEqual(labels.split(' '));
	expect(links.filter(({ active }) => active)).toMatchObject([{ label: String(number) }]);
});

test('quirk 3: rows of the same second have no fixed order, so pages repeat and skip rows', async () => {
	insert(30);
	const readAll = async () => [
		...ids(await page('?per_page=10')),
		...ids(await page('?per_page=10&page=2')),
		...ids(await page('?per_page=10&page=3')),
	];
	const readings = [await readAll(), await readAll(), await readAll()];
	expect(readings.every((reading) => reading.length === 30)).toBe(true);
	expect(Math.min(...readings.map((reading) => new Set(reading).size))).toBeLessThan(30);
	expect(new Set(ids(await page('?per_page=30'))).size).toBe(30);
});

test('rows of different seconds keep their order around an import', async () => {
	insert(1, '2026-01-09T00:00:00Z');
	insert(5);
	insert(1, '2026-01-11T00:00:00Z');
	const found = ids(await page(''));
	expect([found[0], found[6]]).toEqual([7, 1]);
});

test('a stable order can be switched on', async () => {
	client.current.sandbox.behaviour.stableOrder = true;
	insert(6);
	expect(ids(await page('?per_page=3'))).toEqual([6, 5, 4]);
	expect(ids(await page('?per_page=3&page=2'))).toEqual([3, 2, 1]);
});

test('a row created while paging shifts the pages', async () => {
	insertOnePerSecond(4);
	expect(ids(await page('?per_page=2'))).toEqual([4, 3]);
	insert(1, '2026-01-15T00:00:00Z');
	expect(ids(await page('?per_page=2&page=2'))).toEqual([3, 2]);
});

test('a record without times reports now, and comes last', async () => {
	insert(1, '2026-01-10T00:00:00Z');
	client.current.sandbox.data.insertContacts([{}], { createdAt: null });
	expect((await page('')).data[1]).toMatchObject({
		id: 2,
		created_at: '2026-01-16T10:00:00.000000Z',
		updated_at: '2026-01-16T10:00:00.000000Z',
	});
});

test('quirk 4: the contact filters are ignored', async () => {
	client.current.sandbox.data.insertContacts([{ type: 'lead' }, { type: 'customer' }]);
	expect((await page('?type=customer&status_id=9')).total).toBe(2);
});

test('where filters are applied, they combine', async () => {
	const { sandbox } = client.current;
	sandbox.behaviour.contactFiltersApplied = true;
	sandbox.data.insertContacts([
		{ type: 'lead', status_id: 2 },
		{ type: 'customer', status_id: 2 },
		{ type: 'customer', status_id: 3, source_id: 4 },
	]);
	expect(ids(await page('?type=customer&status_id=2'))).toEqual([2]);
	expect(ids(await page('?source_id=4'))).toEqual([3]);
});

describe('other shapes (quirk 1)', () => {
	const shape = (reply: Reply) => Object.keys(reply.body as object);

	test('flat with meta', async () => {
		client.current.sandbox.behaviour.listShape = 'flat';
		insertOnePerSecond(5);
		const { body } = await client.current.get('/contacts?per_page=2&page=2');
		expect(body).toMatchObject({
			data: [{ id: 3 }, { id: 2 }],
			meta: { current_page: 2, total: 5, per_page: 2 },
		});
	});

	test('flat without meta', async () => {
		client.current.sandbox.behaviour.listShape = 'flatNoMeta';
		insertOnePerSecond(5);
		const reply = await client.current.get('/contacts?per_page=2&page=3');
		expect(shape(reply)).toEqual(['status', 'data']);
		expect(reply.body).toMatchObject({ data: [{ id: 1 }] });
	});
});

describe('a limit on the page size', () => {
	test('clamps', async () => {
		client.current.sandbox.behaviour.pageSizeLimit = { max: 100, above: 'clamp' };
		insert(150);
		const { data, per_page } = await page('?per_page=1000');
		expect([data.length, per_page]).toEqual([100, 100]);
	});

	test('or refuses', async () => {
		client.current.sandbox.behaviour.pageSizeLimit = { max: 100, above: 'refuse' };
		expect((await client.current.get('/contacts?per_page=100')).status).toBe(200);
		const reply = await client.current.get('/contacts?per_page=101');
		expect(reply.status).toBe(422);
		expect(errorsOf(reply)).toEqual({
			per_page: ['The per page field must not be greater than 100.'],
		});
	});
});
