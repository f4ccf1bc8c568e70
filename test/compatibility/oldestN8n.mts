import { join } from 'node:path';
import { folders } from '../../sandbox/n8n/folders.mts';
import { currentN8n, type Installation } from '../../sandbox/n8n/installation.mts';

const folder = join(folders.local, 'n8n-oldest');

/** The oldest n8n that the package works in. Its lock file brings the Node of its time. */
export const oldestN8n: Installation = {
	lock: join(folders.root, 'test', 'compatibility', 'oldest'),
	folder,
	node: join(folder, 'node_modules', 'node', 'bin', 'node'),
	// It calls itself ready before it knows its own addresses.
	readyPath: '/rest/settings',
	scripts: [...currentN8n.scripts, 'node'],
};
