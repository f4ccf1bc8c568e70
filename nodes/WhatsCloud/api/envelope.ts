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

/** Whether WhatsApp takes the same message a little later: to anybody, or to this one person. */
export function tooFast(body: Body | undefined): 'all' | 'one' | undefined {
	const { code } = metaError(body) ?? {};
	return code === 130429 ? 'all' : code === 131056 ? 'one' : undefined;
}

const LOOK_IN_MANAGER = 'Look into WhatsApp Manager at Meta.';
const WRONG_VALUES =
	'A value for the template has the wrong form: compare it with the example of the template.';

/** What to do about the failures that users meet most, by Meta's code. */
export const FAILURE_ADVICE: Partial<Record<number, string>> = {
	190: "WhatsCloud's access to your WhatsApp account has ended: connect your WhatsApp number anew in WhatsCloud.",
	368: `Meta has blocked your WhatsApp account for a while for breaking its rules. ${LOOK_IN_MANAGER}`,
	130429: 'Your WhatsApp number sends too much at once; wait a moment.',
	130472: 'WhatsApp holds back marketing messages to this person at present.',
	130497: 'Your WhatsApp account may not write to people in this country.',
	131026:
		'The number has no WhatsApp, its owner has blocked your number, or has not accepted the newest terms of WhatsApp.',
	131030: 'A test number of WhatsApp sends only to the numbers on its list of allowed recipients.',
	131031: `Meta has locked your WhatsApp account. ${LOOK_IN_MANAGER}`,
	131042: 'Meta could not charge your WhatsApp account: check its payment method at Meta.',
	131047:
		'The contact wrote to you more than 24 hours ago: WhatsApp then takes only templates. Use the operation "Send Template".',
	131048: `Too many people have blocked your number or reported it as spam, so that WhatsApp accepts fewer messages from it. ${LOOK_IN_MANAGER}`,
	131049: 'The person got too many marketing messages lately; try again after a day or more.',
	131050:
		'The person does not want marketing messages from you. Other messages still arrive; only the person can change this.',
	131052: 'WhatsApp could not download the file: its address must work for everybody.',
	131053: 'WhatsApp could not use the file: check its type and size, or send another one.',
	131056: 'Too many messages to this number in a short time; wait a moment.',
	131062:
		'WhatsApp sends this kind of message, such as a one-time code, only to a phone number: the person must give you theirs.',
	132000: 'The number of values does not match the variables of the template.',
	132001: 'The template does not exist in this language, or is not approved.',
	132007:
		'The template breaks a rule of WhatsApp: change it in WhatsCloud and have it approved again.',
	132012: WRONG_VALUES,
	132015: 'WhatsApp has paused the template because people complained about it.',
	132016: 'WhatsApp has disabled the template for good because people complained about it.',
	132018: WRONG_VALUES,
	133010: 'Your number is not registered with WhatsApp: connect it anew in WhatsCloud.',
};
