import type { ApiRecord } from '../../../nodes/WhatsCloud/api/pages';
import type { Trigger } from './history.mts';

/** The usual polling trigger, deliberately naive: what was created after the newest date of the last poll. */
export const newerThanLastDate: Trigger<{ lastDate: string }> = async (lists, state, options) => {
	const isFresh = (contact: ApiRecord) => dateOf(contact) > (state?.lastDate ?? '');
	const fresh: ApiRecord[] = [];
	for (let at = 0; ; at += 100) {
		const { records } = await lists.rows('contacts', at, 100);
		fresh.push(...records.filter(isFresh));
		if (!state || !records.every(isFresh) || records.length === 0) break;
	}
	fresh.sort((a, b) => (dateOf(a) < dateOf(b) ? -1 : 1));
	const taken = state ? fresh.slice(0, options.maxContacts) : fresh;
	const last = taken.at(-1);
	return {
		contacts: state ? taken.filter((contact) => options.matches(contact)) : [],
		state: { lastDate: last ? dateOf(last) : (state?.lastDate ?? '') },
	};
};

const dateOf = (contact: ApiRecord) => String(contact.created_at);
