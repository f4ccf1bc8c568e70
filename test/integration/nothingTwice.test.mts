import type { IExecuteFunctions, INodeExecutionData, OnError } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { resources, WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import type { Operation } from '../../nodes/WhatsCloud/operation';
import { runItems } from '../../nodes/WhatsCloud/run/runItems';
import { addressOf } from '../engine/engine.mts';
import { messages, outcomes, phone, type SendOptions, useSending } from './sending.mts';
import { useSandbox } from './useSandbox.mts';

jest.setTimeout(30_000);

const account = useSending(200);
const other = useSandbox({ server: 'A', subdomain: 'other' });
const retries = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const modes: OnError[] = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];
const sent = (count: number) => Array.from({ length: count }, (_, index) => `Message ${index}`);
const inOrder = { parallelRequests: 1 };
const isFailed = ({ json }: INodeExecutionData) => json.error !== undefined;
const lostAnswer = { kind: 'reset', when: 'after' } as const;

describe.each(modes)('Retry On Fail with On Error = %s', (onError) => {
	describe.each([
		['first', 0],
		['middle', 2],
		['last', 4],
	])('when the %s of five items fails once', (_name, index) => {
		test.each([1, 10])(
			'guarantee: Retry On Fail sends no message twice. (%d at a time)',
			async (parallelRequests) => {
				void account.refuseOnce(index);
				const run = await account.send({
					items: messages(5),
					settings: { ...retries, onError },
					options: { parallelRequests },
				});
				// Under Continue n8n tries again when the first item failed.
				const isTriedAgain = onError === 'stopWorkflow' || index === 0;
				const done = sent(5).filter((_text, item) => isTriedAgain || item !== index);
				expect(account.texts().toSorted()).toEqual(done);
				expect(run.status).toBe('success');
				expect(outcomes(run).toSorted()).toEqual(
					sent(5).map((text, item) => [item, isTriedAgain || item !== index ? text : 'error']),
				);
				expect(run.context).toEqual({ whatsCloudSent: {} });
			},
		);
	});

	test('guarantee: Retry On Fail does not repeat a message that may have been sent, and the error says so.', async () => {
		account.faultAfter(2, lostAnswer);
		const run = await account.send({
			items: messages(5),
			settings: { ...retries, onError },
			options: inOrder,
		});
		const stops = onError === 'stopWorkflow';
		expect(account.texts()).toEqual(sent(stops ? 3 : 5));
		const notKnown = expect.stringContaining(
			'It is not known whether this message was sent',
		) as string;
		if (stops) {
			expect(run.error).toMatchObject({
				message: notKnown,
				description: expect.stringContaining('2 of 5 items were done') as string,
				context: { itemIndex: 2, items: { all: 5, done: [0, 1], failed: [2], unknown: [2] } },
			});
		} else {
			const errors = run.outputs.flat().filter(isFailed);
			expect(errors).toMatchObject([{ json: { error: notKnown }, pairedItem: { item: 2 } }]);
		}
	});
});

