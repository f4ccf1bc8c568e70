import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { bodyOf, itemsOf, payloadsOf, readText } from './deliver.mts';

const WAMID = 'wamid.HBgLMTU1NTU1NTAxMDEVAgARGBJFWEFNUExFMDAwMDAwMDAwMQA=';
const SENT_AT = '2026-01-16T10:02:00.000Z';
const EVENT_ID = 'evt_1768557720_a1B2c3D4e5';
const MESSAGE_EVENT_ID = 'evt_1768557720_f6G7h8I9j0';
const ada = {
	...{ firstname: 'Ada', lastname: 'Example', phone: '+15555550101', email: 'ada@example.com' },
	...{ status_id: 1, source_id: 2, group_id: [4, 9] },
};
const related = {
	...{ status_name: 'New', source_name: 'whatsapp', group_names: ['vip', 'newsletter'] },
	...{ assigned_id: 3, assigned_name: 'Agent Example' },
};

/** What a workflow starts with, by the body that was delivered. */
const expected: Record<string, Record<string, unknown>> = {
	'legacy.contact.created': {
		...{ event: 'contactCreated', event_id: null, occurred_at: SENT_AT, id: 41 },
		...ada,
	},
	'legacy.contact.updated': {
		...{ event: 'contactUpdated', event_id: null, occurred_at: SENT_AT, id: 41 },
		...{ ...ada, lastname: 'Specimen' },
		changed_fields: ['lastname', 'updated_at'],
		previous: expect.objectContaining(ada),
	},
	'legacy.contact.deleted': {
		...{ event: 'contactDeleted', event_id: null, occurred_at: SENT_AT, id: 41 },
		...ada,
	},
	'legacy.status.created': {
		...{ event: 'statusCreated', event_id: null, occurred_at: SENT_AT, id: 8 },
		...{ name: 'Trial', color: '#9C27B0' },
	},
	'legacy.source.deleted': {
		...{ event: 'sourceDeleted', event_id: null, occurred_at: SENT_AT, id: 5, name: 'API' },
	},
	'n8n.contact.created': {
		...{ event: 'contactCreated', event_id: EVENT_ID, occurred_at: SENT_AT, id: 41 },
		...{ ...ada, ...related },
	},
	'n8n.contact.updated': {
		...{ event: 'contactUpdated', event_id: EVENT_ID, occurred_at: SENT_AT, id: 41 },
		...{ ...ada, ...related, lastname: 'Specimen', changed_fields: ['lastname'] },
		previous: expect.objectContaining(ada),
	},
	'n8n.contact.deleted': {
		...{ event: 'contactDeleted', event_id: EVENT_ID, occurred_at: SENT_AT, id: 41 },
		...{ ...ada, assigned_id: 3 },
	},
	'n8n.status.created': {
		...{ event: 'statusCreated', event_id: EVENT_ID, occurred_at: SENT_AT, id: 8 },
		// The attributes, not the record that stands below `changes`, which is older here.
		...{ name: 'Trial', created_at: '2026-01-16T10:00:00.000000Z', isdefault: false },
	},
	'n8n.source.updated': {
		...{ event: 'sourceUpdated', event_id: EVENT_ID, occurred_at: SENT_AT, id: 1 },
		...{ name: 'Facebook ads', changed_fields: ['name'] },
		previous: expect.objectContaining({ name: 'facebook' }),
	},
	'n8n.whatsapp.message-received': {
		...{ event: 'messageReceived', event_id: 'evt_1768557720_f6G7h8I9j0', occurred_at: SENT_AT },
		message_id: WAMID.replace('MQA=', 'MwA='),
		...{ phone: '15555550101', name: 'Ada Example', type: 'text', text: 'Thank you!' },
		...{ reply_to: null, media: null, choice: null, content: null, form: null },
		...{ phone_number_id: '100000000000002', display_phone_number: '15555550199' },
	},
	'forward.raw-meta': {
		...{ event: 'messageDelivered', event_id: null, occurred_at: '2026-01-16T10:02:05.000Z' },
		...{ message_id: WAMID, phone: '15555550101' },
	},
	'forward.raw-meta.message': {
		...{ event: 'messageReceived', event_id: null, occurred_at: SENT_AT, message_id: WAMID },
		...{ phone: '15555550101', name: 'Ada Example', type: 'text', text: 'Thank you!' },
		...{ phone_number_id: '100000000000002', display_phone_number: '15555550199' },
	},
	'c.contact.updated': {
		...{ event: 'contactUpdated', event_id: EVENT_ID, occurred_at: SENT_AT, id: 41 },
		...{ lastname: 'Specimen', is_opted_out: false, status_name: 'New' },
		custom_fields_data: { shoe_size: '42', newsletter: 'yes' },
		// The server lists created_at, too, which has not changed.
		changed_fields: ['lastname', 'updated_at'],
		previous: expect.objectContaining({ lastname: 'Example' }),
	},
	'c.source.updated': {
		...{ event: 'sourceUpdated', event_id: EVENT_ID, occurred_at: SENT_AT, id: 2 },
		...{ name: 'webshop', changed_fields: ['name', 'updated_at'] },
	},
	'c.whatsapp.message-received': {
		...{ event: 'messageReceived', event_id: MESSAGE_EVENT_ID, occurred_at: SENT_AT },
		...{ message_id: WAMID, phone: '15555550101', name: 'Ada Example', text: 'Thank you!' },
		...{ phone_number_id: '100000000000002', display_phone_number: '15555550199' },
	},
	'c.whatsapp.message-failed': {
		...{ event: 'messageFailed', event_id: MESSAGE_EVENT_ID, message_id: WAMID },
		...{ occurred_at: '2026-01-16T10:02:10.000Z', phone: '15555550101', error_code: 131026 },
		...{ pricing: null, phone_number_id: '100000000000002' },
	},
	'c.whatsapp.message-echo': {
		...{ event: 'messageEcho', event_id: MESSAGE_EVENT_ID, message_id: WAMID },
		...{ phone: '15555550101', type: 'text', text: 'Typed on the phone', name: null },
	},
	'c.whatsapp.template-status': {
		...{ event: 'templateUpdated', event_id: MESSAGE_EVENT_ID, occurred_at: SENT_AT },
		...{ id: '700000000000012', template_name: 'order_update', language: 'en' },
		...{ status: 'APPROVED', reason: null },
	},
	'c.whatsapp.quality-updated': {
		...{ event: 'other', event_id: MESSAGE_EVENT_ID, type: 'whatsapp.phone.quality_updated' },
		payload: bodyOf('c.whatsapp.quality-updated'),
	},
	'wl.message.failed': {
		...{ event: 'messageFailed', event_id: null, occurred_at: SENT_AT },
		...{ message_id: WAMID, phone: null, error: 'Invented reason.', error_code: null },
	},
};

