import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeProperties, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';

import { WhatsCloudApi } from '../../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../../nodes/WhatsCloud/WhatsCloud.node';
import { WhatsCloudTrigger } from '../../../nodes/WhatsCloud/WhatsCloudTrigger.node';
import { WhatsCloudWebhookTrigger } from '../../../nodes/WhatsCloud/WhatsCloudWebhookTrigger.node';
import { resources } from '../../../nodes/WhatsCloud/WhatsCloud.node';

// n8n's lint rules look at literal objects only; these are built, so the same is asked of the result.
const node = new WhatsCloud();
const trigger = new WhatsCloudTrigger();
const webhookTrigger = new WhatsCloudWebhookTrigger();
const nodes = [node, trigger, webhookTrigger].map((type) => [type.description.name, type] as const);

/** A parameter or a field of a collection, with its place in words. */
interface Placed {
	place: string;
	property: INodeProperties;
	parent?: INodeProperties;
}

function placed(properties: INodeProperties[], where: string, parent?: INodeProperties): Placed[] {
	return properties.flatMap((property) => {
		const place = `${where}.${property.name}`;
		const fields = property.type === 'collection' ? (property.options as INodeProperties[]) : [];
		return [{ place, property, parent }, ...placed(fields, place, property)];
	});
}

const everything = [
	...nodes.flatMap(([name, { description }]) => placed(description.properties, name)),
	...placed(new WhatsCloudApi().properties, 'whatsCloudApi'),
].map((found) => [shownAs(found), found] as const);

function shownAs({ place, property }: Placed): string {
	const { resource = [], operation = [] } = property.displayOptions?.show ?? {};
	return [place, ...(resource as string[]), ...(operation as string[])].join(' ');
}

const texts = everything.flatMap(([name, { property }]) => {
	const options = choicesOf(property).flatMap((option) => [
		option.name,
		option.description,
		option.action,
	]);
	const { displayName, description, placeholder, hint } = property;
	return [displayName, description, placeholder, hint, ...options]
		.filter((text) => text !== undefined)
		.map((text) => [name, text] as const);
});

function choicesOf({ type, options = [] }: INodeProperties): INodePropertyOptions[] {
	return type === 'options' || type === 'multiOptions' ? (options as INodePropertyOptions[]) : [];
}

describe.each(everything)('%s', (_, { property, parent }) => {
	test('says what it is for', () => {
		if (['notice', 'hidden'].includes(property.type)) return;
		expect(property.displayName).toMatch(/^[A-Z]/);
		expect(property.description).toMatch(/^[A-Z].{9,}/);
		expect(property.description).not.toBe(property.displayName);
		if (property.type === 'boolean') expect(property.description).toMatch(/^Whether /);
		if (property.name === 'limit')
			expect(property.description).toBe('Max number of results to return');
	});

	test('has its options in the order of the alphabet', () => {
		const names = (property.options ?? []).map((option) =>
			'displayName' in option ? option.displayName : option.name,
		);
		expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
	});

	test('has a default that is one of its options', () => {
		const values = choicesOf(property).map(({ value }) => value);
		if (property.type !== 'options' || values.length === 0) return;
		// In a collection nothing may be chosen yet.
		expect(parent ? [...values, ''] : values).toContain(property.default);
	});

	test('asks for nothing that nobody added', () => {
		if (parent) expect(property.required ?? false).toBe(false);
	});

	test('is loaded by a look-up that exists', () => {
		const methods = { ...node.methods.loadOptions, ...trigger.methods.loadOptions };
		const searches = { ...node.methods.listSearch, ...trigger.methods.listSearch };
		const { loadOptionsMethod } = property.typeOptions ?? {};
		if (loadOptionsMethod) {
			expect(methods).toHaveProperty(loadOptionsMethod);
			expect(property.displayName).toMatch(/ (Name or ID|Names or IDs)$/);
		}
		for (const { typeOptions } of property.modes ?? []) {
			if (typeOptions?.searchListMethod)
				expect(searches).toHaveProperty(typeOptions.searchListMethod);
		}
	});
});

test.each([
	['an emoji', /\p{Extended_Pictographic}/u],
	['space too much', / {2}|^\s|\s$/],
	['a full stop after its only sentence', /^[^.!?]*[^.]\.$/],
	["a programmer's word", /\b(endpoint|boolean|null|string|payload|JSON)\b/],
])('no text has %s', (_, unwanted) => {
	expect(texts.filter(([, text]) => unwanted.test(text))).toEqual([]);
});

