import type {
	ICredentialTestFunctions,
	ICredentialsDecrypted,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	INodeCredentialTestResult,
	INodeProperties,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';

import { openAccounts } from './api/api';
import { createClient } from './api/client';
import type { WhatsCloudCredentials } from './api/credential';
import { apiRoot, tokenOf } from './api/credential';
import { ApiError, nodeError } from './api/errors/ApiError';
import { missingAbility } from './api/errors/situations';
import { networkFailure, tokenEraser } from './api/http';
import { createLists } from './api/lists';
import { alphabetically } from './checks/text';
import { withRunOptions } from './fields/collections';
import type { Field, Fields, LookUp, Resource } from './operation';

/** The node's parameters: the resource and operation menus, then every operation's fields. */
export function describe(resources: Resource[], firstResource: string): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: sorted(resources.map(({ name, value }) => ({ name, value }))),
			default: firstResource,
			description: 'What to work with',
		},
		...resources.map(operationMenu),
		...fieldProperties(resources),
	];
}

/** An expression for what stands below the node on the canvas: `Send Template: message`. */
export function subtitleOf(resources: Resource[]): string {
	const words = resources.flatMap(({ value, name, operations }) =>
		operations.map((operation) => [
			`${operation.value} ${value}`,
			`${operation.name}: ${name.toLowerCase()}`,
		]),
	);
	return `={{ (${JSON.stringify(Object.fromEntries(words))})[$parameter["operation"] + " " + $parameter["resource"]] }}`;
}

function operationMenu({ value, default: proposed, operations }: Resource): INodeProperties {
	const options = operations.map(({ name, value: operation, action, description }) => ({
		...{ name, value: operation, action, description },
	}));
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [value] } },
		options: sorted(options),
		default: proposed,
		description: 'What to do',
	};
}

function sorted(options: INodePropertyOptions[]): INodePropertyOptions[] {
	return options.sort(alphabetically(({ name }) => name));
}

/** Below the fields that say what to do, wherever an operation lists them. */
const LAST_FIELDS = ['contactIfNew', 'simplify', 'options'];

interface Use extends Pick<Field<unknown>, 'property'> {
	name: string;
	resource: string[];
	operation: string[];
}

/** A field that several operations share appears once, shown for all of them. */
function fieldProperties(resources: Resource[]): INodeProperties[] {
	const uses: Use[] = [];
	for (const { value: resource, operations } of resources) {
		const all = operations.map(({ value, fields }) => ({ value, fields: withRunOptions(fields) }));
		for (const [name, { property }] of all.flatMap(({ fields }) => Object.entries(fields))) {
			const users = all.filter(({ fields }) => fields[name]?.property === property);
			const operation = users.map(({ value }) => value);
			const same = uses.find(
				(use) => use.property === property && use.operation.join() === operation.join(),
			);
			if (!same) uses.push({ name, property, resource: [resource], operation });
			else if (!same.resource.includes(resource)) same.resource.push(resource);
		}
	}
	return uses
		.sort((a, b) => LAST_FIELDS.indexOf(a.name) - LAST_FIELDS.indexOf(b.name))
		.map(({ name, property, resource, operation }) => {
			const { displayOptions } = property;
			const show = { resource, operation, ...displayOptions?.show };
			return { ...property, name, displayOptions: { ...displayOptions, show } };
		});
}

/** What a node's screens call: the look-ups of its fields, and the test of its credential. */
export function editorMethods(fields: Fields[]): NonNullable<INodeType['methods']> {
	const all = fields.flatMap(Object.values<Field<unknown>>).map(({ methods = {} }) => methods);
	return {
		listSearch: asMethods(all.map(({ listSearch }) => listSearch)),
		loadOptions: asMethods(all.map(({ loadOptions }) => loadOptions)),
		resourceMapping: asMethods(all.map(({ resourceMapping }) => resourceMapping)),
		credentialTest: { testWhatsCloudApi },
	};
}

/** Look-ups that are given `this` by n8n. A failing one shows its reason. */
function asMethods<T>(lookUps: Array<Record<string, LookUp<T>> | undefined>) {
	return Object.fromEntries(
		lookUps
			.flatMap((byName = {}) => Object.entries(byName))
			.map(([name, lookUp]) => [
				name,
				async function (this: ILoadOptionsFunctions, filter?: string, token?: string) {
					try {
						// A person is waiting for the list: a late one is worse than an error.
						const api = await openAccounts(this, { timeout: 30_000, onRateLimit: 'fail' }).of();
						const parameter = (field: string) => parameterSoFar(this, field);
						return await lookUp({ api, parameter }, filter, token);
					} catch (error) {
						throw nodeError(this.getNode(), error);
					}
				},
			]),
	);
}

function parameterSoFar(context: ILoadOptionsFunctions, name: string): unknown {
	try {
		return context.getNodeParameter(name, undefined);
	} catch {
		// An expression whose data has not come yet.
		return undefined;
	}
}

const CONNECTED = 'Connected to WhatsCloud';

/** Success needs a real list of WhatsCloud's API, or the refusal of a token that may not read contacts (quirk 35). */
async function testWhatsCloudApi(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const credentials = credential.data as unknown as WhatsCloudCredentials;
	try {
		const root = apiRoot(credentials);
		const eraseToken = tokenEraser(credentials);
		// n8n gives a credential test no other way to send a request.
		const { request } = this.helpers;
		const client = createClient({
			send: async ({ method, path, query }) => {
				const answer: unknown = await request({
					method,
					uri: `${root}/${path}`,
					qs: query,
					headers: { Accept: 'application/json', Authorization: `Bearer ${tokenOf(credentials)}` },
					timeout: 20_000,
					followRedirect: false,
					simple: false,
					resolveWithFullResponse: true,
					json: false,
				}).catch((error: unknown) => {
					throw networkFailure(error);
				});
				const { statusCode: status, headers, body } = answer as IN8nHttpFullResponse;
				const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
				return eraseToken({ status, headers: headers as Record<string, string>, text });
			},
			onRateLimit: 'fail',
			wait: async () => await Promise.resolve(),
		});
		await createLists(client).rows('contacts', 0, 1);
	} catch (error) {
		const { message, description = '' } = error as Error & { description?: string };
		const said = `${message}. ${description}`.trim();
		const isConnected =
			error instanceof ApiError && (missingAbility(error) !== undefined || error.status === 429);
		return isConnected
			? { status: 'OK', message: `${CONNECTED}. ${said}` }
			: { status: 'Error', message: said };
	}
	return { status: 'OK', message: CONNECTED };
}
