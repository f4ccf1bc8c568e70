import type { Contact } from '../../sandbox/server/sandbox.mts';
import { type Account, type Generation, generations, locator, useAccount } from './account.mts';

jest.mock(
	'n8n-workflow',
	() => jest.requireActual<typeof import('./shortWaits.mts')>('./shortWaits.mts').n8nWorkflow,
);

// Others change contacts while the node works on them, and answers get lost.

const upsert = {
	...{ resource: 'contact', operation: 'upsert', firstName: '={{ $json.first }}', lastName: 'New' },
	...{ phone: '={{ $json.phone }}', statusId: locator('id', 1), sourceId: locator('id', 1) },
};
const continued = { settings: { onError: 'continueRegularOutput' as const } };
const number = (index: number) => `1555${String(6_000_000 + index)}`;
const items = [0, 1, 2].map((index) => ({ first: `P${index}`, phone: number(index) }));

/** Looks after every event, until the server has had such a request. */
async function until({ sandbox }: Account, isIt: (request: string) => boolean): Promise<void> {
	while (!sandbox.requests.some(({ method, path }) => isIt(`${method} ${path}`))) {
		await new Promise(setImmediate);
	}
}
const isLook = (request: string) => request.endsWith('/contacts');
const isRead = (request: string) => /^GET .*contacts\/\d+$/.test(request);

describe.each(generations)(
	'somebody else gives the contact another number, %s server',
	(server) => {
		const account = useAccount({ seed: 'empty', server });
		const byPhone = { contactId: locator('phone', '={{ $json.phone }}') };
		const firstNames = () =>
			account.sandbox.data.contacts.all().map(({ firstname, group_id }) => [firstname, group_id]);

		test.each([
			['delete', {}],
			['update', { updateFields: { firstName: 'Wrong', groupIds: [2] } }],
			['addToGroup', { groupId: locator('id', 2) }],
			['removeFromGroup', { groupId: locator('id', 1) }],
		])('%s does not touch whoever has it no more', async (operation, parameters) => {
			const contacts = account.sandbox.data.insertContacts(
				items.map(({ first, phone }) => ({
					firstname: first,
					lastname: 'Old',
					phone,
					group_id: [1],
				})),
			);
			const before = firstNames();
			// Between the look at the list and the look at the contact.
			account.sandbox.faults.add({ kind: 'delay', ms: 60, method: 'GET', path: '/contacts/*' });
			const meanwhile = async () => {
				await until(account, isLook);
				for (const [index, contact] of contacts.entries())
					account.sandbox.data.contacts.update(contact, { phone: number(100 + index) });
			};
			const [run] = await Promise.all([
				account.attempt(
					{ resource: 'contact', operation, ...byPhone, ...parameters },
					items,
					continued,
				),
				until(account, isRead).then(async () => {
					await Promise.resolve();
				}),
				meanwhile(),
			]);
			expect(run.outputs.flat().map(({ json }) => json['error'])).toEqual(
				items.map(({ phone }) => `There is no contact with the phone number ${phone}`),
			);
			expect(firstNames()).toEqual(before);
		});
	},
);

const lostAnswers = [
	['after it was done', 'after', 1],
	['before it was done', 'before', 1],
	['twice, after it was done', 'after', 2],
] as const;