describe('what is shown depends on values that exist', () => {
	test.each(nodes)('%s', (_, { description: { properties } }) => {
		for (const { name, displayOptions } of properties) {
			for (const [on, values] of Object.entries(displayOptions?.show ?? {})) {
				if (on.startsWith('@')) continue;
				const others = properties.filter((other) => other.name === on);
				expect({ name, on, exists: others.length > 0 }).toEqual({ name, on, exists: true });
				const possible = others.flatMap((other) =>
					other.type === 'boolean' ? [true, false] : choicesOf(other).map(({ value }) => value),
				);
				expect(possible).toEqual(expect.arrayContaining(values as unknown[]));
			}
		}
	});
});

describe.each(
	resources.flatMap((resource) =>
		resource.operations.map((operation) => [resource.value, operation.value] as const),
	),
)('%s %s', (resource, operation) => {
	const shown = node.description.properties.filter(({ displayOptions }) => {
		const { resource: forResources, operation: forOperations } = displayOptions?.show ?? {};
		return (
			(forResources ?? [resource]).includes(resource) &&
			(forOperations ?? [operation]).includes(operation)
		);
	});

	test('shows each name once', () => {
		const names = shown.map(({ name }) => name);
		expect(names).toEqual([...new Set(names)]);
	});

	// A model fills in a parameter by its display name: two alike could not be told apart.
	test('shows each display name once', () => {
		const names = placed(shown, '').map(({ property }) => property.displayName);
		expect(names).toEqual([...new Set(names)]);
	});

	test('leaves the options for last', () => {
		expect(shown.at(-1)?.name).toBe('options');
	});

	test('has no top-level parameter that a model can not fill in', () => {
		for (const { name } of shown) {
			expect(['description', 'toolDescription', 'toolName']).not.toContain(name);
		}
	});
});

describe('the operations', () => {
	const menus = node.description.properties.filter(({ name }) => name === 'operation');
	const operations = menus.flatMap((menu) =>
		choicesOf(menu).map(
			(option) =>
				[
					`${(menu.displayOptions?.show?.['resource'] as string[]).join()} ${String(option.value)}`,
					option,
				] as const,
		),
	);

	test('each resource has one menu of them', () => {
		expect(menus.map(({ displayOptions }) => displayOptions?.show?.['resource'])).toEqual(
			resources.map(({ value }) => [value]),
		);
	});

	const wording: Record<string, string> = {
		create: 'Create',
		upsert: 'Create or Update',
		delete: 'Delete',
		get: 'Get',
		getAll: 'Get Many',
		update: 'Update',
	};
	test.each(operations)('%s is named as everywhere in n8n', (_, { name, value }) => {
		expect(name).toBe(wording[String(value)] ?? name);
	});

	test.each(operations)(
		'%s: the action is a sentence without capitals inside',
		(_, { action = '' }) => {
			expect(action).toMatch(/^[A-Z][a-z]+( [a-z]+,?)+$/);
		},
	);

	test.each(operations)('%s: the description tells more than the action', (_, option) => {
		expect(option.description?.length).toBeGreaterThan(10);
	});

	test('no two actions are alike', () => {
		const actions = operations.map(([, { action }]) => action);
		expect(actions).toEqual([...new Set(actions)]);
	});
});

describe.each(nodes)('%s', (_, { description }) => {
	test('resource, operation and event take no expression', () => {
		for (const { name, noDataExpression } of description.properties) {
			if (['resource', 'operation', 'event'].includes(name)) expect(noDataExpression).toBe(true);
		}
	});

	test('has the credential, which is tested', () => {
		// The webhook trigger asks WhatsCloud for nothing; its credential only brings a secret.
		const required = description.name !== webhookTrigger.description.name;
		expect(description.credentials).toEqual([
			{ name: 'whatsCloudApi', required, testedBy: 'testWhatsCloudApi' },
		]);
	});

	test('has icons for light and dark', () => {
		const { light, dark } = description.icon as { light: string; dark: string };
		expect(light).not.toBe(dark);
		for (const icon of [light, dark]) {
			const file = join(folder, icon.replace('file:', ''));
			expect(readFileSync(file, 'utf8')).toContain('<svg');
		}
	});

	test('has a codex that n8n reads', () => {
		const file = join(folder, `${fileNameOf(description)}.node.json`);
		expect(existsSync(file)).toBe(true);
		expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
			node: `n8n-nodes-whatscloud.${description.name}`,
			nodeVersion: '1.0',
			codexVersion: '1.0',
			categories: expect.arrayContaining(['Communication']) as string[],
			// Without it n8n ignores the whole file.
			resources: { primaryDocumentation: [{ url: expect.stringContaining('https://') as string }] },
		});
	});

	const folder = join(__dirname, '../../../nodes/WhatsCloud');
	const fileNameOf = ({ name }: INodeTypeDescription) =>
		`${name.charAt(0).toUpperCase()}${name.slice(1)}`;
});

test('only the action node is a tool', () => {
	expect(node.description.usableAsTool).toBe(true);
	expect(trigger.description.usableAsTool).toBeUndefined();
	expect(webhookTrigger.description.usableAsTool).toBeUndefined();
});
