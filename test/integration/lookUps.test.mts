import fc from 'fast-check';

import { type Behaviour, behaviourFrom } from '../../sandbox/server/behaviour.mts';
import type { Contact } from '../../sandbox/server/sandbox.mts';
import { phoneKey, phoneSpellings } from '../../nodes/WhatsCloud/checks/phone';
import { type Account, locator, useAccount, generations } from './account.mts';

jest.mock(
	'n8n-workflow',
	() => jest.requireActual<typeof import('./shortWaits.mts')>('./shortWaits.mts').n8nWorkflow,
);

const operationOf = (operation: string) => ({ resource: 'contact', operation });
const upsert = {
	...operationOf('upsert'),
	firstName: '={{ $json.first }}',
	lastName: 'Looked-Up',
	phone: '={{ $json.phone }}',
	statusId: locator('id', 1),
	sourceId: locator('id', 1),
};
const byPhone = { contactId: locator('phone', '={{ $json.phone }}') };
const get = { ...operationOf('get'), ...byPhone };

const range = (length: number, from = 0) => Array.from({ length }, (_, index) => from + index);
const number = (index: number) => `1555${String(6_000_000 + index)}`;
const clampTo = (max: number) => ({ pageSizeLimit: { max, above: 'clamp' as const } });

/** Each in a second of its own, the last the newest. */
function insertInTurn(account: Account, contacts: Array<Partial<Contact>>): Contact[] {
	return contacts.flatMap((contact, index) =>
		account.sandbox.data.insertContacts([{ lastname: 'Stored', ...contact }], {
			createdAt: new Date(Date.UTC(2026, 0, 1) + index * 1_000),
		}),
	);
}

/** As in a run that waits for the rate limit. */
function anHourLater(): void {
	const now = Date.now() + 3_600_000;
	jest.spyOn(Date, 'now').mockImplementation(() => now);
}
afterEach(() => {
	jest.restoreAllMocks();
});

/** Requests that asked whether a number is taken. */
const probes = ({ sandbox }: Account) =>
	sandbox.requests.filter(({ method, body }) => method === 'POST' && body['status_id'] === 'x');
const created = ({ sandbox }: Account) =>
	sandbox.requests.filter(({ method, status }) => method === 'POST' && status === 201);
const pagesRead = ({ sandbox }: Account) =>
	sandbox.requests.filter(({ method }) => method === 'GET').map(({ query }) => query['page']);

describe.each(generations)('%s server', (server) => {
	const account = useAccount({
		...{ seed: 'empty', server },
		behaviour: { ...clampTo(10), stableOrder: true },
	});

	test.each([
		['everything is right', {}],
		['the last name is optional', { lastnameOnCreate: 'optional' }],
		['any type is taken', { contactTypes: 'leadCustomerGuest' }],
	] as Array<[string, Partial<Behaviour>]>)(
		'asking whether a number is taken creates nothing where %s',
		async (_, behaviour) => {
			Object.assign(account.sandbox.behaviour, behaviour);
			insertInTurn(
				account,
				range(300).map((index) => ({ phone: number(index) })),
			);
			const before = account.sandbox.data.contacts.size;
			const run = await account.attempt(
				get,
				range(3, 1_000).map((index) => ({ phone: number(index) })),
				{
					settings: { onError: 'continueRegularOutput' },
				},
			);
			expect(run.outputs.flat().map(({ json }) => json.error)).toEqual(
				range(3, 1_000).map(
					(index) => `There is no contact with the phone number ${number(index)}`,
				),
			);
			expect(probes(account).length).toBeGreaterThan(0);
			expect(probes(account).map(({ status }) => status)).toEqual(probes(account).map(() => 422));
			expect(account.sandbox.data.contacts.size).toBe(before);
			expect(JSON.stringify(run.context)).not.toContain('only asks');
		},
	);

	test('upserts what is there and what is not, whatever its answers tell', async () => {
		const stored = insertInTurn(
			account,
			range(300).map((index) => ({ phone: `${index % 2 ? '+' : ''}${number(index)}` })),
		);
		const items = [0, 1, 2, 3].map((index) => ({
			first: `New ${index}`,
			phone: number(1_000 + index),
		}));
		items.splice(1, 0, { first: 'Known 5', phone: `+${number(5)}` });
		items.push({ first: 'Known 40', phone: number(40) });
		const upserted = await account.run(upsert, items);
		expect(account.sandbox.data.contacts.size).toBe(304);
		expect(upserted.map(({ firstname }) => firstname)).toEqual(items.map(({ first }) => first));
		expect(stored[5]?.firstname).toBe('Known 5');
		expect(stored[40]?.firstname).toBe('Known 40');
	});
});

