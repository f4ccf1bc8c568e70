import { z } from 'zod';

import type { ApiResponse } from './http';

/** Laravel's `errors`: texts by field, a list, or a plain string (quirk 13). */
const errorsSchema = z.union([
	z.string(),
	z.array(z.string()),
	z.record(z.union([z.string(), z.array(z.string())])),
]);

const bodySchema = z
	.object({
		status: z.string().optional().catch(undefined),
		message: z.string().optional().catch(undefined),
		errors: errorsSchema.optional().catch(undefined),
		error: z.unknown().optional(),
		data: z.unknown().optional(),
	})
	.passthrough();

export type Body = z.infer<typeof bodySchema>;

/** The JSON object of an answer, or undefined for an empty, HTML, broken or other body (quirk 34). */
export function parseBody(text: string): Body | undefined {
	let json: unknown;
	try {
		json = JSON.parse(withLongNumbersAsText(text));
	} catch {
		return undefined;
	}
	const body = bodySchema.safeParse(json);
	return body.success ? body.data : undefined;
}

/** JSON's strings, and whole numbers that may be too long. */
const STRING_OR_LONG_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Ids of Meta may exceed what a JavaScript number holds (contract, 5.5); as text they stay exact. */
export function withLongNumbersAsText(json: string): string {
	// Most pages have none, and going through each string of a large page costs more than parsing it.
	if (!/\d{16}/.test(json)) return json;
	return json.replace(STRING_OR_LONG_NUMBER, (token) =>
		token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
	);
}

/** The texts of `errors` by field name; a plain string or list stands under the empty name. */
export function errorTexts({ errors = {} }: Pick<Body, 'errors'>): Map<string, string[]> {
	const isByField = typeof errors === 'object' && !Array.isArray(errors);
	// PHP writes an empty object as an empty list.
	const byField = isByField ? errors : errors.length > 0 ? { '': errors } : {};
	return new Map(Object.entries(byField).map(([field, texts]) => [field, [texts].flat()]));
}

/** For how long the server wants to be left alone: in the body (quirk 14), or as a proxy says it. */
export function retryAfterMs(answer: { body?: Body; response?: ApiResponse }): number | undefined {
	const said = answer.body?.retry_after ?? answer.response?.headers['retry-after'];
	const seconds = Number(said ?? NaN);
	const ms = Number.isNaN(seconds) ? Date.parse(String(said)) - Date.now() : seconds * 1000;
	return Number.isNaN(ms) ? undefined : ms;
}
