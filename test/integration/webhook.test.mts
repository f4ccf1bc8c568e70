import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloudWebhookTrigger } from '../../nodes/WhatsCloud/WhatsCloudWebhookTrigger.node';
import {
	expectNoSecret,
	hostWebhook,
	type Credential,
	type WebhookHost,
	type WebhookOptions,
} from '../engine/engine.mts';

const SECRET = 'whsec 5f1b/é';
const MEGABYTE = 1024 * 1024;

const hosts: WebhookHost[] = [];
afterEach(async () => {
	await Promise.all(
		hosts.splice(0).map(async (started) => {
			await started.close();
		}),
	);
});

async function host(options: Partial<WebhookOptions> = {}): Promise<WebhookHost> {
	const started = await hostWebhook({ node: WhatsCloudWebhookTrigger, ...options });
	hosts.push(started);
	return started;
}

function credential(webhookSecret?: string | number | boolean | object): Credential {
	const data = { baseUrl: 'https://example.com', subdomain: 'demo', apiToken: 'token' };
	return {
		type: WhatsCloudApi,
		data: webhookSecret === undefined ? data : ({ ...data, webhookSecret } as typeof data),
	};
}

interface HeldStart {
	release: () => void;
	fail: () => void;
}

/** A host that creates no execution before the test says so; `starts` waits for the next attempt. */
async function hostHeld() {
	const held: HeldStart[] = [];
	const waiting: Array<(start: HeldStart) => void> = [];
	const trigger = await host({
		start: async () => {
			await new Promise<void>((release, reject) => {
				const start = {
					release,
					fail: () => {
						reject(new Error('The database is away'));
					},
				};
				const next = waiting.shift();
				if (next) next(start);
				else held.push(start);
			});
		},
	});
	const starts = async () => {
		const start = held.shift();
		return start ?? (await new Promise<HeldStart>((resolve) => waiting.push(resolve)));
	};
	return { starts, trigger };
}

interface Answer {
	status: number;
	body: { message?: string; error?: string };
}

async function post(
	{ url }: WebhookHost,
	body: string | Buffer,
	headers: Record<string, string> = {},
	signal?: AbortSignal,
): Promise<Answer> {
	const answer = await fetch(url, {
		method: 'POST',
		signal,
		headers: { 'Content-Type': 'application/json', ...headers },
		body,
	});
	return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}

const signed = (body: string | Buffer, secret = SECRET) => ({
	'X-Webhook-Signature': createHmac('sha256', secret).update(body).digest('hex'),
});

const fixture = (name: string) =>
	readFileSync(join(__dirname, '../unit/webhook/bodies', `${name}.json`), 'utf8');

let numbers = 0;
/** A message that never came before, as Meta's own payload. */
function message(text = 'Hi', count = 1): string {
	const messages = Array.from({ length: count }, () => {
		numbers += 1;
		return { from: '15555550101', id: `wamid.${numbers}`, type: 'text', text: { body: text } };
	});
	return JSON.stringify({ entry: [{ changes: [{ field: 'messages', value: { messages } }] }] });
}

const eventsOf = ({ executions }: WebhookHost) =>
	executions.map((items) => items.map(({ json }) => json.event));

