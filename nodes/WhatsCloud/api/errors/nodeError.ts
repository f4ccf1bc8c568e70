import type { INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { ApiError } from './ApiError';
import { InputError } from '../../checks/text';

export type NodeError = NodeApiError | NodeOperationError;

/**
 * n8n's own error for anything that went wrong, linked to its item. `context.outcome` tells a workflow
 * whether the item may be repeated: `refused`, or `unknown` when it may have been carried out.
 */
export function nodeError(node: INode, error: unknown, itemIndex?: number): NodeError {
	if (error instanceof ApiError) {
		const { message, description, status, outcome, body, request } = error;
		const converted = new NodeApiError(
			node,
			{ message },
			{ message, description, httpCode: status?.toString(), itemIndex },
		);
		// n8n replaces one that contains a code it knows, such as "preexisting" does.
		converted.message = message;
		Object.assign(converted.context, {
			outcome,
			request: `${request.method} ${request.path}`,
			...(body === undefined ? {} : { data: body }),
		});
		return converted;
	}
	if (error instanceof InputError) {
		const { message, description } = error;
		const converted = new NodeOperationError(node, message, { description, itemIndex });
		Object.assign(converted.context, { outcome: 'refused' });
		return converted;
	}
	const converted = isNodeError(error)
		? error
		: new NodeOperationError(node, error instanceof Error ? error : String(error));
	if (itemIndex !== undefined) converted.context.itemIndex ??= itemIndex;
	return converted;
}

export function isNodeError(error: unknown): error is NodeError {
	return error instanceof NodeApiError || error instanceof NodeOperationError;
}
