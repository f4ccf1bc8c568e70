import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

export interface Programs {
	redis: string;
	initdb: string;
	postgres: string;
}

const PACKAGES = ['postgresql', 'redis-server'];

function find(): Programs | undefined {
	const [redis] = globSync('{/usr/bin,/usr/local/bin}/redis-server');
	// Debian keeps several versions side by side, none of them on the PATH.
	const initdb = globSync('/usr/lib/postgresql/*/bin/initdb').sort().at(-1);
	if (redis === undefined || initdb === undefined) return undefined;
	return { redis, initdb, postgres: join(initdb, '..', 'postgres') };
}

function run(command: string, args: string[]): void {
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	const { status } = spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
	if (status !== 0) throw new Error(`"${command} ${args.join(' ')}" failed.`);
}

/** The servers that n8n's queue mode needs, from Debian's packages, which root may install here. */
export function debianPrograms(say: (line: string) => void): Programs {
	const installed = find();
	if (installed !== undefined) return installed;
	const isRoot = process.getuid?.() === 0;
	if (!isRoot || globSync('/usr/bin/apt-get').length === 0) {
		throw new Error(
			`n8n's queue mode needs PostgreSQL and Redis. On Debian and Ubuntu: sudo apt-get install ${PACKAGES.join(' ')}`,
		);
	}
	say(`Installing ${PACKAGES.join(' and ')}.`);
	run('apt-get', ['update', '-qq']);
	run('apt-get', ['install', '-qq', '-y', ...PACKAGES]);
	const programs = find();
	if (programs === undefined) throw new Error('Debian has installed neither where they should be.');
	return programs;
}
