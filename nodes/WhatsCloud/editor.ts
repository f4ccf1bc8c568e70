import type {
	ICredentialTestFunctions,
	ICredentialsDecrypted,
	ILoadOptionsFunctions,
	INodeCredentialTestResult,
	INodeProperties,
	INodePropertyOptions,
	INodeType,
} from 'n8n-workflow';

import { connect } from './api/api';
import { createClient } from './api/client';
import type { WhatsCloudCredentials } from './api/credential';
import { apiRoot, bearer } from './api/credential';
import { ApiError, nodeError } from './api/errors/ApiError';
import { missingAbility } from './api/errors/situations';
import { networkFailure, tokenEraser } from './api/http';
import { createLists } from './api/lists';
import { alphabetically, InputError } from './checks/text';
import { withRunOptions } from './fields/collections';
import type { EditorCall, Field, Resource } from './operation';

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

function operationMenu({
	value: resource,
	default: proposed,
	operations,
}: Resource): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: sorted(
			operations.map(({ name, value, action, description }) => ({
				name,
				value,
				action,
				description,
			})),
		),
		default: proposed,
		description: 'What to do',
	};
}

interface Use {
	name: string;
	field: Field<unknown>;
	/** Operation values by resource value. */
	operations: Map<string, string[]>;
}

/** A field that several operations share appears once, shown for all of them. */
function fieldProperties(resources: Resource[]): INodeProperties[] {
	const uses: Use[] = [];
	for (const resource of resources) {
		for (const { value, fields } of resource.operations) {
			for (const [name, field] of Object.entries(withRunOptions(fields))) {
				let use = uses.find(
					(known) => known.name === name && known.field.property === field.property,
				);
				if (!use) {
					use = { name, field, operations: new Map() };
					uses.push(use);
				}
				use.operations.set(resource.value, [...(use.operations.get(resource.value) ?? []), value]);
			}
		}
	}
	return uses
		.sort((a, b) => LAST_FIELDS.indexOf(a.name) - LAST_FIELDS.indexOf(b.name))
		.flatMap(properties);
}

/** Below the fields that say what to do, wherever an operation lists them. */
const LAST_FIELDS = ['contactIfNew', 'simplify', 'options'];

/** The fields of all operations. */
export function fieldsOf(resources: Resource[]): Array<Field<unknown>> {
	return resources
		.flatMap(({ operations }) => operations)
		.flatMap(({ fields }) => Object.values(fields));
}

function properties({ name, field, operations }: Use): INodeProperties[] {
	const resourcesByOperations = new Map<string, string[]>();
	for (const [resource, values] of operations) {
		const key = JSON.stringify(values);
		resourcesByOperations.set(key, [...(resourcesByOperations.get(key) ?? []), resource]);
	}
	return [...resourcesByOperations].map(([key, resources]) => ({
		...field.property,
		name,
		displayOptions: {
			...field.property.displayOptions,
			show: {
				resource: resources,
				operation: JSON.parse(key) as string[],
				...field.property.displayOptions?.show,
			},
		},
	}));
}

function sorted(options: INodePropertyOptions[]): INodePropertyOptions[] {
	return options.sort(alphabetically(({ name }) => name));
}

/** A person is waiting for the list: rather an error soon than a list late. */
const EDITOR_TIMEOUT_MS = 30_000;

/** The look-ups of all fields, in the form that n8n calls them. A failing one shows its reason. */
export function editorMethods(fields: Array<Field<unknown>>): NonNullable<INodeType['methods']> {
	return {
		listSearch: asMethods(fields.map(({ methods }) => methods?.listSearch)),
		loadOptions: asMethods(fields.map(({ methods }) => methods?.loadOptions)),
		resourceMapping: asMethods(fields.map(({ methods }) => methods?.resourceMapping)),
	};
}

type LookUp<T> = (editor: EditorCall, filter?: string, paginationToken?: string) => Promise<T>;

function asMethods<T>(lookUps: Array<Record<string, LookUp<T>> | undefined>) {
	return Object.fromEntries(
		lookUps
			.flatMap((byName) => Object.entries(byName ?? {}))
			.map(([name, lookUp]) => [
				name,
				async function (this: ILoadOptionsFunctions, filter?: string, paginationToken?: string) {
					return await call(this, (editor) => lookUp(editor, filter, paginationToken));
				},
			]),
	);
}

async function call<T>(
	context: ILoadOptionsFunctions,
	method: (editor: EditorCall) => Promise<T>,
): Promise<T> {
	try {
		const api = await connect(context, { timeout: EDITOR_TIMEOUT_MS, onRateLimit: 'fail' });
		return await method({
			api,
			parameter: (name) => parameterSoFar(context, name),
		});
	} catch (error) {
		throw nodeError(context.getNode(), error);
	}
}

function parameterSoFar(context: ILoadOptionsFunctions, name: string): unknown {
	try {
		return context.getNodeParameter(name, undefined);
	} catch {
		// An expression whose data has not come yet.
		return undefined;
	}
}

const TIMEOUT_MS = 20_000;

/**
 * Says success only to a real list of WhatsCloud's API. A token without the right to read contacts is a
 * good token all the same (quirk 35).
 */
export async function testWhatsCloudApi(
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
					headers: { Accept: 'application/json', Authorization: bearer(credentials) },
					timeout: TIMEOUT_MS,
					followRedirect: false,
					simple: false,
					resolveWithFullResponse: true,
					json: false,
				}).catch((error: unknown) => {
					throw networkFailure(error);
				});
				const { statusCode, headers, body } = answer as {
					statusCode: number;
					headers: Record<string, string>;
					body: unknown;
				};
				return eraseToken({
					status: statusCode,
					headers,
					text: typeof body === 'string' ? body : JSON.stringify(body ?? ''),
				});
			},
			onRateLimit: 'fail',
			wait: async () => await Promise.resolve(),
		});
		await createLists(client).rows('contacts', 0, 1);
	} catch (error) {
		return verdict(error);
	}
	return { status: 'OK', message: 'Connected to WhatsCloud' };
}

function verdict(error: unknown): INodeCredentialTestResult {
	if (error instanceof ApiError && (missingAbility(error) || error.status === 429)) {
		return {
			status: 'OK',
			message: `Connected to WhatsCloud. ${error.message}. ${error.description}`,
		};
	}
	if (error instanceof ApiError || error instanceof InputError) {
		return { status: 'Error', message: `${error.message}. ${error.description ?? ''}`.trim() };
	}
	throw error;
}
