import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import type { Sandbox } from '../../sandbox/server/sandbox.mts';
import { addressOf, expectNoSecret, runNode, type RunOptions } from '../engine/engine.mts';
import { useSandbox } from './useSandbox.mts';

jest.setTimeout(30_000);

const servers = ['north', 'south', 'west'].map((subdomain) => useSandbox({ subdomain }));
const accounts = () => servers.map(({ sandbox }) => sandbox);
/** Every field holds an expression, as with a table of clients and one credential for all. */
const credential = {
	type: WhatsCloudApi,
	data: {
		baseUrl: '={{ $json.baseUrl }}',
		subdomain: '={{ $json.subdomain }}',
		apiToken: '={{ $json.apiToken }}',
	},
};

/** Six items, two for each account. */
const items = () =>
	[...accounts(), ...accounts()].map((account, index) => ({
		json: { ...addressOf(account), phone: '15556000001', text: `Message ${index}` },
	}));

const sending = {
	resource: 'message',
	operation: 'sendText',
	phoneNumber: '={{ $json.phone }}',
	text: '={{ $json.text }}',
};

async function run(parameters: RunOptions['parameters'], more: Partial<RunOptions> = {}) {
	const done = await runNode({ node: WhatsCloud, credential, items: items(), parameters, ...more });
	// A failed item keeps its row, in which these items have the token.
	const told = done.outputs.flat().map(({ json }) => ({ ...json, apiToken: undefined }));
	const { error, hints, logs } = done;
	for (const { token } of accounts()) expectNoSecret({ told, error, hints, logs }, token);
	return done;
}

const texts = ({ messages }: Sandbox) => messages.map(({ text }) => text);

beforeEach(() => {
	for (const { data } of accounts()) data.insertContacts([{ phone: '15556000001' }]);
});

test('each message leaves from the account of its item, in order for each account', async () => {
	const { status } = await run(sending);
	expect(status).toBe('success');
	expect(accounts().map(texts)).toEqual([
		['Message 0', 'Message 3'],
		['Message 1', 'Message 4'],
		['Message 2', 'Message 5'],
	]);
	for (const { requests } of accounts()) {
		expect(requests.map(({ authorization }) => authorization)).toEqual(['right', 'right']);
	}
});

test('an account that can not be right fails its items, not the others', async () => {
	const [first, second, third, ...more] = items();
	if (!first || !second || !third) throw new Error('There are six items');
	second.json.subdomain = '';
	const done = await run(sending, {
		items: [first, second, third, ...more],
		settings: { onError: 'continueErrorOutput' },
	});
	expect(accounts().map((account) => texts(account).length)).toEqual([2, 1, 2]);
	expect(done.outputs.map((output) => output.map(({ pairedItem }) => pairedItem))).toEqual([
		[0, 2, 3, 4, 5].map((item) => ({ item })),
		[{ item: 1 }],
	]);

	const parameters = { ...sending, options: { parallelRequests: 1 } };
	const stopped = await run(parameters, { items: [first, second, third] });
	expect(stopped.error).toMatchObject({
		message: expect.stringContaining('has no subdomain') as string,
		context: { items: { all: 3, done: [0], failed: [1], unknown: [] } },
	});
	expect(accounts().map((account) => texts(account).length)).toEqual([3, 1, 2]);
});

test('contacts that are created get the ids of their own accounts', async () => {
	const [north, south] = accounts();
	south?.data.insertContacts([{ phone: '15556000099' }, { phone: '15556000098' }]);
	const done = await run({
		resource: 'contact',
		operation: 'create',
		firstName: '={{ $json.subdomain }}',
		lastName: 'New',
		phone: '=1555700000{{ $itemIndex }}',
		statusId: { __rl: true, mode: 'id', value: '1' },
		sourceId: { __rl: true, mode: 'id', value: '1' },
	});
	const expected = [0, 1, 2, 3, 4, 5].map((item) => {
		const contacts = accounts()[item % 3]?.data.contacts.all() ?? [];
		return contacts.find(({ phone }) => phone === `1555700000${item}`)?.id;
	});
	expect(expected).not.toContain(undefined);
	expect(done.outputs[0]?.map(({ json }) => json.id)).toEqual(expected);
	// Two contacts, whose answers hold the ids.
	expect(north?.requests.length).toBe(2);
});

test('what the user should know is told of each account', async () => {
	// The two items of an account have one number, of each account another one.
	const { hints } = await run({
		resource: 'contact',
		operation: 'upsert',
		firstName: 'New',
		lastName: 'Twice',
		phone: '=1555700000{{ $itemIndex % 3 }}',
		statusId: { __rl: true, mode: 'id', value: '1' },
		sourceId: { __rl: true, mode: 'id', value: '1' },
	});
	const told = hints.map(({ message }) => message).join(' ');
	for (const account of [0, 1, 2]) expect(told).toContain(`1555700000${account}`);
});

test('the same message through another account is another message to the retry', async () => {
	const same = items().map(({ json }) => ({ json: { ...json, text: 'Same' } }));
	const [, , west] = accounts();
	const refusal = {
		kind: 'answer',
		status: 422,
		body: { status: 'error', message: 'Not now' },
	} as const;
	west?.faults.add({ ...refusal, times: 1, skip: 1, path: '/messages/send' });
	const options = { items: same };
	const parameters = { ...sending, options: { parallelRequests: 1 } };
	const failed = await run(parameters, options);
	expect(accounts().map((account) => texts(account).length)).toEqual([2, 2, 1]);
	const retried = await run(parameters, { ...options, retryOf: failed.runData });
	expect(retried.status).toBe('success');
	expect(accounts().map((account) => texts(account).length)).toEqual([2, 2, 2]);
});
