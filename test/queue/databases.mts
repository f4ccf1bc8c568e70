import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startInBackground } from '../../sandbox/n8n/background.mts';
import { freePort } from '../../sandbox/n8n/freePort.mts';
import type { Programs } from './debianPrograms.mts';

const READY_SECONDS = 30;

const execute = promisify(execFile);

export interface Database {
	/** What n8n has to be told to use it. */
	env: Record<string, string>;
	stop(): Promise<void>;
}

async function accepts(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('error', () => {
			resolve(false);
		});
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
	});
}

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
function unprivileged(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const line = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
	if (!line) throw new Error('PostgreSQL does not run as root, and there is no user "postgres".');
	return { uid: Number(line[1]), gid: Number(line[2]) };
}

export async function startPostgres(
	{ initdb, postgres }: Programs,
	signal: AbortSignal,
): Promise<Database> {
	// Not below the repository: its user may be unable to enter the folders above.
	const folder = mkdtempSync(join(tmpdir(), 'whatscloud-postgres-'));
	try {
		const identity = unprivileged();
		const password = randomBytes(16).toString('hex');
		const passwordFile = join(folder, 'password');
		writeFileSync(passwordFile, password, { mode: 0o600 });
		if (identity) {
			for (const path of [folder, passwordFile]) chownSync(path, identity.uid, identity.gid);
		}
		const data = join(folder, 'data');
		await execute(
			initdb,
			['-D', data, '-U', 'n8n', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-N'],
			{ cwd: folder, ...identity, signal },
		);
		const port = await freePort();
		const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' };
		const server = await startInBackground({
			name: 'PostgreSQL',
			command: [
				...([postgres, '-D', data, '-p', String(port)] as const),
				...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
			],
			cwd: folder,
			env: process.env,
			logFile: join(folder, 'postgres.log'),
			identity,
			// Ends the connections of the clients, instead of waiting for them.
			stopSignal: 'SIGINT',
			isReady: () => accepts(port),
			readyWithinSeconds: READY_SECONDS,
			signal,
		});
		return {
			env: {
				DB_TYPE: 'postgresdb',
				DB_POSTGRESDB_HOST: '127.0.0.1',
				DB_POSTGRESDB_PORT: String(port),
				DB_POSTGRESDB_DATABASE: 'postgres',
				DB_POSTGRESDB_USER: 'n8n',
				DB_POSTGRESDB_PASSWORD: password,
			},
			stop: async () => {
				await server.stop();
				rmSync(folder, { recursive: true, force: true });
			},
		};
	} catch (error) {
		rmSync(folder, { recursive: true, force: true });
		throw error;
	}
}

export async function startRedis(
	{ redis }: Programs,
	folder: string,
	signal: AbortSignal,
): Promise<Database> {
	mkdirSync(folder, { recursive: true });
	const port = await freePort();
	const password = randomBytes(16).toString('hex');
	const settings = join(folder, 'redis.conf');
	writeFileSync(
		settings,
		`bind 127.0.0.1\nport ${port}\nrequirepass ${password}\nsave ""\nappendonly no\n`,
		{ mode: 0o600 },
	);
	const server = await startInBackground({
		name: 'Redis',
		command: [redis, settings],
		cwd: folder,
		env: process.env,
		logFile: join(folder, 'redis.log'),
		isReady: () => accepts(port),
		readyWithinSeconds: READY_SECONDS,
		signal,
	});
	return {
		env: {
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(port),
			QUEUE_BULL_REDIS_PASSWORD: password,
		},
		stop: () => server.stop(),
	};
}
