import type { Account } from '../account.mts';
import type { Contact } from '../records.mts';

const platformName = 'WhatsCloud';

function words({ data, url }: Account, contact: Contact): Record<string, string | null> {
	return {
		contact_first_name: contact.firstname,
		contact_last_name: contact.lastname,
		contact_company: contact.company,
		contact_email: contact.email,
		contact_phone_number: contact.phone,
		contact_website: contact.website,
		contact_type: contact.type,
		lead_status: data.statuses.get(contact.status_id)?.name ?? null,
		lead_source: data.sources.get(contact.source_id)?.name ?? null,
		lead_assigned: contact.assigned_id === null ? null : `User ${contact.assigned_id}`,
		assigned_by: null,
		company_name: platformName,
		base_url: url,
		dark_logo: `${url}/sandbox/media/logo-dark.png`,
		light_logo: `${url}/sandbox/media/logo-light.png`,
	};
}

/** Quirk 40: `{contact_first_name}` and its like are replaced, other words in braces are not. */
export function fillPlaceholders(account: Account, contact: Contact, text: string): string {
	if (!text.includes('{')) return text;
	const known = words(account, contact);
	return text.replaceAll(/@?\{(\w+)\}/g, (typed, name: string) =>
		Object.hasOwn(known, name) ? (known[name] ?? '') : typed,
	);
}
