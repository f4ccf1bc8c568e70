import { z } from 'zod';

import { fromJsonText } from '../checks/json';
import type { ApiResponse } from './http';

const texts = z.union([z.string(), z.array(z.string())]);

/** What WhatsCloud wraps its data in. A part that has another form counts as absent; other keys stay. */
const bodySchema = z
	.object({
		status: z.string().optional().catch(undefined),
		message: z.string().optional().catch(undefined),
		/** Laravel's texts by field, a list, or one text (quirk 13). */
		errors: z
			.union([texts, z.record(texts.catch([]))])
			.optional()
			.catch(undefined),
	})
	.passthrough();

export type Body = z.infer<typeof bodySchema>;

/** The JSON object of an answer, or undefined for an empty, HTML, broken or other body (quirk 34). */
export function parseBody(text: string): Body | undefined {
	return bodySchema.safeParse(fromJsonText(withLongNumbersAsText(text))).data;
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

/** The texts of `errors` by field name; those that name no field stand under the empty name. */
export function errorTexts({ errors = [] }: Pick<Body, 'errors'>): Map<string, string[]> {
	const isByField = typeof errors === 'object' && !Array.isArray(errors);
	// PHP writes an empty object as an empty list.
	const byField = isByField ? errors : errors.length > 0 ? { '': errors } : {};
	return new Map(Object.entries(byField).map(([field, said]) => [field, [said].flat()]));
}

/** For how long the server wants to be left alone: in the body (quirk 14), or as a proxy says it. */
export function retryAfterMs(answer: { body?: Body; response?: ApiResponse }): number | undefined {
	const said = answer.body?.retry_after ?? answer.response?.headers['retry-after'];
	const seconds = Number(said ?? NaN);
	const ms = Number.isNaN(seconds) ? Date.parse(String(said)) - Date.now() : seconds * 1000;
	return Number.isNaN(ms) ? undefined : ms;
}

const metaSchema = z.object({
	error: z.object({
		message: z.string(),
		code: z.number().optional(),
		error_data: z.object({ details: z.string().optional() }).optional(),
	}),
});

/**
 * WhatsApp's own reason: for texts and files as JSON text in `error` (quirk 18), for templates in newer versions
 * as words, which begin with the code in brackets.
 */
export function metaError(
	body: Body = {},
): { message: string; details?: string; code?: number } | undefined {
	const error = metaSchema.safeParse(fromJsonText(body.error)).data?.error;
	if (error) return { ...error, details: error.error_data?.details };
	const message = errorTexts(body).get('whatsapp')?.filter(Boolean).join(', ');
	return message ? { message, code: Number(/^\(#(\d{1,9})\)/.exec(message)?.[1]) } : undefined;
}
