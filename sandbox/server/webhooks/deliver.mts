import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../account.mts';
import { webhookTime } from './parts.mts';

export interface Attempt {
	/** 0: no answer. */
	status: number;
	/** In words, for people; absent where the receiver took it. */
	problem?: string;
	durationMs: number;
}

/** One webhook on its way, or where it ended. */
export interface Delivery {
	number: number;
	/** ISO 8601. */
	at: string;
	event: string;
	/** The message's or the record's id. */
	about: string;
	url: string;
	body: string;
	attempts: Attempt[];
	state: 'underWay' | 'taken' | 'givenUp';
}

export interface Webhook {
	/** Null: the user has set up none. */
	url: string | null;
	event: string;
	about: string;
	body: string;
	headers: Record<string, string>;
	isSigned: boolean;
	isRetried: boolean;
}

const timeoutMs = 30_000;
const pausesMs = [1000, 2000];

/** Lowercase hex over the raw body, with nothing before it. */
export function signatureOf(body: string, secret: string): string {
	return createHmac('sha256', secret).update(body).digest('hex');
}

function problemOf(status: number): string | undefined {
	if (status >= 200 && status < 300) return undefined;
	if (status === 404) {
		return 'n8n knows no workflow at this address. Is it published or, for a test address, is n8n listening?';
	}
	if (status === 401) {
		return 'n8n refused it: signature missing or wrong. Compare the secret in the credential.';
	}
	return `The receiver answered ${status}.`;
}

async function attempt(
	{ behaviour, cutShort }: Account,
	url: string,
	init: RequestInit,
): Promise<Attempt> {
	const startedAt = performance.now();
	const done = (status: number, problem = problemOf(status)): Attempt => ({
		...{ status, durationMs: Math.round(performance.now() - startedAt) },
		...(problem !== undefined && { problem }),
	});
	const { signal } = cutShort;
	try {
		// A redirect could lead off this computer, and counts as a refusal.
		const { status } = await fetch(url, {
			...init,
			redirect: 'manual',
			signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
		});
		const slowness = behaviour.slowReceiverMs ?? 0;
		await sleep(Math.min(slowness, timeoutMs), undefined, { ref: false, signal });
		return slowness < timeoutMs ? done(status) : done(0, 'No answer within 30 seconds.');
	} catch (error) {
		const isTimeout = error instanceof Error && error.name === 'TimeoutError';
		return done(
			0,
			isTimeout
				? 'No answer within 30 seconds.'
				: 'Nobody answers at this address. Is n8n running there?',
		);
	}
}

async function deliverOnce(account: Account, webhook: Webhook, url: string): Promise<void> {
	const { deliveries, changes, cutShort, now, webhookSettings } = account;
	const { event, about, body, isSigned, isRetried } = webhook;
	const delivery: Delivery = {
		number: account.nextDeliveryNumber++,
		at: now().toISOString(),
		...{ event, about, url, body, attempts: [], state: 'underWay' },
	};
	deliveries.add(delivery);
	changes.emit('change');
	const headers: Record<string, string> = {
		'Content-Type': 'application/json',
		...webhook.headers,
		...(isSigned && { 'X-Webhook-Signature': signatureOf(body, webhookSettings.secret) }),
	};
	for (const pause of isRetried ? [0, ...pausesMs] : [0]) {
		await sleep(pause, undefined, { ref: false, signal: cutShort.signal });
		// The body stays the same over the attempts, the time is that of each.
		const isTimed = 'X-Webhook-Timestamp' in headers;
		const time = isTimed && { 'X-Webhook-Timestamp': webhookTime(account) };
		const sent = { method: 'POST', headers: { ...headers, ...time }, body };
		const made = await attempt(account, url, sent);
		delivery.attempts.push(made);
		if (made.problem === undefined) delivery.state = 'taken';
		changes.emit('change');
		if (delivery.state === 'taken') return;
	}
	delivery.state = 'givenUp';
	changes.emit('change');
}

/** Resolves when the receiver has taken it or no attempt is left, which can be 93 seconds later. */
export async function deliver(account: Account, webhook: Webhook): Promise<void> {
	const { url } = webhook;
	if (url === null) return;
	const { signal } = account.cutShort;
	try {
		await deliverOnce(account, webhook, url);
		if (account.behaviour.webhooksFireTwice) await deliverOnce(account, webhook, url);
	} catch (error) {
		if (!signal.aborted) throw error;
	}
}
