import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { locator, useAccount, generations } from './account.mts';

// Phone numbers as sheets, forms and people give them, in every field that takes one.

const phone = '={{ $json.phone }}';
const named = {
	...{ firstName: 'Ann', lastName: 'Archer', phone },
	...{ statusId: locator('id', 1), sourceId: locator('id', 1) },
};

/** How a person is stored, and how the sheet has the number. */
const ONE_PERSON = [
	['5215512345601', '+52 55 1234 5601'],
	['525512345602', '+52 1 55 1234 5602'],
	['551187654301', '+55 11 98765-4301'],
	['+5511987654302', '+55 11 8765 4302'],
	['5491123456701', '+54 11 2345-6701'],
	['541123456702', '+54 9 11 2345-6702'],
	['447911123401', '+44 07911 123401'],
	['+4407911123402', '+44 7911 123402'],
	['2348035550101', '+234 0803 555 0101'],
	['+15555559101', '001 (555) 555-9101'],
	['36301234501', '+36 06 30 123 4501'],
	['5491123456703', '+54 11 15 2345-6703'],
	['37061234501', '+370 8 612 34501'],
	['375291234501', '+375 8 0 29 123 45 01'],
	['24177123401', '+241 0 77 12 34 01'],
	['5511961234501', '+55 0 15 11 96123-4501'],
] as const;

/** An operation with a phone number, and the field that it comes from. */
const OPERATIONS: Array<[operation: string, parameters: INodeParameters]> = [
	['create', { resource: 'contact', operation: 'create', ...named }],
	['upsert', { resource: 'contact', operation: 'upsert', ...named }],
	[
		'update',
		{
			...{ resource: 'contact', operation: 'update', contactId: locator('id', 1) },
			updateFields: { phone },
		},
	],
	['get', { resource: 'contact', operation: 'get', contactId: locator('phone', phone) }],
	['delete', { resource: 'contact', operation: 'delete', contactId: locator('phone', phone) }],
	['sendText', { resource: 'message', operation: 'sendText', phoneNumber: phone, text: 'Hello' }],
	[
		'sendMedia',
		{
			...{ resource: 'message', operation: 'sendMedia', phoneNumber: phone },
			...{ mediaType: 'image', mediaUrl: 'https://files.example.com/a.png' },
		},
	],
	[
		'sendTemplate',
		{
			...{ resource: 'message', operation: 'sendTemplate', phoneNumber: phone },
			template: locator('name', 'hello_world'),
		},
	],
];

const REFUSED: Array<[number: string, problem: string]> = [
	['+1 555 555 0101 (123)', 'has an extension'],
	['+44 20 7946 0018 x12', 'has an extension'],
	['tel:+1-555-555-0101;ext=7', 'has an extension'],
	['+49 30 1234567/68', 'looks like several numbers'],
	['15555550101, 15555550102', 'looks like several numbers'],
	['+298 211234/35', 'looks like several numbers'],
	['(201) 555-0123', 'begins with an area code'],
	['555-0101', 'is too short'],
	['11 96123-4567', 'has no country code'],
	['212-555-0101', 'has no country code'],
	['4155550101', 'has no country code'],
	['+219 12 34 56 78', "begins with +219, which is no country's code"],
];

/** The Faroe Islands, Greenland, New Caledonia. */
const SHORT = ['+298 211 234', '+299 22 12 34', '+687 75 12 34'];

const INVISIBLE = ['+1\ufe0f-555-555-0201', '\u3164+1 555 555 0202', '+1\u2800555\u28005550203'];
const MARKED = ["'+15555550204", 'p:+15555550205', '"+1 555 555 0206"'];