describe('what a look-up costs, at 100 contacts a page', () => {
	const account = useAccount({ seed: 'empty', behaviour: { ...clampTo(100), stableOrder: true } });
	const count = () => account.sandbox.requests.length;
	const fill = (contacts: number, plus = '') => {
		insertInTurn(
			account,
			range(contacts).map((index) => ({ phone: plus + number(index) })),
		);
	};

	test.each(generations)(
		'upsert of somebody new: at most 6 requests, %s server',
		async (server) => {
			const switches = { ...clampTo(100), stableOrder: true };
			Object.assign(account.sandbox.behaviour, behaviourFrom(server, switches));
			fill(3_000);
			for (const index of range(3, 9_000)) {
				const before = count();
				const [contact] = await account.run(upsert, [{ first: `N${index}`, phone: number(index) }]);
				expect(account.sandbox.data.contacts.get(Number(contact?.id))?.phone).toBe(number(index));
				expect(count() - before).toBeLessThanOrEqual(6);
			}
		},
	);

	test.each(['A', 'D'] as const)(
		'of a list of five pages, whose middle was imported with 00, nobody is created twice, %s server',
		async (server) => {
			Object.assign(account.sandbox.behaviour, behaviourFrom(server, { stableOrder: true }));
			const german = (index: number) => `4915${String(100_000_000 + index)}`;
			insertInTurn(
				account,
				range(5_000).map((index) => ({
					phone: index >= 1_500 && index < 3_500 ? `00${german(index)}` : german(index),
				})),
			);
			// Each in an execution of its own, as forms and messages come.
			for (const index of [3, 1_499, 1_500, 2_500, 3_499, 3_500, 4_999]) {
				await account.run(upsert, [{ first: `P${index}`, phone: german(index) }]);
			}
			expect(created(account)).toEqual([]);
			await account.run(upsert, [{ first: 'New', phone: german(9_000) }]);
			expect(account.sandbox.data.contacts.size).toBe(5_001);
		},
		120_000,
	);

	test.each([
		['get', { ...operationOf('get') }],
		['delete', { ...operationOf('delete') }],
		['update', { ...operationOf('update'), updateFields: { city: 'Oslo' } }],
		['addToGroup', { ...operationOf('addToGroup'), groupId: locator('id', 1) }],
		['removeFromGroup', { ...operationOf('removeFromGroup'), groupId: locator('id', 1) }],
	])('%s by a number that nobody has: at most 5 requests', async (_, operation) => {
		fill(3_000);
		const run = await account.attempt({ ...operation, ...byPhone }, [{ phone: number(9_000) }]);
		expect(run.error?.message).toBe(`There is no contact with the phone number ${number(9_000)}`);
		expect(count()).toBeLessThanOrEqual(5);
	});

	test.each([
		['without +', ''],
		['with +', '+'],
	])('somebody known among the newest 1,000: 12 requests, numbers %s', async (_, plus) => {
		fill(3_000, plus);
		await account.run(upsert, [{ first: 'Ann', phone: number(2_001) }]);
		expect(count()).toBeLessThanOrEqual(12);
		expect(created(account)).toEqual([]);
	});

	test.each(['+1 (555) 6', '1-555-6', '001555 6', '+1555-6'])(
		'somebody whose number is stored as %s… among others like it is found, and a new one created',
		async (start) => {
			const written = (index: number) => `${start}${String(index).padStart(6, '0')}`;
			insertInTurn(
				account,
				range(3_000).map((index) => ({ phone: index % 3 ? number(index) : written(index) })),
			);
			await account.run(upsert, [
				{ first: 'Known', phone: number(1_800) },
				{ first: 'New', phone: number(9_000) },
				{ first: 'Known, too', phone: number(1_801) },
			]);
			expect(created(account)).toHaveLength(1);
			expect(account.sandbox.data.contacts.size).toBe(3_001);
		},
	);

	test('ten new ones among 10,000: at most 45 requests', async () => {
		fill(10_000);
		await account.run(
			upsert,
			range(10, 90_000).map((index) => ({ first: `N${index}`, phone: number(index) })),
		);
		expect(count()).toBeLessThanOrEqual(45);
		expect(created(account)).toHaveLength(10);
	});

	test('no page twice, and in all no more questions than pages', async () => {
		fill(3_000);
		const items = range(100).map((index) => ({ first: `N${index}`, phone: number(index * 60) }));
		await account.run(upsert, items);
		const listed = pagesRead(account);
		// One more look at the newest page tells the ids of those that were created.
		expect(listed.length - new Set(listed).size).toBeLessThanOrEqual(2);
		expect(probes(account).length).toBeLessThanOrEqual(30);
		expect(created(account)).toHaveLength(50);
	});

	test('a hint says what it took, and how to avoid it', async () => {
		fill(3_000);
		const run = await account.attempt(get, [{ phone: number(1_500) }]);
		expect(run.hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(/^Finding contacts by phone number took 16 requests and \d+ s.*By ID/),
		]);
	});
});

