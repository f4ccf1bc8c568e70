import type { OnRateLimit } from '../api/retry';
import type { Fields, Values } from '../operation';
import { collection } from './collections';
import { choice, wholeNumber } from './values';

/** How the node works, for all operations; the fields of the Options collection. */
export interface RunOptions {
	parallelRequests: number;
	/** Milliseconds. */
	timeout: number;
	onRateLimit: OnRateLimit;
}

const DEFAULT_PARALLEL = 10;
const MAX_PARALLEL = 50;
/** Webhook receivers can slow a write of WhatsCloud to 93 seconds (quirk 21). */
const DEFAULT_TIMEOUT_S = 120;
const MAX_TIMEOUT_S = 3_600;

const runOptionFields = {
	parallelRequests: wholeNumber({
		displayName: 'Parallel Requests',
		default: DEFAULT_PARALLEL,
		typeOptions: { minValue: 1, maxValue: MAX_PARALLEL },
		description:
			'How many items to work on at the same time. Messages to the same phone number always leave one after the other, in the order of the items.',
	}),
	timeout: wholeNumber({
		displayName: 'Timeout',
		unit: 'seconds',
		default: DEFAULT_TIMEOUT_S,
		typeOptions: { minValue: 1, maxValue: MAX_TIMEOUT_S },
		description:
			'How many seconds to wait for an answer. WhatsCloud can take more than a minute when slow webhooks are set up in it.',
	}),
	onRateLimit: choice({
		displayName: 'When Rate Limited',
		options: [
			{
				name: 'Fail',
				value: 'fail',
				description: 'End the item with an error that says when WhatsCloud takes requests again',
			},
			{
				name: 'Wait and Continue',
				value: 'wait',
				description: 'Wait as long as WhatsCloud asks for, then go on; nothing is lost',
			},
		],
		default: 'wait',
		description: 'What to do when WhatsCloud has had too many requests, usually 60 in a minute',
	}),
};

/** The Options collection, with an operation's own options after those of all operations. */
export function runOptionsWith<F extends Fields>(ownOptions: F) {
	return collection({
		displayName: 'Options',
		placeholder: 'Add option',
		description: 'How the node works, beside what it does',
		fields: { ...runOptionFields, ...ownOptions },
	});
}

const runOptions = runOptionsWith({});

/** Every operation has the Options collection, some with options of their own in it. */
export function withRunOptions(fields: Fields): Fields {
	return { options: runOptions, ...fields };
}

/** Fills in what the Options collection leaves out. */
export function runOptionsOf(options: unknown): RunOptions {
	const {
		parallelRequests = DEFAULT_PARALLEL,
		timeout: seconds = DEFAULT_TIMEOUT_S,
		onRateLimit = 'wait',
	} = (options ?? {}) as Partial<Values<typeof runOptionFields>>;
	return { parallelRequests, timeout: seconds * 1000, onRateLimit };
}
