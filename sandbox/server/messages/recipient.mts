import type { Account } from '../account.mts';
import type { Call } from '../call.mts';
import { inWords } from '../call.mts';
import { failure, FrameworkFailure, Refusal } from '../envelope.mts';
import { groupIds } from '../groups.mts';
import { isObject, type Input } from '../input.mts';
import type { Contact } from '../records.mts';
import { refuseAboveContactLimit } from '../routes/contacts.mts';
import { newContact } from '../store.mts';
import { isoSeconds } from '../timestamps.mts';
import { email, integer, invalid, maxLength, object, string, type Rules } from '../validation.mts';
import { recordChanged } from '../webhooks/recordEvents.mts';
import { countryId } from './countries.mts';

export interface Recipient {
	contact: Contact;
	created: boolean;
}

/** All but digits and `+` goes, then a leading `+` (quirk 25). */
export function cleanPhone(raw: string): string {
	return raw.replaceAll(/[^\d+]/g, '').replace(/^\+/, '');
}

interface ContactLimits {
	email: number;
	language?: number;
	/** Where nulls are fine, only the text endpoint asks that `contact` is an object. */
	isObject?: true;
}

export function contactRules({ behaviour }: Account, limits: ContactLimits): Rules {
	const isLater = behaviour.contactInSends === 'firstname';
	const [first, last] = isLater ? ['firstname', 'lastname'] : ['first_name', 'last_name'];
	return {
		contact: behaviour.nullsInSends && !limits.isObject ? [] : [object],
		[`contact.${first}`]: [string, maxLength(255)],
		[`contact.${last}`]: [string, maxLength(255)],
		'contact.email': [email, maxLength(limits.email)],
		'contact.country': [string, maxLength(100)],
		'contact.language_code': [string, ...(limits.language ? [maxLength(limits.language)] : [])],
		'contact.groups': [string],
		...(isLater && { 'contact.assigned_id': [integer] }),
	};
}

/** The first contact whose phone ends with the number, or a new one, where the request allows it. */
export async function findOrCreateRecipient(call: Call, phone: string): Promise<Recipient> {
	const { account, input, by } = call;
	const { data, behaviour, now } = account;
	const known = data.contacts.firstWithPhoneEnding(phone);
	if (known) {
		const stored = `+${phone}`;
		if (behaviour.sendsRewritePhone && known.phone !== stored) {
			const previous = { ...known };
			data.contacts.update(known, { phone: stored, updated_at: isoSeconds(now()) });
			const change = { model: 'contact', event: 'updated', record: known, previous } as const;
			await recordChanged(account, change, by);
		}
		refuseOptedOut(account, known);
		return { contact: known, created: false };
	}
	const { contact: sent } = input;
	// A text where an object belongs escapes the handler.
	if (sent !== undefined && sent !== null && typeof sent !== 'object') throw new FrameworkFailure();
	const given = isObject(sent) ? sent : {};
	if (Object.keys(given).length === 0 && !behaviour.sendsCreateContacts) {
		const message = inWords(account, 'Contact not found and auto-creation is disabled');
		throw new Refusal(failure(404, message));
	}
	refuseAboveContactLimit(account);
	if (behaviour.contactInSends === 'first_name' && given['country'] === undefined) {
		throw new Refusal(failure(500, inWords(account, 'Failed to create contact'))); // Quirk 22.
	}
	const contact = create(account, phone, given);
	await recordChanged(account, { model: 'contact', event: 'created', record: contact }, by);
	return { contact, created: true };
}

function refuseOptedOut({ behaviour }: Account, contact: Contact): void {
	if (!behaviour.optOut || !contact.is_opted_out) return;
	throw new Refusal(
		failure(403, 'Contact has opted out of receiving messages', {
			error_code: 'CONTACT_OPTED_OUT',
		}),
	);
}

const textOr = (fallback: string, value: unknown) => (typeof value === 'string' ? value : fallback);

interface Labels {
	get(id: number): { id: number } | undefined;
	find(is: (label: { name: string }) => boolean): { id: number } | undefined;
}

/** Status and source of a new contact: as asked for, as Auto Lead says, by name, or the first. */
function idsOf(account: Account, given: Input): { status_id: number; source_id: number } {
	const { behaviour, data } = account;
	const isLater = behaviour.contactInSends === 'firstname';
	const errors: Record<string, string[]> = {};
	const idOf = (name: 'status' | 'source', labels: Labels, usual: string): number => {
		const field = `${name}_id`;
		const asked = isLater ? (given[field] ?? undefined) : undefined;
		if (asked !== undefined) {
			const label = labels.get(Number(asked));
			if (label) return label.id;
			errors[field] = [`The selected ${name} is invalid or does not belong to this tenant.`];
			return 0;
		}
		const setting = isLater ? behaviour.autoLead?.[name] : undefined;
		const label = labels.find((one) => one.name === usual) ?? labels.find(() => true);
		const id = setting === undefined ? label?.id : Number(setting);
		if (id === undefined && isLater) {
			errors[field] = [`${field}_is_required_configure_auto_lead_settings`];
		}
		return id ?? 0;
	};
	const ids = {
		status_id: idOf('status', data.statuses, 'New'),
		source_id: idOf('source', data.sources, 'API'),
	};
	if (Object.keys(errors).length > 0) throw invalid(account, errors);
	return ids;
}

function create(account: Account, phone: string, given: Input): Contact {
	const { data, behaviour, now } = account;
	const isLater = behaviour.contactInSends === 'firstname';
	const stored = behaviour.sendsRewritePhone ? `+${phone}` : phone;
	const assignee = isLater ? (given['assigned_id'] ?? behaviour.autoLead?.assignee) : undefined;
	return data.contacts.insert({
		...newContact(stored, isoSeconds(now())),
		...idsOf(account, given),
		...(isLater
			? { firstname: textOr(stored, given['firstname']), lastname: textOr('', given['lastname']) }
			: {
					firstname: textOr('Unknown', given['first_name']),
					lastname: textOr('', given['last_name']),
				}),
		email: textOr('', given['email']) || null,
		country_id: countryId(textOr('', given['country'])),
		assigned_id: assignee === undefined ? null : Number(assignee),
		addedfrom: isLater ? 0 : null,
		group_id: typeof given['groups'] === 'string' ? groupIds(data, given['groups']) : null,
	});
}
