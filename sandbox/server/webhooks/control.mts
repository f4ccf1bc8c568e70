import type { FastifyInstance } from 'fastify';
import type { Account } from '../account.mts';
import { checked, newest } from '../checked.mts';
import { incomingSchema, receive } from '../messages/incoming.mts';
import { webhookSettingsSchema } from './settings.mts';

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
