import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folders } from '../../sandbox/n8n/folders.mts';
import { currentN8n } from '../../sandbox/n8n/installation.mts';
import { installLocked, installN8n } from '../../sandbox/n8n/installN8n.mts';
import { runNpm } from '../../sandbox/n8n/npm.cjs';
import { packPackage } from '../../sandbox/n8n/packPackage.mts';

const MAX_BYTES = 100_000;
const INSTALL_MS = 10 * 60_000;

interface Manifest {
	dependencies?: object;
	n8n: { nodes: string[]; credentials: string[] };
}

const scan = {
	lock: join(folders.root, 'test', 'verification'),
	folder: join(folders.local, 'scan'),
};
const unpacked = mkdtempSync(join(tmpdir(), 'whatscloud-scan-'));
let tarball = '';

const say = (line: string) => {
	console.log(line);
};

beforeAll(async () => {
	await installLocked(scan, async () => {
		say("Installing n8n's package scan, about 220 MB, this once.");
		await runNpm(['ci', '--ignore-scripts'], { cwd: scan.folder, what: 'Installing the scan' });
	});
	await installN8n(say);
	tarball = await packPackage(say);
	execFileSync('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);
}, INSTALL_MS);

afterAll(() => {
	rmSync(unpacked, { recursive: true, force: true });
});

function findings(cwd: string, patterns: string[] = []): unknown {
	const script = join(folders.root, 'test', 'verification', 'findings.mts');
	const args = [script, scan.folder, cwd, ...patterns];
	// One of the scan's plugins takes all files for its own test cases under jest's NODE_ENV.
	const env = { ...process.env, NODE_ENV: 'production' };
	return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env }));
}

function manifest(): Manifest {
	return JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Manifest;
}

test("n8n's scan finds nothing in the sources", () => {
	expect(findings(folders.root)).toEqual([]);
});

test("n8n's scan finds nothing in the packed package", () => {
	expect(findings(unpacked, ['**/*.js', 'package.json'])).toEqual([]);
});

test('the package holds what n8n needs and nothing else', () => {
	const listing = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
	const shipped = /^package\/(dist\/.+\.(js|json|svg)|README\.md|LICENSE|package\.json)$/;
	const others = listing
		.trim()
		.split('\n')
		.filter((file) => !shipped.test(file));
	expect(others).toEqual([]);
	expect(manifest().dependencies ?? {}).toEqual({});
	expect(statSync(tarball).size).toBeLessThan(MAX_BYTES);
});

test("nodes and credential load with nothing but n8n's own modules", () => {
	const { nodes, credentials } = manifest().n8n;
	const files = [...nodes, ...credentials].map((file) => join(unpacked, file));
	const script = `
		for (const file of ${JSON.stringify(files)}) {
			// n8n takes the class that is called like the file.
			const Class = require(file)[file.split(/[/.]/).at(-3)];
			console.log(new Class().description?.name ?? new Class().name);
		}`;
	const names = execFileSync(process.execPath, ['-e', script], {
		env: { NODE_PATH: join(currentN8n.folder, 'node_modules') },
		cwd: unpacked,
		encoding: 'utf8',
	});
	expect(names.trim().split('\n')).toEqual([
		'whatsCloud',
		'whatsCloudTrigger',
		'whatsCloudWebhookTrigger',
		'whatsCloudApi',
	]);
});

test('the scan would have found something', () => {
	const node = manifest().n8n.nodes[0] ?? '';
	appendFileSync(join(unpacked, node), '\nconsole.log(process.env);\n');
	expect(findings(unpacked, [node])).not.toEqual([]);
});
