import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mts';
import { folders } from './folders.mts';
import { megabytesFree, runNpm } from './npm.cjs';

const LOCKED = ['package.json', 'package-lock.json'];
const MEGABYTES = 2600;
// npm keeps what it downloads in its cache as well.
const MEGABYTES_NEEDED = 3600;

// Written last: a folder whose installation was cut short has none, and is installed anew.
const stamp = join(folders.n8n, 'installed.sha256');

function isInstalled(locked: string): boolean {
	return (
		existsSync(stamp) && existsSync(folders.n8nCommand) && readFileSync(stamp, 'utf8') === locked
	);
}

/** Installs the locked n8n into .local/n8n unless it is there already. */
export async function installN8n(
	say: (line: string) => void,
	{ signal }: { signal?: AbortSignal } = {},
): Promise<void> {
	const locked = fingerprint(folders.n8nLock, LOCKED);
	if (isInstalled(locked)) return;

	mkdirSync(folders.n8n, { recursive: true });
	const free = megabytesFree(folders.n8n);
	if (free < MEGABYTES_NEEDED) {
		throw new Error(
			`n8n needs about ${MEGABYTES_NEEDED} MB of disk; ${Math.round(free)} MB are free.`,
		);
	}
	say(`Installing n8n into .local/n8n: about ${MEGABYTES} MB, 3 to 6 minutes, this once.`);
	for (const file of LOCKED) copyFileSync(join(folders.n8nLock, file), join(folders.n8n, file));
	// Most install scripts are for databases and brokers that nobody here talks to, and some fail where
	// no compiler is; SQLite is the one that n8n needs.
	await runNpm(['ci', '--ignore-scripts'], {
		cwd: folders.n8n,
		what: 'Installing n8n',
		megabytesExpected: MEGABYTES,
		signal,
	});
	await runNpm(['rebuild', 'sqlite3'], {
		cwd: folders.n8n,
		what: 'Preparing SQLite for n8n',
		signal,
	});
	writeFileSync(stamp, locked);
}