/** Whoever asks whether a number is taken learns nothing. */
const answersNothing = { kind: 'html', method: 'POST', path: '/contacts' } as const;

describe('a server whose answers tell nothing', () => {
	const account = useAccount({ seed: 'empty', behaviour: { ...clampTo(10), stableOrder: true } });
	beforeEach(() => {
		insertInTurn(
			account,
			range(200).map((index) => ({ phone: number(index) })),
		);
	});
	const items = [7, 9_000, 9_001].map((index) => ({ first: `P${index}`, phone: number(index) }));
	const expectRight = () => {
		expect(account.sandbox.data.contacts.size).toBe(202);
		expect(created(account)).toHaveLength(2);
	};

	test.each([
		['an HTML page', { kind: 'html' as const, status: 502 }],
		['an error of its own', { kind: 'answer' as const, status: 500, body: { status: 'error' } }],
		['an empty answer', { kind: 'empty' as const }],
	])('%s: the list is read', async (_, fault) => {
		// Only the first question meets it.
		account.sandbox.faults.add({ ...fault, method: 'POST', path: '/contacts', times: 1 });
		await account.run({ ...upsert, options: { parallelRequests: 1 } }, items);
		expectRight();
	});

	test('a token that may not create contacts finds them all the same', async () => {
		account.sandbox.behaviour.abilities = ['contacts.read'];
		expect(await account.run(get, [{ phone: number(3) }])).toMatchObject([{ phone: number(3) }]);
		const before = probes(account).length;
		const unknown = range(3, 9_000).map((index) => ({ phone: number(index) }));
		const run = await account.attempt({ ...get, options: { parallelRequests: 1 } }, unknown, {
			settings: { onError: 'continueRegularOutput' },
		});
		expect(run.outputs.flat().map(({ json }) => json.error)).toEqual(
			unknown.map(({ phone }) => `There is no contact with the phone number ${phone}`),
		);
		// The first answer shows that asking is no use.
		expect(probes(account).length - before).toBe(1);
	});
});

describe('a later page that is too large for the server', () => {
	const account = useAccount({ seed: 'empty', behaviour: { stableOrder: true } });

	test('is read in parts, and everybody is found', async () => {
		insertInTurn(
			account,
			range(2_500).map((index) => ({ phone: number(index) })),
		);
		account.sandbox.faults.add({ ...answersNothing, times: 1 });
		for (const page of [2, 3, 4]) {
			account.sandbox.faults.add({
				...{ kind: 'html', status: 504, path: '/contacts', page, perPageAbove: 260 },
			});
		}
		const items = [2_400, 1_200, 900, 100].map((index) => ({
			first: `P${index}`,
			phone: number(index),
		}));
		await account.run(upsert, [...items, { first: 'New', phone: number(9_000) }]);
		expect(created(account)).toHaveLength(1);
		expect(account.sandbox.data.contacts.size).toBe(2_501);
	});
});

