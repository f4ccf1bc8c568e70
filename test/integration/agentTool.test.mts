import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import { addressOf, callTool } from '../engine/engine.mts';
import { phone, useSending } from './sending.mts';

jest.setTimeout(30_000);

const account = useSending(3);
const lostAnswer = { kind: 'reset', when: 'after', path: '/messages/send', times: 1 } as const;
const ownRefusal = {
	kind: 'answer',
	status: 422,
	body: { status: 'error', message: 'No' },
} as const;
const notKnown = 'It is not known whether this message was sent';

describe("calls within an execution, as the agent's version 3 makes them", () => {
	/** Every call is a run of its own, and a failing one goes to the model. */
	const calls = async (texts: string[]) =>
		await account.send({
			items: texts.map((text) => ({ json: { to: phone(0), text } })),
			batchSize: 1,
			asTool: true,
			settings: { onError: 'continueRegularOutput' },
		});

	test('guarantee: When an AI agent calls again, a message that may have been sent is not sent again.', async () => {
		account.sandbox.faults.add(lostAnswer);
		const run = await calls(['Welcome', 'Welcome', 'How are you?', 'Welcome']);
		expect(account.texts()).toEqual(['Welcome', 'How are you?']);
		const outputs = run.taskData.map(({ data }) => data?.ai_tool?.[0]?.[0]?.json);
		// The model knows what it has asked for.
		expect(Object.keys(outputs[0] ?? {})).toEqual(['error', 'details']);
		const errors = outputs.map((output) => output?.error);
		expect(errors).toEqual([
			expect.stringContaining(notKnown) as string,
			expect.stringContaining(notKnown) as string,
			undefined,
			expect.stringContaining(notKnown) as string,
		]);
	});

	test('a message that may have been sent is sent by another execution', async () => {
		account.sandbox.faults.add(lostAnswer);
		await calls(['Welcome', 'Welcome']);
		await calls(['Welcome']);
		expect(account.texts()).toEqual(['Welcome', 'Welcome']);
	});

	test('an error of a tool has no description beside its message, which n8n would add once more', async () => {
		const run = await account.send({ items: [{ json: { to: phone(0), text: '' } }], asTool: true });
		expect(run.error?.message).toMatch(/^"Text" is empty\. Fill it in\./);
		expect(run.error?.description ?? '').toBe('');
	});

	test('a message that was accepted is sent again when the model wants it twice', async () => {
		await calls(['Ping', 'Ping', 'Ping']);
		expect(account.texts()).toEqual(['Ping', 'Ping', 'Ping']);
	});
});

describe("calls outside of executions, as n8n's newest agents make them", () => {
	const call = async (
		text: string,
		tool: { nodeName?: string; workflowId?: string } = {},
		around: Parameters<typeof callTool>[2] = {},
	) =>
		await callTool(
			{
				...tool,
				node: WhatsCloud,
				credential: { type: WhatsCloudApi, data: addressOf(account.sandbox) },
				parameters: {
					resource: 'message',
					operation: 'sendText',
					phoneNumber: '={{ $json.to }}',
					text: '={{ $json.text }}',
				},
			},
			{ to: phone(0), text },
			around,
		);

	test('a message of unknown outcome is not sent again, another one is', async () => {
		account.sandbox.faults.add(lostAnswer);
		expect(await call('Hello')).toEqual({ error: expect.stringContaining(notKnown) as string });
		expect(await call('Hello')).toEqual({ error: expect.stringContaining(notKnown) as string });
		expect(await call('Anything else?')).toMatchObject({ data: [{ json: { status: 'sent' } }] });
		expect(account.texts()).toEqual(['Hello', 'Anything else?']);
	});

	test('a message of unknown outcome does not stop other tools, nor those of other workflows', async () => {
		account.sandbox.faults.add(lostAnswer);
		for (const tool of [{}, { nodeName: 'Other tool' }, { workflowId: 'other' }, {}])
			await call('Hello there', tool);
		expect(account.texts()).toEqual(Array(3).fill('Hello there'));
	});

	test('a message of unknown outcome is kept for ten minutes', async () => {
		const now = Date.now();
		const clock = jest.spyOn(Date, 'now');
		account.sandbox.faults.add(lostAnswer);
		for (const minutes of [0, 9, 11]) {
			clock.mockImplementation(() => now + minutes * 60_000);
			await call('Hi');
			expect(account.texts()).toEqual(minutes < 10 ? ['Hi'] : ['Hi', 'Hi']);
		}
		clock.mockRestore();
	});

	test('an error says once what to do, in the one text that a model reads', async () => {
		const empty = (await call('')) as { error: string };
		expect(empty.error).toMatch(/^"Text" is empty\. Fill it in\./);
		account.sandbox.faults.add({ ...lostAnswer, kind: 'reset' });
		const lost = (await call('Hello')) as { error: string };
		expect(lost.error.split('the node did not try again')).toHaveLength(2);
		expect(lost.error).not.toContain('ECONNRESET');
	});

	test('a deletion of unknown outcome is over when it is done, and the next contact with that number is another', async () => {
		const remove = async () =>
			await callTool(
				{
					node: WhatsCloud,
					credential: { type: WhatsCloudApi, data: addressOf(account.sandbox) },
					parameters: {
						...{ resource: 'contact', operation: 'delete' },
						contactId: { __rl: true, mode: 'phone', value: '={{ $json.to }}' },
					},
				},
				{ to: phone(1) },
			);
		const { contacts } = account.sandbox.data;
		const first = contacts.find((contact) => contact.phone === phone(1));
		const path = `/contacts/${first?.id ?? ''}`;
		account.sandbox.faults.add({
			...{ kind: 'answer', status: 500, when: 'after', path, method: 'DELETE', times: 1 },
		});
		expect(await remove()).toHaveProperty('error');
		expect(await remove()).toMatchObject({ data: [{ json: { deleted: true, id: first?.id } }] });
		const [second] = account.sandbox.data.insertContacts([{ phone: phone(1) }]);
		expect(await remove()).toMatchObject({ data: [{ json: { deleted: true, id: second?.id } }] });
		expect(contacts.find((contact) => contact.phone === phone(1))).toBeUndefined();
	});

	const langchain = '@n8n/n8n-nodes-langchain';
	const words = expect.stringMatching(/^"Text" is empty\. Fill it in\./) as string;
	test.each([
		[
			'an older agent',
			`${langchain}.agent`,
			{},
			{ data: [{ json: { error: words }, pairedItem: 0 }] },
		],
		[
			'an older agent as a tool',
			`${langchain}.agentTool`,
			{},
			{ data: [{ json: { error: words }, pairedItem: 0 }] },
		],
		[
			'an older agent, with Retry On Fail',
			`${langchain}.agent`,
			{ retryOnFail: true },
			{ error: words },
		],
		['an MCP server', `${langchain}.mcpTrigger`, {}, { error: words }],
		['the newest agents', undefined, {}, { error: words }],
	])(
		'a failure is thrown, but to agents that would hide it: %s',
		async (_, parentType, settings, told) => {
			expect(await call('', {}, { parentType, settings })).toEqual(told);
		},
	);

	test('a message that was refused or accepted is sent again', async () => {
		account.sandbox.faults.add({ ...ownRefusal, path: '/messages/send', times: 1 });
		await call('Ping');
		await call('Ping');
		await call('Ping');
		expect(account.texts()).toEqual(['Ping', 'Ping']);
	});
});