describe.each(generations)('%s server', (server) => {
	const account = useAccount({ server });
	const contacts = () => account.sandbox.data.contacts;
	const insert = (phones: readonly string[]) =>
		account.sandbox.data.insertContacts(phones.map((stored) => ({ phone: stored })));
	const run = async (parameters: INodeParameters, phones: readonly string[]) =>
		await account.attempt(
			parameters as never,
			phones.map((number): IDataObject => ({ phone: number })),
		);

	test('an upsert finds whoever is stored in another spelling, and leaves the number as it is', async () => {
		const stored = insert(ONE_PERSON.map(([number]) => number));
		const before = contacts().size;
		const { outputs } = await run(
			{ resource: 'contact', operation: 'upsert', ...named },
			ONE_PERSON.map(([, number]) => number),
		);
		expect(outputs.flat().map(({ json }) => json.id)).toEqual(stored.map(({ id }) => id));
		expect(contacts().size).toBe(before);
		expect(stored.map((contact) => [contact.firstname, contact.phone])).toEqual(
			ONE_PERSON.map(([number]) => ['Ann', number]),
		);
	});

	test('a filter and a look-up find them too', async () => {
		const ids = insert(ONE_PERSON.map(([number]) => number)).map(({ id }) => id);
		const phones = ONE_PERSON.map(([, number]) => number);
		for (const parameters of [
			{ operation: 'getAll', filters: { phone } },
			{ operation: 'get', contactId: locator('phone', phone) },
		]) {
			const { outputs } = await run({ resource: 'contact', ...parameters }, phones);
			expect(outputs.flat().map(({ json }) => json.id)).toEqual(ids);
		}
	});

	test.each(OPERATIONS)(
		'%s refuses what is no single international number',
		async (_, parameters) => {
			for (const [number, problem] of REFUSED) {
				const { error } = await run(parameters, ['15555550101', number, '15555550103']);
				expect(error?.message).toContain(`The phone number "${number}" ${problem}`);
				expect(error && 'context' in error ? error.context : {}).toMatchObject({ itemIndex: 1 });
			}
			expect(account.requests().filter((request) => !request.startsWith('GET'))).toEqual([]);
		},
	);

	test.each(OPERATIONS)("%s refuses a person's WhatsApp ID", async (_, parameters) => {
		const id = 'US.13491208655302741918';
		const { error } = await run(parameters, ['15555550101', id, '15555550103']);
		expect(error?.message).toContain("WhatsApp's ID of a person");
		expect(account.requests().filter((request) => !request.startsWith('GET'))).toEqual([]);
	});

	test.each(['create', 'upsert', 'sendText', 'sendTemplate', 'sendMedia'])(
		'%s takes the shortest numbers that WhatsCloud takes',
		async (operation) => {
			const [, parameters = {}] = OPERATIONS.find(([name]) => name === operation) ?? [];
			const contactIfNew = { firstName: 'New' };
			const { error } = await run({ ...parameters, contactIfNew }, SHORT);
			const reached = contacts()
				.all()
				.map(({ phone: number }) => (number ?? '').replace('+', ''))
				.filter((number) => number.length === 9);
			if (operation === 'sendMedia') {
				expect(error?.message).toContain('WhatsCloud takes only numbers of 10 to 15 digits');
				expect(reached).toEqual([]);
			} else {
				expect(error).toBeUndefined();
				expect(reached.toSorted()).toEqual(['298211234', '299221234', '687751234']);
			}
		},
	);

	test('numbers are sent without what nobody sees and what forms put before them', async () => {
		await run({ resource: 'contact', operation: 'create', ...named }, [...INVISIBLE, ...MARKED]);
		expect(account.bodies('POST contacts').map(({ phone: sent }) => sent)).toEqual([
			...['15555550201', '15555550202', '15555550203'],
			...['15555550204', '15555550205', '15555550206'],
		]);
	});

	test('messages to one person leave in order, however the number is spelled', async () => {
		insert(['5511987654321']);
		const phones = ['+55 11 98765-4321', '5511987654321', '+55 (0)11 98765-4321'];
		const items = phones.flatMap((number) => [number, number, number]);
		await account.run(
			{
				...{ resource: 'message', operation: 'sendText', phoneNumber: phone },
				text: '={{ $itemIndex }}',
			} as never,
			items.map((number) => ({ phone: number })),
		);
		expect(account.sandbox.messages.map(({ text }) => text)).toEqual(
			items.map((_, index) => String(index)),
		);
	});
});
