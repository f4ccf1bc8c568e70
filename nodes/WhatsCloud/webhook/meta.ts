import { FAILURE_ADVICE } from '../api/errors/words';
import { isObject, listOf, objectOf, textOf } from '../checks/json';
import { phoneDigits } from '../checks/phone';
import type { BodyEvent, EventName, Json, PartEvent } from './body';
import { objectInText, otherEvent } from './body';

type Beside = ReturnType<typeof besideOf>;
type Person = ReturnType<Beside['person']>;
type Reader = (part: Json, beside: Beside) => PartEvent | undefined;

const READERS = new Map<string, Reader>([
	['messages', readMessage],
	['statuses', readState],
	['message_echoes', readEcho],
]);

export function metaEvents(body: Json): BodyEvent[] {
	return listOf(body.entry).flatMap((account) => {
		if (!isObject(account) || !Array.isArray(account.changes))
			return [otherEvent(null, { ...body, entry: [account] })];
		const bodyWith = (change: unknown) => ({ ...body, entry: [{ ...account, changes: [change] }] });
		return account.changes.flatMap((change) => changeEvents(change, account.time, bodyWith));
	});
}

type BodyWith = (part: unknown) => Json;

function changeEvents(change: unknown, time: unknown, bodyWith: BodyWith): BodyEvent[] {
	const { field, value } = objectOf(change);
	if (field === 'message_template_status_update') {
		const event = readTemplateState(objectOf(value));
		if (event) return [{ ...event, at: time, payload: bodyWith(change) }];
	}
	const type = textOf(field);
	const events = partsOf(objectOf(value)).map(({ event, alone }) => {
		const payload = bodyWith({ ...objectOf(change), value: alone });
		return event ? { ...event, at: event.at ?? time, payload } : otherEvent(type, payload, time);
	});
	return events.length > 0 ? events : [otherEvent(type, bodyWith(change), time)];
}

/** Each entry of the value's lists with its event, and the value as it would be with this entry alone. */
function partsOf(value: Json): Array<{ event?: PartEvent; alone: Json }> {
	const named = Object.entries(value).filter(([name]) => name !== 'contacts');
	const lists = named.filter(([, list]) => Array.isArray(list));
	if (!lists.some(([name]) => READERS.has(name))) return [];
	const beside = besideOf(value);
	const shared = Object.fromEntries(named.filter(([, list]) => !Array.isArray(list)));
	return lists.flatMap(([name, list]) =>
		listOf(list).map((entry) => {
			const event = isObject(entry) ? READERS.get(name)?.(entry, beside) : undefined;
			const contacts = event?.contact && [event.contact];
			return { event, alone: { ...shared, ...(contacts && { contacts }), [name]: [entry] } };
		}),
	);
}

/** What Meta tells once for all messages that come together, beside them in the value of a change. */
export function besideOf({ metadata, contacts }: Json) {
	const known = listOf(contacts).filter(isObject);
	const byId = new Map<unknown, Json>(
		known.flatMap((contact) => [contact.wa_id, contact.user_id].map((id) => [id, contact])),
	);
	byId.delete(undefined);
	// WhatsApp's id of a person may be another than the number; with one contact, there is no doubt.
	const onlyOne = known.length === 1 ? known[0] : undefined;
	const { phone_number_id, display_phone_number } = objectOf(metadata);
	return {
		/** The account's own number that the messages belong to. */
		ownNumber: {
			phone_number_id: textOf(phone_number_id),
			display_phone_number: textOf(display_phone_number),
		},
		/** Who is on the other side of a message. */
		person(number: unknown, userId: unknown) {
			const contact = byId.get(userId) ?? byId.get(number) ?? onlyOne;
			const { name, username } = objectOf(contact?.profile);
			return {
				ids: {
					phone: phoneIn(number) ?? phoneIn(contact?.wa_id),
					user_id: textOf(userId) ?? textOf(contact?.user_id) ?? userIdIn(number),
					username: textOf(username),
				},
				name: textOf(name),
				contact,
			};
		},
	};
}

function phoneIn(value: unknown): string | null {
	return phoneDigits(value) || null;
}

