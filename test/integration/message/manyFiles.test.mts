import { BinaryDataService } from 'n8n-core';

import { item, sha256, useFiles, useMessages } from './messaging.mts';

jest.setTimeout(60_000);

const MIB = 1024 * 1024;
const JPEG = Buffer.from('ffd8ffe000104a464946', 'hex');
const phone = (index: number) => `155552${String(index + 1).padStart(5, '0')}`;

const account = useMessages('sendMedia');
const files = useFiles({
	'/a.jpg': { type: 'image/jpeg', content: JPEG },
	'/b.jpg': { type: 'image/jpeg', content: Buffer.concat([JPEG, Buffer.from('b')]) },
	'/broken.jpg': { status: 503 },
	'/half': { type: 'application/pdf', content: Buffer.alloc(17 * MIB, '%PDF-1.4 ') },
	'/large': { type: 'application/pdf', content: Buffer.alloc(30 * MIB, '%PDF-1.4 ') },
});
const toEach = { phoneNumber: '={{ $json.phone }}', options: { parallelRequests: 8 } };
const byUrl = { ...toEach, mediaSource: 'url', mediaUrl: '={{ $json.url }}', mediaType: 'image' };

beforeEach(() => {
	account.sandbox.data.insertContacts(
		Array.from({ length: 20 }, (_, index) => ({ phone: phone(index) })),
	);
});

const hashes = () => account.sandbox.messages.map(({ media }) => media?.sha256);

const readFiles = jest.spyOn(BinaryDataService.prototype, 'getAsBuffer');
beforeEach(() => readFiles.mockClear());

/** How many uploads were under way at the same time, at most, and how many files of the workflow in memory. */
async function mostAtOnce(run: Promise<unknown>): Promise<{ uploads: number; inMemory: number }> {
	const most = { uploads: 0, inMemory: 0 };
	const state = { isOver: false };
	void run.finally(() => (state.isOver = true)).catch(() => undefined);
	while (!state.isOver) {
		const uploads = account.sends().filter(({ status }) => status === 0).length;
		const done = account.sends().length - uploads;
		most.uploads = Math.max(most.uploads, uploads);
		most.inMemory = Math.max(most.inMemory, readFiles.mock.calls.length - done);
		await new Promise((later) => setTimeout(later, 5));
	}
	await run;
	return most;
}

test('a file at one address is fetched once for 20 people', async () => {
	const items = Array.from({ length: 20 }, (_, index) =>
		item({ phone: phone(index), url: files.url('/a.jpg') }),
	);
	await account.send(byUrl, items);
	expect(files.asked.map(({ path }) => path)).toEqual(['/a.jpg']);
	expect(hashes()).toEqual(Array(20).fill(sha256(JPEG)));
});

test('addresses that take turns are fetched once each, and everybody gets the right one', async () => {
	const items = Array.from({ length: 20 }, (_, index) =>
		item({ phone: phone(index), url: files.url(index % 2 === 0 ? '/a.jpg' : '/b.jpg') }),
	);
	await account.send({ ...byUrl, options: { parallelRequests: 1 } }, items);
	expect(files.asked.map(({ path }) => path)).toEqual(['/a.jpg', '/b.jpg']);
	expect(new Set(hashes().filter((_hash, index) => index % 2 === 0))).toEqual(
		new Set([sha256(JPEG)]),
	);
	expect(new Set(hashes()).size).toBe(2);
});

test('an address that fails is asked again for those who come later', async () => {
	const items = [0, 1, 2].map((index) =>
		item({ phone: phone(index), url: files.url('/broken.jpg') }),
	);
	const run = await account.attempt({ ...byUrl, options: { parallelRequests: 1 } }, items, {
		settings: { onError: 'continueRegularOutput' },
	});
	expect(run.outputs.flat().map(({ json }) => json.error)).toEqual(
		Array(3).fill(expect.stringContaining('error 503')),
	);
	expect(files.asked.length).toBe(3);
});

test('after a failure that stops the run no further file is fetched', async () => {
	const paths = ['/broken.jpg', ...Array.from({ length: 7 }, (_, index) => `/a.jpg?${index}`)];
	const items = paths.map((path, index) => item({ phone: phone(index), url: files.url(path) }));
	const run = await account.attempt(byUrl, items);
	expect(run.error?.message).toContain('error 503');
	expect(files.asked.length).toBeLessThanOrEqual(2);
	expect(account.sandbox.messages).toEqual([]);
});

test('of large files only the last one is kept', async () => {
	const items = [0, 0, 1, 0].map((address, index) =>
		item({ phone: phone(index), url: files.url(`/half?${address}`) }),
	);
	const options = { parallelRequests: 1 };
	await account.send({ ...byUrl, options, mediaType: 'document' }, items);
	expect(files.asked.map(({ path }) => path)).toEqual(['/half?0', '/half?1', '/half?0']);
});

describe('five files of 30 MB', () => {
	beforeEach(() => {
		account.sandbox.faults.add({ kind: 'delay', ms: 700, when: 'after', path: '/messages/media' });
	});

	test('of the workflow are in memory two at a time', async () => {
		const content = Buffer.alloc(30 * MIB, '%PDF-1.4 ');
		const items = Array.from({ length: 5 }, (_, index) =>
			item({ phone: phone(index) }, { data: { name: 'a.pdf', type: 'application/pdf', content } }),
		);
		const parameters = { ...toEach, mediaSource: 'binary', mediaType: 'document' };
		expect(await mostAtOnce(account.send(parameters, items))).toEqual({ uploads: 2, inMemory: 2 });
		expect(hashes()).toEqual(Array(5).fill(sha256(content)));
	});

	test('from different addresses are in memory two at a time, or one', async () => {
		const items = Array.from({ length: 5 }, (_, index) =>
			item({ phone: phone(index), url: files.url(`/large?${index}`) }),
		);
		const { uploads } = await mostAtOnce(account.send({ ...byUrl, mediaType: 'document' }, items));
		expect(uploads).toBeLessThanOrEqual(2);
		expect(account.sandbox.messages.length).toBe(5);
	});
});

test('small files go out as many at a time as the option says', async () => {
	account.sandbox.faults.add({ kind: 'delay', ms: 600, when: 'after', path: '/messages/media' });
	const data = { name: 'a.jpg', type: 'image/jpeg', content: JPEG };
	const items = Array.from({ length: 16 }, (_, index) => item({ phone: phone(index) }, { data }));
	const parameters = { ...toEach, mediaSource: 'binary', mediaType: 'image' };
	expect((await mostAtOnce(account.send(parameters, items))).uploads).toBe(8);
});
