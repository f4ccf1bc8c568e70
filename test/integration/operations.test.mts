import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { resources } from '../../nodes/WhatsCloud/WhatsCloud.node';
import { outputSchema } from './outputSchema.mts';

const operations = resources.flatMap(({ value: resource, operations: own }) =>
	own.map(({ value: operation }) => ({ resource, operation })),
);

const mockTested: string[] = [];
jest.mock('./account.mts', () => ({
	...jest.requireActual<object>('./account.mts'),
	describeOperation: (resource: string, operation: string) => {
		mockTested.push(`${resource} ${operation}`);
	},
}));

/** Loads the files of tests without their tests, only to see which operations they describe. */
function collectTested(): void {
	const known = { describe, test, beforeAll, beforeEach, afterAll, afterEach };
	const nothing = Object.assign(() => undefined, { each: () => () => undefined });
	Object.assign(globalThis, Object.fromEntries(Object.keys(known).map((name) => [name, nothing])));
	try {
		for (const file of readdirSync(__dirname, { recursive: true, encoding: 'utf8' })) {
			const path = join(__dirname, file);
			if (!file.endsWith('.test.mts') || path === __filename) continue;
			if (readFileSync(path, 'utf8').includes('describeOperation(')) jest.requireActual(path);
		}
	} finally {
		Object.assign(globalThis, known);
	}
}

collectTested();

// `describeOperation` insists on three differing items in every version of the server.
test.each(operations)('$resource $operation is tested', ({ resource, operation }) => {
	const ownFile = join(__dirname, resource, `${operation}.test.mts`);
	expect(mockTested.includes(`${resource} ${operation}`) || existsSync(ownFile)).toBe(true);
});

test.each(operations)('$resource $operation has an output preview', ({ resource, operation }) => {
	expect(outputSchema(resource, operation)).toMatchObject({ type: 'object', version: 1 });
});
