import { execFileSync } from 'node:child_process';
import { MEGABYTES } from '../../sandbox/n8n/npm.cjs';

/** What the files take on the disk. */
function megabytesOf(folder: string): number {
	const kibibytes = Number(
		execFileSync('du', ['-sk', folder], { encoding: 'utf8' }).split('\t')[0],
	);
	return (kibibytes * 1024) / 1e6;
}

test.each([
	['node_modules', MEGABYTES.tools],
	['.local/n8n', MEGABYTES.n8n],
])('%s is as large as "npm start" says', (folder, { installed }) => {
	const measured = megabytesOf(folder);
	expect(measured).toBeGreaterThan(installed * 0.85);
	expect(measured).toBeLessThan(installed * 1.15);
});