describe('a delivery', () => {
	test('starts one execution with one item for each event', async () => {
		const trigger = await host();
		expect(await post(trigger, message('Hi', 3))).toMatchObject({ status: 200 });
		expect(eventsOf(trigger)).toEqual([['messageReceived', 'messageReceived', 'messageReceived']]);
	});

	test.each([
		['contactUpdated', 'n8n.contact.updated'],
		['messageFailed', 'wl.message.failed'],
		['sourceDeleted', 'legacy.source.deleted'],
	])('of the kind %s is answered and dropped unless chosen', async (event, name) => {
		const other = await host();
		expect(await post(other, fixture(name))).toMatchObject({ status: 200 });
		expect(other.executions).toEqual([]);
		const chosen = await host({ parameters: { events: [event, 'contactDeleted'] } });
		await post(chosen, fixture(name));
		expect(eventsOf(chosen)).toEqual([[event]]);
	});

	test('brings what was delivered along when not simplified: for each event its own part', async () => {
		const trigger = await host({ parameters: { simplify: false } });
		const bodies = [message('A'), message('B'), message('C')];
		const [whole] = bodies.map((body) => JSON.parse(body) as { entry: object[] });
		const entries = bodies.flatMap((body) => (JSON.parse(body) as { entry: object[] }).entry);
		await post(trigger, JSON.stringify({ ...whole, entry: entries }));
		expect(trigger.executions[0]?.map(({ json }) => json.payload)).toEqual(
			bodies.map((body) => JSON.parse(body) as object),
		);
	});

	test('of 1,000 states makes items that are not larger together than the states themselves, a few times', async () => {
		const events = ['messageRead'];
		const trigger = await host({ parameters: { simplify: false, events } });
		const statuses = Array.from({ length: 1000 }, (_, index) => ({
			...{ id: `wamid.state.${index}`, status: 'read', recipient_id: '15555550101' },
			timestamp: String(1768557720 + index),
		}));
		const body = JSON.stringify({ entry: [{ changes: [{ value: { statuses } }] }] });
		await post(trigger, body);
		const items = trigger.executions[0]?.map(({ json }) => json);
		expect(items).toHaveLength(1000);
		expect(JSON.stringify(items).length).toBeLessThan(10 * body.length);
	});

	test('starts the workflow only for the message types that are chosen', async () => {
		const events = ['messageReceived', 'messageRead'];
		const options = { binaryData: true, messageTypes: ['location', 'order'] };
		const trigger = await host({ parameters: { events, options } });
		const typed = ['text', 'location', 'order', 'image'].map((type) => ({
			...{ id: `wamid.typed.${type}`, from: '15555550101', type, [type]: {} },
		}));
		const statuses = [{ id: 'wamid.typed', status: 'read', recipient_id: '15555550101' }];
		const value = { messages: typed, statuses };
		await post(trigger, JSON.stringify({ entry: [{ changes: [{ value }] }] }));
		expect(trigger.executions[0]?.map(({ json }) => [json.event, json.type])).toEqual([
			['messageReceived', 'location'],
			['messageReceived', 'order'],
			['messageRead', undefined],
		]);
		expect(await post(trigger, message('Hi'))).toMatchObject({ status: 200 });
		expect(trigger.executions).toHaveLength(1);
	});

	test('that nobody understands starts a workflow that waits for Other', async () => {
		const trigger = await host({ parameters: { events: ['other'] } });
		await post(trigger, '{"surprise":[1,{"deep":null}]}');
		expect(trigger.executions[0]?.[0]?.json).toMatchObject({
			event: 'other',
			payload: { surprise: [1, { deep: null }] },
		});
	});

	test.each([
		['no JSON', '{"entry":', 400],
		['an empty body', '', 400],
		['a list', '[{}]', 400],
		['a text', '"entry"', 400],
		['null', 'null', 400],
		['20,000 nested lists', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 400],
		[
			'20,000 nested lists in a text that is the body of Meta',
			JSON.stringify({
				event: { type: 'whatsapp.message.received' },
				whatsapp: { original_payload: `{"entry":${'['.repeat(20_000)}${']'.repeat(20_000)}}` },
			}),
			400,
		],
		['more than 5 MB', `{"a":"${'x'.repeat(5 * MEGABYTE)}"}`, 413],
	])('%s is refused in words and starts nothing', async (_, body, status) => {
		const trigger = await host({ parameters: { events: ['other'] } });
		const answer = await post(trigger, body);
		expect(answer).toEqual({
			status,
			body: { error: expect.stringMatching(/^The body /) as string },
		});
		expect([trigger.executions, trigger.errors]).toEqual([[], []]);
	});

	test('that is too large is refused before it has come, and in pieces without a length, too', async () => {
		const trigger = await host({ parameters: { events: ['other'] } });
		const answered = new Promise<number | undefined>((resolve, reject) => {
			const headers = { 'Content-Length': 5 * MEGABYTE + 1 };
			const sending = request(trigger.url, { method: 'POST', headers }, ({ statusCode }) => {
				resolve(statusCode);
				sending.destroy();
			});
			sending.on('error', reject).flushHeaders();
		});
		expect(await answered).toBe(413);
		const pieces = new Blob([`{"a":"${'x'.repeat(5 * MEGABYTE)}"}`]).stream();
		const answer = await fetch(trigger.url, {
			method: 'POST',
			body: pieces,
			duplex: 'half',
		} as RequestInit);
		expect([answer.status, trigger.executions]).toEqual([413, []]);
	});

	test('of almost 5 MB is taken', async () => {
		const trigger = await host();
		const { status } = await post(trigger, message('x'.repeat(5 * MEGABYTE - 1000)));
		expect([status, trigger.executions.length]).toEqual([200, 1]);
	});

	test('that n8n has read and parsed before is treated alike', async () => {
		const parameters = { options: { acceptUnsigned: false } };
		const trigger = await host({ parameters, credential: credential(SECRET) });
		const body = message('\\u00e9 \\/');
		expect(await post(trigger, body, signed(body))).toMatchObject({ status: 200 });
		expect(await post(trigger, body, signed('other'))).toMatchObject({ status: 401 });
		expect(trigger.executions).toHaveLength(1);
	});
});

