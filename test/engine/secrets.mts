import { stringify } from 'flatted';

/**
 * n8n keeps `cause` out of what it stores, but a node may copy its texts. The request inside the cause
 * is left out on purpose: n8n's own HTTP client puts the Authorization header there.
 */
const readable = (error: unknown): unknown[] => {
	const found: unknown[] = [];
	const seen = new Set<unknown>();
	for (let current = error; current instanceof Object && !seen.has(current); ) {
		seen.add(current);
		const { name, message, stack, description, context, messages, cause } = current as Partial<
			Record<string, unknown>
		>;
		found.push(name, message, stack, description, context, messages);
		current = cause as typeof current;
	}
	return found;
};

const errorsIn = (value: unknown, seen = new Set<unknown>()): unknown[] => {
	if (!(value instanceof Object) || seen.has(value)) return [];
	seen.add(value);
	if (value instanceof Error) return [value];
	return Object.values(value).flatMap((part: unknown) => errorsIn(part, seen));
};

/** Whatever a user, a log or the execution database could get to see: nowhere is the token in it. */
export const expectNoSecret = (result: unknown, token: string): void => {
	const texts = [result, ...errorsIn(result).flatMap(readable)].map((part) =>
		typeof part === 'string' ? part : stringify(part),
	);
	const forms = [token, encodeURIComponent(token), Buffer.from(token).toString('base64')];
	const leaks = texts.flatMap((text) =>
		forms
			.filter((form) => text.includes(form))
			.map((form) => text.slice(Math.max(0, text.indexOf(form) - 60), text.indexOf(form))),
	);
	// The words before the token tell where it leaked, and do not print it themselves.
	expect(leaks).toEqual([]);
};
