import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One hash over names and contents of the files that the patterns match, so that a change is seen. */
export function fingerprint(folder: string, patterns: string[]): string {
	const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
	for (const file of globSync(patterns, { cwd: folder }).sort()) {
		const path = join(folder, file);
		if (statSync(path).isFile()) hash.update(`\0${file}\0`).update(readFileSync(path));
	}
	return hash.digest('hex');
}
