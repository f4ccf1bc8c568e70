import { isObject } from '../json';
import type { Field, Fields, Values } from '../operation';
import type { Shown } from './values';

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
			return Object.fromEntries(
				Object.entries(fields)
					.filter(([, { property: part }]) => isShown(part, given))
					.map(([name, field]) => [
						name,
						field.read(
							given[name] ?? field.property.default,
							`${label} > ${field.property.displayName}`,
							item,
						),
					]),
			) as Values<F>;
		},
	};
}

/** Whether a field is shown beside the values of the others. */
export function isShown({ displayOptions }: Field<unknown>['property'], values: object): boolean {
	return Object.entries(displayOptions?.show ?? {}).every(([name, wanted]) =>
		wanted?.some((value) => value === (values as Record<string, unknown>)[name]),
	);
}
