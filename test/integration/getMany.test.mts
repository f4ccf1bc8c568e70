import { useAccount } from './account.mts';

jest.setTimeout(30_000);

const account = useAccount();
const all = { resource: 'contact', operation: 'getAll', returnAll: true };

const shapes = ['paginator', 'flat', 'flatNoMeta'] as const;
const limits = [null, { max: 100, above: 'clamp' }, { max: 100, above: 'refuse' }] as const;
const ties = [1, 40, 230];

describe.each(shapes)('230 contacts in the shape %s', (listShape) => {
	describe.each(limits)('with the page size limit %j', (pageSizeLimit) => {
		beforeEach(() => {
			Object.assign(account.sandbox.behaviour, { listShape, pageSizeLimit });
			account.sandbox.data.contacts
				.all()
				.slice()
				.forEach((row) => {
					account.sandbox.data.contacts.delete(row);
				});
		});

		const insert = (perSecond: number) => {
			for (let first = 0; first < 230; first += perSecond) {
				account.sandbox.data.insertContacts(
					Array.from({ length: Math.min(perSecond, 230 - first) }, (_, index) => ({
						phone: `1555520${String(first + index).padStart(4, '0')}`,
					})),
					{ createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, first)) },
				);
			}
		};

		it.each(ties)('are read once each, %d of them in one second', async (perSecond) => {
			insert(perSecond);
			const expected = account.sandbox.data.contacts.all().map(({ phone }) => phone);
			const read = await account.run(all);
			expect(read.map(({ phone }) => phone).toSorted()).toEqual(expected.toSorted());
		});

		it('are read once each while others come and go', async () => {
			insert(40);
			const staying = account.sandbox.data.contacts
				.all()
				.slice(20)
				.map(({ phone }) => phone);
			let seen = 0;
			const change = setInterval(() => {
				if (account.sandbox.requests.length === seen) return;
				seen = account.sandbox.requests.length;
				const oldest = account.sandbox.data.contacts.all()[0];
				if (seen % 2 === 0)
					account.sandbox.data.insertContacts([{ phone: `1555530${1000 + seen}` }]);
				else if (oldest && seen < 20) account.sandbox.data.contacts.delete(oldest);
			});
			const read = await account.run(all);
			clearInterval(change);
			const phones = read.map(({ phone }) => phone);
			expect(new Set(phones).size).toBe(phones.length);
			expect(staying.filter((phone) => !phones.includes(phone))).toEqual([]);
		});
	});
});

it('a limit asks for no more than it needs', async () => {
	account.sandbox.data.insertContacts(Array.from({ length: 230 }, () => ({})));
	const items = [{ limit: 1 }, { limit: 20 }, { limit: 199 }];
	await account.run({ ...all, returnAll: false, limit: '={{ $json.limit }}' }, items);
	const sizes = account.sandbox.requests.map(({ query }) => query['per_page']);
	expect(sizes.toSorted()).toEqual(['1', '199', '20']);
});
