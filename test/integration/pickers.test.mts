import { useAccount, generations } from './account.mts';

describe.each(generations)('%s server', (server) => {
	const account = useAccount({ server });
	const names = (results: { name: string }[]) => results.map(({ name }) => name);

	test.each([
		['searchStatuses', 'Qualified', '4'],
		['searchSources', 'website', '3'],
		['searchGroups', 'newsletter', '2'],
		['searchTemplateBots', 'Welcome flow (active)', '1'],
		['searchMessageBots', 'Catalogue (not active)', '2'],
		['searchTemplates', 'summer_sale (en, pending): Summer starts with {{1}} off.', '10'],
		['searchContacts', 'Ada Example (+15555550101)', '1'],
	])('%s shows names that people know: %s', async (method, name, value) => {
		const { results } = await account.search(method);
		expect(results).toContainEqual({ name, value });
	});

	test.each([
		['searchStatuses', 'QUAL', ['Qualified']],
		['searchGroups', ' letter ', ['newsletter']],
		[
			'searchTemplates',
			'order_update',
			[
				'order_update (en, approved): Hello {{1}}, order {{2}} is on its way.',
				'order_update (es, approved): Hola {{1}}, tu pedido {{2}} está en camino.',
			],
		],
		['searchTemplates', 'rejected', ['old_notice (en, rejected): No variables here.']],
		['searchContacts', 'éloïse', ['Éloïse Modèle (+15555550105)']],
		['searchContacts', 'ada exa', ['Ada Example (+15555550101)']],
		['searchContacts', '+1 (555) 555-0102', ['Bo Sample (15555550102)']],
		['searchContacts', '5550301', ['Lou Specimen (+15555550301)']],
		['searchContacts', 'nobody', []],
	])('%s finds "%s"', async (method, filter, found) => {
		const { results, paginationToken } = await account.search(method, filter);
		expect(names(results).sort()).toEqual(found);
		expect(paginationToken).toBeUndefined();
	});

	test('a long list comes page by page, a search looks through all of it', async () => {
		account.sandbox.behaviour.stableOrder = true;
		account.sandbox.data.insertContacts(
			Array.from({ length: 237 }, (_, index) => ({ firstname: `Person${index}` })),
		);
		const seen: string[] = [];
		let token: string | undefined;
		let pages = 0;
		do {
			const page = await account.search('searchContacts', undefined, token);
			seen.push(...page.results.map(({ value }) => String(value)));
			token = page.paginationToken;
			pages++;
		} while (token !== undefined && pages < 10);
		expect(new Set(seen).size).toBe(250);
		expect(seen).toHaveLength(250);
		expect(pages).toBe(3);

		const { results } = await account.search('searchContacts', 'person0 ');
		expect(names(results)).toEqual([expect.stringMatching(/^Person0 /)]);
	});

	test.each([
		[
			'loadStatuses',
			[
				['New', 1],
				['Closed', 5],
			],
		],
		[
			'loadSources',
			[
				['facebook', 1],
				['website', 3],
			],
		],
		[
			'loadGroups',
			[
				['vip', 1],
				['imported', 3],
			],
		],
	])('%s lists all of them by name, in the order in which they were made', async (method, some) => {
		const options = (await account.options(method)).map(({ name, value }) => [name, value]);
		expect(options).toEqual(expect.arrayContaining(some));
		const ids = options.map(([, id]) => Number(id));
		expect(ids).toEqual(ids.toSorted((a, b) => a - b));
		const { results } = await account.search(method.replace('load', 'search'));
		expect(results.map(({ value }) => Number(value))).toEqual(ids);
	});
});

describe.each([
	['whole pages', {}, 1_000],
	['pages clamped to 100', { pageSizeLimit: { max: 100, above: 'clamp' as const } }, 100],
	['pages above 100 refused', { pageSizeLimit: { max: 100, above: 'refuse' as const } }, 100],
	['a list without totals', { listShape: 'flatNoMeta' as const }, 1_000],
	[
		'a clamped list without totals',
		{ listShape: 'flatNoMeta' as const, pageSizeLimit: { max: 100, above: 'clamp' as const } },
		100,
	],
])('a search in a long list, %s', (_, behaviour, perPage) => {
	const account = useAccount({ seed: 'empty', behaviour: { ...behaviour, stableOrder: true } });
	const isFound = ({ name }: { name: string }) => name.startsWith('Zoe');
	/** Contacts from the newest to the oldest; some are called Zoe. */
	const insert = (count: number, zoes: number[]) => {
		for (let index = count - 1; index >= 0; index--) {
			const firstname = zoes.includes(index) ? 'Zoe' : 'Person';
			account.sandbox.data.insertContacts([{ firstname, lastname: String(index) }]);
		}
	};
	const listRequests = () =>
		account.sandbox.requests
			.filter(({ status }) => status === 200)
			.map(({ query }) => query['page']);

	test('shows what is among the newest with one request, and goes on when the list is scrolled', async () => {
		insert(3 * perPage, [5, 2 * perPage + 7]);
		const first = await account.search('searchContacts', 'zoe');
		expect(first.results.filter(isFound).map(({ name }) => name)).toEqual([
			expect.stringMatching(/^Zoe 5 /),
		]);
		expect(listRequests()).toHaveLength(1);
		// n8n asks for more only when a list is scrolled, and shorter ones can't be.
		expect(first.results.length).toBeGreaterThanOrEqual(8);
		expect(new Set(first.results.map(({ value }) => value)).size).toBe(first.results.length);

		const second = await account.search('searchContacts', 'zoe', first.paginationToken as string);
		expect(second.results.filter(isFound).map(({ name }) => name)).toEqual([
			expect.stringMatching(new RegExp(`^Zoe ${2 * perPage + 7} `)),
		]);
		// No page twice.
		expect(listRequests()).toEqual(['1', '2', '3']);
	});

	test('ends a call after 20 requests, says where it stands, and finds all in the end', async () => {
		insert(22 * perPage, [21 * perPage + 3]);
		const first = await account.search('searchContacts', 'ZOE');
		expect(account.sandbox.requests.length).toBeLessThanOrEqual(25);
		expect(first.results.filter(isFound)).toEqual([]);
		expect(first.results[0]?.name).toMatch(
			new RegExp(`^Searched the newest ${(20 * perPage).toLocaleString('en-US')} `),
		);
		expect(first.results[1]?.name).toBe('Scroll down to search older ones');
		const second = await account.search('searchContacts', 'ZOE', first.paginationToken as string);
		expect(second.results.filter(isFound)).toHaveLength(1);
	});
});

