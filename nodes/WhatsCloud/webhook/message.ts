import { isObject, objectOf, textOf } from '../checks/json';
import { objectInText } from './body';
import type { EventName, Json, PartEvent } from './event';
import type { Beside, Person } from './people';
import { phoneIn } from './people';

interface MessageType {
	/** In the menu of the option *Message Types*. */
	name: string;
	/** Where it holds what a person would call its text, unless that is a caption. */
	text?: 'body' | 'text';
	isFile?: boolean;
}

/** What a message can hold, by Meta's name for it, which is also the name under which it stands in the message. */
export const MESSAGE_TYPES: Record<string, MessageType> = {
	audio: { name: 'Audio', isFile: true },
	button: { name: 'Button of a Template', text: 'text' },
	contacts: { name: 'Contact Card' },
	document: { name: 'Document', isFile: true },
	image: { name: 'Image', isFile: true },
	interactive: { name: 'Button, List or Form' },
	location: { name: 'Location' },
	order: { name: 'Order' },
	reaction: { name: 'Reaction' },
	request_welcome: { name: 'Chat Opened for the First Time' },
	sticker: { name: 'Sticker', isFile: true },
	system: { name: 'System' },
	text: { name: 'Text', text: 'body' },
	unsupported: { name: 'Unsupported by WhatsApp' },
	video: { name: 'Video', isFile: true },
};

/** `customer_…` in older versions of Meta's API. */
const CHANGED_NUMBER = ['user_changed_number', 'customer_changed_number'];

export interface MessageEvent extends PartEvent {
	person: Person;
}

/** Something that a person wrote, edited or deleted, or their new number; undefined for what has neither an id nor a writer. */
export function readMessage(message: Json, beside: Beside): MessageEvent | undefined {
	return read(message, beside, beside.person(message.from, message.from_user_id), eventOf);
}

/** What the account's own people wrote on their phone. */
export function readEcho(message: Json, beside: Beside): MessageEvent | undefined {
	return read(message, beside, beside.person(message.to, message.to_user_id), () => 'messageEcho');
}

function eventOf(type: string | null, held: Json): EventName {
	if (type === 'edit') return 'messageEdited';
	if (type === 'revoke') return 'messageDeleted';
	const isChange = type === 'system' && CHANGED_NUMBER.includes(textOf(held.type) ?? '');
	return isChange ? 'numberChanged' : 'messageReceived';
}

function read(
	message: Json,
	{ ownNumber }: Beside,
	person: Person,
	chooseEvent: typeof eventOf,
): MessageEvent | undefined {
	const { phone, user_id } = person.ids;
	const message_id = textOf(message.id);
	if (message_id === null && phone === null && user_id === null) return undefined;
	const type = typeOf(message);
	const held = objectOf(heldBy(message));
	const event = chooseEvent(type, held);
	const { original_message_id, wa_id, new_wa_id } = held;
	const fields = {
		...{ message_id, ...person.ids, group_id: textOf(message.group_id), ...ownNumber },
		...(event === 'numberChanged' && { new_phone: phoneIn(wa_id) ?? phoneIn(new_wa_id) }),
		...((type === 'edit' || type === 'revoke') && {
			original_message_id: textOf(original_message_id),
		}),
		...(HAS_CONTENT.includes(event) && { name: person.name, ...contentOf(message) }),
	};
	return { event, at: message.timestamp, identity: message_id, fields, person };
}

const HAS_CONTENT: EventName[] = ['messageReceived', 'messageEdited', 'messageEcho'];

function contentOf(message: Json): Json {
	const type = typeOf(message);
	const held = heldBy(message);
	const { message: edited } = objectOf(held);
	const written = type === 'edit' && isObject(edited) ? edited : message;
	// What WhatsApp can't pass on has its reason beside it.
	const inItsPlace =
		isObject(held) || message.errors === undefined ? null : { errors: message.errors };
	return {
		type,
		...readableParts(written),
		content: type === 'text' ? null : (held ?? inItsPlace),
	};
}

function readableParts(message: Json): Json {
	const type = typeOf(message);
	const held = objectOf(heldBy(message));
	const context = objectOf(message.context);
	const choice = choiceOf(type, held);
	const { response_json } = objectOf(held.nfm_reply);
	return {
		text: textIn(message) ?? choice?.title ?? null,
		reply_to: textOf(held.message_id) ?? textOf(context.id),
		media: type !== null && MESSAGE_TYPES[type]?.isFile === true ? fileOf(held) : null,
		choice,
		form: objectInText(response_json),
		referral: [message.referral, context.referred_product].find(isObject) ?? null,
		forwarded: context.forwarded === true || context.frequently_forwarded === true,
	};
}

function typeOf(message: Json): string | null {
	return textOf(message.type) ?? (message.text === undefined ? null : 'text');
}

function heldBy(message: Json): unknown {
	const type = typeOf(message);
	return type !== null && Object.hasOwn(message, type) ? message[type] : undefined;
}

function textIn(message: Json): string | null {
	const type = typeOf(message) ?? '';
	const text = objectOf(heldBy(message))[MESSAGE_TYPES[type]?.text ?? 'caption'];
	// WhatsCloud's own description of a message has the text of any type as a plain `text`.
	return textOf(text) ?? (typeof message.text === 'string' ? textOf(message.text) : null);
}

/** The pressed button of a template, or the chosen button or row of a menu. */
function choiceOf(
	type: string | null,
	held: Json,
): { id: string | null; title: string | null } | null {
	const reply = [held.button_reply, held.list_reply].find(isObject);
	const pressed = type === 'button' ? { id: held.payload, title: held.text } : objectOf(reply);
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
