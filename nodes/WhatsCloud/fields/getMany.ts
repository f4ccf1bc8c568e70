import { shownFor, toggle, wholeNumber } from './values';

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
