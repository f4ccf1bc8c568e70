import { createHmac } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

import { isSignedWith } from '../../../nodes/WhatsCloud/webhook/delivery';
import { WhatsCloudWebhookTrigger } from '../../../nodes/WhatsCloud/WhatsCloudWebhookTrigger.node';
import { bodyOf, itemsOf, keysOf, meta, read, readText } from './deliver.mts';

const bodies = readdirSync(join(__dirname, 'bodies')).map((file) =>
	bodyOf(file.replace('.json', '')),
);
/** What the trigger can be set to wait for. */
const EVENTS = new WhatsCloudWebhookTrigger().description.properties
	.find(({ name }) => name === 'events')
	?.options?.map((option) => 'value' in option && option.value);
/** Values that trip up code which trusts what it gets. */
const odd = fc.oneof(
	fc.jsonValue({ maxDepth: 3 }),
	fc.constantFrom<unknown>(
		...[null, '', '__proto__', 'constructor', -0, 1e300, [], {}, [[]], [null], '\u0000', '\ud800'],
		...[{ toString: 1, valueOf: 1 }, { ['__proto__']: 5 }, { length: -1 }, { body: { body: {} } }],
	),
);

/** One of the real bodies with some of its parts replaced or taken out. */
const damaged = fc
	.tuple(fc.constantFrom(...bodies), fc.array(fc.tuple(fc.nat(), fc.option(odd)), { maxLength: 6 }))
	.map(([body, damages]) => {
		const copy = structuredClone(body);
		for (const [place, value] of damages) {
			const places = placesIn(copy);
			const [object, key] = places[place % places.length] ?? [copy, 'event'];
			if (value === null) Reflect.deleteProperty(object, key);
			// A copy: the same object in two places could come to hold itself.
			else object[key] = JSON.parse(JSON.stringify(value)) as unknown;
		}
		return copy;
	});

type Place = [object: Record<string, unknown>, key: string];

function placesIn(value: unknown, found: Place[] = []): Place[] {
	if (typeof value !== 'object' || value === null) return found;
	const object = value as Record<string, unknown>;
	for (const [key, inner] of Object.entries(object)) {
		found.push([object, key]);
		placesIn(inner, found);
	}
	return found;
}

/** Without jest's own comparisons, of which thousands of runs would take seconds. */
function checkEvents(items: Array<Record<string, unknown>>): void {
	if (items.length === 0) throw new Error('No event');
	for (const item of items) {
		const { event, occurred_at } = item;
		const needed =
			event === 'other' ? 'payload' : String(event).startsWith('message') ? 'message_id' : 'id';
		const isKnown = EVENTS?.includes(event as string);
		if (!isKnown || !(needed in item)) throw new Error(`${String(event)} without ${needed}`);
		if (new Date(String(occurred_at)).toISOString() !== occurred_at)
			throw new Error(String(occurred_at));
		JSON.stringify(item);
	}
}

test('any JSON object gives events or other, any other text nothing, and nothing is ever thrown', () => {
	fc.assert(
		fc.property(odd, fc.dictionary(fc.string(), odd), (value, headers) => {
			const delivered = read(value, headers);
			const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
			expect(delivered !== undefined).toBe(isObject);
			if (delivered) checkEvents(delivered.events.map(({ item }) => item));
		}),
		{ numRuns: 2000 },
	);
	fc.assert(
		fc.property(fc.string(), (text) => {
			expect(() => readText(text)).not.toThrow();
		}),
	);
});

test('a real body with damaged parts gives events or other', () => {
	fc.assert(
		fc.property(damaged, (body) => {
			checkEvents(itemsOf(body));
		}),
		{ numRuns: 5000 },
	);
});

describe('a body that is nested without end is refused', () => {
	const lists = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
	const bodies: Array<[string, (inside: string) => string]> = [
		['anywhere', (inside) => `{"a":${inside}}`],
		['in a message', (inside) => `{"entry":[{"changes":[{"value":{"messages":[${inside}]}}]}]}`],
		['in the body of Meta', (inside) => `{"event":{},"whatsapp":{"original_payload":${inside}}}`],
		[
			'in the body of Meta as text',
			(inside) =>
				`{"event":{},"whatsapp":{"original_payload":${JSON.stringify(`{"entry":${inside}}`)}}}`,
		],
	];

	test.each(bodies)('%s', (_, bodyWith) => {
		expect(readText(bodyWith(lists(10)))).toBeDefined();
		for (const levels of [20_000, 300_000])
			expect(readText(bodyWith(lists(levels)))).toBeUndefined();
	});
});

test('a delivery of 5 MB in small pieces is read within seconds', () => {
	const messages = Array.from({ length: 40_000 }, (_, id) => ({
		...{ id: `wamid.${id}`, from: '15555550101', type: 'text', text: { body: 'x'.repeat(40) } },
	}));
	// Of the processor, which others may use beside.
	const started = process.cpuUsage();
	expect(itemsOf({ entry: [{ changes: [{ value: { messages } }] }] })).toHaveLength(40_000);
	expect(process.cpuUsage(started).user / 1000).toBeLessThan(4_000);
});

