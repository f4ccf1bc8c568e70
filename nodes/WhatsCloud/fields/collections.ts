import type { Field, Fields, ItemContext, Values } from '../operation';
import { isObject } from '../checks/json';
import { alphabetically } from '../checks/text';
import type { Shown } from './values';
import { isLeftOut } from './values';

/** Fields that the user adds as needed; those not added, or left empty, are absent. */
export function collection<F extends Fields>(
	property: Shown & { fields: F },
): Field<Partial<Values<F>>> {
	const { fields, ...rest } = property;
	const options = Object.entries(fields)
		// n8n would ask for a required field although nobody added it.
		.map(([name, field]) => ({ ...field.property, name, required: false }))
		.sort(alphabetically(({ displayName }) => displayName));
	const methods = Object.values(fields).flatMap((field) => field.methods ?? []);
	return {
		property: { ...rest, type: 'collection', default: {}, options },
		read: (value, label, item) => {
			const given = isObject(value) ? value : {};
			const read: Record<string, unknown> = {};
			for (const [name, field] of Object.entries(fields)) {
				if (isLeftOut(given[name], item)) continue;
				read[name] = field.read(given[name], `${label} > ${field.property.displayName}`, item);
			}
			return read as Partial<Values<F>>;
		},
		methods: {
			listSearch: Object.assign({}, ...methods.map(({ listSearch }) => listSearch)),
			loadOptions: Object.assign({}, ...methods.map(({ loadOptions }) => loadOptions)),
			resourceMapping: Object.assign({}, ...methods.map(({ resourceMapping }) => resourceMapping)),
		},
	};
}

/** Fields that are added or left out together, under n8n's usual name `values`; absent when not added. */
export function fixedCollection<F extends Fields>(
	property: Shown & { fields: F },
): Field<Values<F> | undefined> {
	const { fields, ...rest } = property;
	const values = Object.entries(fields).map(([name, field]) => ({ ...field.property, name }));
	return {
		property: {
			...rest,
			type: 'fixedCollection',
			default: {},
			options: [{ name: 'values', displayName: rest.displayName, values }],
		},
		read: (value, label, item) => {
			const given = isObject(value) ? value.values : undefined;
			if (!isObject(given)) return undefined;
			const filled = values.map(({ name, default: otherwise }) => [name, given[name] ?? otherwise]);
			return readShown(fields, Object.fromEntries(filled), item, `${label} > `);
		},
	};
}

/** A field that appears only for some values of another field of the operation. */
export function shownFor<T>(
	show: Record<string, Array<string | boolean>>,
	field: Field<T>,
): Field<T | undefined> {
	return {
		...field,
		property: { ...field.property, displayOptions: { ...field.property.displayOptions, show } },
	};
}

/** What `run` uses of the fields that are shown beside the values of those before them. @throws InputError */
export function readShown<F extends Fields>(
	fields: F,
	given: Record<string, unknown>,
	item: ItemContext,
	labelBefore = '',
): Values<F> {
	const read: Record<string, unknown> = {};
	for (const [name, { property, read: readField }] of Object.entries(fields)) {
		// What has been read counts: an expression may give the value in another spelling.
		const values = { ...given, ...read };
		const isShown = Object.entries(property.displayOptions?.show ?? {}).every(([other, wanted]) =>
			wanted?.some((value) => value === values[other]),
		);
		if (isShown) read[name] = readField(given[name], labelBefore + property.displayName, item);
	}
	return read as Values<F>;
}
