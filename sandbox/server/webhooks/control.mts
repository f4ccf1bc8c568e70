import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Account } from '../account.mts';
import { checked, newest } from '../checked.mts';
import { receive } from '../messages/incoming.mts';
import { internationalNumber } from '../messages/internationalNumber.mts';
import { webhookSettingsSchema } from './settings.mts';

/** `message` is as Meta puts it: `{"type":"text","text":{"body":"Hi"}}`. */
const incomingSchema = z
	.object({
		phone: z.string().transform((text, context) => {
			const number = internationalNumber(text);
			if ('digits' in number) return number.digits;
			context.addIssue({ code: 'custom', message: number.problem });
			return z.NEVER;
		}),
		name: z.string().trim().min(1).optional(),
		message: z.object({ type: z.string().min(1) }).passthrough(),
		replyTo: z.string().optional(),
	})
	.strict();

/** What a user would set up in WhatsCloud's dashboard, and what people would do on their phones. */
export function addWebhookControl(app: FastifyInstance, account: Account): void {
	const shown = () => {
		const { recordsUrl, messagesUrl } = account.webhookSettings;
		return { recordsUrl, messagesUrl };
	};
	app.get('/sandbox/webhooks', shown);
	app.put('/sandbox/webhooks', ({ body }, reply) => {
		const change = checked(webhookSettingsSchema.partial(), body, reply);
		if (!change) return reply;
		Object.assign(account.webhookSettings, change);
		account.changes.emit('change');
		return shown();
	});
	app.get('/sandbox/webhook-secret', () => ({ secret: account.webhookSettings.secret }));
	app.get('/sandbox/deliveries', ({ query }) => newest(account.deliveries.entries, query));
	app.get('/sandbox/received', ({ query }) => newest(account.received.entries, query));

	app.post('/sandbox/received', ({ body }, reply) => {
		const incoming = checked(incomingSchema, body, reply);
		if (!incoming) return reply;
		return reply.code(201).send(receive(account, incoming));
	});
}