describe('a list that is not whole', () => {
	const account = useAccount({ seed: 'empty', behaviour: clampTo(10) });
	beforeEach(() => {
		account.sandbox.data.insertContacts(
			range(300).map((index) => ({ phone: number(index) })),
			{
				createdAt: '2026-01-01T00:00:00Z',
			},
		);
	});

	test('nobody is created twice, and nobody is taken for missing', async () => {
		const items = [3, 100, 299, 9_000].map((index) => ({
			first: `P${index}`,
			phone: number(index),
		}));
		await account.run(upsert, items);
		expect(account.sandbox.data.contacts.size).toBe(301);
	});

	test('where the server tells nothing either, nothing is created and the error says so', async () => {
		account.sandbox.faults.add(answersNothing);
		Object.assign(account.sandbox.behaviour, clampTo(1));
		account.sandbox.data.insertContacts(
			range(300, 500).map((index) => ({ phone: number(index) })),
			{ createdAt: '2026-01-01T00:00:00Z' },
		);
		const items = [9_000, 9_001, 9_002].map((index) => ({
			first: `P${index}`,
			phone: number(index),
		}));
		const run = await account.attempt(upsert, items, {
			settings: { onError: 'continueRegularOutput' },
		});
		const messages = run.outputs.flat().map(({ json }) => json.error ?? 'created');
		for (const [index, message] of messages.entries()) {
			expect(message).toBe(
				`It is not known which contact has the phone number ${number(9_000 + index)}: the list of contacts could not be read whole`,
			);
		}
		expect(account.sandbox.data.contacts.size).toBe(600);
	});
});

describe.each(generations)('the same person twice in a run, %s server', (server) => {
	const account = useAccount({ seed: 'empty', server });

	test('30 numbers, each twice in a row: 30 contacts', async () => {
		const items = range(60).map((index) => ({
			first: `P${index}`,
			phone: `${index % 2 ? '+' : ''}${number(Math.floor(index / 2))}`,
		}));
		const upserted = await account.run(upsert, items);
		expect(account.sandbox.data.contacts.size).toBe(30);
		expect(
			account.sandbox.data.contacts
				.all()
				.map(({ firstname }) => firstname)
				.toSorted(),
		).toEqual(
			range(30)
				.map((index) => `P${index * 2 + 1}`)
				.toSorted(),
		);
		for (const [index, { id }] of upserted.entries()) {
			expect(account.sandbox.data.contacts.get(Number(id))?.phone).toBe(
				number(Math.floor(index / 2)),
			);
		}
	});

	test('whose number is written in two national ways', async () => {
		await account.run(upsert, [
			{ first: 'Eva', phone: '+52 1 55 1234 5678' },
			{ first: 'Eve', phone: '+52 55 1234 5678' },
			{ first: 'Ana', phone: '+55 11 98765-4321' },
			{ first: 'Anna', phone: '551187654321' },
		]);
		expect(
			account.sandbox.data.contacts
				.all()
				.map(({ firstname }) => firstname)
				.toSorted(),
		).toEqual(['Anna', 'Eve']);
	});
});

