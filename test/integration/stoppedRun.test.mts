import { setTimeout as sleep } from 'node:timers/promises';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import { addressOf, type NodeRun, runNode, type RunOptions } from '../engine/engine.mts';
import { phone, useSending } from './sending.mts';

jest.setTimeout(60_000);

const account = useSending(30);

/** How many requests begin after the run has ended. */
async function requestsAfterTheEnd(): Promise<number> {
	const begun = account.sandbox.requests.length;
	await sleep(500);
	return account.sandbox.requests.length - begun;
}

/** Requests that changed something; a look-up may also ask by a POST that is refused. */
const writes = () =>
	account.sandbox.requests
		.filter(({ method, status }) => method !== 'GET' && status < 300)
		.map(({ method, path }) => `${method} ${path}`);

/** Contact operations, three or more items. */
async function run(
	parameters: RunOptions['parameters'],
	more: Partial<RunOptions>,
): Promise<NodeRun> {
	return await runNode({
		node: WhatsCloud,
		credential: { type: WhatsCloudApi, data: addressOf(account.sandbox) },
		parameters: { resource: 'contact', ...parameters },
		...more,
	});
}

const upsert = {
	operation: 'upsert',
	firstName: 'Known',
	lastName: 'Or not',
	phone: '={{ $json.phone }}',
	statusId: { __rl: true, mode: 'id', value: '1' },
	sourceId: { __rl: true, mode: 'id', value: '1' },
};

describe('a failure that stops the run', () => {
	test('ends the wait of the others for the rate limit, and they send nothing', async () => {
		const contacts = account.sandbox.data.contacts.all().slice(0, 12);
		const items = contacts.map(({ id }) => ({ json: { id } }));
		const failing = `/contacts/${contacts[0]?.id ?? ''}`;
		account.sandbox.rateLimit = { max: 6, windowMs: 20_000 };
		account.sandbox.faults.add({ kind: 'delay', ms: 500, path: failing });
		account.sandbox.faults.add({ kind: 'answer', status: 403, path: failing, times: 1 });
		const parameters = {
			operation: 'delete',
			contactId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
			options: { parallelRequests: 12 },
		};
		const failed = await run(parameters, { items });
		expect(failed.durationMs).toBeLessThan(5_000);
		expect(await requestsAfterTheEnd()).toBe(0);
		const left = contacts.filter(({ id }) => account.sandbox.data.contacts.get(id));
		expect(left).toHaveLength(6);
		expect(failed.error).toMatchObject({
			description: expect.stringContaining('6 of 12 items were done') as string,
			context: { items: { all: 12, failed: [0], unknown: [] } },
		});

		account.sandbox.rateLimit = undefined;
		const retried = await run(parameters, { items, retryOf: failed.runData });
		expect(retried.outputs[0]?.map(({ json }) => json)).toEqual(
			items.map(({ json }) => ({ id: json.id, deleted: true })),
		);
	});

	test('ends look-ups of other items, which then write nothing', async () => {
		account.sandbox.behaviour.pageSizeLimit = { max: 20, above: 'clamp' };
		account.sandbox.data.insertContacts(
			Array.from({ length: 600 }, (_, index) => ({
				phone: `15557000${String(index).padStart(3, '0')}`,
			})),
		);
		account.sandbox.faults.add({ kind: 'delay', ms: 20, path: '/contacts' });
		// The third item's contact is the newest, found at once; changing it fails.
		const [newest] = account.sandbox.data.insertContacts([{ phone: '15558000000' }], {
			createdAt: new Date(Date.now() + 60_000).toISOString(),
		});
		const items = ['15557000001', '15557000002', '15558000000'].map((number) => ({
			json: { phone: number },
		}));
		const path = `/contacts/${newest?.id ?? ''}`;
		account.sandbox.faults.add({ kind: 'answer', status: 500, method: 'PUT', path });
		const failed = await run(upsert, { items });
		expect(failed.status).toBe('error');
		expect(await requestsAfterTheEnd()).toBe(0);
		expect(writes()).toEqual([]);
		expect(account.sandbox.requests.length).toBeLessThan(20);
		expect(failed.error?.context).toMatchObject({ items: { all: 3, done: [], failed: [2] } });
	});

	test('ends lists of other items between their pages', async () => {
		account.sandbox.behaviour.pageSizeLimit = { max: 20, above: 'clamp' };
		account.sandbox.data.insertContacts(
			Array.from({ length: 4_000 }, (_, index) => ({ phone: `155500${index + 10_000}` })),
		);
		account.sandbox.faults.add({ kind: 'delay', ms: 10, path: '/contacts' });
		account.sandbox.faults.add({
			kind: 'answer',
			status: 403,
			skip: 30,
			times: 1,
			path: '/contacts',
		});
		const items = [1, 2, 3].map((id) => ({ json: { id } }));
		const failed = await run({ operation: 'getAll', returnAll: true }, { items });
		expect(failed.status).toBe('error');
		expect(await requestsAfterTheEnd()).toBe(0);
		expect(account.sandbox.requests.length).toBeLessThan(100);
	});
});

test('a cancel ends look-ups and lists at once', async () => {
	account.sandbox.behaviour.pageSizeLimit = { max: 20, above: 'clamp' };
	account.sandbox.data.insertContacts(
		Array.from({ length: 4_000 }, (_, index) => ({ phone: `155500${index + 10_000}` })),
	);
	account.sandbox.faults.add({ kind: 'delay', ms: 10, path: '/contacts' });
	const items = [0, 1, 2].map((index) => ({ json: { phone: phone(index) } }));
	const cancel = account.until(() => account.sandbox.requests.length > 20);
	const cancelled = await run(upsert, { items, cancel });
	expect(cancelled.status).toBe('canceled');
	await sleep(100);
	expect(await requestsAfterTheEnd()).toBe(0);
	expect(writes()).toEqual([]);
});
