import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../../..');
const pages = globSync(['*.md', 'docs/*.md', 'examples/*.md'], { cwd: root });
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** As GitHub makes them from headings. */
const anchors = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
	heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N} -]/gu, '')
		.replaceAll(' ', '-'),
);

test('what screens, pages and files of the package call the README by is one of its headings', () => {
	const files = globSync('{nodes,credentials,sandbox,examples}/**/*.{ts,mts,json,html}', {
		cwd: root,
	});
	const called = [
		...files.flatMap((file) => [
			...readFileSync(join(root, file), 'utf8').matchAll(/n8n-nodes-whatscloud#([\w-]+)/g),
		]),
		...readme.matchAll(/\]\(#([\w-]+)\)/g),
	].map(([, anchor = '']) => anchor);
	expect(called.length).toBeGreaterThan(5);
	expect(['readme', ...anchors]).toEqual(expect.arrayContaining(called));
});

test.each(pages)('%s links only to files that are there', (page) => {
	const text = readFileSync(join(root, page), 'utf8');
	const links = [...text.matchAll(/(?:\]\(|src=")(?!https?:|#)([^)"#\s]+)/g)];
	const missing = links
		.map(([, link = '']) => link)
		.filter((link) => !existsSync(join(root, dirname(page), link)));
	expect(missing).toEqual([]);
});