test('every body in the folder has its expectation', () => {
	const files = readdirSync(join(__dirname, 'bodies')).map((file) => file.replace('.json', ''));
	expect(files.sort()).toEqual(Object.keys(expected).sort());
});

test.each(Object.entries(expected))('%s', (name, item) => {
	expect(itemsOf(bodyOf(name))).toEqual([expect.objectContaining(item)]);
});

test('what is not an update has nothing to compare', () => {
	for (const name of Object.keys(expected).filter((body) => !/updated|template/.test(body))) {
		expect(itemsOf(bodyOf(name))[0]).not.toHaveProperty('changed_fields');
		expect(itemsOf(bodyOf(name))[0]).not.toHaveProperty('previous');
	}
});

test('an update without the former values says so with null', () => {
	const legacy = { ...bodyOf('legacy.contact.updated'), original: null };
	expect(itemsOf(legacy)).toMatchObject([{ changed_fields: null, previous: null }]);
	const n8n = { ...bodyOf('n8n.contact.updated'), changes: { previous: null } };
	expect(itemsOf(n8n)).toMatchObject([
		{ lastname: 'Specimen', changed_fields: null, previous: null },
	]);
	const listed = { ...n8n, changes: { previous: null, modified_fields: ['lastname'] } };
	expect(itemsOf(listed)).toMatchObject([{ changed_fields: ['lastname'], previous: null }]);
});

test('an older body that names no model is other, under its own name', () => {
	const body = { ...bodyOf('legacy.contact.created'), model: null };
	expect(itemsOf(body)).toMatchObject([{ event: 'other', type: 'created', payload: body }]);
});

test('fields of a record do not take the place of what is told of the event', () => {
	const body = bodyOf('legacy.status.created');
	const data = body.data as { attributes: object };
	const own = { event: 'birthday', event_id: 7, occurred_at: 'soon', name: 'Trial' };
	const attributes = { ...data.attributes, ...own };
	expect(itemsOf({ ...body, data: { ...data, attributes } })).toEqual([
		expect.objectContaining({ ...expected['legacy.status.created'], name: 'Trial' }),
	]);
});

test('a byte order mark before a body is no part of it', () => {
	const text = JSON.stringify(bodyOf('legacy.status.created'));
	expect(readText(`\ufeff${text}`)).toEqual(readText(text));
	expect(readText(text)).toBeDefined();
});

test('a changed field that stands in neither version of the record is told', () => {
	const body = bodyOf('c.contact.updated');
	const changes = body.changes as { modified_fields: string[] };
	const modified_fields = [...changes.modified_fields, 'groups'];
	expect(itemsOf({ ...body, changes: { ...changes, modified_fields } })).toMatchObject([
		{ changed_fields: ['lastname', 'updated_at', 'groups'] },
	]);
});

test('relationships, changes and tenant may be lists, null or missing', () => {
	const body = bodyOf('n8n.contact.created');
	const { resource } = body.data as { resource: object };
	for (const odd of [[], null, undefined, 'x']) {
		const items = itemsOf({
			...body,
			data: { resource, relationships: odd },
			changes: odd,
			tenant: odd,
		});
		expect(items).toMatchObject([{ event: 'contactCreated', id: 41, firstname: 'Ada' }]);
	}
});

test.each(Object.keys(expected))('%s has itself as its payload', (name) => {
	expect(payloadsOf(bodyOf(name))).toEqual([bodyOf(name)]);
});
