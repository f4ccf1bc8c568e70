import { stringify } from 'flatted';

type Fields = Partial<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/**
 * n8n keeps `cause` out of what it stores, but a node may copy its texts. The request inside the cause
 * is left out on purpose: n8n's own HTTP client puts the Authorization header there.
 */
const textsOf = (error: unknown, seen = new Set<unknown>()): unknown[] => {
	if (!isObject(error) || seen.has(error)) return [];
	seen.add(error);
	const { name, message, stack, description, context, messages, cause } = error;
	return [name, message, stack, description, context, messages, ...textsOf(cause, seen)];
};

const errorsIn = (value: unknown, seen = new Set<unknown>()): unknown[] => {
	if (!isObject(value) || seen.has(value)) return [];
	seen.add(value);
	// Errors are told by their stack: those Node makes are no instances of jest's own Error.
	if (typeof value.stack === 'string') return [value];
	return Object.values(value).flatMap((part) => errorsIn(part, seen));
};

/** Whatever a user, a log or the execution database could get to see: nowhere is the token in it. */
export const expectNoSecret = (result: unknown, token: string): void => {
	const texts = [result, ...errorsIn(result).flatMap((error) => textsOf(error))].map((part) =>
		typeof part === 'string' ? part : stringify(part),
	);
	// Texts are cut, so that a part of it tells.
	const forms = [token, encodeURIComponent(token), Buffer.from(token).toString('base64')].map(
		(form) => form.slice(0, 24),
	);
	const leaks = texts.flatMap((text) =>
		forms
			.filter((form) => text.includes(form))
			.map((form) => text.slice(Math.max(0, text.indexOf(form) - 60), text.indexOf(form))),
	);
	// The words before the token tell where it leaked, and do not print it themselves.
	expect(leaks).toEqual([]);
};
