import { availableParallelism } from 'node:os';

/** One project for each kind of test and each folder under test/ that has tests. */
const project = (name, more = {}) => ({
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
	...more,
});

/** A real n8n with the packed package, beside a sandbox, for all files of a project. */
const realN8n = {
	globalSetup: '<rootDir>/test/e2e/setup.mts',
	globalTeardown: '<rootDir>/test/e2e/teardown.mts',
};

export default {
	// Five seconds, jest's own limit, are too short on a machine that does other work beside.
	testTimeout: 60_000,
	// One file more than there are cores, since many tests wait; jest alone would even leave a core idle.
	maxWorkers: availableParallelism() + 1,
	projects: [
		project('unit'),
		project('integration'),
		project('sandbox'),
		project('e2e', realN8n),
		project('browser', realN8n),
		project('compatibility'),
		project('queue', {
			globalSetup: '<rootDir>/test/queue/setup.mts',
			globalTeardown: '<rootDir>/test/queue/teardown.mts',
		}),
		project('chaos'),
		project('live'),
		project('verification'),
		project('start'),
	],
};