describe('the signature', () => {
	test('guarantee: With a webhook secret in the credential, a missing or wrong signature starts nothing.', async () => {
		const trigger = await host({ credential: credential(SECRET) });
		const body = message('PHP writes this/that').replace('/', '\\/');
		const signature = signed(body)['X-Webhook-Signature'];
		for (const [headers, error] of [
			[{}, 'The signature is missing'],
			[{ 'X-Webhook-Signature': '' }, 'The signature is wrong'],
			[{ 'X-Webhook-Signature': signature.slice(0, 62) }, 'The signature is wrong'],
			[{ 'X-Webhook-Signature': `${signature}00` }, 'The signature is wrong'],
			[signed(body, 'another'), 'The signature is wrong'],
			[signed(JSON.stringify(JSON.parse(body))), 'The signature is wrong'],
		] as Array<[Record<string, string>, string]>) {
			expect(await post(trigger, body, headers)).toEqual({ status: 401, body: { error } });
		}
		expect(trigger.executions).toEqual([]);
		expect(trigger.logs).toHaveLength(6);
		expectNoSecret(trigger, SECRET);
		expectNoSecret(trigger.logs, 'PHP writes');

		const upperCase = { 'X-Webhook-Signature': signature.toUpperCase() };
		expect(await post(trigger, body, upperCase)).toMatchObject({ status: 200 });
		expect(trigger.executions).toHaveLength(1);
	});

	test('is looked at before the body', async () => {
		const trigger = await host({ credential: credential(SECRET) });
		expect(await post(trigger, '{"broken')).toMatchObject({ status: 401 });
		expect(await post(trigger, '{"broken', signed('{"broken'))).toMatchObject({ status: 400 });
	});

	test.each([
		['there is no credential', undefined],
		['the credential was saved before there were secrets', credential()],
		['the secret is empty', credential('')],
	])('is not asked for when %s', async (_, chosen) => {
		const trigger = await host({ credential: chosen });
		expect(await post(trigger, message(), { 'X-Webhook-Signature': 'whatever' })).toMatchObject({
			status: 200,
		});
		expect(trigger.executions).toHaveLength(1);
	});

	describe('may be missing when the user allows it', () => {
		const parameters = {
			events: ['messageReceived', 'contactUpdated', 'messageFailed', 'other'],
			options: { acceptUnsigned: true },
		};

		test("in Meta's own body, but never be wrong", async () => {
			const trigger = await host({ parameters, credential: credential(SECRET) });
			const [unsigned, wrong] = [message(), message()];
			expect(await post(trigger, unsigned)).toMatchObject({ status: 200 });
			expect(await post(trigger, wrong, signed('other'))).toMatchObject({ status: 401 });
			expect(trigger.executions).toHaveLength(1);
		});

		test.each([
			['a record', fixture('n8n.contact.updated')],
			['a record in the older form', fixture('legacy.contact.updated')],
			['a forwarded message', fixture('c.whatsapp.message-received')],
			['a state of the 2026 brand', fixture('wl.message.failed')],
			['what nobody knows', '{"surprise":1}'],
			[
				"a record with Meta's body beside it",
				`${fixture('legacy.contact.updated').trim().slice(0, -1)},"entry":[]}`,
			],
		])('and in nothing else: %s', async (_, body) => {
			const trigger = await host({ parameters, credential: credential(SECRET) });
			expect(await post(trigger, body)).toEqual({
				status: 401,
				body: { error: 'The signature is missing' },
			});
			expect(await post(trigger, body, signed(body))).toMatchObject({ status: 200 });
			expect(trigger.executions).toHaveLength(1);
		});
	});

	test('is made with the secret without the white space around it', async () => {
		const trigger = await host({ credential: credential(`  ${SECRET}\n`) });
		const body = message();
		expect(await post(trigger, body, signed(body))).toMatchObject({ status: 200 });
	});

	test('of a secret that is white space only is still asked for', async () => {
		const trigger = await host({ credential: credential('  ') });
		const body = message();
		expect(await post(trigger, body)).toMatchObject({ status: 401 });
		expect(await post(trigger, body, signed(body, ''))).toMatchObject({ status: 401 });
		expect(await post(trigger, body, signed(body, '  '))).toMatchObject({ status: 200 });
	});

	test.each([42, true, { secret: SECRET }])(
		'is never skipped because the secret can not be told: %p',
		async (secret) => {
			const trigger = await host({ credential: credential(secret) });
			expect(await post(trigger, message())).toMatchObject({ status: 500 });
			expect(trigger.executions).toEqual([]);
		},
	);

	test('is never skipped because the credential can not be read', async () => {
		const type = Object.defineProperty(new WhatsCloudApi(), 'properties', {
			get: () => {
				throw new Error('The vault is closed');
			},
		});
		const trigger = await host({ credential: { type, data: {} } });
		expect(await post(trigger, message())).toMatchObject({ status: 500 });
		expect(trigger.executions).toEqual([]);
	});
});

