import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { WhatsCloudApi } from '../../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../../nodes/WhatsCloud/WhatsCloud.node';
import { WhatsCloudTrigger } from '../../../nodes/WhatsCloud/WhatsCloudTrigger.node';
import { WhatsCloudWebhookTrigger } from '../../../nodes/WhatsCloud/WhatsCloudWebhookTrigger.node';
import { type FrozenParameter, frozen, frozenNode } from './frozenNames.mts';

const node = frozenNode(new WhatsCloud());
const trigger = frozenNode(new WhatsCloudTrigger());
const webhookTrigger = frozenNode(new WhatsCloudWebhookTrigger());
const credential = new WhatsCloudApi();

/** After adding a parameter: `FREEZE=1 npx jest --selectProjects unit names`, and look at the difference. */
test('no name, value or default has changed', () => {
	const file = join(__dirname, 'frozen.json');
	const current = {
		credential: { name: credential.name, fields: frozen(credential.properties) },
		nodes: [node, trigger, webhookTrigger],
	};
	if (process.env['FREEZE'] || !existsSync(file)) {
		writeFileSync(file, `${JSON.stringify(current, null, '\t')}\n`);
	}
	expect(JSON.parse(JSON.stringify(current))).toEqual(JSON.parse(readFileSync(file, 'utf8')));
});

