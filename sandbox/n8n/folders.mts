import { join } from 'node:path';

/** npm scripts, jest and sandbox/start.mjs all run in the repository's root folder. */
const root = process.cwd();
const local = join(root, '.local');

export const folders = {
	root,
	examples: join(root, 'examples'),
	// All below is git-ignored, and hidden because `n8n-node build` collects pictures from visible folders.
	local,
	n8n: join(local, 'n8n'),
	packed: join(local, 'package'),
	trial: join(local, 'trial'),
	endToEnd: join(local, 'e2e'),
	queue: join(local, 'queue'),
	demo: join(local, 'demo'),
};
