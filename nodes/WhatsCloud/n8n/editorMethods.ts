import type { ILoadOptionsFunctions, INodeType } from 'n8n-workflow';

import { connect } from './http/connect';
import { nodeError } from './nodeError';
import type { EditorCall, Field, FieldMethods } from '../operation';

/** A person is waiting for the list: rather an error soon than a list late. */
const EDITOR_TIMEOUT_MS = 30_000;

/** The look-ups of all fields, in the form that n8n calls them. A failing one shows its reason. */
export function editorMethods(fields: Array<Field<unknown>>): NonNullable<INodeType['methods']> {
	const collected = (kind: keyof FieldMethods) =>
		fields.flatMap(({ methods }) => Object.entries(methods?.[kind] ?? {}));
	return {
		listSearch: Object.fromEntries(
			(collected('listSearch') as Array<Entry<'listSearch'>>).map(([name, search]) => [
				name,
				async function (this: ILoadOptionsFunctions, filter?: string, paginationToken?: string) {
					return await call(this, (editor) => search(editor, filter, paginationToken));
				},
			]),
		),
		loadOptions: Object.fromEntries(
			(collected('loadOptions') as Array<Entry<'loadOptions'>>).map(([name, load]) => [
				name,
				async function (this: ILoadOptionsFunctions) {
					return await call(this, load);
				},
			]),
		),
		resourceMapping: Object.fromEntries(
			(collected('resourceMapping') as Array<Entry<'resourceMapping'>>).map(([name, map]) => [
				name,
				async function (this: ILoadOptionsFunctions) {
					return await call(this, map);
				},
			]),
		),
	};
}

type Entry<K extends keyof FieldMethods> = [string, NonNullable<FieldMethods[K]>[string]];

async function call<T>(
	context: ILoadOptionsFunctions,
	method: (editor: EditorCall) => Promise<T>,
): Promise<T> {
	try {
		const { api } = await connect(context, { timeout: EDITOR_TIMEOUT_MS, onRateLimit: 'fail' });
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
