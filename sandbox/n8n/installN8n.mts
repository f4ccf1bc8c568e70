import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fingerprint } from './fingerprint.mts';
import { folders } from './folders.mts';
import { commandOf, currentN8n, type Installation } from './installation.mts';
import { megabytesFree, runNpm } from './npm.cjs';

const LOCKED = ['package.json', 'package-lock.json'];
const MEGABYTES = 2600;
// npm keeps what it downloads in its cache as well.
const MEGABYTES_NEEDED = 3600;

/** Installs a locked n8n unless it is there already. */
export async function installN8n(
	say: (line: string) => void,
	{ installation = currentN8n, signal }: { installation?: Installation; signal?: AbortSignal } = {},
): Promise<void> {
	const { lock, folder, scripts } = installation;
	// Written last: a folder whose installation was cut short has none, and is installed anew.
	const stamp = join(folder, 'installed.sha256');
	const locked = fingerprint(lock, LOCKED);
	const isThere = existsSync(stamp) && existsSync(commandOf(installation));
	if (isThere && readFileSync(stamp, 'utf8') === locked) return;

	mkdirSync(folder, { recursive: true });
	const free = megabytesFree(folder);
	if (free < MEGABYTES_NEEDED) {
		throw new Error(
			`n8n needs about ${MEGABYTES_NEEDED} MB of disk; ${Math.round(free)} MB are free.`,
		);
	}
	const into = relative(folders.root, folder);
	say(`Installing n8n into ${into}: about ${MEGABYTES} MB, 3 to 6 minutes, this once.`);
	for (const file of LOCKED) copyFileSync(join(lock, file), join(folder, file));
	await runNpm(['ci', '--ignore-scripts'], {
		cwd: folder,
		what: 'Installing n8n',
		megabytesExpected: MEGABYTES,
		signal,
	});
	await runNpm(['rebuild', ...scripts], {
		cwd: folder,
		what: 'Preparing SQLite for n8n',
		signal,
	});
	writeFileSync(stamp, locked);
}
