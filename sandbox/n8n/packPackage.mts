import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mts';
import { folders } from './folders.mts';
import { runNpm } from './npm.cjs';

const SOURCES = [
	'package.json',
	'tsconfig.json',
	'README.md',
	'LICENSE',
	'nodes/**/*',
	'credentials/**/*',
	'icons/**/*',
];
const stamp = join(folders.packed, 'sources.sha256');

export function packedTarball(): string | undefined {
	const [file] = globSync('*.tgz', { cwd: folders.packed });
	return file === undefined ? undefined : join(folders.packed, file);
}

/** Builds and packs the package as it would be published; gives the tarball. Unchanged sources cost nothing. */
export async function packPackage(
	say: (line: string) => void,
	{ signal }: { signal?: AbortSignal } = {},
): Promise<string> {
	const sources = fingerprint(folders.root, SOURCES);
	const packed = packedTarball();
	if (packed !== undefined && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) {
		return packed;
	}

	say('Building and packing the node.');
	rmSync(folders.packed, { recursive: true, force: true });
	mkdirSync(folders.packed, { recursive: true });
	await runNpm(['run', 'build'], { cwd: folders.root, what: 'Building the node', signal });
	await runNpm(['pack', '--pack-destination', folders.packed], {
		cwd: folders.root,
		what: 'Packing the node',
		signal,
	});
	const tarball = packedTarball();
	if (tarball === undefined) throw new Error('npm pack made no tarball.');
	writeFileSync(stamp, sources);
	return tarball;
}
