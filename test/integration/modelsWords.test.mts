import { generations, locator, useAccount } from './account.mts';

// A model that uses the node as a tool fills in every field, also those that it does not want.

const NOTHING = ['', '0', 0, 'null', 'N/A', 'none', 'None', null, ' n/a '];
const items = NOTHING.map((nothing, index) => ({ nothing, phone: `1555555800${index}` }));

const nothing = '={{ $json.nothing }}';
const phone = '={{ $json.phone }}';
const person = {
	...{ firstName: 'Ann', lastName: 'Archer', phone },
	...{ statusId: locator('id', 1), sourceId: locator('id', 1) },
};
const texts = ['address', 'city', 'company', 'description', 'email', 'state', 'website', 'zip'];
const others = ['assignedId', 'countryId', 'groupIds', 'isEnabled', 'type'];
const all = (names: string[]) => Object.fromEntries(names.map((name) => [name, nothing]));

describe.each(generations)('%s server', (server) => {
	const account = useAccount({ server });

	test('a contact is created without what a model does not want', async () => {
		const given = { ...person, additionalFields: all([...texts, ...others]) };
		const create = { resource: 'contact', operation: 'create' } as const;
		const run = await account.attempt({ ...create, ...given }, items, { asTool: true });
		expect(run.error).toBeUndefined();
		const without = account.bodies('POST contacts');
		await account.run({ ...create, ...person, phone: '15555558100' });
		const plain = account.bodies('POST contacts').at(-1);
		expect(without).toEqual(items.map((item) => ({ ...plain, phone: item.phone })));
	});

	test('a message goes to existing contacts only when a model wants no new one', async () => {
		account.sandbox.data.insertContacts(items);
		const run = await account.attempt(
			{
				...{ resource: 'message', operation: 'sendText', phoneNumber: phone, text: 'Hello' },
				contactIfNew: all(['firstName', 'lastName', 'email', 'country', 'groups']),
			},
			items,
			{ asTool: true },
		);
		expect(run.error).toBeUndefined();
		expect(account.bodies('POST messages/send')).toHaveLength(items.length);
		for (const body of account.bodies('POST messages/send'))
			expect(body).not.toHaveProperty('contact');
	});
});

describe('without a tool, or in a field that must be filled in', () => {
	const account = useAccount();

	test('such words are texts', async () => {
		const names = ['0', 'null', 'None'];
		await account.run(
			{
				...{ resource: 'contact', operation: 'create', ...person, firstName: nothing },
				additionalFields: { company: nothing },
			},
			names.map((name, index) => ({ nothing: name, phone: `1555555810${index}` })),
			{},
		);
		expect(account.bodies('POST contacts')).toEqual(
			names.map((name) => expect.objectContaining({ firstname: name, company: name }) as object),
		);
	});

	test('a tool sends them, too, as the text of a message', async () => {
		account.sandbox.data.insertContacts(items);
		const words = ['0', 'none', 'N/A'];
		await account.attempt(
			{ resource: 'message', operation: 'sendText', phoneNumber: phone, text: nothing },
			words.map((word, index) => ({ nothing: word, phone: `1555555800${index}` })),
			{ asTool: true },
		);
		expect(account.sandbox.messages.map(({ text }) => text)).toEqual(words);
	});
});
