import type { INodeProperties } from 'n8n-workflow';

import { alphabetically, isEmpty } from '../checks/text';
import { isObject, objectOf } from '../checks/json';
import type { Field, Fields, ItemContext, Values } from '../operation';
import type { Texts } from './values';
import { choice, emptyError, isLeftOut, toggle, numeric } from './values';

export function propertiesOf(fields: Fields): INodeProperties[] {
	return Object.entries(fields).map(([name, { property }]) => ({ ...property, name }));
}

/** Fields that the user adds as needed; those not added, or left empty, are absent. */
export function collection<F extends Fields>(
	property: Texts & { fields: F },
): Field<Partial<Values<F>>> {
	const { fields, ...rest } = property;
	const all = Object.values<Field<unknown>>(fields);
	const options = propertiesOf(fields)
		// n8n would ask for a required field although nobody added it.
		.map((option) => ({ ...option, required: false }))
		.sort(alphabetically(({ displayName }) => displayName));
	return {
		property: { placeholder: 'Add Field', ...rest, type: 'collection', default: {}, options },
		read: (value, label, item) => {
			const given = objectOf(value);
			const read: Record<string, unknown> = {};
			for (const [name, field] of Object.entries(fields)) {
				if (isLeftOut(given[name], item)) continue;
				read[name] = field.read(given[name], `${label} > ${field.property.displayName}`, item);
			}
			return read as Partial<Values<F>>;
		},
		// Drop-downs are the only fields in collections that ask for anything.
		methods: { loadOptions: Object.assign({}, ...all.map(({ methods }) => methods?.loadOptions)) },
	};
}

/** Fields that are added or left out together, under n8n's usual name `values`; absent when not added. */
export function fixedCollection<F extends Fields>(
	property: Texts & { fields: F },
): Field<Values<F> | undefined> {
	const { fields, ...rest } = property;
	const values = propertiesOf(fields);
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
			return readShown(fields, (name, otherwise) => given[name] ?? otherwise, item, `${label} > `);
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

/**
 * What `run` uses of the fields that are shown beside the values of those before them.
 * @param valueOf what was given for a field, or else its default
 * @throws InputError
 */
export function readShown<F extends Fields>(
	fields: F,
	valueOf: (name: string, otherwise: INodeProperties['default']) => unknown,
	item: ItemContext,
	labelBefore = '',
): Values<F> {
	const read: Record<string, unknown> = {};
	for (const [name, { property, read: readField }] of Object.entries(fields)) {
		const { displayName, displayOptions, default: otherwise } = property;
		// What has been read counts: an expression may give the value in another spelling.
		const isShown = Object.entries(displayOptions?.show ?? {}).every(([other, wanted]) =>
			wanted?.some((value) => value === read[other]),
		);
		if (isShown) read[name] = readField(valueOf(name, otherwise), labelBefore + displayName, item);
	}
	return read as Values<F>;
}

export const returnAll = toggle({
	displayName: 'Return All',
	description: 'Whether to return all results or only up to a given limit',
});

export const limit = shownFor(
	{ returnAll: [false] },
	numeric({
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
	const filters = collection({ displayName: 'Filters', placeholder: 'Add Filter', ...property });
	return {
		...filters,
		read: (value, label, item) => {
			const given = isObject(value) && !item.isTool ? value : {};
			const empty = propertiesOf(property.fields).find(
				({ name }) => name in given && isEmpty(given[name]),
			);
			if (!empty) return filters.read(value, label, item);
			throw emptyError(`${label} > ${empty.displayName}`, 'Fill it in, or remove this filter.');
		},
	};
}

const DEFAULT_PARALLEL = 10;
/** Webhook receivers can slow a write of WhatsCloud to 93 seconds (quirk 21). */
const DEFAULT_TIMEOUT_S = 120;

const runOptionFields = {
	parallelRequests: numeric({
		displayName: 'Parallel Requests',
		default: DEFAULT_PARALLEL,
		typeOptions: { minValue: 1, maxValue: 50 },
		description: 'How many items at once; messages to one phone number keep the order of items',
	}),
	timeout: numeric({
		displayName: 'Timeout',
		default: DEFAULT_TIMEOUT_S,
		typeOptions: { minValue: 1, maxValue: 3_600 },
		description: 'How many seconds to wait; slow webhooks in WhatsCloud can make it over a minute',
	}),
	onRateLimit: choice({
		displayName: 'When Rate Limited',
		options: [
			{ name: 'Fail', value: 'fail', description: 'End the item with an error' },
			{ name: 'Wait and Continue', value: 'wait', description: 'Wait as long as WhatsCloud asks' },
		],
		default: 'wait',
		description: 'What to do when the rate limit is reached, usually 60 requests in a minute',
	}),
};

/** The Options collection, with an operation's own options after those of all operations. */
export function optionsWith<F extends Fields>(ownOptions: F) {
	return collection({
		displayName: 'Options',
		placeholder: 'Add option',
		description: 'Settings for how the node runs',
		fields: { ...runOptionFields, ...ownOptions },
	});
}

const runOptions = optionsWith({});

/** Every operation has the Options collection, some with options of their own in it. */
export function withRunOptions(fields: Fields): Fields {
	return { options: runOptions, ...fields };
}

export function runOptionsOf(options: unknown) {
	const {
		parallelRequests = DEFAULT_PARALLEL,
		timeout: seconds = DEFAULT_TIMEOUT_S,
		onRateLimit = 'wait',
	} = (options ?? {}) as Partial<Values<typeof runOptionFields>>;
	return { parallelRequests, timeout: seconds * 1_000, onRateLimit };
}
