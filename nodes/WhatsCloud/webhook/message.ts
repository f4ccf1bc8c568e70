import { isObject, listOf, textOf } from '../checks/json';
import { failureAdvice } from '../api/errors/failureAdvice';
import { phoneDigits } from '../checks/phone';
import type { EventName, Told } from './webhookEnvelope';

type Json = Record<string, unknown>;

const EVENT_OF_STATE = new Map<unknown, EventName>([
	['sent', 'messageSent'],
	['delivered', 'messageDelivered'],
	['read', 'messageRead'],
	['failed', 'messageFailed'],
]);

/** A message as Meta describes it, or another brand with fewer words. */
export function received(message: Json, name: unknown): Told | undefined {
	const type = textOf(message.type) ?? (message.text === undefined ? null : 'text');
	const content = type === null ? undefined : message[type];
	const choice = choiceOf(type, content);
	return told('messageReceived', message, message.from, {
		name: textOf(name),
		type,
		text: textOf(wordsOf(type, content)) ?? choice?.title ?? null,
		reply_to: textOf(field(content, 'message_id')) ?? textOf(field(message.context, 'id')),
		media: mediaOf(type, content),
		choice,
	});
}

/** What became of a message that was sent; undefined for a state that is no event. */
export function changedState(state: unknown, status: Json): Told | undefined {
	const event = EVENT_OF_STATE.get(state);
	const phone = status.recipient_id ?? status.phone ?? status.to;
	return event && told(event, status, phone, event === 'messageFailed' ? failureOf(status) : {});
}

/** Meta and WhatsCloud both repeat themselves: a message has each state once for each person, however often it is told. */
function told(
	event: EventName,
	{ id, timestamp }: Json,
	person: unknown,
	fields: Json,
): Told | undefined {
	const message_id = textOf(id);
	if (message_id === null && textOf(person) === null) return undefined;
	const phone = phoneDigits(person) || null;
	const identity = message_id === null ? undefined : `${message_id} ${phone}`;
	return { event, occurredAt: timestamp, identity, fields: { message_id, phone, ...fields } };
}

function field(value: unknown, name: string): unknown {
	return isObject(value) ? value[name] : undefined;
}

/** Where a message has what a person would call its text; in a caption otherwise. */
const WORDS = new Map<unknown, string>([
	['text', 'body'],
	['button', 'text'],
	['order', 'text'],
	['reaction', 'emoji'],
	['location', 'name'],
]);

function wordsOf(type: string | null, content: unknown): unknown {
	if (type === 'text' && !isObject(content)) return content;
	return field(content, WORDS.get(type) ?? 'caption');
}

/** The pressed button of a template, or the chosen button or row of a menu. */
function choiceOf(
	type: string | null,
	content: unknown,
): { id: string | null; title: string | null } | null {
	const reply = field(content, 'button_reply') ?? field(content, 'list_reply');
	const id = textOf(type === 'button' ? field(content, 'payload') : field(reply, 'id'));
	const title = textOf(type === 'button' ? field(content, 'text') : field(reply, 'title'));
	return id === null && title === null ? null : { id, title };
}

const FILES = ['audio', 'document', 'image', 'sticker', 'video', 'voice'];

function mediaOf(type: string | null, content: unknown): Json | null {
	if (type === null || !FILES.includes(type) || !isObject(content)) return null;
	return {
		id: textOf(content.id),
		mime_type: textOf(content.mime_type),
		file_name: textOf(content.filename),
	};
}

function failureOf(status: Json): { error: string; error_code: number | null } {
	const [error] = listOf(status.errors);
	const error_code = codeOf(field(error, 'code') ?? status.error_message);
	const reasons = [
		field(error, 'title'),
		field(error, 'message'),
		field(field(error, 'error_data'), 'details'),
		status.error_message,
		failureAdvice(error_code),
	].map((reason) => textOf(reason)?.trim().replace(/\.$/, ''));
	const words = [...new Set(reasons)].filter(Boolean).join('. ');
	return { error: words === '' ? 'WhatsApp gives no reason.' : `${words}.`, error_code };
}

/** Meta's code, by itself or as `(#131047)` in a sentence. */
function codeOf(value: unknown): number | null {
	const digits = /^\d+$|(?<=#)\d+/.exec(textOf(value) ?? '')?.[0];
	return digits === undefined ? null : Number(digits);
}
