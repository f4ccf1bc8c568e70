import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readDelivery, type Delivered } from '../../../nodes/WhatsCloud/webhook/delivery';

export const RECEIVED_AT = '2026-01-16T10:05:00.000Z';

type Headers = Record<string, unknown>;

export function read(body: unknown, headers: Headers = {}): Delivered | undefined {
	return readText(JSON.stringify(body), headers);
}

export function readText(text: string, headers: Headers = {}): Delivered | undefined {
	return readDelivery({ raw: Buffer.from(text), headers, receivedAt: new Date(RECEIVED_AT) });
}

/** The items that a workflow would start with. */
export function itemsOf(body: unknown, headers?: Headers): Array<Record<string, unknown>> {
	return (read(body, headers)?.events ?? []).map(({ json }) => json);
}

export function keysOf(body: unknown): string[] {
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
