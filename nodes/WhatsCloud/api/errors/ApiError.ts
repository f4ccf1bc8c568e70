import type { INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';

import { InputError } from '../../checks/text';
import { objectOf } from '../../checks/json';
import { errorTexts } from '../envelope';
import type { ApiRequest, NetworkFailure } from '../http';

/**
 * `refused`: the server changed nothing. `unknown`: it may have carried the request out although no good
 * answer came.
 */
export type Outcome = 'refused' | 'unknown';

export interface Explanation {
	/** What is wrong, in a sentence, with the server's own reason: models and lists see only this. */
	title: string;
	description: string;
	outcome: Outcome;
}

/** A request that did not succeed, in words for a person who can't program. */
export class ApiError extends Error {
	readonly request: Pick<ApiRequest, 'method' | 'path'>;
	description: string;
	readonly outcome: Outcome;
	/** HTTP status, absent when no complete answer came. */
	readonly status?: number;
	/** The server's own answer, for the details of the error. */
	readonly body?: unknown;
	/** Why no complete answer came. */
	readonly failure?: NetworkFailure;

	constructor(
		request: Pick<ApiRequest, 'method' | 'path'>,
		{ title, description, outcome }: Explanation,
		ended: Pick<ApiError, 'status' | 'body' | 'failure'> = {},
	) {
		super(title);
		this.name = 'ApiError';
		this.request = request;
		this.description = description;
		this.outcome = outcome;
		({ status: this.status, body: this.body, failure: this.failure } = ended);
	}

	/** The same error where an earlier try of the same write may have been carried out. */
	afterUnknown(): ApiError {
		if (this.outcome === 'unknown') return this;
		const description = `${this.description} An earlier try got no answer, so it may have been done all the same: look in WhatsCloud.`;
		const explanation = { title: this.message, description, outcome: 'unknown' } as const;
		return new ApiError(this.request, explanation, this);
	}
}

/** The fields that the server names as wrong; none for any other error. */
export function refusedFields(error: unknown): Set<string> {
	const body = error instanceof ApiError && error.status === 422 ? objectOf(error.body) : {};
	return new Set(errorTexts(body).keys());
}

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
		const asked = `${request.method} ${request.path}`;
		Object.assign(converted.context, { outcome, request: asked, data: body });
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
