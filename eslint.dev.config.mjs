// The sandbox and the tests are tools that never ship: they are checked by TypeScript's own rules,
// not by n8n's rules for community nodes (eslint.config.mjs), which forbid timers and processes.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig({
	files: ['**/*.mts'],
	extends: [tseslint.configs.strictTypeChecked],
	languageOptions: { parserOptions: { project: './tsconfig.dev.json' } },
	rules: {
		// Crashes on inline type literals in this version of ESLint.
		'@typescript-eslint/unified-signatures': 'off',
		'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
	},
});
