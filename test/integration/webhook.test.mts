import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

interface Answer {
	status: number;
	body: { message?: string; error?: string };
}

async function post(
	{ url }: WebhookHost,
	body: string | Buffer,
	headers: Record<string, string> = {},
): Promise<Answer> {
	const answer = await fetch(url, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json', ...headers },
		body,
	});
	return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}

const signed = (body: string | Buffer, secret = SECRET) => ({
	'X-Webhook-Signature': createHmac('sha256', secret).update(body).digest('hex'),
});

const fixture = (name: string) =>
	readFileSync(join(__dirname, '../unit/events/bodies', `${name}.json`), 'utf8');

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

	test('brings what was delivered along when not simplified', async () => {
		const trigger = await host({ parameters: { simplify: false } });
		const body = message('Hi', 2);
		await post(trigger, body);
		expect(trigger.executions[0]?.map(({ json }) => json.payload)).toEqual([
			JSON.parse(body),
			JSON.parse(body),
		]);
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

	test('of almost 5 MB is taken', async () => {
		const trigger = await host();
		const { status } = await post(trigger, message('x'.repeat(5 * MEGABYTE - 1000)));
		expect([status, trigger.executions.length]).toEqual([200, 1]);
	});

	test('nested deeper than n8n can copy is kept as text', async () => {
		const trigger = await host({ parameters: { events: ['other'], simplify: false } });
		const body = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
		expect(await post(trigger, body)).toMatchObject({ status: 200 });
		expect(trigger.executions[0]?.[0]?.json.payload).toEqual({ raw: body });
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
	test('is asked for when the credential has a secret', async () => {
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

	test('may be missing when the user allows it, but never be wrong', async () => {
		const parameters = { options: { acceptUnsigned: true } };
		const trigger = await host({ parameters, credential: credential(SECRET) });
		const [unsigned, wrong] = [message(), message()];
		expect(await post(trigger, unsigned)).toMatchObject({ status: 200 });
		expect(await post(trigger, wrong, signed('other'))).toMatchObject({ status: 401 });
		expect(trigger.executions).toHaveLength(1);
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
	test('starts one execution, however often it is delivered', async () => {
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
		expect(answers.filter(({ status }) => status === 200)).toHaveLength(60);
		expect(trigger.executions).toHaveLength(3);
	});

	test('is remembered over a restart, and so are the others that came with it', async () => {
		const bodies = Array.from({ length: 5 }, () => message());
		const before = await host();
		await Promise.all(bodies.map(async (body) => await post(before, body)));
		expect(before.executions).toHaveLength(5);
		const after = await host({ staticData: before.staticData });
		await Promise.all(bodies.map(async (body) => await post(after, body)));
		expect(after.executions).toEqual([]);
		await post(after, message());
		expect(after.executions).toHaveLength(1);
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

	test('that only waits for its execution is not stored as taken by another one', async () => {
		let release = (): void => undefined;
		const held = new Promise<void>((resolve) => {
			release = resolve;
		});
		let starts = 0;
		const trigger = await host({
			start: async () => {
				starts += 1;
				if (starts > 1) return;
				await held;
				throw new Error('The database is away');
			},
		});
		const body = message('slow');
		const slow = post(trigger, body);
		while (starts === 0) await post(trigger, '{}');
		await post(trigger, message('quick'));
		release();
		expect(await slow).toMatchObject({ status: 500 });
		expect(await post(trigger, body)).toMatchObject({ status: 200 });
		expect(trigger.executions).toHaveLength(2);
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

test('the memory does not grow without end', async () => {
	const trigger = await host();
	for (let round = 0; round < 12; round++) await post(trigger, message('x', 2000));
	expect(trigger.executions).toHaveLength(12);
	expect(JSON.stringify(trigger.staticData).length).toBeLessThan(40_000);
});
