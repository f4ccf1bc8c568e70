import { textLength } from './textLength.mts';

/**
 * What the database takes. Most contact fields are not validated by the API, so these limits are
 * met only in storage, where they end in a 500 with the database's own words (quirk 36).
 */
export class StorageRefusal extends Error {}

export interface Column<Value> {
	store(name: string, value: unknown): Value;
	/** Answers to writes repeat such a value in the type it was sent in (quirk 29). */
	echoes: boolean;
}

export type Columns<Row> = { readonly [Name in keyof Row]?: Column<Row[Name]> };

function refuse(name: string, problem: string): never {
	throw new StorageRefusal(`SQLSTATE[22001]: ${problem} for column '${name}' at row 1`);
}

export function orNull<Value>(column: Column<Value>): Column<Value | null> {
	return {
		...column,
		store: (name, value) => (value === null ? null : column.store(name, value)),
	};
}

export function text(max = Infinity): Column<string> {
	return {
		echoes: true,
		store(name, value) {
			if (value === null) refuse(name, 'Column cannot be null');
			if (typeof value === 'object') refuse(name, 'Array to string conversion');
			const stored = typeof value === 'boolean' ? String(Number(value)) : String(value as string);
			if (textLength(stored) > max) refuse(name, '1406 Data too long');
			return stored;
		},
	};
}

export const integerColumn: Column<number> = {
	echoes: true,
	store(name, value) {
		if (value === null) refuse(name, 'Column cannot be null');
		const stored = typeof value === 'boolean' ? Number(value) : Number(value as string);
		if (typeof value === 'object' || !Number.isInteger(stored)) {
			refuse(name, '1366 Incorrect integer value');
		}
		return stored;
	},
};

export const flag: Column<boolean> = {
	echoes: false,
	store(name, value) {
		if (value === null) refuse(name, 'Column cannot be null');
		return value !== false && value !== 0 && value !== '0';
	},
};

export const timestamp: Column<string> = {
	echoes: false,
	store(name, value) {
		const time =
			typeof value === 'string'
				? new Date(/^\d{4}-\d\d-\d\d$/.test(value) ? value : withZone(value))
				: undefined;
		if (!time || Number.isNaN(time.getTime())) refuse(name, '1292 Incorrect datetime value');
		return `${time.toISOString().slice(0, 19)}.000000Z`;
	},
};

function withZone(value: string): string {
	return /(Z|[+-]\d\d:?\d\d)$/.test(value) ? value : `${value.replace(' ', 'T')}Z`;
}

export function choice(...values: string[]): Column<string> {
	return {
		echoes: true,
		store(name, value) {
			if (typeof value === 'string' && values.includes(value)) return value;
			throw new StorageRefusal(
				`SQLSTATE[01000]: Warning: 1265 Data truncated for column '${name}' at row 1`,
			);
		},
	};
}

export const anything: Column<unknown> = { echoes: true, store: (_name, value) => value };

/** The part of the input that has a column, as stored. */
export function stored<Row>(columns: Columns<Row>, input: Record<string, unknown>): Partial<Row> {
	const values: Partial<Row> = {};
	for (const name of Object.keys(columns) as (keyof Row & string)[]) {
		const value = input[name];
		if (value !== undefined) values[name] = columns[name]?.store(name, value);
	}
	return values;
}

/** The part of the input that a write's answer repeats as sent. */
export function echoed<Row>(columns: Columns<Row>, input: Record<string, unknown>): object {
	return Object.fromEntries(
		Object.entries<Column<unknown> | undefined>(columns)
			.filter(([name, column]) => column?.echoes && input[name] !== undefined)
			.map(([name]) => [name, input[name]]),
	);
}