/** WhatsApp's id of a person for this business: `US.13491208655302741918`. */
function userIdIn(value: unknown): string | null {
	return typeof value === 'string' && /^[A-Z]{2}\.[\w.]+$/.test(value) ? value : null;
}

/** A template that WhatsApp approved, refused or paused, under the names that WhatsCloud's API gives to the same fields. */
export function readTemplateState(value: Json): PartEvent | undefined {
	const id = textOf(value.message_template_id);
	if (id === null) return undefined;
	return {
		event: 'templateUpdated',
		identity: null,
		fields: {
			...{ id, template_id: id, template_name: value.message_template_name ?? null },
			...{ language: value.message_template_language ?? null, status: value.event ?? null },
			...{ reason: value.reason ?? null, changed_fields: ['status'], previous: null },
		},
	};
}

const EVENT_OF_STATE = new Map<unknown, EventName>([
	['sent', 'messageSent'],
	['delivered', 'messageDelivered'],
	['read', 'messageRead'],
	['failed', 'messageFailed'],
]);

/** What became of a message that was sent; undefined for a state that is no event. */
export function readState(state: Json, { ownNumber, person }: Beside): PartEvent | undefined {
	const event = EVENT_OF_STATE.get(state.status);
	const isInGroup = state.recipient_type === 'group';
	// A message to a group has its states once for each member.
	const { ids, contact } = isInGroup
		? person(state.recipient_participant_id, state.recipient_participant_user_id)
		: person(state.recipient_id, state.recipient_user_id);
	const message_id = textOf(state.id);
	const someone = ids.phone ?? ids.user_id;
	if (event === undefined || (message_id ?? someone) === null) return undefined;
	const fields = {
		...{ message_id, ...ids, group_id: isInGroup ? textOf(state.recipient_id) : null },
		...{ ...ownNumber, pricing: isObject(state.pricing) ? state.pricing : null },
		...(event === 'messageFailed' && failureOf(state)),
	};
	const identity = message_id !== null && isInGroup ? `${message_id} ${someone}` : message_id;
	return { event, at: state.timestamp, identity, fields, contact };
}