describe('the signature', () => {
	const secret = fc.string({ minLength: 1 });
	const raw = fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from(bytes));
	const signatureOf = (key: string, bytes: Buffer) =>
		createHmac('sha256', key).update(bytes).digest('hex');

	test('holds for the very bytes, in any letter case', () => {
		fc.assert(
			fc.property(secret, raw, (key, bytes) => {
				expect(isSignedWith(key, bytes, signatureOf(key, bytes))).toBe(true);
				expect(isSignedWith(key, bytes, signatureOf(key, bytes).toUpperCase())).toBe(true);
			}),
		);
	});

	test('is refused when any single bit of the body has changed', () => {
		fc.assert(
			fc.property(secret, raw, (key, bytes) => {
				const signature = signatureOf(key, bytes);
				for (let bit = 0; bit < bytes.length * 8; bit++) {
					const changed = Buffer.from(bytes);
					changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
					if (isSignedWith(key, changed, signature)) throw new Error(`Bit ${bit}`);
				}
			}),
			{ numRuns: 20 },
		);
	});

	test('is refused when any of its own digits has changed, or the secret', () => {
		fc.assert(
			fc.property(
				secret,
				secret,
				raw,
				fc.nat(63),
				fc.integer({ min: 1, max: 15 }),
				(key, other, bytes, at, by) => {
					const signature = signatureOf(key, bytes);
					const digit = ((parseInt(signature[at] ?? '', 16) + by) % 16).toString(16);
					const changed = signature.slice(0, at) + digit + signature.slice(at + 1);
					expect(isSignedWith(key, bytes, changed)).toBe(false);
					expect(isSignedWith(other, bytes, signature)).toBe(other === key);
				},
			),
		);
	});

	test.each([
		undefined,
		null,
		'',
		[],
		{},
		'sha256=',
		'zz'.repeat(32),
		'ab'.repeat(31),
		'ab'.repeat(33),
	])('%p is none', (signature) => {
		expect(isSignedWith('secret', Buffer.from('{}'), signature)).toBe(false);
	});
});

describe('two events', () => {
	const legacy = bodyOf('legacy.contact.updated');
	const data = legacy['data'] as { attributes: object };
	const named = (lastname: string) => ({
		...legacy,
		data: { ...data, attributes: { ...data.attributes, lastname } },
	});

	test('of the same second and record are two, by what they tell', () => {
		expect(keysOf(named('A'))).toEqual(keysOf(named('A')));
		expect(keysOf(named('A'))).not.toEqual(keysOf(named('B')));
		expect(keysOf(named('A'))).not.toEqual(keysOf({ ...named('A'), original: null }));
	});

	test('with the same content at another second are two', () => {
		expect(keysOf(legacy)).not.toEqual(
			keysOf({ ...legacy, timestamp: '2026-01-16T10:02:01+00:00' }),
		);
	});

	test('with ids of the server are told apart by these alone', () => {
		const body = bodyOf('n8n.contact.updated');
		const event = body['event'] as object;
		expect(keysOf({ ...body, metadata: {}, tenant: null })).toEqual(keysOf(body));
		expect(keysOf({ ...body, event: { ...event, id: 'evt_2' } })).not.toEqual(keysOf(body));
	});

	test('that nobody knows are told apart by all that they hold', () => {
		const changes = (count: number) => [{ field: 'account_alerts', value: { count } }];
		const alert = (count: number) =>
			keysOf({ entry: [{ id: '1', time: 1768557720, changes: changes(count) }] });
		expect(alert(1)).toEqual(alert(1));
		expect(new Set([1, 2, 3].flatMap(alert)).size).toBe(3);
		expect(alert(1)).not.toEqual([null]);
	});

	test('of different kinds are two, whatever the id says', () => {
		const ids = ['created', 'updated', 'deleted'].flatMap((change) =>
			keysOf(bodyOf(`n8n.contact.${change}`)),
		);
		expect(new Set(ids).size).toBe(3);
	});

	test('of one message are one, whichever way they come', () => {
		const wrapped = bodyOf('n8n.whatsapp.message-received');
		const { original_payload } = wrapped['whatsapp'] as { original_payload: object };
		const event = { ...(wrapped['event'] as object), id: 'evt_of_a_second_delivery' };
		expect(keysOf(original_payload)).toEqual(keysOf(wrapped));
		expect(keysOf({ ...wrapped, event })).toEqual(keysOf(wrapped));
		const message_id = read(wrapped)?.events[0]?.item['message_id'];
		const brand = { event: 'message.received', model: 'WhatsAppMessage', timestamp: '2026-01-16' };
		expect(keysOf({ ...brand, data: { message_id, text: 'Thank you!' } })).toEqual(keysOf(wrapped));
	});

	test('of one state are one, with the name of the person or without', () => {
		const brand = bodyOf('wl.message.failed');
		expect(keysOf(brand)).toEqual(keysOf(bodyOf('c.whatsapp.message-failed')));
	});

	test('of the same words without ids are told apart by their time', () => {
		const yes = (timestamp?: string) =>
			keysOf(meta({ messages: [{ from: '15555550101', timestamp, text: { body: 'Yes' } }] }));
		expect(yes('1768557720')).toEqual(yes('1768557720'));
		expect(yes('1768557720')).not.toEqual(yes('1768561320'));
		expect(yes()).toEqual([null]);
	});

	test('all bodies of the contract are different events, unless they tell of one message', () => {
		const twins = ['forward.raw-meta.message', 'wl.message.failed'];
		const keys = bodies.flatMap(keysOf);
		expect(new Set(keys).size).toBe(bodies.length - twins.length);
	});
});
