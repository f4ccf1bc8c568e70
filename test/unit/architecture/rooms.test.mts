import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const root = resolve(__dirname, '../../../nodes/WhatsCloud');

/** Which folders of the package a folder may import, beside itself and the files beside the nodes. */
const MAY_IMPORT: Record<string, string[]> = {
	whatsapp: [],
	events: ['whatsapp'],
	api: ['whatsapp'],
	trigger: ['api'],
	fields: ['api', 'whatsapp'],
	resources: ['api', 'fields', 'trigger', 'whatsapp'],
	n8n: ['api', 'events', 'fields', 'whatsapp'],
};

/** What every room may import, by what it may import itself. */
const OUTSIDE_THE_ROOMS: Record<string, string[]> = {
	'InputError.ts': [],
	'json.ts': [],
	'operation.ts': ['api'],
	'text.ts': [],
};

const MAX_LINES = 250;
/** Lists of data, which may be as long as the data. */
const DATA = ['api/errors/explanations.ts', 'whatsapp/countries.ts'];

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
	const allowed = room === undefined ? OUTSIDE_THE_ROOMS[file] : MAY_IMPORT[room];
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
		.filter((file) => !DATA.includes(file))
		.map((file) => [file, readFileSync(join(root, file), 'utf8').split('\n').length] as const)
		.filter(([, lines]) => lines > MAX_LINES);
	expect(long).toEqual([]);
});
