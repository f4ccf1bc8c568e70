import { z } from 'zod';

import { fromJsonText } from '../../json';
import { failureAdvice } from '../../whatsapp/failureAdvice';

const metaSchema = z.object({
	error: z.object({
		message: z.string(),
		code: z.number().optional(),
		error_data: z.object({ details: z.string().optional() }).optional(),
	}),
});

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
		advice: failureAdvice(code),
	};
}
