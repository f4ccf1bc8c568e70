import { isObject } from '../json';
import { failureAdvice } from '../whatsapp/failureAdvice';
import { phoneDigits } from '../whatsapp/phone';
import { listOf, textOf } from './looseValues';
import type { EventName, Told } from './webhookEvent';

type Json = Record<string, unknown>;

const STATES: Record<string, EventName> = {
	sent: 'messageSent',
	delivered: 'messageDelivered',
	read: 'messageRead',
	failed: 'messageFailed',
};

/** The event of a message that takes this state; undefined for a state that is none of them. */
export function stateEvent(state: unknown): EventName | undefined {
	return typeof state === 'string' && Object.hasOwn(STATES, state) ? STATES[state] : undefined;
}

/** A message as Meta describes it, or another brand with fewer words. */
export function received(message: Json, name?: unknown): Told | undefined {
	const { id, from, timestamp } = message;
	if (textOf(id) === undefined && textOf(from) === undefined) return undefined;
	const type = textOf(message.type) ?? (message.text === undefined ? null : 'text');
	const content = contentOf(message, type);
	const choice = choiceOf(type, content);
	return told('messageReceived', timestamp, {
		...parties(id, from),
		name: textOf(name) ?? null,
		type,
		text: textOf(wordsOf(type, content)) ?? choice?.title ?? null,
		reply_to: textOf(field(content, 'message_id')) ?? textOf(field(message.context, 'id')) ?? null,
		media: mediaOf(type, content),
		choice,
	});
}

/** What became of a message that was sent. */
export function changedState(event: EventName, status: Json): Told | undefined {
	const { id, timestamp } = status;
	const phone = status.recipient_id ?? status.phone ?? status.to;
	if (textOf(id) === undefined && textOf(phone) === undefined) return undefined;
	return told(event, timestamp, {
		...parties(id, phone),
		...(event === 'messageFailed' && failureOf(status)),
	});
}

interface Parties {
	message_id: string | null;
	phone: string | null;
}

function parties(id: unknown, phone: unknown): Parties {
	return { message_id: textOf(id) ?? null, phone: phoneDigits(phone) || null };
}

/** Meta and WhatsCloud both repeat themselves: a message has each state once for each person, however often it is told. */
function told(event: EventName, occurredAt: unknown, fields: Parties & Json): Told {
	const { message_id, phone } = fields;
	const identity = message_id === null ? undefined : `${message_id} ${phone}`;
	return { event, occurredAt, identity, fields };
}

function contentOf(message: Json, type: string | null): unknown {
	return type !== null && Object.hasOwn(message, type) ? message[type] : undefined;
}

function field(value: unknown, name: string): unknown {
	return isObject(value) ? value[name] : undefined;
}

/** What a person would call the text of the message. */
function wordsOf(type: string | null, content: unknown): unknown {
	switch (type) {
		case 'text':
			return isObject(content) ? content.body : content;
		case 'button':
		case 'order':
			return field(content, 'text');
		case 'reaction':
			return field(content, 'emoji');
		case 'location':
			return field(content, 'name');
		default:
			return field(content, 'caption');
	}
}

/** The pressed button of a template, or the chosen button or row of a menu. */
function choiceOf(
	type: string | null,
	content: unknown,
): { id: string | null; title: string | null } | null {
	const reply = field(content, 'button_reply') ?? field(content, 'list_reply');
	const [id, title] =
		type === 'button'
			? [field(content, 'payload'), field(content, 'text')]
			: [field(reply, 'id'), field(reply, 'title')];
	if (textOf(id) === undefined && textOf(title) === undefined) return null;
	return { id: textOf(id) ?? null, title: textOf(title) ?? null };
}

const FILES = ['audio', 'document', 'image', 'sticker', 'video', 'voice'];

function mediaOf(type: string | null, content: unknown): Json | null {
	if (type === null || !FILES.includes(type) || !isObject(content)) return null;
	return {
		id: textOf(content.id) ?? null,
		mime_type: textOf(content.mime_type) ?? null,
		file_name: textOf(content.filename) ?? null,
	};
}

function failureOf(status: Json): { error: string; error_code: number | null } {
	const error = listOf(status.errors)[0];
	const error_code = codeOf(field(error, 'code') ?? status.error_message);
	const reasons = [
		field(error, 'title'),
		field(error, 'message'),
		field(field(error, 'error_data'), 'details'),
		status.error_message,
		failureAdvice(error_code),
	]
		.map((reason) => textOf(reason)?.trim().replace(/\.$/, ''))
		.filter((reason) => reason !== undefined && reason !== '');
	const words = [...new Set(reasons)].join('. ');
	return { error: words === '' ? 'WhatsApp gives no reason.' : `${words}.`, error_code };
}

/** Meta's code, by itself or as `(#131047)` in a sentence. */
function codeOf(value: unknown): number | null {
	const digits = /^\d+$|(?<=#)\d+/.exec(textOf(value) ?? '')?.[0];
	return digits === undefined ? null : Number(digits);
}