describe('what a run has changed itself', () => {
	const account = useAccount({ seed: 'empty', behaviour: { stableOrder: true } });
	const update = { ...operationOf('update'), ...byPhone, options: { parallelRequests: 1 } };

	test('a contact is not found under the number that it had', async () => {
		insertInTurn(
			account,
			range(3).map((index) => ({ phone: number(index), firstname: 'Old' })),
		);
		const run = await account.attempt(
			{ ...update, updateFields: { phone: '={{ $json.next }}' } },
			[
				{ phone: number(0), next: number(10) },
				{ phone: number(0), next: number(11) },
				{ phone: number(10), next: number(12) },
			],
			{ settings: { onError: 'continueRegularOutput' } },
		);
		expect(run.outputs.flat().map(({ json }) => json.error ?? json.phone)).toEqual([
			number(10),
			`There is no contact with the phone number ${number(0)}`,
			number(12),
		]);
	});

	test('a deleted contact is not found again, but the other one of that person is', async () => {
		const [older, newer] = insertInTurn(account, [
			{ phone: number(0) },
			{ phone: `+${number(0)}` },
		]);
		const run = await account.attempt(
			{ ...operationOf('delete'), ...byPhone, options: { parallelRequests: 1 } },
			range(3).map((index) => ({ index, phone: number(0) })),
			{ settings: { onError: 'continueRegularOutput' } },
		);
		expect(run.outputs.flat().map(({ json }) => json.error ?? json.id)).toEqual([
			newer?.id,
			older?.id,
			`There is no contact with the phone number ${number(0)}`,
		]);
	});

	test('deletions move the others up, and nobody is passed over', async () => {
		Object.assign(account.sandbox.behaviour, clampTo(10));
		insertInTurn(
			account,
			range(100).map((index) => ({ phone: number(index) })),
		);
		const numbers = range(100).map((index) => ({ phone: number(99 - index) }));
		const deleted = await account.run(
			{ ...operationOf('delete'), ...byPhone, options: { parallelRequests: 1 } },
			numbers,
		);
		expect(deleted).toHaveLength(100);
		expect(account.sandbox.data.contacts.size).toBe(0);
		expect(pagesRead(account).filter((page) => page !== undefined).length).toBe(10);
	});
});

describe('somebody else creates the contact in the same moment', () => {
	const account = useAccount({ seed: 'empty' });

	test('an upsert changes it then', async () => {
		const items = range(3).map((index) => ({ first: `P${index}`, phone: number(index) }));
		const isAsked = async () => {
			while (!account.sandbox.requests.some(({ method }) => method === 'GET')) {
				await new Promise(setImmediate);
			}
			account.sandbox.data.insertContacts(items.map(({ phone }) => ({ phone, lastname: 'Other' })));
		};
		account.sandbox.faults.add({ kind: 'delay', ms: 100, method: 'POST', path: '/contacts' });
		const [upserted] = await Promise.all([account.run(upsert, items), isAsked()]);
		expect(upserted.map(({ firstname }) => firstname)).toEqual(['P0', 'P1', 'P2']);
		expect(account.sandbox.data.contacts.all().map(({ firstname }) => firstname)).toEqual([
			...['P0', 'P1', 'P2'],
		]);
	});
});

describe.each(generations)(
	'somebody else deletes the contacts in the same moment, %s server',
	(server) => {
		const account = useAccount({ seed: 'empty', server });

		test('an upsert creates them then', async () => {
			const items = range(3).map((index) => ({ first: `P${index}`, phone: number(index) }));
			const known = insertInTurn(
				account,
				range(6).map((index) => ({ phone: number(index) })),
			);
			const isFound = async () => {
				while (!account.sandbox.requests.some(({ method }) => method === 'GET')) {
					await new Promise(setImmediate);
				}
				for (const contact of known.slice(0, 3)) account.sandbox.data.contacts.delete(contact);
			};
			account.sandbox.faults.add({ kind: 'delay', ms: 100, method: 'PUT', path: '/contacts/*' });
			const [upserted] = await Promise.all([account.run(upsert, items), isFound()]);
			expect(upserted.map(({ firstname }) => firstname)).toEqual(['P0', 'P1', 'P2']);
			expect(account.sandbox.data.contacts.size).toBe(6);
			expect(created(account)).toHaveLength(3);
		});
	},
);

