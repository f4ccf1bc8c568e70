import type { ApiRecord } from '../../../nodes/WhatsCloud/api/pages';
import type { Trigger } from './history.mts';

/** The usual polling trigger, deliberately naive: what was created after the newest date of the last poll. */
export const newerThanLastDate: Trigger<{ lastDate: string }> = async (state, source, options) => {
	const contacts: ApiRecord[] = [];
	let lastDate = state?.lastDate ?? '';
	for (let page = 1; ; page++) {
		const { records } = await source.readPage(page, 100);
		const fresh = records.filter((record) => String(record.created_at) > (state?.lastDate ?? ''));
		contacts.push(...fresh);
		for (const { created_at: date } of fresh) if (String(date) > lastDate) lastDate = String(date);
		if (!state || fresh.length < records.length || records.length === 0) break;
	}
	return {
		contacts: state
			? contacts.filter((contact) => options.matches(contact)).sort((a, b) => a.id - b.id)
			: [],
		state: { lastDate },
	};
};
