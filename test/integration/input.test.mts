import { type Account, locator, useAccount } from './account.mts';

const account = useAccount();

const contact = (operation: string, parameters: object = {}) => ({
	...{ resource: 'contact', operation },
	...parameters,
});
const person = {
	...{ firstName: 'Ann', lastName: 'Archer', phone: '15555557001' },
	...{ statusId: locator('id', 1), sourceId: locator('id', 1) },
};
const create = (changed: object) => contact('create', { ...person, ...changed });
const additional = (fields: object) => create({ additionalFields: fields });
const bad = '={{ $json.bad }}';

type Given = Parameters<Account['attempt']>;

/** What is wrong, the value, the parameters that use it, and the title with the field's label. */
const refusals: [string, unknown, Given[0], string][] = [
	[
		'letters in an id',
		'12abc',
		contact('get', { contactId: locator('id', bad) }),
		'"Contact" must be an ID, which has only digits',
	],
	[
		'a path in an id',
		'1/../2',
		contact('delete', { contactId: locator('id', bad) }),
		'"Contact" must be an ID, which has only digits',
	],
	[
		'a negative id',
		-1,
		contact('delete', { contactId: locator('id', bad) }),
		'"Contact" must be an ID, which has only digits',
	],
	[
		'a fraction as id',
		1.5,
		contact('delete', { contactId: locator('id', bad) }),
		'"Contact" must be an ID, which has only digits',
	],
	['an empty id', '', contact('get', { contactId: locator('id', bad) }), '"Contact" is empty'],
	[
		'a missing field for an id',
		undefined,
		contact('get', { contactId: locator('id', bad) }),
		'"Contact" is empty',
	],
	[
		'a phone that is none',
		'call me',
		contact('get', { contactId: locator('phone', bad) }),
		'The phone number "call me" has characters that do not belong in a phone number',
	],
	['an empty first name', '  ', create({ firstName: bad }), '"First Name" is empty'],
	[
		'a first name too long for storage',
		'x'.repeat(192),
		create({ firstName: bad }),
		'"First Name" is too long',
	],
	['an empty phone', '', create({ phone: bad }), 'The phone number is missing'],
	[
		'a phone without country code',
		'0555 123 456',
		create({ phone: bad }),
		'The phone number "0555 123 456" has no country code',
	],
	[
		'letters in a status',
		'New',
		create({ statusId: locator('id', bad) }),
		'"Status" must be an ID, which has only digits',
	],
	['no source', null, create({ sourceId: locator('list', bad) }), '"Source" is empty'],
	[
		'an e-mail without @',
		'ann.example.com',
		additional({ email: bad }),
		'"Additional Fields > Email" is not an e-mail address',
	],
	[
		'a type that is none',
		'contact',
		additional({ type: bad }),
		`"Additional Fields > Type" can't be "contact"`,
	],
	[
		'a country that is none',
		'Atlantis',
		additional({ countryId: bad }),
		'"Additional Fields > Country" is not a country that WhatsCloud knows',
	],
	[
		'a ZIP code too long for storage',
		'1'.repeat(16),
		additional({ zip: bad }),
		'"Additional Fields > ZIP Code" is too long',
	],
	[
		'groups that are no ids',
		'vip,2',
		additional({ groupIds: bad }),
		'"Additional Fields > Group Names or IDs" must be a list of IDs such as 1,3',
	],
	[
		'a flag that is none',
		'maybe',
		additional({ isEnabled: bad }),
		'"Additional Fields > Enabled" must be true or false',
	],
	['a list as text', ['a'], additional({ city: bad }), '"Additional Fields > City" must be text'],
	[
		'a date that is none',
		'yesterday',
		contact('getAll', { filters: { createdAfter: bad } }),
		'"Filters > Created After" is not a date',
	],
	[
		'a phone filter without digits',
		'none',
		contact('getAll', { filters: { phone: bad } }),
		'The phone number "none" has characters that do not belong in a phone number',
	],
	[
		'no limit at all',
		0,
		contact('getAll', { limit: bad }),
		'"Limit" must be a whole number of 1 or more',
	],
	[
		'a colour that is none',
		'red',
		{ resource: 'status', operation: 'create', name: 'Warm', color: bad },
		'"Color" is not a colour',
	],
	[
		'an empty source name',
		'',
		{ resource: 'source', operation: 'update', sourceId: locator('id', 1), name: bad },
		'"Name" is empty',
	],
	[
		'a group name too long',
		'x'.repeat(256),
		{ resource: 'group', operation: 'create', name: bad },
		'"Name" is too long',
	],
	[
		'a template by name where only ids work',
		'hello',
		{ resource: 'template', operation: 'get', templateId: locator('id', bad) },
		'"Template" must be an ID, which has only digits',
	],
	[
		'a field to clear that is none',
		['phone'],
		contact('update', { contactId: locator('id', 1), updateFields: { clearFields: bad } }),
		`"Update Fields > Fields to Clear" can't be "phone"`,
	],
];

test.each(refusals)(
	'%s is refused before anything is sent',
	async (_, value, parameters, title) => {
		const { error, status } = await account.attempt(parameters, [{ bad: value as string }]);
		expect(status).toBe('error');
		expect(error?.message).toBe(title);
		expect(error?.description?.length).toBeGreaterThan(10);
		expect(error && 'context' in error ? error.context : {}).toMatchObject({
			itemIndex: 0,
			outcome: 'refused',
		});
		expect(account.requests()).toEqual([]);
	},
);

const three = [
	{ first: 'Ann', phone: '15555557001' },
	{ first: '', phone: '15555557002' },
	{ first: 'Cleo', phone: '15555557003' },
];
const each = create({ firstName: '={{ $json.first }}', phone: '={{ $json.phone }}' });

test('when the node stops at errors, nothing is sent for the items before either', async () => {
	const { error } = await account.attempt(each, three);
	expect(error?.message).toBe('"First Name" is empty');
	expect(error && 'context' in error ? error.context : {}).toMatchObject({ itemIndex: 1 });
	expect(error?.description).toContain('Nothing was sent');
	expect(account.requests()).toEqual([]);
});

test('when the node goes on at errors, the others are sent', async () => {
	const run = await account.attempt(each, three, {
		settings: { onError: 'continueErrorOutput' },
	});
	expect(account.bodies('POST contacts').map((body) => body['firstname'])).toEqual(['Ann', 'Cleo']);
	expect(run.outputs.map((output) => output.length)).toEqual([2, 1]);
	expect(run.outputs[1]?.[0]).toMatchObject({
		json: { error: '"First Name" is empty' },
		pairedItem: { item: 1 },
	});
});

test('empty optional fields are left out, and numbers as text are taken (quirk 24)', async () => {
	await account.run(
		additional({
			...{ email: ' ', city: '', company: null, description: 0 },
			...{ assignedId: '3', isEnabled: 'false', groupIds: [], zip: 1234 },
		}),
	);
	expect(account.bodies('POST contacts')).toEqual([
		{
			...{ type: 'lead', firstname: 'Ann', lastname: 'Archer', phone: '15555557001' },
			...{ status_id: 1, source_id: 1, description: '0', zip: '1234' },
			...{ assigned_id: 3, is_enabled: false },
		},
	]);
});
