import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readDelivery } from '../../../nodes/WhatsCloud/webhook/delivery';

export const RECEIVED_AT = '2026-01-16T10:05:00.000Z';

type Headers = Record<string, unknown>;

export function read(body: unknown, headers: Headers = {}) {
	return readText(JSON.stringify(body), headers);
}

/** Undefined for what is refused. */
export function readText(text: string, headers: Headers = {}) {
	const delivered = readDelivery(Buffer.from(text), headers, new Date(RECEIVED_AT));
	return typeof delivered === 'string' ? undefined : delivered;
}

/** The items that a workflow would start with. */
export function itemsOf(body: unknown, headers?: Headers): Array<Record<string, unknown>> {
	return (read(body, headers)?.events ?? []).map(({ item }) => item);
}

export function payloadsOf(body: unknown): unknown[] {
	return (read(body)?.events ?? []).map(({ payload }) => payload);
}

export function keysOf(body: unknown): Array<string | null> {
	return (read(body)?.events ?? []).map(({ key }) => key);
}

export function bodyOf(name: string): Record<string, unknown> {
	const file = join(__dirname, 'bodies', `${name}.json`);
	return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

/** Meta's own payload with one change. */
export function meta(value: object, field = 'messages'): Record<string, unknown> {
	return { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field, value }] }] };
}
