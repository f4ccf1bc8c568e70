import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { describeOperation, locator, useAccount, generations } from './account.mts';
import { useFiles } from './message/messaging.mts';

// Fields of a contact as sheets, forms and people give them.

const person = {
	...{ firstName: 'Ann', lastName: 'Archer', phone: '={{ $json.phone }}' },
	...{ statusId: locator('id', 1), sourceId: locator('id', 1) },
};
const phones = ['15555557001', '15555557002', '15555557003', '15555557004', '15555557005'];
const withValues = (values: unknown[]) =>
	values.map((value, index) => ({ phone: phones[index] ?? '', value: value as string }));

/** What people give for a field, and what is stored. */
const KINDS: Array<[field: string, apiName: string, given: unknown[], sent: unknown[]]> = [
	['countryId', 'country_id', ['Austria', 'italy', 'England'], [15, 109, 235]],
	['countryId', 'country_id', ['US', 'de', 'Ivory Coast'], [236, 83, 54]],
	['countryId', 'country_id', [102, '142', ' 0236 '], [102, 142, 236]],
	['isEnabled', 'is_enabled', ['TRUE', 'Yes', ' on ', 1], [true, true, true, true]],
	['isEnabled', 'is_enabled', ['FALSE', 'No', 'off', 0], [false, false, false, false]],
	['groupIds', 'group_id', ['[1,2]', '1, 2', [2, '1'], '["3"]'], [[1, 2], [1, 2], [2, 1], [3]]],
	['type', 'type', ['Lead', ' lead ', 'LEAD'], ['lead', 'lead', 'lead']],
	[
		'email',
		'email',
		['amy\u200b@example.org', 'mailto:bo@example.org?subject=Hi', '\ufeff cy@example.org '],
		['amy@example.org', 'bo@example.org', 'cy@example.org'],
	],
];

describeOperation('contact', 'create', (account) => {
	test.each(KINDS)('%s is understood: %#', async (field, apiName, given, sent) => {
		const additionalFields = { [field]: '={{ $json.value }}' };
		await account.run({ ...person, additionalFields }, withValues(given));
		const bodies = account.bodies('POST contacts').toSorted(byPhone);
		expect(bodies.map((body) => body[apiName])).toEqual(sent);
	});
});

const byPhone = (a: { phone?: unknown }, b: { phone?: unknown }) =>
	String(a.phone).localeCompare(String(b.phone));

describeOperation('contact', 'update', (account) => {
	test.each(KINDS)('%s is understood: %#', async (field, apiName, given, sent) => {
		const updateFields = { [field]: '={{ $json.value }}' };
		const items = given.map((value, index) => ({ id: index + 1, value: value as string }));
		await account.run({ contactId: locator('id', '={{ $json.id }}'), updateFields }, items);
		const bodies = items.flatMap(({ id }) => account.bodies(`PUT contacts/${id}`));
		expect(bodies.map((body) => body[apiName])).toEqual(sent);
	});
});

describe.each(generations)('Contact If New, %s server', (server) => {
	const account = useAccount({ server });
	const files = useFiles({ '/a.png': { type: 'image/png', content: 'A picture' } });
	const send = async (contactIfNew: object, items: IDataObject[]) =>
		await account.run(
			{
				...{ resource: 'message', operation: 'sendText', text: 'Hello' },
				...{ phoneNumber: '={{ $json.phone }}', contactIfNew },
			} as never,
			items,
		);
	const contacts = () =>
		phones.flatMap(
			(phone) =>
				account.sandbox.data.contacts.find((row) => row.phone?.replace('+', '') === phone) ?? [],
		);

	test('the contact is made although its name comes from an empty cell', async () => {
		const items = [{ first: '' }, { first: 'Bo' }, { first: null }, {}];
		await send(
			{ firstName: '={{ $json.first }}' },
			items.map((item, index) => ({ ...item, phone: phones[index] ?? '' })),
		);
		expect(contacts().map(({ firstname }) => firstname)).toEqual([
			...(server === 'A'
				? ['Unknown', 'Bo', 'Unknown', 'Unknown']
				: [`+${phones[0]}`, 'Bo', `+${phones[2]}`, `+${phones[3]}`]),
		]);
	});

	test.each<[string, INodeParameters]>([
		['sendText', { text: 'Hello' }],
		['sendMedia', { mediaUrl: '={{ $json.file }}' }],
		[
			'sendTemplate',
			{
				template: locator('name', 'hello_world'),
				templateVariables: { mappingMode: 'defineBelow', value: {} },
			},
		],
	])('%s: fields that are added and never filled in make no contact', async (operation, given) => {
		const to = [phones[0] ?? '', '15555550101', phones[1] ?? ''];
		const attempt = async (contactIfNew: object) =>
			await account.attempt(
				{
					...{ resource: 'message', operation, phoneNumber: '={{ $json.phone }}' },
					...{ ...given, contactIfNew },
				} as never,
				to.map((phone) => ({ phone, file: files.url('/a.png') })),
				{ settings: { onError: 'continueRegularOutput' } },
			);
		for (const empty of [{ country: '' }, { firstName: ' ', groups: '', email: '' }]) {
			account.sandbox.reset();
			const { outputs } = await attempt(empty);
			const sent = account.sandbox.requests.filter(({ method }) => method === 'POST');
			expect(sent.map(({ body }) => body['contact'])).toEqual([undefined, undefined, undefined]);
			// Later servers make a contact of everybody.
			if (server !== 'A') continue;
			const errors = outputs.flat().map(({ json }) => json.error);
			const noContact = expect.stringContaining('no contact with this phone number') as string;
			expect(errors).toEqual([noContact, undefined, noContact]);
			expect(outputs[0]?.[0]?.json.details).toContain('fill in a field of "Contact If New"');
			expect(contacts()).toEqual([]);
			expect(account.sandbox.messages.map(({ phone }) => phone)).toEqual(['15555550101']);
		}
		account.sandbox.reset();
		await attempt({ country: '', lastName: 'Osei' });
		expect(contacts().map(({ lastname }) => lastname)).toEqual(['Osei', 'Osei']);
	});

	test('the country is understood by its code and by its name', async () => {
		const countries = ['US', ' INDIA', 'brasil', ''];
		await send(
			{ country: '={{ $json.value }}' },
			countries.map((value, index) => ({ value, phone: phones[index] ?? '' })),
		);
		expect(contacts().map(({ country_id: id }) => id)).toEqual([236, 102, 32, null]);
	});

	test('groups are understood as a list in JSON', async () => {
		const groups = ['["VIP","News"]', 'VIP, News', ' VIP '];
		await send(
			{ groups: '={{ $json.value }}' },
			groups.map((value, index) => ({ value, phone: phones[index] ?? '' })),
		);
		const made = contacts().map(({ group_id: ids }) => ids);
		expect(made[0]).toHaveLength(2);
		expect(made).toEqual([made[0], made[0], (made[0] as number[]).slice(0, 1)]);
	});

	test.each(['Atlantis', 'Österreich-Ungarn', '-'])('the country %s is refused', async (value) => {
		const { error } = await account.attempt(
			{
				...{ resource: 'message', operation: 'sendText', text: 'Hello' },
				...{ phoneNumber: '15555557001', contactIfNew: { country: '={{ $json.value }}' } },
			},
			[{ value }],
		);
		expect(error?.message).toBe(
			'"Contact If New > Country" is not a country that WhatsCloud knows',
		);
		expect(error?.description).toContain(value);
		expect(account.requests()).toEqual([]);
	});
});
