import { join } from 'node:path';
import { folders } from '../../sandbox/n8n/folders.mts';
import { currentN8n, type Installation } from '../../sandbox/n8n/installation.mts';

export interface OlderN8n extends Installation {
	version: string;
}

/** The oldest n8n that the package works in. */
export const oldestN8n = olderN8n('oldest', '1.85.3');

/** The first of those at hand that signs the addresses which "Send and Wait for Response" needs. */
export const middleN8n = olderN8n('middle', '1.110.1');

/** Its lock file brings the Node of its time. */
function olderN8n(name: string, version: string): OlderN8n {
	const folder = join(folders.local, `n8n-${name}`);
	return {
		version,
		lock: join(folders.root, 'test', 'compatibility', name),
		folder,
		node: join(folder, 'node_modules', 'node', 'bin', 'node'),
		// It calls itself ready before it knows its own addresses.
		readyPath: '/rest/settings',
		scripts: [...currentN8n.scripts, 'node'],
	};
}
