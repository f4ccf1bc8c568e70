import { spawnSync } from 'node:child_process';
import { MEGABYTES } from '../../sandbox/n8n/npm.cjs';
import { newOwner } from '../../sandbox/n8n/trialState.mts';
import { welcome } from '../../sandbox/n8n/welcome.mts';

const lines = welcome({
	...{ n8nUrl: 'http://127.0.0.1:5678', sandboxUrl: 'http://127.0.0.1:5610' },
	owner: newOwner(),
});
const help = spawnSync(process.execPath, ['sandbox/start.mjs', '--help'], { encoding: 'utf8' });

test('the terminal calls the sandbox by one name, as the README does', () => {
	expect(lines).toContainEqual(expect.stringMatching(/^Sandbox +http:\/\/127\.0\.0\.1:5610 /));
	expect(`${lines.join('\n')}\n${help.stdout}`).not.toMatch(/stand-in/i);
	expect(help.stdout).toContain('sandbox');
});

test('--help tells the sizes of the first start', () => {
	const { tools, n8n } = MEGABYTES;
	const gigabytes = (megabytes: number) => `${(megabytes / 1000).toFixed(1)} GB`;
	expect(help.stdout).toContain(`${gigabytes(tools.installed + n8n.installed)} in this folder`);
	expect(help.stdout).toContain(
		`${gigabytes(tools.downloaded + n8n.downloaded)} in npm's own cache`,
	);
});
