import type { INodeParameters } from 'n8n-workflow';

import { type Account, locator, useAccount } from './account.mts';

// Whatever text leaves for WhatsCloud: none may hold what only a mistake puts into it.

type Given = Parameters<Account['attempt']>[0];

const account = useAccount();

const text = '={{ $json.text }}';
const message = { phoneNumber: '15555550101', text: 'Hello' };
const person = {
	...{ firstName: 'Ann', lastName: 'Archer', phone: '15555557001' },
	...{ statusId: locator('id', 1), sourceId: locator('id', 1) },
};
const ofContact = ['address', 'city', 'company', 'description', 'email', 'state', 'website', 'zip'];
const LABELS: Record<string, string> = { zip: 'ZIP Code' };
const labelOf = (name: string) => LABELS[name] ?? name.charAt(0).toUpperCase() + name.slice(1);

/** The parameters that put the text into a field, by what the title of the error begins with. */
const FIELDS: Array<[subject: string, parameters: INodeParameters]> = [
	['"Text"', { resource: 'message', operation: 'sendText', ...message, text }],
	...(['firstName', 'lastName', 'email'] as const).map((name): [string, INodeParameters] => [
		`"Contact If New > ${{ firstName: 'First Name', lastName: 'Last Name', email: 'Email' }[name]}"`,
		{ resource: 'message', operation: 'sendText', ...message, contactIfNew: { [name]: text } },
	]),
	[
		'"Contact If New > Group Names"',
		{ resource: 'message', operation: 'sendText', ...message, contactIfNew: { groups: text } },
	],
	...['First Name', 'Last Name'].flatMap((label): Array<[string, INodeParameters]> => {
		const name = label.replace(' ', '').replace(/^./, (first) => first.toLowerCase());
		return [
			[`"${label}"`, { resource: 'contact', operation: 'create', ...person, [name]: text }],
			[`"${label}"`, { resource: 'contact', operation: 'upsert', ...person, [name]: text }],
			[
				`"Update Fields > ${label}"`,
				{
					...{ resource: 'contact', operation: 'update', contactId: locator('id', 1) },
					updateFields: { [name]: text },
				},
			],
		];
	}),
	...ofContact.map((name): [string, INodeParameters] => [
		`"Additional Fields > ${labelOf(name)}"`,
		{ resource: 'contact', operation: 'create', ...person, additionalFields: { [name]: text } },
	]),
	...['group', 'source', 'status'].map((resource): [string, INodeParameters] => [
		'"Name"',
		{ resource, operation: 'create', name: text, color: '#112233' },
	]),
	[
		'"Update Fields > Name"',
		{
			...{ resource: 'status', operation: 'update', statusId: locator('id', 1) },
			updateFields: { name: text },
		},
	],
];

const MISTAKES: Array<[what: string, value: unknown, problem: string]> = [
	['a calculation that failed', 'Total: NaN €', 'contains NaN'],
	['an object', 'Hi [object Object]', 'contains [object Object]'],
	['a date that failed', 'Until Invalid DateTime', 'contains "Invalid DateTime"'],
	['a cut emoji', `Hi ${'👩'.slice(0, 1)}`, 'contains half an emoji'],
	['true', true, 'must be text'],
];

describe.each(FIELDS)('%s %#', (subject, parameters) => {
	test.each(MISTAKES)('does not leave with %s', async (_what, value, problem) => {
		const { error } = await account.attempt(parameters as Given, [{ text: value as string }]);
		expect(error?.message).toContain(`${subject} ${problem}`);
		expect(error?.description?.length).toBeGreaterThan(20);
		expect(account.requests()).toEqual([]);
	});
});

const item = { name: 'Ada', price: 'free', quantity: 3, order: { number: 1001 } };

test.each([
	['={{ $json.price * $json.quantity }}', '"Text" contains NaN'],
	['={{ $json.quantity / 0 }}', '"Text" is the result of a division by zero'],
	['=Hi {{ $json.order }}', '"Text" contains [object Object]'],
	['={{ $json.order }}', '"Text" must be text'],
])('the message %s is refused', async (expression, problem) => {
	const { error } = await account.attempt(
		{ resource: 'message', operation: 'sendText', ...message, text: expression },
		[item],
	);
	expect(error?.message).toContain(problem);
	expect(account.requests()).toEqual([]);
});

test('of three messages, only the one with a mistake stays', async () => {
	const run = await account.attempt(
		{
			resource: 'message',
			operation: 'sendText',
			...message,
			text: '=Order {{ $json.order }}',
		},
		[{ order: 10 }, { order: { number: 20 } }, { order: 30 }],
		{ settings: { onError: 'continueErrorOutput' } },
	);
	expect(account.sandbox.messages.map(({ text: sent }) => sent)).toEqual(['Order 10', 'Order 30']);
	expect(run.outputs[1]).toMatchObject([{ pairedItem: { item: 1 } }]);
});

test.each([
	'Nancy, NANO, BaNaNas and Naan are no mistakes',
	'An object, [object], Object and objects',
	'Infinity pool, 2 to infinity',
	'Whole emoji 👩‍👩‍👧‍👦 🇧🇷',
	'undefined and null are words',
])('the message "%s" is sent', async (sent) => {
	await account.run({ resource: 'message', operation: 'sendText', ...message, text: sent });
	expect(account.sandbox.messages.map(({ text: arrived }) => arrived)).toEqual([sent]);
});