describe('a run that takes hours', () => {
	const account = useAccount({ seed: 'empty', behaviour: { ...clampTo(10), stableOrder: true } });

	test('changes contacts as they are by then, not as they were', async () => {
		const known = insertInTurn(
			account,
			range(40).map((index) => ({ phone: number(index), lastname: `Old ${index}` })),
		);
		const items = range(4, 35).map((index) => ({ first: `P${index}`, phone: number(index) }));
		// Others change the contacts between the first item and the second, and delete one.
		const meanwhile = async () => {
			while (!account.sandbox.requests.some(({ method }) => method === 'PUT')) {
				await new Promise(setImmediate);
			}
			anHourLater();
			account.sandbox.data.contacts.update(known[36] as Contact, { type: 'customer' });
			account.sandbox.data.contacts.delete(known[37] as Contact);
			account.sandbox.data.contacts.update(known[38] as Contact, { phone: number(500) });
		};
		const parameters = { ...upsert, options: { parallelRequests: 1 } };
		account.sandbox.faults.add({ kind: 'delay', ms: 100, method: 'PUT', path: '/contacts/*' });
		const [upserted] = await Promise.all([account.run(parameters, items), meanwhile()]);
		expect(upserted.map(({ firstname }) => firstname)).toEqual(items.map(({ first }) => first));
		expect(known[36]).toMatchObject({ firstname: 'P36', type: 'customer' });
		expect(known[38]).toMatchObject({ phone: number(500) });
		expect(known[38]?.firstname).not.toBe('P38');
		expect(created(account).map(({ body }) => body['phone'])).toEqual([number(37), number(38)]);
	});

	test('finds whom others have created meanwhile, in another spelling', async () => {
		const known = insertInTurn(
			account,
			range(3).map((index) => ({ phone: number(index) })),
		);
		const items = [0, 500, 501, 2].map((index) => ({ first: `P${index}`, phone: number(index) }));
		const meanwhile = async () => {
			while (!account.sandbox.requests.some(({ method }) => method === 'PUT')) {
				await new Promise(setImmediate);
			}
			anHourLater();
			account.sandbox.data.insertContacts([{ phone: `+${number(500)}` }]);
		};
		account.sandbox.faults.add({ kind: 'delay', ms: 100, method: 'PUT', path: '/contacts/*' });
		const parameters = { ...upsert, options: { parallelRequests: 1 } };
		const [upserted] = await Promise.all([account.run(parameters, items), meanwhile()]);
		expect(upserted.map(({ firstname }) => firstname)).toEqual(items.map(({ first }) => first));
		expect(created(account).map(({ body }) => body['phone'])).toEqual([number(501)]);
		expect(known[2]?.firstname).toBe('P2');
	});

	test('does not find whom others have deleted meanwhile', async () => {
		const known = insertInTurn(
			account,
			range(40).map((index) => ({ phone: number(index) })),
		);
		// The first item reads three pages; the others ask for contacts of the first one.
		const items = [15, 37, 36].map((index) => ({ phone: number(index) }));
		const meanwhile = async () => {
			while (!pagesRead(account).includes('2')) await new Promise(setImmediate);
			anHourLater();
			const isRead = ({ path }: { path: string }) => path.endsWith(`/contacts/${known[37]?.id}`);
			while (!account.sandbox.requests.some(isRead)) await new Promise(setImmediate);
			account.sandbox.data.contacts.delete(known[37] as Contact);
		};
		account.sandbox.faults.add({ kind: 'delay', ms: 100, method: 'GET', path: '/contacts/*' });
		const [run] = await Promise.all([
			account.attempt({ ...get, options: { parallelRequests: 1 } }, items, {
				settings: { onError: 'continueRegularOutput' },
			}),
			meanwhile(),
		]);
		expect(run.outputs.flat().map(({ json }) => json.error ?? json.id)).toEqual([
			known[15]?.id,
			`There is no contact with the phone number ${number(37)}`,
			known[36]?.id,
		]);
	});
});

describe.each(generations)('an e-mail that belongs to somebody else, %s server', (server) => {
	const account = useAccount({ seed: 'empty', server });
	test('the error gives no advice that leads in a circle', async () => {
		insertInTurn(account, [{ phone: number(1), email: 'ada@example.com' }]);
		const additionalFields = { email: 'ada@example.com' };
		const run = await account.attempt({ ...upsert, additionalFields }, [
			{ first: 'P0', phone: number(100) },
		]);
		expect(run.error?.message).toMatch(/^WhatsCloud refuses the input: Email: /);
		expect(run.error?.description).toContain('leave it out');
		expect(run.error?.description).not.toContain('Create or Update');
	});
});

