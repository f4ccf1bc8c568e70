import { readFileSync } from 'node:fs';
import axios from 'axios';
import type { INode } from 'n8n-workflow';
import { until, type Workflow, type WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import type {
	Fault,
	RateLimit,
	RequestRecord,
	SentMessage,
} from '../../sandbox/server/sandbox.mts';
import { loggedIn } from '../e2e/stage.mts';
import { queueStage, type Process } from './stage.mts';

jest.setTimeout(240_000);

const EXECUTIONS = 500;
const DELIVERIES = 500;
const CALLERS = 20;
// Short windows, since a busy machine takes seconds for what one such window allows.
const RATE_LIMIT: RateLimit = { max: 5, windowMs: 500 };
const NEW_CONTACTS = 5;
const FIRST_PHONE = 15_550_201_000;

const stage = queueStage();
const n8n = loggedIn(stage);
const { main, workers } = stage;
const sandbox = axios.create({ baseURL: `${stage.sandboxUrl}/sandbox`, proxy: false });
let trigger: Workflow;

beforeAll(async () => {
	await addContacts('Customer', EXECUTIONS);
	trigger = await publish({
		name: 'Watch for contacts',
		nodes: [
			node('New contact', 'n8n-nodes-whatscloud.whatsCloudTrigger', {
				event: 'contactCreated',
				pollTimes: { item: [{ mode: 'everyMinute' }] },
			}),
			node('Then', 'n8n-nodes-base.noOp', {}),
		],
		connections: { 'New contact': link('Then') },
	});
});

describe(`${EXECUTIONS} executions on two workers under one rate limit`, () => {
	test('send every message once', async () => {
		const workflow = await publish({
			name: 'Send',
			nodes: [webhook('send'), sendText(stage.doorCredential)],
			connections: { Webhook: link('Send') },
		});
		await sandbox.put('rate-limit', { rateLimit: RATE_LIMIT });
		const begun = Date.now();
		await inParallel(CALLERS, EXECUTIONS, async (index) => {
			await call('send', { phone: phoneOf(index), text: `Message ${index}` });
		});
		const ended = await until('all executions have ended', 180, async () => {
			const success = await n8n.countExecutions(workflow.id, 'success');
			const error = await n8n.countExecutions(workflow.id, 'error');
			return success + error >= EXECUTIONS ? { success, error } : undefined;
		});
		const seconds = (Date.now() - begun) / 1000;
		await sandbox.put('rate-limit', { rateLimit: null });

		const messages = (await read<SentMessage>('messages')).map(({ text }) => text);
		const distinct = new Set(messages);
		const refusals = (await sendings()).filter(({ status }) => status === 429).length;
		const shares = await Promise.all(workers.map(async (worker) => await acceptedFrom(worker)));
		report({
			executions: ended.success,
			messages: messages.length,
			duplicates: messages.length - distinct.size,
			losses: EXECUTIONS - distinct.size,
			refusals,
			seconds,
			...Object.fromEntries(workers.map(({ name }, index) => [name, shares[index]])),
		});

		expect(await errorsOf(workflow.id)).toEqual([]);
		expect(ended).toEqual({ success: EXECUTIONS, error: 0 });
		expect(messages).toHaveLength(EXECUTIONS);
		expect(distinct.size).toBe(EXECUTIONS);
		// The limit was felt, and both workers took part, nobody else.
		expect(refusals).toBeGreaterThan(0);
		expect(Math.min(...shares)).toBeGreaterThan(EXECUTIONS / 10);
		expect(shares.reduce((sum, share) => sum + share)).toBe(EXECUTIONS);
	});
});

describe('the trigger', () => {
	test('brings new contacts once, asks from the main process only, and runs workflows on workers', async () => {
		const ids = await addContacts('Newcomer', NEW_CONTACTS);
		await until('the new contacts have arrived', 100, async () =>
			(await broughtIds()).length >= NEW_CONTACTS ? true : undefined,
		);
		// Publishing anew polls at once.
		await n8n.deactivateWorkflow(trigger.id);
		await n8n.activateWorkflow(trigger);
		await n8n.waitForPublication(trigger.id);
		expect((await broughtIds()).sort()).toEqual(ids.sort());

		const asked = (await requests()).filter(({ method }) => method === 'GET');
		expect(new Set(asked.map(({ headers }) => headers.host))).toEqual(new Set([main.host]));
		for (const { id } of await n8n.executionsOf(trigger.id)) expect(workerOf(id)).toBeDefined();
	});
});

describe(`${DELIVERIES} webhook deliveries`, () => {
	test('start one execution each on the workers, whatever is delivered twice', async () => {
		const workflow = await publish({
			name: 'Answer',
			nodes: [
				node('Incoming', 'n8n-nodes-whatscloud.whatsCloudWebhookTrigger', {}),
				sendText(stage.doorCredential, '={{ $json.phone }}', '={{ $json.text }}'),
			],
			connections: { Incoming: link('Send') },
		});
		const path = `${workflow.nodes[0]?.webhookId ?? ''}/webhook`;
		const texts = Array.from({ length: DELIVERIES }, (_, index) => `Delivered ${index}`);
		// Every fifth comes a second time at the same moment.
		const bodies = texts.flatMap((text, index) =>
			Array.from({ length: index % 5 === 0 ? 2 : 1 }, () => incoming(phoneOf(index), text)),
		);
		const before = await Promise.all(workers.map(async (worker) => await acceptedFrom(worker)));
		const begun = performance.now();
		const times: number[] = [];
		await inParallel(CALLERS, bodies.length, async (index) => {
			const started = performance.now();
			await deliver(path, bodies[index] ?? {});
			times.push(performance.now() - started);
		});
		const delivered = performance.now() - begun;
		const success = await until('all executions have ended', 180, async () => {
			const count = await n8n.countExecutions(workflow.id, 'success');
			return count >= DELIVERIES ? count : undefined;
		});
		times.sort((a, b) => a - b);
		const shares = await Promise.all(
			workers.map(async (worker, index) => (await acceptedFrom(worker)) - (before[index] ?? 0)),
		);
		report({
			deliveries: bodies.length,
			executions: success,
			'delivered in ms': Math.round(delivered),
			'all over after ms': Math.round(performance.now() - begun),
			'median ms': Math.round(times[Math.floor(times.length / 2)] ?? 0),
			'worst ms': Math.round(times.at(-1) ?? 0),
			...Object.fromEntries(workers.map(({ name }, index) => [name, shares[index]])),
		});
		expect(success).toBe(DELIVERIES);
		expect(await errorsOf(workflow.id)).toEqual([]);
		const sent = (await read<SentMessage>('messages')).map(({ text }) => text);
		expect(sent.filter((text) => texts.includes(text)).sort()).toEqual(texts.toSorted());
		expect(Math.min(...shares)).toBeGreaterThan(DELIVERIES / 10);
	});
});

describe('a failed execution that is retried', () => {
	test('sends on a worker what was not sent before, and nothing else', async () => {
		const texts = ['First of three', 'Second of three', 'Third of three'];
		const people = texts.map((text, index) => ({ phone: phoneOf(index), text }));
		const workflow = await publish({
			name: 'Send three',
			nodes: [
				webhook('three'),
				node('People', 'n8n-nodes-base.code', { jsCode: `return ${JSON.stringify(people)};` }, 2),
				inTurn(sendText(stage.credential, '={{ $json.phone }}', '={{ $json.text }}')),
			],
			connections: { Webhook: link('People'), People: link('Send') },
		});
		// The last of them: after a failure nothing more is sent.
		const fault: Fault = {
			...{ method: 'POST', path: '/messages/send', times: 1, skip: texts.length - 1 },
			...{
				kind: 'answer',
				status: 503,
				body: { status: 'error', message: 'Not now' },
				when: 'before',
			},
		};
		await sandbox.post('faults', fault);
		await call('three', {});
		const [failed] = await until('the execution has failed', 30, async () => {
			const executions = await n8n.executionsOf(workflow.id);
			return executions[0]?.status === 'error' ? executions : undefined;
		});
		expect(await countOf(texts)).toBe(texts.length - 1);

		const retry = await n8n.retryExecution(failed?.id ?? '');
		const { status, data } = await n8n.waitForExecution(retry);
		expect(data.resultData.error?.message).toBeUndefined();
		expect(status).toBe('success');
		expect(workerOf(retry)).toBeDefined();
		expect(await countOf(texts)).toBe(texts.length);
		for (const text of texts) expect(await countOf([text])).toBe(1);
	});
});

function phoneOf(index: number): string {
	return String(FIRST_PHONE + index);
}

async function addContacts(name: string, count: number): Promise<number[]> {
	const contacts = Array.from({ length: count }, (_, index) => ({
		firstname: name,
		lastname: String(index),
		phone: name === 'Customer' ? phoneOf(index) : null,
	}));
	const { data } = await sandbox.post<{ ids: number[] }>('contacts', { contacts });
	return data.ids;
}

function node(name: string, type: string, parameters: INode['parameters'], typeVersion = 1): INode {
	const { id, name: credential } = stage.doorCredential;
	return {
		...{ id: name, name, type, typeVersion, parameters },
		position: [0, 0],
		credentials: { whatsCloudApi: { id, name: credential } },
	};
}

function webhook(path: string): INode {
	const parameters = { path, httpMethod: 'POST', responseMode: 'onReceived' };
	return { ...node('Webhook', 'n8n-nodes-base.webhook', parameters, 2), webhookId: path };
}

/** A message to us, as Meta tells it. */
function incoming(from: string, text: string): object {
	const messages = [{ from, id: `wamid.${text}`, type: 'text', text: { body: text } }];
	return { entry: [{ changes: [{ field: 'messages', value: { messages } }] }] };
}

function sendText(
	{ id, name }: { id: string; name: string },
	phoneNumber = '={{ $json.body.phone }}',
	text = '={{ $json.body.text }}',
): INode {
	return {
		...node('Send', 'n8n-nodes-whatscloud.whatsCloud', {
			...{ resource: 'message', operation: 'sendText', phoneNumber, text },
		}),
		credentials: { whatsCloudApi: { id, name } },
	};
}

/** One item after the other. */
function inTurn(send: INode): INode {
	return { ...send, parameters: { ...send.parameters, options: { parallelRequests: 1 } } };
}

function link(to: string): WorkflowFile['connections'][string] {
	return { main: [[{ node: to, type: 'main', index: 0 }]] };
}

async function publish(workflow: WorkflowFile): Promise<Workflow> {
	const saved = await n8n.createWorkflow(workflow);
	await n8n.activateWorkflow(saved);
	const { triggers } = await n8n.waitForPublication(saved.id);
	// The WhatsCloud node counts as one, too: it has a webhook for the answers it waits for.
	for (const { status } of triggers) expect(status).toBe('activated');
	return saved;
}

/** A copy of what is still being taken is answered with 503, and comes again. @throws for any other failure */
async function deliver(path: string, body: object): Promise<void> {
	const validateStatus = (status: number) => status === 200 || status === 503;
	const options = { proxy: false as const, validateStatus };
	for (;;) {
		const { status } = await axios.post(`${stage.n8nUrl}/webhook/${path}`, body, options);
		if (status === 200) return;
		await new Promise((resolve) => setTimeout(resolve, 500));
	}
}

async function call(path: string, body: object): Promise<void> {
	await axios.post(`${stage.n8nUrl}/webhook/${path}`, body, { proxy: false });
}

async function inParallel(
	callers: number,
	count: number,
	work: (index: number) => Promise<void>,
): Promise<void> {
	const left = Array.from({ length: count }, (_, index) => index).values();
	await Promise.all(
		Array.from({ length: callers }, async () => {
			for (const index of left) await work(index);
		}),
	);
}

async function read<Entry>(what: 'requests' | 'messages'): Promise<Entry[]> {
	return (await sandbox.get<Entry[]>(what)).data;
}

async function requests(): Promise<RequestRecord[]> {
	return await read<RequestRecord>('requests');
}

async function sendings(): Promise<RequestRecord[]> {
	return (await requests()).filter(({ path }) => path.endsWith('/messages/send'));
}

async function acceptedFrom({ host }: Process): Promise<number> {
	const accepted = (await sendings()).filter(({ status }) => status < 300);
	return accepted.filter(({ headers }) => headers.host === host).length;
}

async function countOf(texts: string[]): Promise<number> {
	return (await read<SentMessage>('messages')).filter(({ text }) => texts.includes(text)).length;
}

async function errorsOf(workflowId: string): Promise<Array<string | undefined>> {
	const failed = (await n8n.executionsOf(workflowId)).filter(({ status }) => status === 'error');
	const executions = await Promise.all(failed.map(({ id }) => n8n.execution(id)));
	return executions.map(({ data }) => data.resultData.error?.message);
}

async function broughtIds(): Promise<number[]> {
	const executions = await n8n.executionsOf(trigger.id);
	const ended = await Promise.all(executions.map(({ id }) => n8n.waitForExecution(id)));
	return ended.flatMap(({ data }) => {
		const items = data.resultData.runData['New contact']?.[0]?.data?.main?.[0] ?? [];
		return items.map(({ json }) => Number(json.id));
	});
}

/** The worker that says in its log that it ran the execution. */
function workerOf(executionId: string): Process | undefined {
	const line = `Worker started execution ${executionId} `;
	return workers.find(({ logFile }) => readFileSync(logFile, 'utf8').includes(line));
}

function report(figures: Record<string, number | undefined>): void {
	process.stdout.write(
		`${Object.entries(figures)
			.map(([name, figure]) => `${name} ${figure ?? 0}`)
			.join(', ')}\n`,
	);
}
