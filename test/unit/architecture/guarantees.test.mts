import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../../..');
const page = readFileSync(join(root, 'docs/guarantees.md'), 'utf8');

/** The bold sentences of the page, each of which a test proves. */
const promises = [...page.matchAll(/\*\*([^*]+)\*\*/g)].map(([, sentence = '']) =>
	sentence.replace(/\s+/g, ' '),
);

/** Tests that prove a promise are called `guarantee: ` and its sentence; behind it, in brackets, may stand the case. */
const proofs = globSync('test/**/*.test.mts', { cwd: root }).flatMap((file) =>
	[
		...readFileSync(join(root, file), 'utf8').matchAll(/(['"`])guarantee: (.+?\.)(?: \(.+\))?\1,/g),
	].map(([, , sentence = '']) => sentence),
);

test('every promise of docs/guarantees.md has a test of its name', () => {
	expect(promises.length).toBeGreaterThan(10);
	expect(promises.filter((promise) => !proofs.includes(promise))).toEqual([]);
});

test('every test of a guarantee stands in docs/guarantees.md', () => {
	expect(proofs.filter((proof) => !promises.includes(proof))).toEqual([]);
});
