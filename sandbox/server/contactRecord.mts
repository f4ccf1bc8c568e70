import type { Account } from './account.mts';
import type { Contact } from './records.mts';
import { isoSeconds } from './timestamps.mts';

/** A contact with the keys that this server knows. */
export function presentContact({ behaviour, now }: Account, contact: Contact): object {
	const { custom_fields_data, is_opted_out, opted_out_date, facebook_psid, ...common } = contact;
	return {
		...common,
		...(behaviour.booleansAsNumbers && { is_enabled: Number(contact.is_enabled) }),
		created_at: contact.created_at ?? isoSeconds(now()),
		updated_at: contact.updated_at ?? isoSeconds(now()),
		...(behaviour.customFields && { custom_fields_data }),
		...(behaviour.optOut && {
			is_opted_out: behaviour.booleansAsNumbers ? Number(is_opted_out) : is_opted_out,
			opted_out_date,
		}),
		...(behaviour.facebookPsid && { facebook_psid }),
	};
}
