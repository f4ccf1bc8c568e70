import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import type { INode, INodeParameterResourceLocator } from 'n8n-workflow';
import {
	exampleWorkflows,
	webhookUrl,
	withCredential,
} from '../../sandbox/n8n/exampleWorkflows.mts';
import type { Execution, Workflow, WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import type { Contact, SentMessage } from '../../sandbox/server/sandbox.mts';
import { startFakeModel } from './fakeModel.mts';
import { startMailbox } from './mailbox.mts';
import { loggedIn, sharedStage } from './stage.mts';
import { inSandbox } from './workflows.mts';

jest.setTimeout(60_000);

const stage = sharedStage();
const n8n = loggedIn(stage);
const examples = exampleWorkflows();

describe.each(examples)('examples/$file', ({ workflow }) => {
	test('names its credentials only, so that it fits any account', () => {
		for (const { credentials = {} } of workflow.nodes) {
			for (const reference of Object.values(credentials)) {
				expect(Object.keys(reference)).toEqual(['name']);
			}
		}
	});

	test('has no address of its own, which everybody who imports it would share', async () => {
		for (const node of workflow.nodes) expect(node).not.toHaveProperty('webhookId');
		const { type } = stage.credential;
		const addresses = new Set<string>();
		for (let time = 0; time < 2; time++) {
			const { nodes } = await n8n.createWorkflow(withCredential(workflow, type, stage.credential));
			for (const { webhookId } of nodes) {
				if (webhookId === undefined) continue;
				expect(addresses).not.toContain(webhookId);
				addresses.add(webhookId);
			}
		}
	});

	test('explains itself on a sticky note that has its name', () => {
		const note = workflow.nodes.find(({ type }) => type.endsWith('.stickyNote'));
		const content = note?.parameters.content as string;
		expect(content).toMatch(`## ${workflow.name}\n`);
		const mentioned = [...content.matchAll(/^\d\. \*\*(.+?)\*\*/gm)];
		const names = workflow.nodes.map(({ name }) => name);
		expect(names).toEqual(expect.arrayContaining(mentioned.map(([, name]) => name)));
	});

	test('says on its note what a newcomer would trip over in the sandbox', () => {
		const content = workflow.nodes.find(({ type }) => type.endsWith('.stickyNote'))?.parameters
			.content as string;
		const isA = (operation: string) =>
			workflow.nodes.some(({ parameters }) => parameters.operation === operation);
		const isStartedByMessages = workflow.nodes.some(({ type }) =>
			type.endsWith('.whatsCloudWebhookTrigger'),
		);
		// Text reaches only who has written; where a message starts the workflow, they have.
		const needsWriting = (isA('sendText') || isA('sendAndWait')) && !isStartedByMessages;
		if (needsWriting) expect(content).toContain('In the sandbox: first write _hi_ as');
		if (isStartedByMessages) expect(content).toMatch(/one URL takes all messages/i);
	});

	test('can be imported where only the WhatsCloud credential exists', async () => {
		const { type } = stage.credential;
		const { id } = await n8n.createWorkflow(withCredential(workflow, type, stage.credential));
		expect((await n8n.workflow(id)).nodes).toHaveLength(workflow.nodes.length);
	});

	test('shows names where something is chosen from a list', () => {
		const chosen = workflow.nodes
			.flatMap(({ parameters }) => Object.values(parameters))
			.filter(isLocator)
			.filter(({ mode }) => mode === 'list');
		for (const locator of chosen) expect(locator.cachedResultName).toEqual(expect.any(String));
	});
});

describe('the examples, imported and run', () => {
	test('create-contacts-and-greet', async () => {
		const { id } = await imported('create-contacts-and-greet.json');
		const executionId = await n8n.runWorkflow(id, 'When clicking ‘Execute workflow’');
		const execution = await n8n.waitForExecution(executionId);
		expect(outputOf(execution, 'Greet')).toHaveLength(3);
		expectEveryNode(execution, 'create-contacts-and-greet.json');
	});

	test.each([
		['true', ['Send to the customer']],
		['false', ['Not approved']],
	])('ask-before-you-send goes on with what was pressed (%s)', async (pressed, next) => {
		// As its note says: whoever has not written within 24 hours gets no text.
		const [approver, customer] = ['15555550102', '15555550101'];
		for (const phone of [approver, customer]) await writeAs(phone, text('hi'));
		const before = (await textsTo(approver)).length;
		const { id } = await imported('ask-before-you-send.json');
		const executionId = await n8n.runWorkflow(id, 'When clicking ‘Execute workflow’');
		await n8n.waitForPause(executionId);
		const [question = ''] = (await textsTo(approver)).slice(before);
		const link = /https?:\/\/\S+/.exec(question)?.[0] ?? '';
		await axios.post(link, new URLSearchParams({ answer: pressed }));
		const { runData, error } = (await n8n.waitForExecution(executionId)).data.resultData;
		expect(error).toBeUndefined();
		const ways = ['Send to the customer', 'Not approved', 'Nobody answered'];
		expect(ways.filter((way) => way in runData)).toEqual(next);
		const isApproved = pressed === 'true';
		await untilFound('the messages on the phones', async () => {
			const states = await Promise.all([lastStateTo(approver), lastStateTo(customer)]);
			return states.slice(0, isApproved ? 2 : 1).every((state) => state === 'read') || undefined;
		});
	});

	test('greet-new-contacts greets those who come after it was published', async () => {
		const file = 'greet-new-contacts.json';
		const workflow = await published(file);
		await axios.post(`${stage.sandboxUrl}/sandbox/contacts`, {
			contacts: [{ firstname: 'Nia', phone: '15550188001' }],
		});
		// Publishing anew polls at once; the schedule would take a minute.
		await n8n.deactivateWorkflow(workflow.id);
		await n8n.activateWorkflow(workflow);
		const execution = await n8n.waitForExecutionOf(workflow.id);
		await n8n.deactivateWorkflow(workflow.id);

		expectEveryNode(execution, file);
		expect(await textsTo('15550188001')).toEqual(['Welcome and congratulations!']);
		expect(outputOf(execution, 'New contact in WhatsCloud')).toHaveLength(1);
	});

	test('send-campaign-from-spreadsheet sends to each row and lists those that failed', async () => {
		const file = 'send-campaign-from-spreadsheet.json';
		const workflow = await published(file);
		const rows = [
			['phone', 'first_name'],
			['+1 555 555 0101', 'Ada'],
			['12', 'Typo'],
			['+15555550000', 'Max'],
			['15555550102', 'Bo'],
		];
		const csv = rows.map((row) => row.join(',')).join('\n');
		await submit(workflow, { 'field-0': new File([csv], 'people.csv', { type: 'text/csv' }) });
		const execution = await n8n.waitForExecutionOf(workflow.id);
		await n8n.deactivateWorkflow(workflow.id);

		expectEveryNode(execution, file);
		const reminder = (name: string) => `Dear ${name}, this is a reminder. See you soon, ${name}!`;
		expect(await textsTo('15555550101')).toContain(reminder('Ada'));
		expect(await textsTo('15555550102')).toContain(reminder('Bo'));
		expect(outputOf(execution, 'Who was not reached')).toEqual([
			{
				...{ phone: '12', first_name: 'Typo' },
				reason: expect.stringMatching(/^The phone number "12" is too short/) as string,
			},
			{ phone: '+15555550000', first_name: 'Max', reason: expect.any(String) as string },
		]);
	});

	test('form-to-contact stores the person once, in the group, and confirms', async () => {
		const file = 'form-to-contact.json';
		const workflow = await published(file);
		const fields = { 'field-0': 'Ola', 'field-1': 'Form', 'field-2': '+1 555 018 8002' };
		await writeAs(fields['field-2'], text('hi'));
		await submit(workflow, fields);
		expectEveryNode(await n8n.waitForExecutionOf(workflow.id), file);
		await submit(workflow, { ...fields, 'field-1': 'Form-Again' });
		expectEveryNode(await n8n.waitForExecutionOf(workflow.id, 2), file);
		await n8n.deactivateWorkflow(workflow.id);

		const contacts = await inSandbox<Contact>(stage, 'contacts');
		const known = contacts.filter(({ phone }) => phone?.endsWith('15550188002'));
		expect(known).toMatchObject([{ firstname: 'Ola', lastname: 'Form-Again', group_id: [2] }]);
		expect(await textsTo('15550188002')).toEqual([
			expect.stringContaining('Hello Ola'),
			expect.stringContaining('Hello Ola'),
		]);
		await untilFound(
			'the confirmation on the phone',
			async () => (await lastStateTo('15550188002')) === 'read' || undefined,
		);
	});

	describe('one-time-code', () => {
		const file = 'one-time-code.json';
		let workflow: Workflow;

		beforeAll(async () => {
			await axios.post(`${stage.sandboxUrl}/sandbox/behaviour`, { buttons: 'passed' });
			workflow = await published(file);
		});

		afterAll(async () => {
			await n8n.deactivateWorkflow(workflow.id);
			await axios.post(`${stage.sandboxUrl}/sandbox/behaviour`, { buttons: 'code' });
		});

		test.each([
			['confirms the number of who types the code', '15550188003', 0, 'Your number is confirmed.'],
			['refuses another code', '15550188004', 1, 'That was not the code'],
		])('%s', async (_what, phone, added, result) => {
			const secondPage = await submit(workflow, { 'field-0': `+${phone}` });
			const sent = await untilFound('the code', async () => (await textsTo(phone))[0]);
			const code = /\*(\d{6})\*/.exec(sent)?.[1] ?? '';
			const typed = String((Number(code) + added) % 1_000_000).padStart(6, '0');
			await untilPageIsReady(secondPage);
			await postForm(secondPage, { 'field-0': typed });
			await untilPageIsReady(secondPage);
			expect(await (await fetch(secondPage)).text()).toContain(result);
		});
	});

	describe('started by a message', () => {
		afterAll(async () => {
			await setWebhooks({ messagesUrl: null });
		});

		async function connected(file: string, others?: Credentials): Promise<Workflow> {
			const workflow = await published(file, others);
			await setWebhooks({ messagesUrl: webhookUrl(stage.n8nUrl, workflow) });
			return workflow;
		}

		test('answer-incoming-messages answers by keyword, and promises a person when nothing fits', async () => {
			const file = 'answer-incoming-messages.json';
			const workflow = await connected(file);
			const chats: [phone: string, message: object, answer: string][] = [
				['15555550101', text('Hi!'), 'Hello Ada! How can we help?'],
				['15555550102', text('2'), 'Our prices are on'],
				['15555550103', text('Are you OPEN today?'), 'We are open from 9 to 5'],
				['15555550104', text('my parcel is late'), 'A colleague will write'],
				['15555550105', { type: 'image', image: { id: '1' } }, 'A colleague will write'],
			];
			const before = await Promise.all(chats.map(async ([phone]) => (await textsTo(phone)).length));
			for (const [phone, message] of chats) await writeAs(phone, message);
			await n8n.waitForExecutionOf(workflow.id, chats.length);
			const answers = await untilFound('all answers', async () => {
				const sent = await Promise.all(
					chats.map(async ([phone], index) => (await textsTo(phone)).slice(before[index])),
				);
				return sent.flat().length >= chats.length ? sent : undefined;
			});
			await n8n.deactivateWorkflow(workflow.id);
			expect(answers).toEqual(
				chats.map(([, , answer]) => [expect.stringContaining(answer) as string]),
			);
			const states = (await inSandbox<SentMessage>(stage, 'messages')).slice(-5);
			expect(states.map(({ state }) => state)).not.toContain('failed');
		});

		test.each(['answer-incoming-messages.json', 'take-orders.json'])(
			'%s answers what people wrote to the business in private, and nothing else',
			async (file) => {
				const workflow = await connected(file);
				const phone = '15555550301';
				const original_message_id = 'wamid.before';
				const unanswered: object[] = [
					{ message: { type: 'reaction', reaction: { emoji: '👍' } } },
					{ message: { type: 'edit', edit: { original_message_id, message: text('hi') } } },
					{ message: { type: 'revoke', revoke: { original_message_id } } },
					{ message: { type: 'request_welcome' } },
					{ message: { type: 'unsupported', unsupported: { type: 'poll_creation' } } },
					{ message: text('hi'), kind: 'echo' },
					{ kind: 'call' },
				];
				// These start the workflow, since somebody has to see them.
				const handedOn: object[] = ['text', 'location', 'order'].flatMap((type) => [
					{ message: { type, [type]: {} }, groupId: 'Y2FwaV9ncm91cDox' },
					{ message: { type, [type]: {} }, hidesNumber: true },
				]);
				const before = (await textsTo(phone)).length;
				for (const incoming of [...unanswered, ...handedOn]) {
					await axios.post(`${stage.sandboxUrl}/sandbox/received`, { phone, ...incoming });
				}
				const started = file.startsWith('take') ? 4 : 6;
				const { status } = await n8n.waitForExecutionOf(workflow.id, started);
				expect(status).toBe('success');
				await untilDelivered(unanswered.length + handedOn.length);
				await n8n.deactivateWorkflow(workflow.id);
				expect(await n8n.executionsOf(workflow.id)).toHaveLength(started);
				expect((await textsTo(phone)).slice(before)).toEqual([]);
			},
		);

		test('take-orders reads an order, a place and a form', async () => {
			const file = 'take-orders.json';
			const workflow = await connected(file);
			const phone = '15555550101';
			const product_items = [
				{ product_retailer_id: 'coffee', quantity: 2, item_price: 9.5, currency: 'EUR' },
				{ product_retailer_id: 'cup', quantity: 1, item_price: 14, currency: 'EUR' },
			];
			const place = { latitude: 52.52, longitude: 13.405, name: 'Town Hall' };
			const response_json = '{"flow_token":"t","day":"Friday","guests":4}';
			const chats: [message: object, answer: string][] = [
				[
					{ type: 'order', order: { catalog_id: '7', product_items } },
					'Thank you, Ada! You order:\n2 × coffee\n1 × cup\nTogether: 33.00 EUR\n\nWhere shall we bring it? Send us the location.',
				],
				[
					{ type: 'location', location: place },
					'We bring it to Town Hall: https://maps.google.com/?q=52.52,13.405',
				],
				[
					{ type: 'location', location: { ...place, latitude: 0, name: undefined } },
					'We bring it to this place: https://maps.google.com/?q=0,13.405',
				],
				[
					{
						type: 'interactive',
						interactive: { type: 'nfm_reply', nfm_reply: { name: 'flow', response_json } },
					},
					'A table for 4 on Friday is kept for you.',
				],
			];
			const before = (await textsTo(phone)).length;
			for (const [index, [message]] of chats.entries()) {
				await writeAs(phone, message);
				const execution = await n8n.waitForExecutionOf(workflow.id, index + 1);
				expect(execution.data.resultData.error).toBeUndefined();
				expect(Object.keys(execution.data.resultData.runData)).toContain('Hand it on');
			}
			await n8n.deactivateWorkflow(workflow.id);
			expect((await textsTo(phone)).slice(before)).toEqual(chats.map(([, answer]) => answer));
		});

		test('ai-agent-answers keeps one conversation for each number', async () => {
			const file = 'ai-agent-answers.json';
			const answer = 'We are open until 5 today.';
			const model = await startFakeModel([], answer);
			try {
				const openAi = await n8n.createCredential({
					name: 'OpenAI account',
					type: 'openAiApi',
					data: { apiKey: 'none', url: model.url },
				});
				const workflow = await connected(file, { openAiApi: openAi });
				const url = webhookUrl(stage.n8nUrl, workflow) ?? '';
				const runs = async (times: number) => {
					expectEveryNode(await n8n.waitForExecutionOf(workflow.id, times), file);
				};
				await writeAs('15555550103', text('Are you open?'));
				await runs(1);
				expect(await textsTo('15555550103')).toContain(answer);
				// Three messages in one delivery, one of them from somebody unknown.
				const stranger = '15550188777';
				await axios.post(
					url,
					delivery({
						'15555550103': 'Tomorrow too?',
						'15555550104': 'Hello',
						[stranger]: 'Hi',
					}),
				);
				await runs(2);
				await n8n.deactivateWorkflow(workflow.id);

				const heard = model
					.conversations()
					.map(({ system, user }) => [
						/first name of the person is ([^:]*):/.exec(system)?.[1],
						...user,
					]);
				expect(heard).toHaveLength(4);
				expect(heard).toEqual(
					expect.arrayContaining([
						['Cy', 'Are you open?'],
						['Cy', 'Are you open?', 'Tomorrow too?'],
						['Dee', 'Hello'],
						['not known', 'Hi'],
					]),
				);
				expect((await textsTo('15555550103')).slice(-2)).toEqual([answer, answer]);
				expect((await textsTo('15555550104')).slice(-1)).toEqual([answer]);
				expect(await textsTo(stranger)).toEqual([answer]);
			} finally {
				await model.close();
			}
		});

		test('tell-what-was-not-delivered writes an e-mail with the reason, once', async () => {
			const file = 'tell-what-was-not-delivered.json';
			const mailbox = await startMailbox();
			try {
				const smtp = await n8n.createCredential({
					name: 'SMTP account',
					type: 'smtp',
					data: { host: '127.0.0.1', port: mailbox.port, secure: false, disableStartTls: true },
				});
				const workflow = await connected(file, { smtp });
				// Hal has not written, so free text fails; the template is delivered.
				await send('send', { phone_number: '15555550202', message_body: 'Are you there?' });
				await send('template', {
					...{ phone_number: '15555550202', template_name: 'hello_world' },
					template_language: 'en_US',
				});
				const execution = await n8n.waitForExecutionOf(workflow.id);
				expectEveryNode(execution, file);
				await n8n.deactivateWorkflow(workflow.id);
				expect(mailbox.letters).toHaveLength(1);
				expect(mailbox.letters[0]).toContain('Subject: Not delivered: Hal Imported');
				expect(mailbox.letters[0]).toContain('A WhatsApp message to 15555550202');
				expect(mailbox.letters[0]).toMatch(/Reason: .*24 hours/);
				expect(await n8n.executionsOf(workflow.id)).toHaveLength(1);
			} finally {
				await mailbox.close();
			}
		});
	});
});

/** As Meta would deliver what several people wrote in the same moment. */
function delivery(texts: Record<string, string>): object {
	const timestamp = String(Math.floor(Date.now() / 1000));
	const messages = Object.entries(texts).map(([from, body]) => ({
		...{ from, id: `wamid.${from}.${timestamp}`, timestamp, ...text(body) },
	}));
	const value = { messaging_product: 'whatsapp', messages };
	const changes = [{ field: 'messages', value }];
	return { object: 'whatsapp_business_account', entry: [{ id: '1', changes }] };
}

const text = (body: string) => ({ type: 'text', text: { body } });

async function writeAs(phone: string, message: object): Promise<void> {
	await axios.post(`${stage.sandboxUrl}/sandbox/received`, { phone, message });
}

/** Until the newest deliveries, as many as that, have their answers. */
async function untilDelivered(count: number): Promise<void> {
	await untilFound('the answers to all deliveries', async () => {
		const deliveries = await inSandbox<{ state: string }>(stage, 'deliveries');
		return deliveries.slice(-count).every(({ state }) => state === 'taken') || undefined;
	});
}

async function setWebhooks(change: object): Promise<void> {
	await axios.put(`${stage.sandboxUrl}/sandbox/webhooks`, change);
}

async function send(kind: 'send' | 'template', message: object): Promise<void> {
	const { baseUrl, subdomain, apiToken } = stage.credential.data as Record<string, string>;
	await axios.post(`${baseUrl ?? ''}${subdomain ?? ''}/messages/${kind}`, message, {
		headers: { Authorization: `Bearer ${apiToken ?? ''}` },
	});
}

function isLocator(value: unknown): value is INodeParameterResourceLocator {
	return typeof value === 'object' && value !== null && '__rl' in value;
}

function example(file: string): WorkflowFile {
	const found = examples.find((candidate) => candidate.file === file);
	if (found === undefined) throw new Error(`There is no example ${file}.`);
	return found.workflow;
}

type Credentials = Record<string, { id: string; name: string }>;

async function imported(file: string, others: Credentials = {}): Promise<Workflow> {
	const credentials: Credentials = { [stage.credential.type]: stage.credential, ...others };
	return await n8n.createWorkflow(
		Object.entries(credentials).reduce(
			(workflow, [type, credential]) => withCredential(workflow, type, credential),
			example(file),
		),
	);
}

async function published(file: string, others?: Credentials): Promise<Workflow> {
	const workflow = await imported(file, others);
	await n8n.activateWorkflow(workflow);
	const { triggers } = await n8n.waitForPublication(workflow.id);
	expect(triggers.map(({ status }) => status)).not.toContain('failed');
	return workflow;
}

/** Fills in the workflow's form as a visitor would; gives the address of the form's next page, if any. */
async function submit({ nodes }: Workflow, fields: Record<string, string | File>): Promise<string> {
	const form = nodes.find(({ type }) => type.endsWith('.formTrigger')) as INode;
	return await postForm(`${stage.n8nUrl}/form/${form.webhookId ?? ''}`, fields);
}

async function postForm(url: string, fields: Record<string, string | File>): Promise<string> {
	const body = new FormData();
	for (const [name, value] of Object.entries(fields)) body.append(name, value);
	const answer = await fetch(url, { method: 'POST', body });
	expect(answer.status).toBe(200);
	const { formWaitingUrl = '' } = (await answer.json()) as { formWaitingUrl?: string };
	return formWaitingUrl;
}

/** As the form's page in the browser asks before it goes on; n8n never answers who comes too early. */
async function untilPageIsReady(page: string): Promise<void> {
	const status = new URL(page);
	status.pathname += '/n8n-execution-status';
	await untilFound('the next page of the form', async () => {
		const text = await (await fetch(status)).text();
		return text === 'form-waiting' || undefined;
	});
}

async function textsTo(phone: string): Promise<string[]> {
	const messages = await inSandbox<SentMessage>(stage, 'messages');
	return messages.filter((message) => message.phone === phone).map(({ text }) => text);
}

async function lastStateTo(phone: string): Promise<SentMessage['state'] | undefined> {
	const messages = await inSandbox<SentMessage>(stage, 'messages');
	return messages.findLast((message) => message.phone === phone)?.state;
}

async function untilFound<Found>(
	what: string,
	look: () => Promise<Found | undefined>,
): Promise<Found> {
	const deadline = Date.now() + 20_000;
	while (Date.now() < deadline) {
		const found = await look();
		if (found !== undefined) return found;
		await delay(100);
	}
	throw new Error(`Not within 20 s: ${what}.`);
}

function outputOf(execution: Execution, node: string) {
	const { runData } = execution.data.resultData;
	return (runData[node] ?? []).flatMap(({ data }) =>
		(data?.main ?? []).flatMap((items) => (items ?? []).map(({ json }) => json)),
	);
}

function expectEveryNode(execution: Execution, file: string): void {
	const { runData, error } = execution.data.resultData;
	expect(error).toBeUndefined();
	expect(execution.status).toBe('success');
	const steps = example(file).nodes.filter(({ type }) => !type.endsWith('.stickyNote'));
	expect(Object.keys(runData).sort()).toEqual(steps.map(({ name }) => name).sort());
}
