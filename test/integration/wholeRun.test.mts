import type { OnError } from 'n8n-workflow';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { addressOf } from '../engine/engine.mts';
import { messages, type SendOptions, useSending } from './sending.mts';

jest.setTimeout(30_000);

const account = useSending(3);
const entered = (data: Partial<ReturnType<typeof addressOf>>) => ({
	credential: { type: WhatsCloudApi, data: { ...addressOf(account.sandbox), ...data } },
});

const failures: Array<[name: string, options: () => SendOptions, message: string]> = [
	['an empty subdomain', () => entered({ subdomain: '' }), 'has no subdomain'],
	['an http base URL', () => entered({ baseUrl: 'http://example.com/api/v1' }), 'https://'],
	['no credential', () => ({ credential: undefined }), 'does not have any credentials set'],
	[
		'an option whose expression throws',
		() => ({ parameters: { options: { timeout: '={{ $("Nowhere").item.json.seconds }}' } } }),
		"Referenced node doesn't exist",
	],
	[
		'an option above its maximum',
		() => ({ options: { timeout: 3_600_000 } }),
		'"Options > Timeout" must be a whole number from 1 to 3600',
	],
	[
		'an unknown operation',
		() => ({ parameters: { operation: 'sendFax' } }),
		'no operation "sendFax"',
	],
];
const continuing: Array<[OnError, errorOutput: number]> = [
	['continueRegularOutput', 0],
	['continueErrorOutput', 1],
];

describe.each(failures)('%s', (_name, options, message) => {
	test.each(continuing)('%s: one error for each item', async (onError, errorOutput) => {
		const run = await account.send({ items: messages(3), settings: { onError }, ...options() });
		expect(run.status).toBe('success');
		const { [errorOutput]: errors = [], ...others } = run.outputs;
		expect(Object.values(others).flat()).toEqual([]);
		expect(errors.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual(
			[0, 1, 2].map((item) => [expect.stringContaining(message) as string, { item }]),
		);
		expect(account.sandbox.requests).toEqual([]);
	});

	test('stopWorkflow: the run stops, and nothing was sent', async () => {
		const run = await account.send({ items: messages(3), ...options() });
		expect(run).toMatchObject({ status: 'error', outputs: [] });
		expect(run.error?.message).toContain(message);
		expect(account.sandbox.requests).toEqual([]);
	});
});

test('options that only some items have do not keep the others from being sent', async () => {
	const run = await account.send({
		items: messages(3).map(({ json }, item) => ({
			json: { ...json, ...(item > 0 && { seconds: item * 5 }) },
		})),
		parameters: { options: { timeout: '={{ $json.seconds ?? "none" }}' } },
		settings: { onError: 'continueErrorOutput' },
	});
	expect(account.texts().toSorted()).toEqual(['Message 1', 'Message 2']);
	expect(run.outputs.map((output) => output.length)).toEqual([2, 1]);
});