describe('Keep Status and Source', () => {
	const account = useAccount({ seed: 'empty' });
	const known = () =>
		insertInTurn(
			account,
			range(2).map((index) => ({ phone: number(index), status_id: 4, source_id: 2 })),
		);
	const items = range(3).map((index) => ({ first: `P${index}`, phone: number(index) }));
	const stored = () =>
		account.sandbox.data.contacts.all().map((contact) => [contact.status_id, contact.source_id]);

	test('without it, contacts that are there get the status and source of the node', async () => {
		known();
		await account.run(upsert, items);
		expect(stored()).toEqual([
			[1, 1],
			[1, 1],
			[1, 1],
		]);
	});

	test('with it, they keep theirs, and new ones get those of the node', async () => {
		known();
		await account.run({ ...upsert, options: { keepStatusAndSource: true } }, items);
		expect(stored()).toEqual([
			[4, 2],
			[4, 2],
			[1, 1],
		]);
		expect(account.sandbox.data.contacts.all().map(({ firstname }) => firstname)).toEqual([
			'P0',
			'P1',
			'P2',
		]);
	});
});

describe('random accounts and spellings', () => {
	const account = useAccount({ seed: 'empty' });

	/** Numbers of countries whose numbers people write in several ways. */
	const anyNumber = fc
		.tuple(
			fc.constantFrom(
				...['1555600000', '52551234000', '521551234000', '551198760000', '55118760000'],
				...['549112340000', '54112340000', '44791110000', '49301234000', '39061230000'],
				...['234803100000', '97150120000'],
			),
			fc.integer({ min: 0, max: 9 }),
		)
		.map(([start, end]) => `${start}${end}`);
	const anySpelling = (digits: fc.Arbitrary<string>) =>
		fc.tuple(digits, fc.nat(), fc.constantFrom('', '+')).map(([given, pick, plus]) => {
			const forms = phoneSpellings(given);
			return `${plus}${forms[pick % forms.length] ?? given}`;
		});

	test('guarantee: Create or Update makes no second contact of a person, and changes nobody else.', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.record({
					stored: fc.array(anySpelling(anyNumber), { minLength: 12, maxLength: 40, size: 'max' }),
					asked: fc.array(anySpelling(anyNumber), { minLength: 1, maxLength: 4 }),
					server: fc.constantFrom(...generations),
					perPage: fc.constantFrom(1, 3, 1_000),
					listShape: fc.constantFrom('paginator' as const, 'flat' as const),
					ties: fc.boolean(),
				}),
				async ({ stored, asked, server, perPage, listShape, ties }) => {
					const { sandbox } = account;
					sandbox.reset();
					const switches = { listShape, ...clampTo(perPage) };
					Object.assign(sandbox.behaviour, behaviourFrom(server, switches));
					// One contact for each person, each with a name that tells whom it is for.
					const people = new Map(stored.map((phone) => [phoneKey(phone), phone]));
					const contacts = [...people].map(([key, phone]) => ({
						phone,
						firstname: `stored ${key}`,
					}));
					if (ties)
						sandbox.data.insertContacts(contacts.map((one) => ({ ...one, lastname: 'Stored' })));
					else insertInTurn(account, contacts);

					const items = asked.map((phone, index) => ({
						first: `asked ${phoneKey(phone)}`,
						phone,
						index,
					}));
					const run = await account.attempt(upsert, items, {
						settings: { onError: 'continueRegularOutput' },
					});
					const refused = run.outputs.flat().filter(({ json }) => json.error);
					// What can't be known is refused, but only where the list can't be read whole.
					expect(refused.length === 0 || ties).toBe(true);

					const askedKeys = new Set(asked.map((phone) => phoneKey(phone)));
					const after = sandbox.data.contacts.all();
					expect(new Set(after.map(({ phone }) => phoneKey(phone))).size).toBe(after.length);
					for (const { phone, firstname } of after) {
						const key = phoneKey(phone);
						const names =
							refused.length > 0
								? [`stored ${key}`, `asked ${key}`]
								: [askedKeys.has(key) ? `asked ${key}` : `stored ${key}`];
						expect(names).toContain(firstname);
					}
				},
			),
			{ numRuns: 60 },
		);
	}, 300_000);
});
