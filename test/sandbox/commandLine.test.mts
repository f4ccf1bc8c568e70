import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { ask } from './client.mts';

const main = resolve('sandbox/server/main.mts');

function start(args: string[], env: Record<string, string> = {}) {
	const child = spawn(resolve('node_modules/.bin/node'), [main, '--port', '0', ...args], {
		env: { ...process.env, ...env },
	});
	let [output, errors] = ['', ''];
	child.stdout.on('data', (chunk) => (output += String(chunk)));
	child.stderr.on('data', (chunk) => (errors += String(chunk)));
	const ready = once(child.stdout, 'data').then(() => /http:\S+/.exec(output)?.[0] ?? '');
	const ended = once(child, 'exit').then(([code]) => code as number | null);
	return { child, ready, ended, output: () => output, errors: () => errors };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
	'prints one line with its address and stops cleanly on %s',
	async (signal) => {
		const { child, ready, ended, output, errors } = start(['--token', 'secret-token']);
		const url = await ready;
		const reply = await ask(`${url}/api/v1/demo/contacts`, {
			headers: { Authorization: 'Bearer secret-token' },
		});
		expect(reply.status).toBe(200);
		child.kill(signal);
		expect(await ended).toBe(0);
		expect(output().trim().split('\n')).toHaveLength(1);
		expect(output()).not.toContain('secret-token');
		expect(errors()).toBe('');
	},
	20_000,
);

test('takes the token from the environment, shows it when asked, and limits the rate', async () => {
	const { child, ready, ended, output } = start(['--show-token', '--rate-limit', '2/60'], {
		WHATSCLOUD_SANDBOX_TOKEN: 'from-environment',
	});
	const url = await ready;
	const statuses: number[] = [];
	for (let count = 0; count < 3; count++) {
		const headers = { Authorization: 'Bearer from-environment' };
		statuses.push((await ask(`${url}/api/v1/demo/contacts`, { headers })).status);
	}
	expect(statuses).toEqual([200, 200, 429]);
	expect(output()).toContain('from-environment');
	child.kill();
	await ended;
}, 20_000);

test.each([
	['--rate-limit', 'fast'],
	['--server', 'toString'],
])(
	'refuses %s %s',
	async (option, value) => {
		const { ended, errors } = start([option, value]);
		expect(await ended).toBe(1);
		expect(errors()).toContain(option);
	},
	20_000,
);
