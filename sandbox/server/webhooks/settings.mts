import { z } from 'zod';
import { loopbackUrl } from '../loopback.mts';

const url = z
	.string()
	.trim()
	.refine((text) => loopbackUrl(text) !== undefined, {
		message:
			'The sandbox delivers to this computer only: an address that begins with http://localhost or http://127.0.0.1',
	})
	.nullable();

/** What a user of WhatsCloud enters in its dashboard by hand; no part of the API reads or sets it. */
export const webhookSettingsSchema = z
	.object({
		recordsUrl: url.describe('Webhook management: contacts, statuses, sources'),
		messagesUrl: url.describe('WebHooks re-send: WhatsApp messages and their states'),
		recordsOn: z
			.boolean()
			.optional()
			.describe('Webhook management: its main switch, on unless set'),
		secret: z.string().min(1).describe('Signs deliveries; belongs to the installation'),
	})
	.strict();

export type WebhookSettings = z.infer<typeof webhookSettingsSchema>;