describe.each(['A', 'B', 'D'] as Generation[])(
	'the answer to a create gets lost, %s server',
	(server) => {
		const account = useAccount({ seed: 'empty', server });
		const lose = (when: 'before' | 'after', times?: number) => {
			account.sandbox.faults.add({
				...{ kind: 'reset', when, method: 'POST', path: '/contacts' },
				...(times && { times }),
			});
		};
		const stored = () => account.sandbox.data.contacts.all().map(({ firstname }) => firstname);

		test.each(lostAnswers)(
			'guarantee: If the answer to a new contact gets lost, Create or Update looks again and makes no second one. (%s)',
			async (_, when, times) => {
				lose(when, times);
				const written = await account.run({ ...upsert, options: { parallelRequests: 1 } }, items);
				expect(stored()).toEqual(['P0', 'P1', 'P2']);
				expect(written).toMatchObject(
					items.map(({ first, phone }) => ({ firstname: first, phone, created: true })),
				);
				for (const { id } of written)
					expect(account.sandbox.data.contacts.get(Number(id))).toBeDefined();
			},
		);

		const retries = { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };
		const expectAdvice = (error: Error | undefined) => {
			expect(error?.message).toContain('It is not known whether this contact was created');
			expect(error).toMatchObject({
				description: expect.stringContaining('nobody is created twice') as string,
			});
		};

		test('always: the error advises to run it again, and Retry On Fail does', async () => {
			lose('before');
			expectAdvice((await account.attempt(upsert, items.slice(0, 1))).error);
			account.sandbox.reset();
			// As often as the first try of the node asks.
			lose('before', 3);
			const run = await account.attempt({ ...upsert, options: { parallelRequests: 1 } }, items, {
				settings: retries,
			});
			expect(run.error).toBeUndefined();
			expect(stored().toSorted()).toEqual(['P0', 'P1', 'P2']);
		});

		test('and the look after it fails, too: Retry On Fail changes the contact that is there', async () => {
			const broken = {
				kind: 'html',
				status: 502,
				method: 'GET',
				path: '/contacts',
				skip: 1,
			} as const;
			lose('after', 1);
			account.sandbox.faults.add(broken);
			expectAdvice((await account.attempt(upsert, items.slice(0, 1))).error);
			expect(stored()).toEqual(['P0']);
			account.sandbox.reset();
			lose('after', 1);
			account.sandbox.faults.add({ ...broken, times: 4 });
			const run = await account.attempt(upsert, items.slice(0, 1), { settings: retries });
			expect(run.error).toBeUndefined();
			expect(stored()).toEqual(['P0']);
		});

		test('once, and then the contact is refused: the refusal is told', async () => {
			account.sandbox.data.insertContacts([{ phone: number(7), email: 'P1@example.com' }]);
			lose('before', 3);
			const email = '={{ $json.first }}@example.com';
			const parameters = { ...upsert, additionalFields: { email } };
			const run = await account.attempt(parameters, items, continued);
			expect(run.outputs.flat().map(({ json }) => json['error'])).toEqual([
				undefined,
				expect.stringMatching(/^WhatsCloud refuses the input: Email: /),
				undefined,
			]);
		});

		test('after somebody else has created and deleted the contact: it can be run again', async () => {
			const gone = { kind: 'answer' as const, status: 404, body: { status: 'error' } };
			const post = { method: 'POST', path: '/contacts' };
			account.sandbox.faults.add({ kind: 'delay', ms: 100, ...post, times: 1 });
			account.sandbox.faults.add({ ...gone, method: 'PUT', path: '/contacts/*' });
			account.sandbox.faults.add({ kind: 'reset', ...post, skip: 1 });
			const run = account.attempt(upsert, items.slice(0, 1));
			await until(account, (request) => request.startsWith('POST'));
			const [other] = account.sandbox.data.insertContacts([{ phone: number(0), lastname: 'Old' }]);
			await until(account, (request) => request.startsWith('PUT'));
			account.sandbox.data.contacts.delete(other as Contact);
			expectAdvice((await run).error);
			expect(account.requests().filter((request) => request === 'POST contacts')).toHaveLength(2);
		});

		test('a create is not repeated, as before', async () => {
			lose('after', 1);
			const run = await account.attempt({ ...upsert, operation: 'create' }, items, continued);
			expect(run.outputs.flat().filter(({ json }) => json['error'])).toHaveLength(1);
			expect(stored()).toHaveLength(3);
		});
	},
);

describe('a server that tells no new id, and whose list does not show the new contact', () => {
	const account = useAccount({ seed: 'empty', server: 'A' });
	beforeEach(() => {
		const data = { data: [], total: 0, per_page: 1_000 };
		const answer = { status: 200, body: { status: 'success', data } };
		account.sandbox.faults.add({ kind: 'answer', ...answer, method: 'GET', path: '/contacts' });
	});

	test('a create whose answer gets lost is not told as refused, since its number is taken', async () => {
		const post = { method: 'POST', path: '/contacts' };
		account.sandbox.faults.add({ kind: 'reset', when: 'after', ...post, times: 3 });
		const run = await account.attempt(upsert, items, continued);
		expect(account.sandbox.data.contacts.size).toBe(3);
		const inDoubt = expect.stringMatching(
			/^It is not known whether this contact was created/,
		) as string;
		expect(run.outputs.flat().map(({ json }) => json['error'])).toEqual([
			inDoubt,
			inDoubt,
			inDoubt,
		]);
	});

	test('no second one is made of the same person, written in another way', async () => {
		const forms = ['525512345678', '5215512345678', '+52 55 1234 5678'];
		const people = forms.map((phone) => ({ first: phone, phone }));
		const run = await account.attempt(upsert, people, continued);
		expect(account.sandbox.data.contacts.size).toBe(1);
		const unknown = expect.stringMatching(/^It is not known which contact/) as string;
		expect(run.outputs.flat().map(({ json }) => json['error'])).toEqual([
			...[undefined, unknown, unknown],
		]);
	});
});

