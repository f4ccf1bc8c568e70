import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { isObject, listOf } from '../checks/json';

/** The answer to a send, with what templates have deep inside on top: the message's id and what became of it. */
export function withIds(data: unknown): IDataObject {
	const entries = Object.entries(isObject(data) ? data : {});
	// A top-level `error` would make n8n take the item for a failed one.
	const answer = Object.fromEntries(entries.filter(([key]) => key !== 'error'));
	const { whatsapp_response: response, otp } = answer;
	const [first] = listOf(isObject(response) ? response.messages : undefined);
	const { id, message_status } = isObject(first) ? first : {};
	return {
		message_id: id ?? null,
		...present({ message_status, otp_code: isObject(otp) ? otp.code : undefined }),
		...answer,
	} as IDataObject;
}

interface Sending {
	api: Api;
	params: { phoneNumber: string; contactIfNew?: object; simplify: boolean };
}

/**
 * What a send puts out: the same fields for every kind of message, then those that only this kind has; or the
 * answer as it came.
 */
export function outputOf(
	{ api, params }: Sending,
	answer: IDataObject,
	own: Record<string, unknown>,
): IDataObject {
	const { contact, message_status: status, otp_code } = answer;
	const ofTemplate = isObject(contact) ? contact : {};
	const created = answer.contact_created ?? ofTemplate.created ?? null;
	const isHeld = status !== undefined && status !== 'accepted';
	api.hint('accepted', isObject(contact) ? ACCEPTED : ACCEPTED_FREE);
	if (isHeld) api.hint('held', HELD);
	if (created === true && !params.contactIfNew) api.hint('madeContact', MADE_CONTACT);
	if (!params.simplify) return answer;
	return {
		message_id: answer.message_id,
		phone: params.phoneNumber,
		contact_id: answer.contact_id ?? ofTemplate.id ?? null,
		contact_created: created,
		status: isHeld ? status : (answer.status ?? 'sent'),
		sent_at: sentAt(answer.sent_at),
		...present({ ...own, message_status: status, otp_code }),
	} as IDataObject;
}

const ACCEPTED =
	'WhatsApp has accepted these messages, which does not mean that they are delivered. The WhatsCloud Webhook Trigger tells what became of each.';
const ACCEPTED_FREE =
	"WhatsApp has accepted these messages, which does not mean that they are delivered: they reach people only within 24 hours of their last message to you, your own team's numbers included. At other times, use Send Template.";
const HELD =
	'WhatsApp holds some of these messages back, to assess the quality of the template or because it is paused: see message_status.';
const MADE_CONTACT =
	'WhatsCloud has created contacts for numbers that it did not know, although Contact If New is empty, as its newer versions do: see contact_created.';

const QUARTER_MS = 15 * 60_000;
/** No zone is farther from UTC. */
const MOST_QUARTERS = 14 * 4;

/** The server writes the time of its zone without saying which. It is that in which the message leaves now. */
function sentAt(written: unknown): string {
	const utc = Date.parse(`${String(written).replace(' ', 'T')}Z`);
	// Of templates it does not tell.
	if (Number.isNaN(utc)) return new Date().toISOString();
	const quarters = Math.round((utc - Date.now()) / QUARTER_MS);
	const offset = Math.abs(quarters) <= MOST_QUARTERS ? quarters * QUARTER_MS : 0;
	return new Date(utc - offset).toISOString();
}

/** Without what is not there. */
function present(fields: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(fields).filter(([, value]) => ![undefined, null, ''].includes(value as null)),
	);
}
