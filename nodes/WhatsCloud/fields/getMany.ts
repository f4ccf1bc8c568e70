import { isObject } from '../checks/json';
import type { Field, Fields, Values } from '../operation';
import { collection, shownFor } from './collections';
import { InputError, isEmpty } from '../checks/text';
import { toggle, wholeNumber } from './values';

/** The fields of every "Get Many" operation. */
export const returnAll = toggle({
	displayName: 'Return All',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
});

export const limit = shownFor(
	{ returnAll: [false] },
	wholeNumber({
		displayName: 'Limit',
		default: 50,
		typeOptions: { minValue: 1 },
		description: 'Max number of results to return',
	}),
);

export const simplify = toggle({
	displayName: 'Simplify',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
});

/**
 * Filters that the user adds as needed. One that is added but empty is refused: without it, records would
 * come that nobody meant, and the next node may delete them. A model that uses the node as a tool fills in
 * every filter, and leaves those empty that it does not want.
 */
export function filtersOf<F extends Fields>(property: {
	description: string;
	fields: F;
}): Field<Partial<Values<F>>> {
	const filters = collection({
		displayName: 'Filters',
		placeholder: 'Add Filter',
		...property,
	});
	return {
		...filters,
		read: (value, label, item) => {
			if (isObject(value) && !item.isTool) refuseEmpty(value, label, property.fields);
			return filters.read(value, label, item);
		},
	};
}

/** @throws InputError */
function refuseEmpty(given: Record<string, unknown>, label: string, fields: Fields): void {
	const empty = Object.keys(fields).find((name) => name in given && isEmpty(given[name]));
	if (empty === undefined) return;
	throw new InputError(
		`"${label} > ${fields[empty]?.property.displayName}" is empty`,
		'Fill it in, or remove this filter. If it holds an expression, the input item may lack the field that the expression uses.',
	);
}
