import type { OnError } from 'n8n-workflow';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { addressOf } from '../engine/engine.mts';
import { phone, type SendOptions, useSending } from './sending.mts';

jest.setTimeout(60_000);

const account = useSending(6);
const retries = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

/** Rows of a sheet, whose columns have names that an error has, too. */
const rows = ['Ada', 'Bea', 'Cleo', 'Dora'].map((name, index) => ({
	json: { name, to: phone(index), text: `Hello ${name}`, order: 7 + index, message: 'a column' },
}));

/** These people are no contacts, so that WhatsCloud refuses the message. */
function without(...indexes: number[]) {
	for (const index of indexes) {
		const contact = account.sandbox.data.contacts.all().find((row) => row.phone === phone(index));
		if (contact) account.sandbox.data.contacts.delete(contact);
	}
}

async function send(onError: OnError, more: SendOptions = {}) {
	const { settings, ...rest } = more;
	return await account.send({ items: rows, settings: { onError, ...settings }, ...rest });
}

const noContact = {
	error: expect.stringContaining('no contact with this phone number') as string,
	details: expect.stringContaining('Create the contact first') as string,
};
const failed = (index: number) => ({
	json: { ...rows[index]?.json, ...noContact },
	pairedItem: { item: index },
});

describe.each([
	['continueRegularOutput', 0],
	['continueErrorOutput', 1],
] as const)('On Error = %s', (onError, output) => {
	const errorsOf = (run: Awaited<ReturnType<typeof send>>) =>
		run.outputs[output]?.filter(({ json }) => json.error !== undefined);

	describe.each([
		['without', {}],
		['with', retries],
	])('%s Retry On Fail', (_name, settings) => {
		test.each([[[0]], [[1]], [[3]], [[0, 2]], [[1, 2]]])(
			'guarantee: Under Continue, a failed item keeps its fields, and the others are sent once. (items %j)',
			async (indexes) => {
				without(...indexes);
				const run = await send(onError, { settings });
				expect(run.status).toBe('success');
				expect(errorsOf(run)).toEqual(indexes.map(failed));
				const others = rows.filter((_row, index) => !indexes.includes(index));
				expect(account.texts().toSorted()).toEqual(others.map(({ json }) => json.text));
				expect(run.outputs.flat().length).toBe(rows.length);
			},
		);
	});

	test('an item that can not be right keeps its row', async () => {
		const items = [rows[0], { json: { ...rows[1]?.json, to: 'no number' } }, rows[2]];
		const run = await send(onError, { items: items as typeof rows });
		expect(errorsOf(run)).toMatchObject([
			{ json: { name: 'Bea', to: 'no number', order: 8, error: expect.any(String) as string } },
		]);
		expect(account.texts().toSorted()).toEqual(['Hello Ada', 'Hello Cleo']);
	});

	test('all items keep their rows when the credential can not be right', async () => {
		const data = { ...addressOf(account.sandbox), subdomain: '' };
		const run = await send(onError, { credential: { type: WhatsCloudApi, data } });
		expect(errorsOf(run)?.map(({ json }) => [json.name, json.error])).toEqual(
			rows.map(({ json }) => [json.name, expect.stringContaining('has no subdomain') as string]),
		);
	});

	test('what may have been sent says so, and no try sends it again', async () => {
		account.sandbox.faults.add({ kind: 'reset', when: 'after', path: '/messages/send', times: 1 });
		const run = await send(onError, { settings: retries, options: { parallelRequests: 1 } });
		expect(errorsOf(run)).toMatchObject([
			{
				json: {
					name: 'Ada',
					error: expect.stringContaining('not known whether this message was sent') as string,
					details: expect.stringContaining('Look in WhatsCloud') as string,
				},
			},
		]);
		expect(account.texts().toSorted()).toEqual(rows.map(({ json }) => json.text));
	});
});
