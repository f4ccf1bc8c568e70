import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runNpm } from './npm.cjs';

const execute = promisify(execFile);

interface PackageJson {
	name: string;
	devDependencies?: object;
	peerDependencies?: object;
	optionalDependencies?: object;
}

/**
 * Puts a packed community package where n8n looks for it, in the steps of n8n's own "Install a
 * community node". n8n itself installs from a registry only, so a local tarball needs this.
 */
export async function installTarball(
	userFolder: string,
	tarball: string,
	{ signal }: { signal?: AbortSignal } = {},
): Promise<void> {
	const { stdout } = await execute('tar', ['-xzOf', tarball, 'package/package.json'], { signal });
	const { name } = JSON.parse(stdout) as PackageJson;
	const folder = join(userFolder, '.n8n', 'nodes', 'node_modules', name);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	await execute('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], { signal });

	const file = join(folder, 'package.json');
	const manifest = JSON.parse(readFileSync(file, 'utf8')) as PackageJson;
	delete manifest.devDependencies;
	delete manifest.peerDependencies;
	delete manifest.optionalDependencies;
	writeFileSync(file, JSON.stringify(manifest, null, 2));
	await runNpm(
		[
			'install',
			'--bin-links=false',
			'--install-strategy=shallow',
			'--ignore-scripts=true',
			'--package-lock=false',
		],
		{ cwd: folder, what: `Installing ${name} into n8n`, signal },
	);
}