describe('a search that meets a page too large for the server', () => {
	const account = useAccount({ seed: 'empty', behaviour: { stableOrder: true } });

	test('reads that page in parts, and finds each once', async () => {
		for (let index = 3_499; index >= 0; index--) {
			const firstname = [10, 1_010, 1_990, 3_010].includes(index) ? 'Zoe' : 'Person';
			account.sandbox.data.insertContacts([{ firstname, lastname: String(index) }]);
		}
		for (const page of [2, 3, 4]) {
			account.sandbox.faults.add({
				...{ kind: 'html', status: 504, path: '/contacts', page, perPageAbove: 260 },
			});
		}
		const found: string[] = [];
		let token: unknown;
		do {
			const { results, paginationToken } = await account.search(
				'searchContacts',
				'zoe',
				token as string,
			);
			found.push(...results.map(({ name }) => name).filter((name) => name.startsWith('Zoe')));
			token = paginationToken;
		} while (token !== undefined);
		expect(found.map((name) => name.split(' ')[1])).toEqual(['10', '1010', '1990', '3010']);
	});
});

describe('a line that says how far a search has come', () => {
	const account = useAccount({ seed: 'empty' });

	test('is no contact when it is chosen', async () => {
		account.sandbox.data.insertContacts(
			Array.from({ length: 200 }, () => ({ firstname: 'Person' })),
		);
		const { results } = await account.search('searchContacts', 'person');
		const run = await account.attempt({
			...{ resource: 'contact', operation: 'delete' },
			contactId: { __rl: true, mode: 'list', value: 'searched 100, 0' },
		});
		expect(run.error?.message).toBe('"Contact" must be an ID, which has only digits');
		expect(results.length).toBeGreaterThan(0);
	});
});

describe('a contact without a name or phone', () => {
	const account = useAccount();

	test.each([
		[{ firstname: 'Solo', lastname: '', phone: '15555557009' }, 'Solo (15555557009)'],
		[{ firstname: '', lastname: '', phone: '15555557009' }, '15555557009'],
		[{ firstname: 'Ann', lastname: 'Archer', phone: null }, 'Ann Archer'],
	])('%j is shown as %s', async (contact, name) => {
		account.sandbox.data.insertContacts([contact]);
		const { results } = await account.search('searchContacts');
		expect(results[0]?.name).toBe(name);
	});
});

describe('a look-up that fails says why', () => {
	const account = useAccount();

	test.each(['searchContacts', 'searchTemplates', 'searchGroups'])('%s', async (method) => {
		account.sandbox.behaviour.abilities = [];
		await expect(account.search(method)).rejects.toMatchObject({
			message: expect.stringMatching(
				/^The API token lacks the permission "[a-z]+\.read"$/,
			) as string,
			description: expect.stringContaining('generate a new token') as string,
		});
	});

	test.each([
		[{ apiToken: 'old' }, 'WhatsCloud refuses the API token: Invalid API token'],
		[{ subdomain: 'nobody' }, 'WhatsCloud does not know this subdomain'],
		[{ subdomain: '' }, 'The WhatsCloud credential has no subdomain'],
		[{ baseUrl: 'http://whatscloud.example/' }, /must start with https/],
	])('%j', async (entered, message) => {
		await expect(account.options('loadStatuses', entered)).rejects.toThrow(message);
	});

	test('the rate limit is not waited for: a person looks at the list', async () => {
		account.sandbox.rateLimit = { max: 1, windowMs: 60_000 };
		await account.search('searchSources');
		await expect(account.search('searchSources')).rejects.toThrow(
			'The rate limit of your WhatsCloud account is used up',
		);
	});
});