describe.each(generations)('several fields are refused, %s server', (server) => {
	const account = useAccount({ seed: 'empty', server });
	const taken = { ...upsert, additionalFields: { email: '={{ $json.email }}' } };
	const people = [
		{ first: 'P0', phone: number(0), email: 'ada@example.com' },
		{ first: 'P1', phone: number(1), email: 'new@example.com' },
		{ first: 'P2', phone: number(2), email: 'ada@example.com' },
	];

	test('all of them are told', async () => {
		account.sandbox.data.insertContacts([
			{ firstname: 'Ada', lastname: 'Example', phone: '15557777777', email: 'ada@example.com' },
			{ phone: number(0), lastname: 'Other' },
			{ phone: number(1), lastname: 'Other' },
		]);
		const run = await account.attempt({ ...taken, operation: 'create' }, people, continued);
		const told = run.outputs
			.flat()
			.map(({ json: { error, details } }) => `${error as string}\n${details as string}`);
		expect(told[0]).toMatch(/Email: /);
		expect(told[0]).toMatch(/Phone: /);
		expect(told[1]).toMatch(/Phone: /);
		expect(told[1]).not.toMatch(/Email: /);
		expect(told[2]).toMatch(/Email: /);
		expect(told[2]).not.toMatch(/Phone: /);
	});
});

describe.each(generations)('two executions write the same person, %s server', (server) => {
	const account = useAccount({ seed: 'empty', server });

	test('in two national forms of the number: whoever is second tells of both', async () => {
		const forms = ['525512345678', '5215512345678'];
		// Both have looked before either creates.
		account.sandbox.faults.add({ kind: 'delay', ms: 100, method: 'POST', path: '/contacts' });
		const runs = await Promise.all(
			forms.map(async (phone) => await account.attempt(upsert, [{ first: phone, phone }])),
		);
		const ids = account.sandbox.data.contacts.all().map(({ id }) => id);
		expect(ids).toHaveLength(2);
		const told = runs.flatMap(({ hints }) => hints.map(({ message }) => message));
		expect(told.length).toBeGreaterThanOrEqual(1);
		for (const message of told) {
			for (const id of ids) expect(message).toContain(String(id));
			expect(message).toContain('Delete one of them');
		}
		const notes = runs.flatMap(({ outputs }) => outputs.flat().map(({ json }) => json['note']));
		expect(notes.filter((note) => note !== undefined)).toHaveLength(told.length);
	});

	test('guarantee: Two executions that write the same number at the same moment make one contact.', async () => {
		account.sandbox.faults.add({ kind: 'delay', ms: 60, method: 'POST', path: '/contacts' });
		const runs = await Promise.all(
			['Ann', 'Anna', 'Anne'].map(
				async (first) => await account.run(upsert, [{ first, phone: number(0) }]),
			),
		);
		expect(account.sandbox.data.contacts.size).toBe(1);
		expect(
			runs
				.flat()
				.map(({ created }) => created)
				.toSorted(),
		).toEqual([false, false, true]);
	});
});

describe.each(generations)('contacts change after the list was read, %s server', (server) => {
	const account = useAccount({ seed: 'empty', server, behaviour: { stableOrder: true } });
	afterEach(() => {
		jest.restoreAllMocks();
	});

	test('after six minutes, an upsert writes back what is there by then', async () => {
		const contacts = account.sandbox.data.insertContacts(
			items.map(({ phone }) => ({ phone, lastname: 'Old', status_id: 1, source_id: 1 })),
		);
		const later = Date.now() + 6 * 60_000;
		const meanwhile = async () => {
			await until(account, (request) => request.startsWith('PUT'));
			jest.spyOn(Date, 'now').mockImplementation(() => later);
			const last = contacts[2] as Contact;
			account.sandbox.data.contacts.update(last, {
				status_id: 4,
				type: 'customer',
				phone: `+${number(2)}`,
			});
		};
		account.sandbox.faults.add({
			kind: 'delay',
			ms: 60,
			method: 'PUT',
			path: '/contacts/*',
			times: 2,
		});
		await Promise.all([
			account.run(
				{ ...upsert, options: { parallelRequests: 1, keepStatusAndSource: true } },
				items,
			),
			meanwhile(),
		]);
		expect(contacts[2]).toMatchObject({
			...{ firstname: 'P2', status_id: 4, type: 'customer', phone: `+${number(2)}` },
		});
		expect(account.sandbox.data.contacts.size).toBe(3);
	});

	test('custom fields are read anew before they are written back', async () => {
		if (server === 'A') return;
		const contacts = account.sandbox.data.insertContacts(
			items.map(({ phone }) => ({ phone, lastname: 'Old' })),
		);
		const change = (contact: Contact | undefined, values: object) => {
			account.sandbox.data.contacts.update(
				contact as Contact,
				{ custom_fields_data: values } as object,
			);
		};
		const meanwhile = async () => {
			await until(account, isLook);
			for (const contact of contacts) change(contact, { theirs: 'yes' });
		};
		account.sandbox.faults.add({ kind: 'delay', ms: 60, method: 'GET', path: '/contacts/*' });
		const customFields = { values: [{ name: 'ours', value: '={{ $json.first }}' }] };
		await Promise.all([
			account.run({ ...upsert, additionalFields: { customFields } }, items),
			meanwhile(),
		]);
		expect(contacts).toMatchObject(
			items.map(({ first }) => ({ custom_fields_data: { theirs: 'yes', ours: first } })),
		);
	});
});
