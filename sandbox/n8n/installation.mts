import { join } from 'node:path';
import { folders } from './folders.mts';

/** A locked n8n, apart from the package's own dependencies. */
export interface Installation {
	/** Where its package.json and package-lock.json are kept. */
	lock: string;
	/** Where it is installed. */
	folder: string;
	/** The Node that it runs on. */
	node: string;
	/** In its environment, where other versions know them not. */
	settings?: Record<string, string>;
	/** Answers once it takes requests. */
	readyPath: string;
	/** What must be compiled or fetched by an install script; all others are not run. */
	scripts: string[];
}

export const currentN8n: Installation = {
	lock: join(folders.root, 'sandbox', 'n8n'),
	folder: folders.n8n,
	node: process.execPath,
	readyPath: '/healthz/readiness',
	// Most install scripts are for databases and brokers that nobody here talks to, and some fail where
	// no compiler is; SQLite is the one that n8n needs.
	scripts: ['sqlite3'],
	// A list fetched from n8n, and a hosted assistant that would greet the user before the workflows do.
	settings: { N8N_DISABLED_MODULES: 'mcp-registry,instance-ai' },
};

export function commandOf({ folder }: Installation): string {
	return join(folder, 'node_modules', 'n8n', 'bin', 'n8n');
}