describe('Retry execution', () => {
	/** An execution that stopped at the third of five items. */
	async function failed(options: SendOptions = {}) {
		void account.refuseOnce(2);
		const run = await account.send({ items: messages(5), options: inOrder, ...options });
		expect(run.status).toBe('error');
		expect(account.texts()).toEqual(sent(2));
		return run;
	}

	test('guarantee: Retry execution sends only what is missing, and puts out all items.', async () => {
		const { runData } = await failed();
		const run = await account.send({ items: messages(5), options: inOrder, retryOf: runData });
		expect(account.texts()).toEqual(sent(5));
		expect(outcomes(run)).toEqual(sent(5).map((text, item) => [item, text]));
		expect(new Set(run.outputs.flat().map(({ json }) => json.message_id)).size).toBe(5);
	});

	test('of a retry knows what both have done', async () => {
		const { runData } = await failed();
		void account.refuseOnce(4);
		const options = { items: messages(5), options: inOrder };
		const second = await account.send({ ...options, retryOf: runData });
		expect([second.status, account.texts()]).toEqual(['error', sent(4)]);
		const third = await account.send({ ...options, retryOf: second.runData });
		expect(account.texts()).toEqual(sent(5));
		expect(outcomes(third)).toEqual(sent(5).map((text, item) => [item, text]));
	});

	test('a second time from the same failure repeats only what the failure did not know', async () => {
		const { runData } = await failed();
		await account.send({ items: messages(5), options: inOrder, retryOf: runData });
		await account.send({ items: messages(5), options: inOrder, retryOf: runData });
		expect(account.texts()).toEqual([...sent(5), ...sent(5).slice(2)]);
	});

	test('repeats what may have been sent: the user decided so', async () => {
		account.faultAfter(1, lostAnswer);
		const { runData, error } = await account.send({ items: messages(3), options: inOrder });
		expect(error?.context).toMatchObject({ outcome: 'unknown' });
		await account.send({ items: messages(3), options: inOrder, retryOf: runData });
		expect(account.texts()).toEqual(['Message 0', 'Message 1', 'Message 1', 'Message 2']);
	});

	test('with other options sends nothing again', async () => {
		const { runData } = await failed({ options: { parallelRequests: 1, onRateLimit: 'fail' } });
		const options = { parallelRequests: 3, timeout: 7, onRateLimit: 'wait' };
		await account.send({ items: messages(5), options, retryOf: runData });
		expect(account.texts().toSorted()).toEqual(sent(5));
	});

	test('with a corrected text sends to nobody again', async () => {
		const { runData } = await failed();
		const parameters = { text: '={{ $json.text }}!' };
		await account.send({ items: messages(5), options: inOrder, retryOf: runData, parameters });
		expect(account.texts()).toEqual([...sent(2), 'Message 2!', 'Message 3!', 'Message 4!']);
	});

	test('with "Contact If New" filled in, as the error advises, sends to nobody again', async () => {
		const { sandbox } = account;
		const items = messages(5);
		const missing = sandbox.data.contacts.all().find((row) => row.phone === phone(2));
		if (missing) sandbox.data.contacts.delete(missing);
		const { runData, error } = await account.send({ items, options: inOrder });
		expect(error?.description).toContain('"Contact If New"');
		const parameters = { contactIfNew: { firstName: '={{ $json.text }}' } };
		const run = await account.send({ items, options: inOrder, retryOf: runData, parameters });
		expect(run.status).toBe('success');
		expect(account.texts()).toEqual(sent(5));
	});

	test('with the base URL written in another way sends to nobody again', async () => {
		const { runData } = await failed();
		const { baseUrl, ...address } = addressOf(account.sandbox);
		const other = baseUrl.replace('127.0.0.1', 'LOCALHOST').replace(/\/*$/, '//');
		expect(other).not.toBe(baseUrl);
		const credential = { type: WhatsCloudApi, data: { ...address, baseUrl: other } };
		await account.send({ items: messages(5), options: inOrder, retryOf: runData, credential });
		expect(account.texts()).toEqual(sent(5));
	});

	test('from another account sends to all: what the first has sent is not its own', async () => {
		const { runData } = await failed();
		const { sandbox } = other;
		sandbox.data.insertContacts([0, 1, 2, 3, 4].map((index) => ({ phone: phone(index) })));
		const credential = { type: WhatsCloudApi, data: addressOf(sandbox) };
		await account.send({ items: messages(5), options: inOrder, retryOf: runData, credential });
		expect(sandbox.messages.map(({ text }) => text)).toEqual(sent(5));
		expect(account.texts()).toEqual(sent(2));
	});

	test('with another resource or operation does all that this one does', async () => {
		const body = { status: 'error', message: 'No' };
		account.sandbox.faults.add({ kind: 'answer', status: 422, body, path: '/groups', skip: 2 });
		const create = { resource: 'group', operation: 'create', name: '={{ $json.text }}' };
		const options = { items: messages(3), options: inOrder };
		const { error, runData } = await account.send({ ...options, parameters: create });
		expect(error?.context.items).toMatchObject({ done: [0, 1], failed: [2] });
		account.sandbox.faults.clear();
		const instead = async (parameters: object) =>
			await account.send({
				...{ ...options, retryOf: runData, parameters: { ...create, ...parameters } },
			});
		const groups = account.sandbox.data.groups.all().map(({ name }) => name);
		expect(groups).not.toContain('Message 2');
		const read = await instead({ operation: 'getAll', returnAll: true });
		const names = read.outputs[0]?.map(({ json }) => json.name);
		expect(names?.toSorted()).toEqual([...groups, ...groups, ...groups].toSorted());
		await instead({ resource: 'source' });
		const sources = account.sandbox.data.sources.all().map(({ name }) => name);
		expect(sources).toEqual(expect.arrayContaining(sent(3)));
	});

	test('sends a template only to those who got no text', async () => {
		const { runData } = await failed({ items: messages(5) });
		const done = account.texts();
		expect([done.length > 0, done.length < 5]).toEqual([true, true]);
		const template = { __rl: true, mode: 'name', value: 'hello_world' };
		const run = await account.send({
			...{ items: messages(5), retryOf: runData },
			parameters: { operation: 'sendTemplate', template },
		});
		expect(run.error).toBeUndefined();
		const names = account.sandbox.messages.map(({ contactId }) => contactId);
		expect(new Set(names).size).toBe(5);
		expect(names).toHaveLength(5);
	});

	test('knows an item that contains itself by all else that it holds', async () => {
		const items = messages(5);
		for (const { json } of items) json.self = json;
		const { runData } = await failed({ items });
		const other = { json: { to: phone(9), text: 'New' } };
		Object.assign(other.json, { self: other.json });
		replaceInput(runData, [other, ...items.slice(1)]);
		await account.send({ items, options: inOrder, retryOf: runData });
		expect(account.texts()).toEqual([...sent(2), 'New', ...sent(5).slice(2)]);
	});

	test('sends to another item in the place of one that was done', async () => {
		const { runData } = await failed();
		const items = [{ json: { to: phone(9), text: 'New' } }, ...messages(5).slice(1)];
		replaceInput(runData, items);
		await account.send({ items, options: inOrder, retryOf: runData });
		expect(account.texts()).toEqual([...sent(2), 'New', ...sent(5).slice(2)]);
	});

	test('sends the same text to the same number as often as there are items', async () => {
		const items = [0, 1, 0, 0, 2, 0].map((to) => ({ json: { to: phone(to), text: 'Same' } }));
		void account.refuseOnce(2);
		const { runData } = await account.send({ items, options: inOrder });
		expect(account.sandbox.messages.length).toBe(4);
		await account.send({ items, options: inOrder, retryOf: runData });
		expect(account.sandbox.messages.length).toBe(6);
	});
});

/** The failed execution goes on with other items, as after an edit of the node before. */
function replaceInput(
	runData: Awaited<ReturnType<typeof account.send>>['runData'],
	items: ReturnType<typeof messages>,
): void {
	const waiting = runData.executionData?.nodeExecutionStack.find(
		({ node }) => node.name === 'Node',
	);
	if (!waiting) throw new Error('The node does not wait');
	waiting.data = { main: [items] };
}

test('of a sub-workflow that failed, the error says whose execution is to be retried', async () => {
	account.faultAfter(1, { kind: 'answer', status: 422, body: { status: 'error', message: 'No' } });
	const { error } = await account.send({
		...{ items: messages(3), options: inOrder, mode: 'integrated' },
	});
	expect(error?.context.items).toMatchObject({ done: [0], failed: [1] });
	expect(error?.description).toContain(
		`"Retry execution" of the sub-workflow's own execution goes on with the rest`,
	);
	expect(error?.description).toContain('That of the workflow that called it begins anew');
});

test('of a message that may have been sent, the next try does not say that nothing was', async () => {
	account.sandbox.faults.add({ ...lostAnswer, path: '/messages/send', times: 1 });
	const settings = { ...retries, onError: 'stopWorkflow' } as const;
	const { error } = await account.send({ items: messages(3), options: inOrder, settings });
	expect(account.texts()).toEqual(sent(1));
	expect(error?.description).toContain('0 of 3 items were done');
	expect(error?.description).not.toContain('Nothing was sent');
});

describe('a deletion whose answer got lost', () => {
	const deleting = () => {
		const contacts = account.sandbox.data.contacts.all().slice(0, 3);
		const path = `/contacts/${contacts[0]?.id ?? ''}`;
		account.sandbox.faults.add({ kind: 'answer', status: 500, when: 'after', path, times: 1 });
		return {
			items: contacts.map(({ id }) => ({ json: { id } })),
			parameters: {
				resource: 'contact',
				operation: 'delete',
				contactId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			},
			options: inOrder,
		};
	};

	test.each(modes)('is done for the try after it, %s', async (onError) => {
		const given = deleting();
		const run = await account.send({ ...given, settings: { ...retries, onError } });
		expect(run.error).toBeUndefined();
		expect(run.outputs.flat().map(({ json }) => json)).toEqual(
			given.items.map(({ json }) => ({ deleted: true, id: json.id })),
		);
		for (const { json } of given.items)
			expect(account.sandbox.data.contacts.get(json.id)).toBeUndefined();
	});

	test('is done for an execution that is retried, which goes on with the others', async () => {
		const given = deleting();
		const { error, runData } = await account.send(given);
		expect(error?.context.items).toMatchObject({ done: [], unknown: [0] });
		const retried = await account.send({ ...given, retryOf: runData });
		expect(retried.outputs.flat().map(({ json }) => json)).toEqual(
			given.items.map(({ json }) => ({ deleted: true, id: json.id })),
		);
	});

	test('is not told as refused by a repeated request', async () => {
		const contacts = account.sandbox.data.contacts.all().slice(0, 3);
		const [, second] = contacts;
		const path = `/contacts/${second?.id ?? ''}`;
		account.sandbox.faults.add({ kind: 'reset', when: 'after', path, times: 1 });
		account.sandbox.faults.add({ kind: 'answer', status: 403, path, times: 1 });
		const run = await account.send({
			items: contacts.map(({ id }) => ({ json: { id } })),
			parameters: {
				resource: 'contact',
				operation: 'delete',
				contactId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			},
			settings: { onError: 'continueErrorOutput' },
		});
		expect(run.outputs.map((output) => output.length)).toEqual([2, 1]);
		expect(run.outputs[1]?.[0]?.json.details).toContain('may have been done');
	});
});

describe('what a try whose answer got lost has changed', () => {
	const lost = (path: string, method: string) => {
		account.sandbox.faults.add({
			...{ kind: 'answer', status: 500, when: 'after', path, method, times: 1 },
		});
	};
	const picked = (mode: string, value: string) => ({ __rl: true, mode, value });
	const tries = [
		[
			'Retry On Fail',
			async (given: SendOptions) => await account.send({ ...given, settings: retries }),
		],
		[
			'Retry execution',
			async (given: SendOptions) =>
				await account.send({ ...given, retryOf: (await account.send(given)).runData }),
		],
	] as const;

	test.each(tries)('is not looked for under the number of somebody else: %s', async (_, run) => {
		const number = '15556660001';
		const twins = account.sandbox.data.insertContacts([{ phone: `+${number}` }, { phone: number }]);
		lost(`/contacts/${twins[1]?.id ?? ''}`, 'DELETE');
		const others = messages(2);
		const { outputs, error } = await run({
			items: [{ json: { to: number } }, ...others],
			parameters: {
				...{ resource: 'contact', operation: 'delete' },
				contactId: picked('phone', '={{ $json.to }}'),
			},
			options: inOrder,
		});
		expect(error).toBeUndefined();
		expect(outputs.flat()[0]?.json).toEqual({ deleted: true, id: twins[1]?.id });
		expect(account.sandbox.data.contacts.get(twins[0]?.id ?? 0)).toBeDefined();
	});

	test.each(tries)('is not looked for under a name that is gone: %s', async (_, run) => {
		const names = ['One', 'Two', 'Three'];
		const items = names.map((name) => ({ json: { name } }));
		const making = { resource: 'source', operation: 'create', name: '={{ $json.name }}' };
		const made = (await account.send({ items, parameters: making })).outputs.flat();
		const ids = made.map(({ json }) => Number(json.id));
		lost(`/sources/${ids[1] ?? ''}`, 'DELETE');
		const { outputs, error } = await run({
			items,
			parameters: {
				...{ resource: 'source', operation: 'delete' },
				sourceId: picked('name', '={{ $json.name }}'),
			},
			options: inOrder,
		});
		expect(error).toBeUndefined();
		expect(outputs.flat().map(({ json }) => json)).toEqual(
			ids.map((id) => ({ deleted: true, id })),
		);
	});

	test.each(tries)('is not looked for under an old number or name: %s', async (_, run) => {
		const before = ['15556660011', '15556660013', '15556660015'];
		const contacts = account.sandbox.data.insertContacts(
			before.map((number) => ({ phone: number })),
		);
		lost(`/contacts/${contacts[1]?.id ?? ''}`, 'PUT');
		const changed = await run({
			items: before.map((to) => ({ json: { to, now: String(Number(to) + 10) } })),
			options: inOrder,
			parameters: {
				...{ resource: 'contact', operation: 'update' },
				...{
					contactId: picked('phone', '={{ $json.to }}'),
					updateFields: { phone: '={{ $json.now }}' },
				},
			},
		});
		expect(changed.outputs.flat().map(({ json }) => [json.id, json.phone])).toEqual(
			contacts.map(({ id }, index) => [id, String(Number(before[index]) + 10)]),
		);
	});

	test.each(tries)('is a new contact for an upsert: %s', async (_, run) => {
		const numbers = ['15556660021', '15556660022', '15556660023'];
		account.sandbox.faults.add({
			...{
				kind: 'answer',
				status: 500,
				when: 'after',
				path: '/contacts',
				method: 'POST',
				times: 1,
			},
		});
		// The looks after it fail, too.
		account.sandbox.faults.add({
			kind: 'html',
			status: 500,
			path: '/contacts',
			method: 'GET',
			skip: 1,
			times: 1,
		});
		const { outputs } = await run({
			items: numbers.map((to) => ({ json: { to } })),
			options: inOrder,
			parameters: {
				...{ resource: 'contact', operation: 'upsert', firstName: 'Ann', phone: '={{ $json.to }}' },
				...{ statusId: picked('id', '1'), sourceId: picked('id', '2') },
			},
		});
		expect(outputs.flat().map(({ json }) => [json.phone, json.created])).toEqual(
			numbers.map((number) => [number, true]),
		);
	});
});

describe('a contact that is written, with Include Names', () => {
	const byId = (value: number) => ({ __rl: true, mode: 'id', value });
	const writing = (operation: string) => ({
		items: Array.from({ length: 5 }, (_, index) => ({
			json: { text: `Person ${index}`, to: `1555600000${index}` },
		})),
		parameters: {
			...{
				resource: 'contact',
				operation,
				firstName: '={{ $json.text }}',
				phone: '={{ $json.to }}',
			},
			...{ statusId: byId(1), sourceId: byId(2), options: { includeNames: true } },
		},
	});
	const people = () =>
		account.sandbox.data.contacts
			.all()
			.flatMap(({ phone: number }) => (number?.startsWith('1555600') ? [number] : []))
			.toSorted();
	const all = writing('create').items.map(({ json }) => json.to);

	test.each(['create', 'upsert'])(
		'counts, although another fails meanwhile: %s, then Retry execution',
		async (operation) => {
			const given = writing(operation);
			account.sandbox.faults.add({ kind: 'delay', ms: 50, path: '/contacts', method: 'POST' });
			account.sandbox.faults.add({
				...{ kind: 'answer', status: 422, body: { status: 'error', message: 'No' } },
				...{ path: '/contacts', method: 'POST', skip: 4, times: 1 },
			});
			const { error, runData } = await account.send(given);
			expect(error?.context.items).toMatchObject({ all: 5, done: { length: 4 } });
			account.sandbox.faults.clear();
			const retried = await account.send({ ...given, retryOf: runData });
			expect(people()).toEqual(all);
			const shown = retried.outputs.flat().map(({ json }) => json);
			expect(shown).toMatchObject(
				all.map((number) => ({ phone: number, status_name: 'New', source_name: 'whatsapp' })),
			);
			if (operation === 'upsert')
				expect(shown.map(({ created }) => created)).toEqual(Array(5).fill(true));
		},
	);

	test.each([
		['create', {}],
		['update', { updateFields: { city: 'Rome' } }],
		['addToGroup', { groupId: byId(1) }],
	])('is not begun where the names can not be read: %s', async (operation, more) => {
		const path = '/sources';
		account.sandbox.faults.add({ kind: 'answer', status: 500, body: { status: 'error' }, path });
		const { items, parameters } = writing(operation);
		const ids = account.sandbox.data.contacts.all().map(({ id }) => id);
		const run = await account.send({
			items: items.map(({ json }, index) => ({ json: { ...json, id: ids[index] ?? 0 } })),
			parameters: {
				...{ ...parameters, ...more },
				contactId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			},
			settings: { onError: 'continueRegularOutput' },
		});
		expect(run.outputs.flat().filter(isFailed)).toHaveLength(5);
		expect(account.sandbox.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
	});
});

describe('loops', () => {
	test('send the same message in every run that has it', async () => {
		const items = Array.from({ length: 6 }, () => ({ json: { to: phone(0), text: 'Same' } }));
		const run = await account.send({ items, batchSize: 2, settings: retries });
		expect(account.texts()).toEqual(Array(6).fill('Same'));
		expect(run.taskData.length).toBe(3);
		expect(run.context).toEqual({ whatsCloudSent: {} });
	});

	test('send in later runs although the first item of an earlier one failed', async () => {
		const body = { status: 'error', message: 'No' };
		const path = '/messages/send';
		account.sandbox.faults.add({ kind: 'answer', status: 422, body, path, times: 1 });
		const items = Array.from({ length: 6 }, () => ({ json: { to: phone(0), text: 'Same' } }));
		const run = await account.send({
			...{ items, batchSize: 2, options: inOrder },
			settings: { onError: 'continueRegularOutput' },
		});
		expect(outcomes(run).map(([, text]) => text)).toEqual([
			'error',
			...Array<string>(5).fill('Same'),
		]);
		expect(account.texts()).toEqual(Array(5).fill('Same'));
	});

	test('try again only the run that failed', async () => {
		void account.refuseOnce(3);
		const run = await account.send({ items: messages(6), batchSize: 2, settings: retries });
		expect(run.status).toBe('success');
		expect(account.texts().toSorted()).toEqual(sent(6));
		expect(outcomes(run).map(([, text]) => text)).toEqual(sent(6));
	});

	test('go on after Retry execution with the run that failed', async () => {
		void account.refuseOnce(3);
		const options = { items: messages(6), batchSize: 2, options: inOrder };
		const { runData, status } = await account.send(options);
		expect([status, account.texts()]).toEqual(['error', sent(3)]);
		const run = await account.send({ ...options, retryOf: runData });
		expect(run.status).toBe('success');
		expect(account.texts()).toEqual(sent(6));
	});
});

describe('stop on error', () => {
	test('guarantee: After a failure that stops the run, nothing more is begun, and what is under way is finished.', async () => {
		account.sandbox.faults.add({ kind: 'delay', ms: 40, when: 'after', path: '/messages/send' });
		void account.refuseOnce(1);
		const run = await account.send({ items: messages(50), options: { parallelRequests: 5 } });
		const reached = account.sandbox.requests.length;
		expect(run.status).toBe('error');
		expect(reached).toBeLessThanOrEqual(10);
		expect(account.texts().length).toBe(reached - 1);
		expect(run.error?.context).toMatchObject({
			items: { all: 50, failed: [1], unknown: [] },
		});
	});

	test('guarantee: With On Error set to Stop Workflow, one item with a wrong value keeps all from being sent.', async () => {
		const items = [...messages(4), { json: { to: 'no number', text: 'Message 4' } }];
		const run = await account.send({ items });
		expect(account.sandbox.requests.length).toBe(0);
		expect(run.error).toMatchObject({
			description: expect.stringContaining('Nothing was sent') as string,
			context: { itemIndex: 4, outcome: 'refused' },
		});
	});

	test('names only items that may have been done', async () => {
		account.faultAfter(98, { kind: 'answer', status: 422, body: { status: 'error' } });
		const items = messages(150);
		const { runData } = await account.send({ items, options: inOrder });
		account.sandbox.faults.add({ kind: 'delay', ms: 500, when: 'after', path: '/messages/send' });
		account.sandbox.faults.add({ ...lostAnswer, path: '/messages/send' });
		const options = { parallelRequests: 50 };
		const { error } = await account.send({ items, options, retryOf: runData });
		const unknown = (error?.context.items as { unknown: number[] }).unknown.map(String);
		expect(unknown.length).toBeGreaterThan(12);
		const [, named = ''] =
			/may or may not have been done .*: ([\d, ]+)…/.exec(error?.description ?? '') ?? [];
		const numbers = named.match(/\d+/g) ?? [];
		expect(numbers.length).toBeGreaterThan(10);
		for (const number of numbers) expect(unknown).toContain(number);
	});

	test('says that nothing was sent also where only a look-up tells that an item is wrong', async () => {
		const template = { __rl: true, mode: 'name', value: '={{ $json.template }}' };
		const names = ['hello_world', 'hello_world', 'nowhere'];
		const items = names.map((name, index) => ({ json: { to: phone(index), template: name } }));
		const run = await account.send({ items, parameters: { operation: 'sendTemplate', template } });
		expect(account.sandbox.messages).toHaveLength(0);
		expect(run.error).toMatchObject({
			description: expect.stringContaining('Nothing was sent') as string,
			context: { itemIndex: 2, items: { all: 3, done: [], failed: [2] } },
		});
	});

	test('sends the others when the node continues', async () => {
		const items = [...messages(4), { json: { to: 'no number', text: 'Message 4' } }];
		const run = await account.send({ items, settings: { onError: 'continueErrorOutput' } });
		expect(account.texts().toSorted()).toEqual(sent(4));
		expect(run.outputs.map((output) => output.length)).toEqual([4, 1]);
		expect(run.outputs[1]?.[0]).toMatchObject({
			json: { error: expect.any(String) as string },
			pairedItem: { item: 4 },
		});
	});
});

/** Whose operations fail by a fault of their own after they have done their work. */
class Faulty extends WhatsCloud {
	override async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const faulty = resources.map(({ operations, ...resource }) => ({
			...resource,
			operations: operations.map((operation) => ({
				...operation,
				run: async (...call: Parameters<Operation['run']>) => {
					await operation.run(...call);
					throw new TypeError('Cannot read properties of undefined');
				},
			})),
		}));
		return await runItems(this, faulty);
	}
}

test('what the node itself failed at after the message was sent is not sent again', async () => {
	const settings = { ...retries, onError: 'continueRegularOutput' } as const;
	const run = await account.send({ items: messages(3), settings, node: Faulty });
	expect(account.texts().toSorted()).toEqual(sent(3));
	const notKnown = expect.stringMatching(/^It is not known whether this was done/) as string;
	expect(run.outputs[0]?.map(({ json }) => json)).toMatchObject(Array(3).fill({ error: notKnown }));
});

test('keeps with the execution nothing secret, and nothing that the server answered', async () => {
	const body = { status: 'error', message: 'a private answer' };
	account.faultAfter(2, { kind: 'answer', status: 500, when: 'after', body });
	const { context, runData } = await account.send({ items: messages(5), options: inOrder });
	expect(Object.keys(context)).toEqual(['whatsCloudSent']);
	expect(JSON.stringify(context)).toContain('It is not known');
	expect(JSON.stringify(context)).not.toContain('"body"');
	expect(JSON.stringify(runData)).not.toContain(account.sandbox.token);
});

// The last one: requests that were under way may still arrive.
describe('cancel during 200 sends', () => {
	test('guarantee: When you cancel a run, it begins no more messages.', async () => {
		account.sandbox.faults.add({ kind: 'delay', ms: 60, path: '/messages/send' });
		const enough = account.until(() => account.sandbox.messages.length >= 30);
		const run = await account.send({ items: messages(200), cancel: enough });
		expect(run.status).toBe('canceled');
		// Those whose connection was being made still show up.
		await sleep(100);
		const begun = account.sandbox.requests.length;
		await sleep(300);
		expect(account.sandbox.requests.length).toBe(begun);
		expect(begun).toBeLessThanOrEqual(50);
		expect(new Set(account.texts()).size).toBe(account.texts().length);
	});

	test('ends at once while it waits for the rate limit', async () => {
		account.sandbox.rateLimit = { max: 20, windowMs: 30_000 };
		const limited = account.until(() =>
			account.sandbox.requests.some(({ status }) => status === 429),
		);
		const run = await account.send({ items: messages(200), cancel: limited });
		expect(run.status).toBe('canceled');
		expect(run.durationMs).toBeLessThan(5_000);
		expect(account.texts().length).toBe(20);
	});
});
