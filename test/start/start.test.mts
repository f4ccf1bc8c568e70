import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { folders } from '../../sandbox/n8n/folders.mts';

const START_MS = 15 * 60_000;
const STOP_MS = 60_000;

test(
	'npm start shows the addresses and the login, both answer, and Ctrl-C ends all of it',
	async () => {
		// A group of its own, so that one signal reaches all of it, as the terminal's Ctrl-C does.
		const child = spawn('npm', ['start'], {
			cwd: folders.root,
			detached: true,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const group = child.pid ?? 0;
		const ended = once(child, 'exit');
		let shown = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
		const addressOf = (name: string) =>
			new RegExp(`^${name} +(http\\S+)`, 'm').exec(shown)?.[1] ?? '';
		try {
			while (!/^Ctrl-C stops/m.test(shown) && child.exitCode === null) await delay(200);
			expect(shown).toMatch(/^Log in as +\S+ +password +\S+$/m);
			for (const name of ['n8n', 'Sandbox']) {
				expect((await fetch(addressOf(name))).status).toBe(200);
			}
			process.kill(-group, 'SIGINT');
			// npm ends with the signal that it got.
			const end = await Promise.race([ended, delay(STOP_MS, undefined, { ref: false })]);
			expect(end?.some((reason) => reason === 0 || reason === 'SIGINT')).toBe(true);
			for (const name of ['n8n', 'Sandbox']) {
				await expect(fetch(addressOf(name))).rejects.toThrow();
			}
		} finally {
			if (child.exitCode === null && child.signalCode === null) process.kill(-group, 'SIGKILL');
		}
	},
	START_MS,
);
