import { fromJsonText, isObject } from '../checks/json';
import { withLongNumbersAsText } from '../api/envelope';
import type { Json } from './event';

/** No body of WhatsCloud or Meta comes near it; from some thousand levels on, n8n can't copy an item. */
const MAX_DEPTH = 100;

/** The body as an object, or what is wrong with it, in words. */
export function parseBody(raw: Buffer): Json | string {
	const body = fromJson(raw.toString('utf8').replace(/^\ufeff/, ''));
	if (!isObject(body)) return 'The body is not a JSON object';
	if (isObject(body.whatsapp)) {
		const original = fromJson(body.whatsapp.original_payload);
		if (isObject(original)) {
			body.whatsapp = { ...body.whatsapp, original_payload: original };
		}
	}
	return isNestedTooDeeply(body) ? 'The body is nested too deeply' : body;
}

/** The object that a text inside the body holds as JSON; null for any other text, and for one nested too deeply. */
export function objectInText(text: unknown): Json | null {
	const object = fromJson(text);
	return isObject(object) && !isNestedTooDeeply(object) ? object : null;
}

function fromJson(text: unknown): unknown {
	return typeof text === 'string' ? fromJsonText(withLongNumbersAsText(text)) : undefined;
}

function isNestedTooDeeply(body: unknown): boolean {
	let level = [body];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > MAX_DEPTH) return true;
		level = level.flatMap((value) =>
			typeof value === 'object' && value !== null ? Object.values(value) : [],
		);
	}
	return false;
}
