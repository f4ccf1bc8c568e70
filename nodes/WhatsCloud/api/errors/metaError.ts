import { z } from 'zod';

import { fromJsonText } from '../../json';

const metaSchema = z.object({
	error: z.object({
		message: z.string(),
		code: z.number().optional(),
		error_data: z.object({ details: z.string().optional() }).optional(),
	}),
});

/** Advice for the codes of Meta that users meet most. */
const ADVICE: Record<number, string> = {
	130429: 'Your WhatsApp number sends too much at once; wait a moment.',
	131026: 'The number has no WhatsApp, or its owner has not accepted the newest terms of WhatsApp.',
	131030: 'A test number of WhatsApp sends only to the numbers on its list of allowed recipients.',
	131047:
		'The contact wrote to you more than 24 hours ago: WhatsApp then takes only templates. Use the operation "Send Template".',
	131056: 'Too many messages to this number in a short time; wait a moment.',
	132000: 'The number of values does not match the variables of the template.',
	132001: 'The template does not exist in this language, or is not approved.',
};

/** WhatsApp's own reason, which the server passes on as JSON text in `error` (quirk 18). */
export function metaError(
	body: { error?: unknown } | undefined,
): { message: string; details?: string; advice?: string } | undefined {
	const meta = metaSchema.safeParse(fromJsonText(body?.error));
	if (!meta.success) return undefined;
	const { message, code, error_data } = meta.data.error;
	return {
		message,
		details: error_data?.details,
		advice: code === undefined ? undefined : ADVICE[code],
	};
}
