/** One project per kind of test; `npm test` runs the first three, `npm run test:e2e` the last. */
const project = (name) => ({
	displayName: name,
	testMatch: [`<rootDir>/test/${name}/**/*.test.mts`],
	testEnvironment: 'node',
	moduleFileExtensions: ['mts', 'ts', 'mjs', 'js', 'json', 'node'],
	transform: {
		'\\.m?ts$': [
			'babel-jest',
			{
				babelrc: false,
				configFile: false,
				presets: [
					['@babel/preset-env', { targets: { node: 'current' } }],
					'@babel/preset-typescript',
				],
			},
		],
	},
	modulePathIgnorePatterns: ['<rootDir>/.local/', '<rootDir>/dist/'],
});

export default {
	projects: ['unit', 'integration', 'sandbox', 'e2e'].map(project),
};