describe('the names that are promised to users', () => {
	test('credential', () => {
		expect(credential.name).toBe('whatsCloudApi');
		const fields = credential.properties.filter(({ type }) => type !== 'notice');
		expect(Object.fromEntries(fields.map((field) => [field.name, field.default]))).toEqual({
			baseUrl: 'https://whatscloud.pro/api/v1/',
			subdomain: '',
			apiToken: '',
			webhookSecret: '',
		});
		const hidden = fields.filter(({ typeOptions }) => typeOptions?.password);
		expect(hidden.map(({ name }) => name)).toEqual(['apiToken', 'webhookSecret']);
	});

	test('nodes', () => {
		expect(node).toMatchObject({ node: 'whatsCloud', credentials: ['whatsCloudApi'] });
		expect(trigger).toMatchObject({ node: 'whatsCloudTrigger', credentials: ['whatsCloudApi'] });
		expect(webhookTrigger).toMatchObject({
			node: 'whatsCloudWebhookTrigger',
			credentials: ['whatsCloudApi'],
		});
	});

	const record = ['create', 'get', 'getAll', 'update', 'delete'];
	const operations = {
		contact: [...record, 'upsert', 'addToGroup', 'removeFromGroup'],
		status: record,
		source: record,
		group: record,
		template: ['get', 'getAll'],
		templateBot: ['get', 'getAll'],
		messageBot: ['get', 'getAll'],
		message: ['sendText', 'sendMedia', 'sendTemplate'],
	};

	test('resources', () => {
		expect(valuesOf('resource')).toEqual(Object.keys(operations).sort());
	});

	test.each(Object.entries(operations))('operations of %s', (resource, expected) => {
		expect(valuesOf('operation', resource)).toEqual([...expected].sort());
	});

	const list = ['list', 'id'];
	const contactFields = [
		...['type', 'email', 'company', 'description', 'countryId', 'zip', 'city', 'state'],
		...['address', 'website', 'assignedId', 'groupIds', 'isEnabled'],
	];
	const changeable = ['firstName', 'lastName', 'phone', 'statusId', 'sourceId'];

	const lists = Object.keys(operations).filter((resource) => resource !== 'message');
	const sends = operations.message.map((operation) => `message.${operation}`);
	const everywhere = Object.entries(operations).flatMap(([resource, own]) =>
		own.map((operation) => `${resource}.${operation}`),
	);
	const of = (resource: string, ...own: string[]) =>
		own.map((operation) => `${resource}.${operation}`);
	const written = of('contact', 'create', 'upsert');
	const one = ['get', 'update', 'delete'];
	const moved = of('contact', 'addToGroup', 'removeFromGroup');

	/** Where, name, and what must hold for it. Collections may have more fields than those named. */
	const promised: [string[], string, Partial<FrozenParameter> & { keys?: string[] }][] = [
		[
			[...of('contact', ...one), ...moved],
			'contactId',
			{ type: 'resourceLocator', modes: [...list, 'phone'] },
		],
		[written, 'firstName', { type: 'string' }],
		[written, 'lastName', { type: 'string' }],
		[written, 'phone', { type: 'string' }],
		[[...written, ...of('status', ...one)], 'statusId', { type: 'resourceLocator', modes: list }],
		[[...written, ...of('source', ...one)], 'sourceId', { type: 'resourceLocator', modes: list }],
		[[...moved, ...of('group', ...one)], 'groupId', { type: 'resourceLocator', modes: list }],
		[written, 'additionalFields', { type: 'collection', keys: contactFields }],
		[of('status', 'create'), 'additionalFields', { type: 'collection', keys: ['isDefault'] }],
		[
			of('contact', 'update'),
			'updateFields',
			{ type: 'collection', keys: [...contactFields, ...changeable] },
		],
		[
			of('status', 'update'),
			'updateFields',
			{ type: 'collection', keys: ['name', 'color', 'isDefault'] },
		],
		[
			[...lists.slice(1, 4).flatMap((r) => of(r, 'create')), ...of('source', 'update')],
			'name',
			{ type: 'string' },
		],
		[of('group', 'update'), 'name', { type: 'string' }],
		[of('status', 'create'), 'color', { type: 'color' }],
		[of('template', 'get'), 'templateId', { type: 'resourceLocator', modes: list }],
		[of('templateBot', 'get'), 'templateBotId', { type: 'resourceLocator', modes: list }],
		[of('messageBot', 'get'), 'messageBotId', { type: 'resourceLocator', modes: list }],
		[lists.flatMap((r) => of(r, 'getAll')), 'returnAll', { type: 'boolean', default: false }],
		[lists.flatMap((r) => of(r, 'getAll')), 'limit', { type: 'number', default: 50 }],
		[
			of('contact', 'getAll'),
			'filters',
			{
				type: 'collection',
				keys: [
					...['type', 'statusId', 'sourceId', 'groupId', 'phone', 'email'],
					...['createdAfter', 'createdBefore'],
				],
			},
		],
		[
			of('template', 'getAll'),
			'filters',
			{ type: 'collection', keys: ['status', 'category', 'language'] },
		],
		[
			[...of('contact', 'get', 'getAll'), ...of('template', 'get', 'getAll')],
			'simplify',
			{ type: 'boolean', default: true },
		],
		[sends, 'phoneNumber', { type: 'string' }],
		[of('message', 'sendText'), 'text', { type: 'string' }],
		[of('message', 'sendMedia'), 'mediaType', { type: 'options' }],
		[of('message', 'sendMedia'), 'mediaSource', { values: ['binary', 'url'] }],
		[of('message', 'sendMedia'), 'mediaUrl', { type: 'string' }],
		[of('message', 'sendMedia'), 'binaryPropertyName', { type: 'string', default: 'data' }],
		[of('message', 'sendMedia'), 'caption', { type: 'string' }],
		[of('message', 'sendMedia'), 'fileName', { type: 'string' }],
		[
			of('message', 'sendTemplate'),
			'template',
			{ type: 'resourceLocator', modes: [...list, 'name'] },
		],
		[of('message', 'sendTemplate'), 'templateLanguage', { type: 'string' }],
		[of('message', 'sendTemplate'), 'templateVariables', { type: 'resourceMapper' }],
		[
			of('message', 'sendTemplate'),
			'headerMediaSource',
			{ values: ['binary', 'url'], default: 'url' },
		],
		[of('message', 'sendTemplate'), 'headerBinaryPropertyName', { type: 'string' }],
		[
			sends,
			'contactIfNew',
			{ type: 'collection', keys: ['firstName', 'lastName', 'email', 'country', 'groups'] },
		],
		[
			everywhere,
			'options',
			{ type: 'collection', keys: ['parallelRequests', 'timeout', 'onRateLimit'] },
		],
		[
			of('message', 'sendTemplate'),
			'options',
			{ type: 'collection', keys: ['fromPhoneNumberId', 'autoGenerateOtp'] },
		],
	];
	const cases = promised.flatMap(([places, name, wanted]) =>
		places.map((place) => ({ place, name, wanted })),
	);

	test.each(cases)('$place: $name', ({ place, name, wanted: { keys = [], ...wanted } }) => {
		const [resource = '', operation = ''] = place.split('.');
		const found = parameters(name, resource, operation);
		expect(found).toHaveLength(1);
		const { values, ...rest } = found[0] as FrozenParameter;
		expect({ ...rest, values: values && [...values].sort() }).toMatchObject(wanted);
		expect((rest.fields ?? []).map((field) => field.name)).toEqual(expect.arrayContaining(keys));
	});

	test('values', () => {
		expect([...(valuesOfField('options', 'onRateLimit') ?? [])].sort()).toEqual(['fail', 'wait']);
		expect(parameters('mediaType', 'message', 'sendMedia')[0]?.values).toEqual(
			expect.arrayContaining(['image', 'document', 'video', 'audio']),
		);
	});

	test('trigger', () => {
		const named = Object.fromEntries(trigger.parameters.map((field) => [field.name, field]));
		expect(named['event']?.values).toContain('contactCreated');
		expect(named['filters']?.fields?.map(({ name }) => name)).toEqual(
			expect.arrayContaining(['type', 'statusId', 'sourceId', 'groupId']),
		);
		expect(named['simplify']).toMatchObject({ type: 'boolean', default: true });
		expect(named['options']?.fields?.map(({ name }) => name)).toContain('maxContacts');
	});

	test('webhook trigger', () => {
		const named = Object.fromEntries(webhookTrigger.parameters.map((field) => [field.name, field]));
		const changes = ['Created', 'Updated', 'Deleted'];
		expect(named['events']).toMatchObject({ type: 'multiOptions', default: ['messageReceived'] });
		expect((named['events']?.values as string[]).toSorted()).toEqual(
			[
				...['messageReceived', 'messageSent', 'messageDelivered', 'messageRead', 'messageFailed'],
				...['contact', 'status', 'source'].flatMap((record) => changes.map((c) => record + c)),
				...['templateUpdated', 'other'],
			].sort(),
		);
		expect(named['simplify']).toMatchObject({ type: 'boolean', default: true });
		expect(named['options']?.fields).toContainEqual(
			expect.objectContaining({ name: 'acceptUnsigned', type: 'boolean', default: false }),
		);
		const { webhooks } = new WhatsCloudWebhookTrigger().description;
		expect(webhooks).toMatchObject([{ name: 'default', httpMethod: 'POST', path: 'webhook' }]);
	});

	function parameters(name: string, resource: string, operation?: string) {
		return node.parameters.filter(
			(parameter) =>
				parameter.name === name &&
				(parameter.shownFor?.['resource'] ?? [resource]).includes(resource) &&
				(operation === undefined || parameter.shownFor?.['operation']?.includes(operation)),
		);
	}

	function valuesOf(name: string, resource = '') {
		return (parameters(name, resource)[0]?.values as string[]).toSorted();
	}

	function valuesOfField(collection: string, name: string) {
		const { fields = [] } = parameters(collection, 'contact', 'get')[0] ?? {};
		return fields.find((field) => field.name === name)?.values;
	}
});
