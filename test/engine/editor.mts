import { LoadOptionsContext } from 'n8n-core';
import type {
	INodeListSearchResult,
	INodePropertyOptions,
	ResourceMapperFields,
} from 'n8n-workflow';

import { type NodeOptions, buildWorkflow, newAdditionalData } from './workflow.mts';

export interface EditorOptions extends NodeOptions {
	/** Where in the parameters the asking field is, for paths relative to it (`&field`). */
	path?: string;
}

const editorMethod = (options: EditorOptions) => {
	const { workflow, node, type, store } = buildWorkflow(options);
	const additionalData = newAdditionalData(store, workflow, 'internal');
	additionalData.currentNodeParameters = node.parameters;
	const context = new LoadOptionsContext(workflow, node, additionalData, options.path ?? '');
	return { methods: type.methods ?? {}, context };
};

const named = <Method,>(methods: Record<string, Method> | undefined, name: string): Method => {
	const method = methods?.[name];
	if (!method) throw new Error(`The node has no method ${name}`);
	return method;
};

export const runListSearch = async (
	options: EditorOptions,
	name: string,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> => {
	const { methods, context } = editorMethod(options);
	const found = await named(methods.listSearch, name).call(context, filter, paginationToken);
	const token: unknown = found.paginationToken;
	return typeof token === 'number' ? { ...found, paginationToken: String(token) } : found;
};

export const runLoadOptions = async (
	options: EditorOptions,
	name: string,
): Promise<INodePropertyOptions[]> => {
	const { methods, context } = editorMethod(options);
	return await named(methods.loadOptions, name).call(context);
};

export const runResourceMapping = async (
	options: EditorOptions,
	name: string,
): Promise<ResourceMapperFields> => {
	const { methods, context } = editorMethod(options);
	const mapping = await named(methods.resourceMapping, name).call(context);
	// n8n keeps the first of several fields with one id.
	const firsts = new Map(mapping.fields.toReversed().map((field) => [field.id, field]));
	return { ...mapping, fields: mapping.fields.filter((field) => firsts.get(field.id) === field) };
};