describe('an event', () => {
	test('guarantee: An event starts one execution, however often it is delivered.', async () => {
		const trigger = await host();
		const [first, second] = [message('A'), message('B')];
		for (const body of [first, second, first, first, second]) {
			expect(await post(trigger, body)).toMatchObject({ status: 200 });
		}
		expect(trigger.executions).toHaveLength(2);
	});

	test('starts one execution when twenty copies come at the same moment', async () => {
		const trigger = await host();
		const bodies = [message('A'), message('B'), message('C')];
		const copies = bodies.flatMap((body) => Array.from({ length: 20 }, () => body));
		const answers = await Promise.all(copies.map(async (body) => await post(trigger, body)));
		for (const { status } of answers) expect([200, 503]).toContain(status);
		expect(trigger.executions).toHaveLength(3);
		for (const body of bodies) expect(await post(trigger, body)).toMatchObject({ status: 200 });
		expect(trigger.executions).toHaveLength(3);
	});

	test('is told to come again while a copy of it is being taken, and started once', async () => {
		const { starts, trigger } = await hostHeld();
		const [first, other] = [message('A'), message('B')];
		const answer = post(trigger, first);
		const { release } = await starts();
		expect(await post(trigger, first)).toEqual({
			status: 503,
			body: { error: 'This is still being taken' },
		});
		const otherAnswer = post(trigger, other);
		(await starts()).release();
		expect(await otherAnswer).toMatchObject({ status: 200 });
		release();
		expect(await answer).toMatchObject({ status: 200 });
		expect(await post(trigger, first)).toMatchObject({ status: 200 });
		expect(trigger.executions).toHaveLength(2);
	});

	test('is taken again when its execution could not be started', async () => {
		let fails = true;
		const trigger = await host({
			start: async () => {
				await Promise.resolve();
				if (fails) throw new Error('The database is away');
			},
		});
		const body = message();
		expect(await post(trigger, body)).toMatchObject({ status: 500 });
		fails = false;
		expect(await post(trigger, body)).toMatchObject({ status: 200 });
		expect(await post(trigger, body)).toMatchObject({ status: 200 });
		expect(trigger.executions).toHaveLength(1);
	});

	describe('whose sender hangs up before the answer', () => {
		async function hungUp(body: string) {
			const { starts, trigger } = await hostHeld();
			const impatient = new AbortController();
			const answer = post(trigger, body, {}, impatient.signal).catch(() => 'hung up');
			const { fail, release } = await starts();
			impatient.abort();
			expect(await answer).toBe('hung up');
			const again = async () => {
				const repeat = post(trigger, body);
				(await starts()).release();
				return await repeat;
			};
			return { again, fail, release, trigger };
		}

		test('is taken again when its execution could not be started', async () => {
			for (const text of ['A', 'B', 'C']) {
				const body = message(text);
				const { again, fail, trigger } = await hungUp(body);
				expect(await post(trigger, body)).toMatchObject({ status: 503 });
				fail();
				await trigger.idle();
				expect(await again()).toMatchObject({ status: 200 });
				expect(trigger.executions).toHaveLength(1);
			}
		});

		test('is not started twice when its execution was started', async () => {
			const body = message();
			const { release, trigger } = await hungUp(body);
			release();
			await trigger.idle();
			expect(await post(trigger, body)).toMatchObject({
				status: 200,
				body: { message: 'This was delivered before' },
			});
			expect(trigger.executions).toHaveLength(1);
		});
	});

	test('with the same words an hour later is another one, with an id or without', async () => {
		const trigger = await host();
		const yes = (timestamp: string) => {
			const value = { messages: [{ from: '15555550101', timestamp, text: { body: 'Yes' } }] };
			return JSON.stringify({ entry: [{ changes: [{ value }] }] });
		};
		for (const at of ['1768557720', '1768561320', '1768557720']) await post(trigger, yes(at));
		expect(trigger.executions).toHaveLength(2);
	});

	test('without anything to tell it by is never taken for a repeat', async () => {
		const trigger = await host({ parameters: { events: ['templateUpdated'] } });
		for (const event of ['APPROVED', 'PAUSED', 'APPROVED', 'PAUSED']) {
			const value = { event, message_template_id: '12', message_template_name: 'hello' };
			const changes = [{ field: 'message_template_status_update', value }];
			await post(trigger, JSON.stringify({ entry: [{ changes }] }));
		}
		expect(trigger.executions.map((items) => items[0]?.json.status)).toEqual([
			...['APPROVED', 'PAUSED', 'APPROVED', 'PAUSED'],
		]);
	});

	test('that comes through both settings of WhatsCloud starts one execution', async () => {
		const trigger = await host({ parameters: { events: ['messageFailed'] } });
		for (const name of ['c.whatsapp.message-failed', 'wl.message.failed']) {
			expect(await post(trigger, fixture(name))).toMatchObject({ status: 200 });
		}
		expect(trigger.executions).toHaveLength(1);
	});

	test('is new in another trigger, also where two have the same node id', async () => {
		const body = message();
		for (const nodeName of ['Left', 'Right', 'Third']) {
			const trigger = await host({ workflowId: 'made by hand', nodeName });
			await post(trigger, body);
			await post(trigger, body);
			expect(trigger.executions).toHaveLength(1);
		}
	});

	test("leaves the workflow's static data alone, which n8n would write as a whole", async () => {
		const trigger = await host({ staticData: { marker: 'of somebody else' } });
		for (let count = 0; count < 3; count++) await post(trigger, message('Hi', 3));
		expect(trigger.staticData).toEqual({ marker: 'of somebody else' });
		expect(trigger.saves).toBe(0);
	});

	test('is new in another workflow', async () => {
		const body = message();
		for (const trigger of [await host(), await host(), await host()]) {
			await post(trigger, body);
			expect(trigger.executions).toHaveLength(1);
		}
	});

	test('may be tested as often as one likes, and counts as new afterwards', async () => {
		const workflowId = 'tested and published';
		const body = message();
		const test = await host({ mode: 'manual', workflowId });
		await post(test, body);
		await post(test, body);
		expect(test.executions).toHaveLength(2);
		expect(test.staticData).toEqual({});
		const published = await host({ workflowId });
		await post(published, body);
		expect(published.executions).toHaveLength(1);
	});

	test('of which a delivery holds old and new ones starts with the new ones', async () => {
		const trigger = await host();
		const [old, both] = [JSON.parse(message('A')), JSON.parse(message('B', 2))] as Array<{
			entry: object[];
		}>;
		await post(trigger, JSON.stringify(old));
		both?.entry.push(...(old?.entry ?? []));
		await post(trigger, JSON.stringify(both));
		expect(trigger.executions.map((items) => items.map(({ json }) => json.text))).toEqual([
			['A'],
			['B', 'B'],
		]);
	});
});
