import { randomBytes, randomUUID } from 'node:crypto';
import type { Account } from '../account.mts';
import { tenantId } from '../store.mts';

/** `2026-01-16T10:02:00+00:00` */
export const webhookTime = ({ now }: Account) => `${now().toISOString().slice(0, 19)}+00:00`;

/** The parts that every webhook in "N8N format" has. */
export function n8nParts(account: Account, type: string, source: string) {
	const seconds = Math.floor(account.now().getTime() / 1000);
	return {
		event: {
			id: `evt_${seconds}_${randomBytes(5).toString('hex')}`,
			type,
			timestamp: webhookTime(account),
			version: '1.0',
		},
		tenant: { id: tenantId, name: 'Example Widgets' },
		metadata: { source, environment: 'production', request_id: randomUUID() },
	};
}

/** The newer format says so in a header of its own. */
export function webhookHeaders(
	account: Account,
	event: string,
	format: 'n8n' | 'legacy',
): Record<string, string> {
	return {
		'User-Agent': 'whatsmark-Webhook/1.0',
		Accept: 'application/json',
		...(format === 'n8n' && { 'X-Webhook-Format': 'n8n' }),
		'X-Webhook-Event': event,
		'X-Webhook-Timestamp': webhookTime(account),
	};
}
