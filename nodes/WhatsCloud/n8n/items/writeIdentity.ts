import { createHash } from 'crypto';

import type { IBinaryData, IDataObject, INodeParameters } from 'n8n-workflow';

import { RUN_OPTION_NAMES } from '../../fields/runOptions';

/** By what a retried execution knows a write again that the one before has done. */
export interface WriteIdentity {
	/** What is written. Expressions with the time or a random number give another one at each try. */
	content: string;
	/** What it is made of: the input item, and the parameters before their expressions are evaluated. */
	origin?: string;
}

export interface Content {
	/** The tenant's address: in another account it is another write. */
	root: string;
	resource: string;
	operation: string;
	params: Record<string, unknown>;
	files: Array<IBinaryData | undefined>;
}

export interface Origin {
	root: string;
	/** Of the node, by `parametersHash`. */
	parameters: string;
	json: IDataObject;
	files: Array<IBinaryData | undefined>;
}

const LENGTH = 22;

/** Run options are left out: a retry with a longer timeout must not send again. */
export function contentHash({ params, ...write }: Content): string {
	return hash([write, ...withoutRunOptions(params)]);
}

export function parametersHash(parameters: INodeParameters): string {
	return hash(withoutRunOptions(parameters));
}

/** Undefined for an item that is no JSON, such as one that contains itself. */
export function originHash(origin: Origin): string | undefined {
	try {
		return hash(origin);
	} catch {
		return undefined;
	}
}

function withoutRunOptions({ options, ...what }: Record<string, unknown>): [unknown, unknown] {
	const own = Object.entries((options ?? {}) as IDataObject).filter(
		([name]) => !RUN_OPTION_NAMES.includes(name),
	);
	return [what, own];
}

function hash(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('base64').slice(0, LENGTH);
}
