import { deepEqual, notDeepEqual, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { ESLint, Linter } from 'eslint';
import { folders } from '../../sandbox/n8n/folders.mts';
import { currentN8n } from '../../sandbox/n8n/installation.mts';
import { installLocked, installN8n } from '../../sandbox/n8n/installN8n.mts';
import { runNpm } from '../../sandbox/n8n/npm.cjs';
import { packPackage } from '../../sandbox/n8n/packPackage.mts';

const MAX_BYTES = 110_000;

interface Scanner {
	SOURCE_FILE_PATTERNS: string[];
	buildScanConfig(): Promise<Linter.Config[]>;
}

interface Manifest {
	dependencies?: object;
	n8n: { nodes: string[]; credentials: string[] };
}

const scan = {
	lock: join(folders.root, 'test', 'verification'),
	folder: join(folders.local, 'scan'),
};
const scannerFile = join(
	scan.folder,
	'node_modules/@n8n/scan-community-package/scanner/scanner.mjs',
);
const unpacked = mkdtempSync(join(tmpdir(), 'whatscloud-scan-'));
process.once('exit', () => {
	rmSync(unpacked, { recursive: true, force: true });
});

const say = (line: string) => {
	console.log(line);
};

await installLocked(scan, async () => {
	say("Installing n8n's package scan, about 220 MB, this once.");
	await runNpm(['ci', '--ignore-scripts'], { cwd: scan.folder, what: 'Installing the scan' });
});
const scanner = (await import(pathToFileURL(scannerFile).href)) as Scanner;
const tarball = await packPackage(say);
execFileSync('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1']);

/** What n8n's scan does with a downloaded package, which it can't be given in a folder; warnings count, too. */
async function findings(cwd: string, patterns: string[]): Promise<string[]> {
	const { ESLint: LintOfScan } = createRequire(scannerFile)('eslint') as { ESLint: typeof ESLint };
	const lint = new LintOfScan({
		cwd,
		allowInlineConfig: false,
		overrideConfigFile: true,
		overrideConfig: await scanner.buildScanConfig(),
	});
	const results = await lint.lintFiles(patterns);
	ok(results.length > 0);
	return results.flatMap(({ filePath, messages }) =>
		messages.map(({ line, ruleId, message }) => `${filePath}:${line} ${message} (${ruleId ?? ''})`),
	);
}

function manifest(): Manifest {
	return JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Manifest;
}

const SHIPPED = ['**/*.js', 'package.json'];

await test("n8n's scan finds nothing in the sources", async () => {
	deepEqual(await findings(folders.root, scanner.SOURCE_FILE_PATTERNS), []);
});

await test("n8n's scan finds nothing in the packed package", async () => {
	deepEqual(await findings(unpacked, SHIPPED), []);
});

await test('the package holds what n8n needs and nothing else', () => {
	const listing = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
	const shipped = /^package\/(dist\/.+\.(js|json|svg)|README\.md|LICENSE|package\.json)$/;
	deepEqual(
		listing
			.trim()
			.split('\n')
			.filter((file) => !shipped.test(file)),
		[],
	);
	deepEqual(Object.keys(manifest().dependencies ?? {}), []);
	const { size } = statSync(tarball);
	ok(size < MAX_BYTES, `${size} bytes`);
});

await test("nodes and credential load with nothing but n8n's own modules", async () => {
	await installN8n(say);
	const { nodes, credentials } = manifest().n8n;
	const files = [...nodes, ...credentials].map((file) => join(unpacked, file));
	const script = `
		for (const file of ${JSON.stringify(files)}) {
			const [Class] = Object.values(require(file));
			console.log(new Class().description?.name ?? new Class().name);
		}`;
	const names = execFileSync(process.execPath, ['-e', script], {
		env: { NODE_PATH: join(currentN8n.folder, 'node_modules') },
		cwd: unpacked,
		encoding: 'utf8',
	});
	deepEqual(names.trim().split('\n'), [
		'whatsCloud',
		'whatsCloudTrigger',
		'whatsCloudWebhookTrigger',
		'whatsCloudApi',
	]);
});

await test('the scan would have found something', async () => {
	const node = manifest().n8n.nodes[0] ?? '';
	appendFileSync(join(unpacked, node), '\nconsole.log(process.env);\n');
	notDeepEqual(await findings(unpacked, [node]), []);
});
