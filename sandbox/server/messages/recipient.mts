import type { Account } from '../account.mts';
import { failure, Refusal } from '../envelope.mts';
import { groupIds } from '../groups.mts';
import { isObject, type Input } from '../input.mts';
import type { Contact } from '../records.mts';
import { refuseAboveContactLimit } from '../routes/contacts.mts';
import { newContact } from '../store.mts';
import { isoSeconds } from '../timestamps.mts';
import { email, integer, maxLength, object, string, type Rules } from '../validation.mts';
import { recordChanged } from '../webhooks/recordEvents.mts';
import { countryId } from './countries.mts';

export interface Recipient {
	contact: Contact;
	created: boolean;
}

/** The text and media endpoints drop all but digits and `+`, then a leading `+` (quirk 25). */
export function cleanPhone(raw: string): string {
	return raw.replaceAll(/[^\d+]/g, '').replace(/^\+/, '');
}

export function contactRules(
	{ behaviour }: Account,
	limits: { email: number; language?: number },
): Rules {
	const newer = behaviour.contactNameSpelling === 'firstname';
	const [first, last] = newer ? ['firstname', 'lastname'] : ['first_name', 'last_name'];
	return {
		contact: [object],
		[`contact.${first}`]: [string, maxLength(255)],
		[`contact.${last}`]: [string, maxLength(255)],
		'contact.email': [email, maxLength(limits.email)],
		'contact.country': [string, maxLength(100)],
		'contact.language_code': [string, ...(limits.language ? [maxLength(limits.language)] : [])],
		'contact.groups': [string],
		...(newer && {
			'contact.status_id': [integer],
			'contact.source_id': [integer],
			'contact.assigned_id': [integer],
		}),
	};
}

/** The first contact whose phone ends with the number, or a new one, where the request allows it. */
export async function findOrCreateRecipient(
	account: Account,
	phone: string,
	input: Input,
): Promise<Recipient> {
	const { data, behaviour } = account;
	const known = data.contacts.firstWithPhoneEnding(phone);
	if (known) return { contact: known, created: false };
	const given = isObject(input['contact']) ? input['contact'] : {};
	if (Object.keys(given).length === 0 && !behaviour.sendsCreateContacts) {
		throw new Refusal(failure(404, 'Contact not found and auto-creation is disabled'));
	}
	refuseAboveContactLimit(account);
	if (behaviour.contactCountryRequired && given['country'] === undefined) {
		throw new Refusal(failure(500, 'Failed to create contact')); // Quirk 22.
	}
	const contact = create(account, phone, given);
	await recordChanged(account, { model: 'contact', event: 'created', record: contact });
	return { contact, created: true };
}

const textOr = (fallback: string, value: unknown) => (typeof value === 'string' ? value : fallback);

function create({ data, behaviour, now }: Account, phone: string, given: Input): Contact {
	const newer = behaviour.contactNameSpelling === 'firstname';
	const labelId = (
		name: string,
		first: { find(is: (label: { name: string }) => boolean): { id: number } | undefined },
	) => (first.find((label) => label.name === name) ?? first.find(() => true))?.id ?? 0;
	const chosen = (field: string, otherwise: number) =>
		newer && given[field] !== undefined ? Number(given[field]) : otherwise;
	return data.contacts.insert({
		...newContact(phone, isoSeconds(now())),
		firstname: textOr('Unknown', given[newer ? 'firstname' : 'first_name']),
		lastname: textOr('', given[newer ? 'lastname' : 'last_name']),
		email: textOr('', given['email']) || null,
		country_id: countryId(textOr('', given['country'])),
		status_id: chosen('status_id', labelId('New', data.statuses)),
		source_id: chosen('source_id', labelId('API', data.sources)),
		assigned_id: newer && given['assigned_id'] !== undefined ? Number(given['assigned_id']) : null,
		group_id: typeof given['groups'] === 'string' ? groupIds(data, given['groups']) : null,
	});
}
