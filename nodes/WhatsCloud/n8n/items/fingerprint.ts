import { createHash } from 'crypto';

import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { RUN_OPTION_NAMES } from '../../fields/runOptions';

/** What makes two writes the same write. */
export interface Write {
	/** The tenant's address: with another account it is another write. */
	root: string;
	resource: string;
	operation: string;
	params: Record<string, unknown>;
	files: Array<IBinaryData | undefined>;
}

const LENGTH = 22;

/** How the node works does not count: who raises the timeout and retries must not send again. */
export function fingerprint({ params, ...write }: Write): string {
	const { options, ...what } = params;
	const ownOptions = Object.entries((options ?? {}) as IDataObject).filter(
		([name]) => !RUN_OPTION_NAMES.includes(name),
	);
	return createHash('sha256')
		.update(JSON.stringify([write, what, ownOptions]))
		.digest('base64')
		.slice(0, LENGTH);
}
