import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '../../..');
const guide = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');

const blockOf = (kind: string, after: string) =>
	guide.slice(guide.indexOf(after)).split(`\`\`\`${kind}\n`)[1]?.split('```')[0] ?? '';

test('every place on the map is there', () => {
	const places = [...blockOf('', '## The way').matchAll(/^([\w/.*]+) {2,}/gm)].map(
		([, place = '']) => place.replace(/\*.*$/, ''),
	);
	expect(places.length).toBeGreaterThan(10);
	for (const place of places) expect([place, existsSync(join(root, place))]).toEqual([place, true]);
});

test('the example of an operation compiles where it says it belongs', () => {
	const file = join(root, 'nodes/WhatsCloud/contact/operations.ts');
	const example = blockOf('ts', '## Add an operation').replace(
		'const archive',
		'export const archive',
	);
	expect(example).toContain('operation({');
	const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
		ts.sys.readFile(path),
	) as {
		config: object;
	};
	const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
	// The types of browsers and the comments of 1,000 files take half of the time, and say nothing here.
	options.lib = ['lib.es2023.d.ts'];
	const host = ts.createCompilerHost(options);
	host.jsDocParsingMode = ts.JSDocParsingMode.ParseNone;
	const read = host.getSourceFile.bind(host);
	const text = readFileSync(file, 'utf8');
	const more = text.includes('withAnswer') ? '' : "import { withAnswer } from '../records';\n";
	host.getSourceFile = (name, ...rest) =>
		resolve(name) === file
			? ts.createSourceFile(name, `${more}${text}${example}`, ts.ScriptTarget.ES2022)
			: read(name, ...rest);
	const program = ts.createProgram([file], { ...options, noEmit: true }, host);
	const problems = program.getSemanticDiagnostics(program.getSourceFile(file));
	expect(
		problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
	).toEqual([]);
}, 60_000);
