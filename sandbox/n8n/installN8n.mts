import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fingerprint } from './fingerprint.mts';
import { folders } from './folders.mts';
import { currentN8n, type Installation } from './installation.mts';
import { MEGABYTES, megabytesFree, runNpm } from './npm.cjs';

const LOCKED = ['package.json', 'package-lock.json'];
const { installed, downloaded } = MEGABYTES.n8n;
const MOST_MEGABYTES = installed + downloaded;

/** Does what installs the lock file's packages into a folder, unless they are there already. */
export async function installLocked(
	{ lock, folder }: Pick<Installation, 'lock' | 'folder'>,
	install: () => Promise<void>,
): Promise<void> {
	// Written last: a folder whose installation was cut short has none, and is installed anew.
	const stamp = join(folder, 'installed.sha256');
	const locked = fingerprint(lock, LOCKED);
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === locked) return;
	mkdirSync(folder, { recursive: true });
	for (const file of LOCKED) copyFileSync(join(lock, file), join(folder, file));
	await install();
	writeFileSync(stamp, locked);
}

/** Installs a locked n8n unless it is there already. */
export async function installN8n(
	say: (line: string) => void,
	{ installation = currentN8n, signal }: { installation?: Installation; signal?: AbortSignal } = {},
): Promise<void> {
	const { folder, scripts } = installation;
	await installLocked(installation, async () => {
		const free = megabytesFree(folder);
		if (free < MOST_MEGABYTES) {
			throw new Error(
				`n8n needs about ${MOST_MEGABYTES} MB of disk; ${Math.round(free)} MB are free.`,
			);
		}
		const into = relative(folders.root, folder);
		say(`Installing n8n into ${into}: about ${installed} MB, 3 to 7 minutes, this once.`);
		await runNpm(['ci', '--ignore-scripts'], {
			cwd: folder,
			what: 'Installing n8n',
			signal,
		});
		say(
			"Fetching SQLite, n8n's database. Where none is ready-made it is compiled: 1 to 2 minutes, this once.",
		);
		await runNpm(['rebuild', ...scripts], {
			cwd: folder,
			what: 'Fetching or compiling SQLite',
			signal,
		});
	});
}
