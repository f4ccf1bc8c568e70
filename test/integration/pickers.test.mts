import { useAccount, versions } from './account.mts';

describe.each(versions)('%s server', (preset) => {
	const account = useAccount({ preset });
	const names = (results: { name: string }[]) => results.map(({ name }) => name);

	test.each([
		['searchStatuses', 'Qualified', '4'],
		['searchSources', 'website', '3'],
		['searchGroups', 'newsletter', '2'],
		['searchTemplateBots', 'Welcome flow (active)', '1'],
		['searchMessageBots', 'Catalogue (not active)', '2'],
		['searchTemplates', 'summer_sale (en, pending)', '10'],
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
			['order_update (en, approved)', 'order_update (es, approved)'],
		],
		['searchTemplates', 'rejected', ['old_notice (en, rejected)']],
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
		expect(names(results)).toHaveLength(1);
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
	])('%s lists all of them by name', async (method, some) => {
		const options = (await account.options(method)).map(({ name, value }) => [name, value]);
		expect(options).toEqual(expect.arrayContaining(some));
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
