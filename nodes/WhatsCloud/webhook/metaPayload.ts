import { isObject, listOf, textOf } from '../checks/json';
import { changedState, received } from './message';
import type { Told } from './webhookEnvelope';

type Json = Record<string, unknown>;
type Parts = Array<Told | undefined>;

/** What Meta's own payload tells, in its order; undefined stands for a part that tells something else. */
export function metaParts({ entry }: Json): Parts {
	return listOf(entry).flatMap((account) =>
		isObject(account) && Array.isArray(account.changes)
			? account.changes.flatMap((change) => changeParts(change, account.time))
			: [undefined],
	);
}

function changeParts(change: unknown, time: unknown): Parts {
	if (!isObject(change) || !isObject(change.value)) return [undefined];
	const { field, value } = change;
	if (field === 'message_template_status_update') return [templateStatus(value, time)];
	const { messages, statuses, contacts, errors } = value;
	const parts = [
		...listOf(messages).map((message) => messagePart(message, listOf(contacts))),
		...listOf(statuses).map(statusPart),
		...listOf(errors).map(() => undefined),
	];
	return parts.length > 0 ? parts : [undefined];
}

function messagePart(message: unknown, contacts: unknown[]): Told | undefined {
	if (!isObject(message)) return undefined;
	const writers = contacts.filter(isObject);
	const writer =
		writers.find(({ wa_id }) => textOf(wa_id) !== null && wa_id === message.from) ??
		(writers.length === 1 ? writers[0] : undefined);
	return received(message, isObject(writer?.profile) ? writer.profile.name : undefined);
}

function statusPart(status: unknown): Told | undefined {
	return isObject(status) ? changedState(status.status, status) : undefined;
}

/** Under the names that WhatsCloud's API gives to the same fields of a template. */
function templateStatus(value: Json, time: unknown): Told | undefined {
	const id = textOf(value.message_template_id);
	if (id === null) return undefined;
	return {
		event: 'templateUpdated',
		occurredAt: time,
		fields: {
			id,
			template_id: id,
			template_name: value.message_template_name ?? null,
			language: value.message_template_language ?? null,
			status: value.event ?? null,
			reason: value.reason ?? null,
			changed_fields: ['status'],
			previous: null,
		},
	};
}