function failureOf({ errors, error_message }: Json): Json {
	const { code, title, message, error_data } = objectOf(listOf(errors)[0]);
	// Meta's code, by itself or as `(#131047)` in a sentence.
	const digits = /^\d+$|(?<=#)\d+/.exec(textOf(code ?? error_message) ?? '')?.[0];
	const error_code = digits === undefined ? null : Number(digits);
	const { details } = objectOf(error_data);
	const reasons = [title, message, details, error_message, FAILURE_ADVICE[error_code ?? 0]].map(
		(reason) => textOf(reason)?.trim().replace(/\.$/, ''),
	);
	const words = [...new Set(reasons)].filter(Boolean).join('. ');
	return { error: words === '' ? null : `${words}.`, error_code };
}

/** What a message can hold, by Meta's name for it, in the order and words of the option *Message Types*. */
export const MESSAGE_TYPES: Record<string, string> = {
	audio: 'Audio',
	button: 'Button of a Template',
	interactive: 'Button, List or Form',
	request_welcome: 'Chat Opened for the First Time',
	contacts: 'Contact Card',
	document: 'Document',
	image: 'Image',
	location: 'Location',
	order: 'Order',
	reaction: 'Reaction',
	sticker: 'Sticker',
	system: 'System',
	text: 'Text',
	unsupported: 'Unsupported by WhatsApp',
	video: 'Video',
};

const FILE_TYPES = ['audio', 'document', 'image', 'sticker', 'video'];

/** `customer_…` in older versions of Meta's API. */
const CHANGED_NUMBER = ['user_changed_number', 'customer_changed_number'];

/** Something that a person wrote, edited or deleted, or their new number; undefined for what has neither an id nor a writer. */
export function readMessage(message: Json, beside: Beside): PartEvent | undefined {
	const writer = beside.person(message.from, message.from_user_id);
	return messageEvent(eventOf(message), message, writer, beside);
}

/** What the account's own people wrote on their phone. */
function readEcho(message: Json, beside: Beside): PartEvent | undefined {
	const reader = beside.person(message.to, message.to_user_id);
	return messageEvent('messageEcho', message, reader, beside);
}

function eventOf(message: Json): EventName {
	const { type, held } = contentIn(message);
	if (type === 'edit') return 'messageEdited';
	if (type === 'revoke') return 'messageDeleted';
	const change = textOf(objectOf(held).type) ?? '';
	const isChanged = type === 'system' && CHANGED_NUMBER.includes(change);
	return isChanged ? 'numberChanged' : 'messageReceived';
}

const HAS_CONTENT: EventName[] = ['messageReceived', 'messageEdited', 'messageEcho'];

function messageEvent(
	event: EventName,
	message: Json,
	{ ids, name, contact }: Person,
	{ ownNumber }: Beside,
): PartEvent | undefined {
	const message_id = textOf(message.id);
	if ((message_id ?? ids.phone ?? ids.user_id) === null) return undefined;
	const { type, held } = contentIn(message);
	const { original_message_id, wa_id, new_wa_id, message: edited } = objectOf(held);
	const written = type === 'edit' && isObject(edited) ? edited : message;
	// What WhatsApp can't pass on has its reason beside it.
	const reason = message.errors === undefined ? null : { errors: message.errors };
	const content = type === 'text' ? null : (held ?? reason);
	const fields = {
		...{ message_id, ...ids, group_id: textOf(message.group_id), ...ownNumber },
		...(event === 'numberChanged' && { new_phone: phoneIn(wa_id) ?? phoneIn(new_wa_id) }),
		...((type === 'edit' || type === 'revoke') && {
			original_message_id: textOf(original_message_id),
		}),
		...(HAS_CONTENT.includes(event) && { name, type, ...readableParts(written), content }),
	};
	return { event, at: message.timestamp, identity: message_id, fields, contact };
}

/** What a message holds stands in it under the name of its type. */
function contentIn(message: Json): { type: string | null; held: unknown } {
	const type = textOf(message.type) ?? (message.text === undefined ? null : 'text');
	const held = type !== null && Object.hasOwn(message, type) ? message[type] : undefined;
	return { type, held };
}

/** Where a type holds what a person would call its text, unless that is a caption. */
const TEXT_IN = new Map<unknown, string>([
	['text', 'body'],
	['button', 'text'],
]);

function readableParts(message: Json): Json {
	const { type, held } = contentIn(message);
	const parts = objectOf(held);
	const context = objectOf(message.context);
	// WhatsCloud's own description of a message has the text of any type as a plain `text`.
	const plain = typeof message.text === 'string' ? message.text : null;
	const choice = choiceOf(type, parts);
	const { response_json } = objectOf(parts.nfm_reply);
	return {
		text: textOf(parts[TEXT_IN.get(type) ?? 'caption']) ?? textOf(plain) ?? choice?.title ?? null,
		reply_to: textOf(parts.message_id) ?? textOf(context.id),
		media: type !== null && FILE_TYPES.includes(type) ? fileOf(parts) : null,
		choice,
		form: objectInText(response_json),
		referral: [message.referral, context.referred_product].find(isObject) ?? null,
		forwarded: context.forwarded === true || context.frequently_forwarded === true,
	};
}

/** The pressed button of a template, or the chosen button or row of a menu. */
function choiceOf(
	type: string | null,
	{ payload, text, button_reply, list_reply }: Json,
): { id: string | null; title: string | null } | null {
	const reply = objectOf([button_reply, list_reply].find(isObject));
	const pressed = type === 'button' ? { id: payload, title: text } : reply;
	const [id, title] = [textOf(pressed.id), textOf(pressed.title)];
	return id === null && title === null ? null : { id, title };
}

function fileOf({ id, mime_type, filename, sha256, url, voice }: Json): Json {
	return {
		...{ id: textOf(id), mime_type: textOf(mime_type), file_name: textOf(filename) },
		...{ sha256: textOf(sha256), url: textOf(url) },
		voice: typeof voice === 'boolean' ? voice : null,
	};
}
