import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const root = resolve(__dirname, '../../../nodes/WhatsCloud');

/** Which rooms of the package a room may import, beside itself. */
const MAY_IMPORT: Record<string, string[]> = {
	checks: [],
	api: ['checks'],
	webhook: ['api', 'checks'],
	question: ['checks'],
	fields: ['api', 'checks'],
	files: ['api', 'checks', 'fields'],
	contact: ['api', 'checks', 'fields'],
	template: ['api', 'checks', 'fields', 'files'],
	message: ['api', 'checks', 'contact', 'fields', 'files', 'template'],
	newContacts: ['api', 'checks', 'contact', 'fields'],
	run: ['api', 'checks', 'fields', 'files', 'question'],
};

/** What stands beside the rooms, by what it may import; every room may import the first two. */
const BESIDE_THE_ROOMS: Record<string, string[]> = {
	'operation.ts': ['api'],
	'records.ts': ['api', 'checks', 'fields'],
	'editor.ts': ['api', 'checks', 'fields'],
};

const MAX_LINES = 400;

const files = globSync('**/*.ts', { cwd: root }).map((file) => file.replaceAll(sep, '/'));
const known = new Set(files);

function importsOf(file: string): string[] {
	const text = readFileSync(join(root, file), 'utf8');
	return [...text.matchAll(/from '(\.[^']*)'/g)].flatMap(([, path = '']) => {
		const target = relative(root, resolve(root, dirname(file), path)).replaceAll(sep, '/');
		const found = [`${target}.ts`, `${target}/index.ts`].find((candidate) => known.has(candidate));
		return found === undefined ? [] : [found];
	});
}

const roomOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : undefined);

test.each(files.filter((file) => !file.endsWith('.node.ts')))('%s imports downwards', (file) => {
	const room = roomOf(file);
	const allowed = room === undefined ? BESIDE_THE_ROOMS[file] : MAY_IMPORT[room];
	expect(allowed).toBeDefined();
	const others = importsOf(file)
		.map(roomOf)
		.filter((other) => other !== undefined && other !== room);
	expect(allowed).toEqual(expect.arrayContaining(others));
});

test('no file imports itself by a detour', () => {
	const circles: string[][] = [];
	const done = new Set<string>();
	const follow = (file: string, way: string[]) => {
		if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file]);
		if (way.includes(file) || done.has(file)) return;
		for (const next of importsOf(file)) follow(next, [...way, file]);
		done.add(file);
	};
	for (const file of files) follow(file, []);
	expect(circles).toEqual([]);
});

test('no file of code is longer than a reader can take in', () => {
	const long = files
		.map((file) => [file, readFileSync(join(root, file), 'utf8').split('\n').length] as const)
		.filter(([, lines]) => lines > MAX_LINES);
	expect(long).toEqual([]);
});
