// What n8n's scan does with a downloaded package, which it can't be given in a folder; warnings count, too.
// Usage: node findings.mts <scan's folder> <folder> [pattern…]; without a pattern, the scan's own for sources.
// Not in a test file, because the scan is an ES module and jest loads none.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ESLint, Linter } from 'eslint';

interface Scanner {
	SOURCE_FILE_PATTERNS: string[];
	buildScanConfig(): Promise<Linter.Config[]>;
}

const [scan = '', cwd = '', ...patterns] = process.argv.slice(2);
const scannerFile = join(scan, 'node_modules/@n8n/scan-community-package/scanner/scanner.mjs');
const scanner = (await import(pathToFileURL(scannerFile).href)) as Scanner;
const { ESLint: LintOfScan } = createRequire(scannerFile)('eslint') as { ESLint: typeof ESLint };
const lint = new LintOfScan({
	cwd,
	allowInlineConfig: false,
	overrideConfigFile: true,
	overrideConfig: await scanner.buildScanConfig(),
});
const results = await lint.lintFiles(patterns.length > 0 ? patterns : scanner.SOURCE_FILE_PATTERNS);
if (results.length === 0) throw new Error(`No files in ${cwd}`);
const findings = results.flatMap(({ filePath, messages }) =>
	messages.map(({ line, ruleId, message }) => `${filePath}:${line} ${message} (${ruleId ?? ''})`),
);
console.log(JSON.stringify(findings));
