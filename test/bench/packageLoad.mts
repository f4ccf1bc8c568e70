import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { folders } from '../../sandbox/n8n/folders.mts';
import { installTarball } from '../../sandbox/n8n/installTarball.mts';

const execute = promisify(execFile);

/** What n8n does at its start, with its own modules loaded before. */
const LOAD = `
	for (const provided of ['n8n-workflow', 'zod', 'p-limit', 'luxon', 'lodash']) require(provided);
	const { n8n } = require(process.argv[1] + '/package.json');
	const started = performance.now();
	for (const file of [...n8n.credentials, ...n8n.nodes]) {
		const [name] = file.split('/').at(-1).split('.');
		new (require(process.argv[1] + '/' + file)[name])();
	}
	console.log(performance.now() - started);
`;

export interface PackageFigures {
	/** The shortest of all: other programs on the machine can only add to it. */
	loadMs: number;
	medianLoadMs: number;
	packedBytes: number;
	unpackedBytes: number;
}

export async function packageFigures(tarball: string, times: number): Promise<PackageFigures> {
	const userFolder = mkdtempSync(join(tmpdir(), 'n8n-bench-'));
	try {
		await installTarball(userFolder, tarball);
		const installed = join(userFolder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-whatscloud');
		const loads: number[] = [];
		for (let time = 0; time < times; time++) {
			const { stdout } = await execute(process.execPath, ['-e', LOAD, installed], {
				// Away from this repository, whose own modules would come first.
				cwd: userFolder,
				env: { ...process.env, NODE_PATH: join(folders.n8n, 'node_modules') },
			});
			loads.push(Number(stdout));
		}
		const { stdout: listing } = await execute('tar', ['-tvzf', tarball]);
		const sizes = listing.split('\n').map((line) => Number(line.split(/\s+/)[2] ?? 0));
		return {
			loadMs: Math.min(...loads),
			medianLoadMs: loads.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0,
			packedBytes: statSync(tarball).size,
			unpackedBytes: sizes.reduce((sum, size) => sum + size, 0),
		};
	} finally {
		rmSync(userFolder, { recursive: true, force: true });
	}
}
