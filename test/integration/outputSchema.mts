import { existsSync, readFileSync } from 'node:fs';

/** Which operation a run is about. */
export interface Chosen {
	resource: string;
	operation: string;
}

type Type = 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'object' | 'array';

export interface Schema {
	type: Type | Type[];
	properties?: Record<string, Schema>;
	items?: Schema;
	version?: number;
}

const folder = new URL('../../nodes/WhatsCloud/__schema__/v1.0.0/', `file://${__dirname}/`);

/** The output preview that the editor shows before the first run. */
export function outputSchema(resource: string, operation: string): Schema {
	const file = new URL(`${resource}/${operation}.json`, folder);
	if (!existsSync(file)) throw new Error(`There is no output preview ${resource}/${operation}`);
	return JSON.parse(readFileSync(file, 'utf8')) as Schema;
}

/** Stricter than JSON Schema: a field that the preview does not show is a misfit too. */
export function expectFitsSchema({ resource, operation }: Chosen, output: unknown): void {
	const schema = outputSchema(resource, operation);
	expect(misfits(output, schema, `${resource}.${operation}`)).toEqual([]);
}

function misfits(value: unknown, schema: Schema, path: string): string[] {
	const types = [schema.type].flat();
	const type = typeOf(value);
	if (!types.includes(type) && !(type === 'integer' && types.includes('number'))) {
		return [`${path} is ${type}, not ${types.join(' or ')}`];
	}
	if (Array.isArray(value)) {
		return value.flatMap((item) =>
			schema.items ? misfits(item, schema.items, `${path}[]`) : [`${path}[] is not described`],
		);
	}
	if (type !== 'object' || !schema.properties) return [];
	const { properties } = schema;
	return Object.entries(value as object).flatMap(([key, child]) => {
		const known = properties[key];
		return known ? misfits(child, known, `${path}.${key}`) : [`${path}.${key} is not described`];
	});
}

function typeOf(value: unknown): Type {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
	return typeof value as Type;
}
