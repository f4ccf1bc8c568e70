import type { Row } from '../../sandbox/server/records.mts';
import type { Table } from '../../sandbox/server/table.mts';
import { type Account, describeOperation, locator, useAccount } from './account.mts';

const kinds = [
	{ resource: 'template', path: 'templates', idName: 'templateId', table: 'templates' },
	{ resource: 'templateBot', path: 'templatebots', idName: 'templateBotId', table: 'templateBots' },
	{ resource: 'messageBot', path: 'messagebots', idName: 'messageBotId', table: 'messageBots' },
] as const;

for (const { resource, path, idName, table } of kinds) {
	const noun = resource.replace('Bot', ' bot');

	describeOperation(resource, 'get', (account) => {
		test('reads one for each item', async () => {
			fillUp(account, table, 3);
			const read = await account.run({ [idName]: locator('id', '={{ $json.id }}') }, [
				{ id: 3 },
				{ id: '1' },
				{ id: 2 },
			]);
			expect(account.requests().sort()).toEqual([1, 2, 3].map((id) => `GET ${path}/${id}`));
			expect(read).toMatchObject([3, 1, 2].map((id) => ({ id, ...nameOf(id) })));
		});

		test('says so when there is none', async () => {
			const { error } = await account.attempt({ [idName]: locator('id', 999) });
			expect(error?.message).toBe(`There is no ${noun} with the ID 999`);
			expect(error?.description).toContain(`Choose the ${noun} from the list`);
		});

		const nameOf = (id: number) => {
			const record: object | undefined = account.sandbox.data[table].get(id);
			return record && 'name' in record ? { name: record.name } : {};
		};
	});

	describeOperation(resource, 'getAll', (account) => {
		test('reads as many as each item asks for', async () => {
			fillUp(account, table, 20);
			const read = await account.run({ limit: '={{ $json.limit }}' }, [
				{ limit: 1 },
				{ limit: 3 },
				{ limit: 17 },
			]);
			expect(read).toHaveLength(1 + 3 + 17);
			const lastItems = read.slice(4).map(({ id }) => id);
			expect(new Set(lastItems).size).toBe(17);
		});

		test('reads all', async () => {
			const read = await account.run({ returnAll: true });
			expect(read.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(
				account.sandbox.data[table].all().map(({ id }) => id),
			);
		});
	});
}

/** Copies the first record until there are so many. */
function fillUp(
	{ sandbox: { data } }: Pick<Account, 'sandbox'>,
	table: (typeof kinds)[number]['table'],
	size: number,
): void {
	const copies = <R extends Row>(rows: Table<R>) => {
		const first = rows.get(1);
		if (!first) throw new Error('The account has none to copy');
		while (rows.size < size) rows.insert({ ...first, id: rows.size + 1 });
	};
	if (table === 'templates') copies(data.templates);
	else if (table === 'templateBots') copies(data.templateBots);
	else copies(data.messageBots);
}

describe.each(['A', 'D'] as const)('templates, %s server', (server) => {
	const account = useAccount({ server });
	const getAll = { resource: 'template', operation: 'getAll', returnAll: true };

	test.each([
		[{ status: 'PENDING' }, ['summer_sale']],
		[{ category: 'AUTHENTICATION' }, ['login_code']],
		[{ language: 'ES' }, ['order_update']],
		[{ status: 'APPROVED', category: 'MARKETING' }, ['product_video', 'spring_flyer']],
		[{ status: 'REJECTED', language: 'en_US' }, []],
	])('filter %j', async (filters, names) => {
		const read = await account.run({ ...getAll, filters });
		expect(read.map(({ template_name }) => template_name).sort()).toEqual(names);
	});

	test('a limit counts what passes the filter', async () => {
		const read = await account.run({
			...{ ...getAll, returnAll: false, limit: 1 },
			filters: { status: 'REJECTED' },
		});
		expect(read.map(({ template_name }) => template_name)).toEqual(['old_notice']);
	});

	test('simplified, the buttons are a list (quirk 30)', async () => {
		account.sandbox.data.templates.update(templateNamed('spring_flyer'), {
			buttons_data: 'no JSON',
		});
		const read = await account.run(getAll);
		const buttons = new Map(read.map((template) => [template.template_name, template.buttons]));
		expect(buttons.get('track_parcel')).toMatchObject([{ type: 'URL', text: 'Track' }]);
		expect(buttons.get('hello_world')).toEqual([]);
		expect(buttons.get('spring_flyer')).toEqual([]);
	});

	test.each([true, false])(
		'an id too long for a number is exact, simplified: %s',
		async (simplify) => {
			const read = await account.run({ ...getAll, simplify });
			const ids = read.map(({ template_name, template_id }) => [template_name, template_id]);
			expect(ids).toContainEqual(['hello_world', '90071992547409931']);
			const id = simplify || server === 'D' ? '700000000000007' : 700000000000007;
			expect(ids).toContainEqual(['login_code', id]);
		},
	);

	const templateNamed = (name: string) => {
		const found = account.sandbox.data.templates.find((row) => row.template_name === name);
		if (!found) throw new Error(`The account has no template ${name}`);
		return found;
	};
});
