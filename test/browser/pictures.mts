// `npm run pictures`: the browser tests take all pictures; those that the README shows replace the old ones.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PICTURES } from './browser.mts';

const IMAGES = join('.github', 'images');

function shownInReadme(): string[] {
	const found = readFileSync('README.md', 'utf8').matchAll(/\.github\/images\/([\w.-]+)/g);
	return [...new Set([...found].map(([, file = '']) => file))];
}

function takePictures(): void {
	// A picture of an earlier run must not pass for one of this run.
	rmSync(PICTURES, { recursive: true, force: true });
	const { status } = spawnSync('npm', ['run', 'test:browser'], { stdio: 'inherit' });
	if (status !== 0) throw new Error('A browser test failed: no picture was replaced.');
}

takePictures();
const shown = shownInReadme();
const missing = shown.filter((file) => !existsSync(join(PICTURES, file)));
if (missing.length > 0) {
	throw new Error(`No browser test takes ${missing.join(', ')}; for chat.gif, install ffmpeg.`);
}
for (const file of readdirSync(IMAGES)) rmSync(join(IMAGES, file));
for (const file of shown) copyFileSync(join(PICTURES, file), join(IMAGES, file));
console.log(`Replaced in ${IMAGES}: ${shown.join(', ')}`);
