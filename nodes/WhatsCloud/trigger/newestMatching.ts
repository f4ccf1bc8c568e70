import type { ApiRecord } from '../api/pages';
import { ContactList } from './contactList';
import type { ContactSource } from './contactSource';

/** A tenth of what the rate limit allows in a minute. */
const MAX_PAGES = 6;

/**
 * The contact with the highest id on the newest page that holds a matching one, for *Fetch Test Event*;
 * undefined when there is none on the newest pages. Knows and changes no state.
 * @throws whatever the source throws
 */
export async function newestMatching(
	source: ContactSource,
	{ matches, hasTimeLeft }: { matches(contact: ApiRecord): boolean; hasTimeLeft(): boolean },
): Promise<ApiRecord | undefined> {
	const list = new ContactList(source);
	let rows = await list.readNewest();
	for (let page = 1; rows.length > 0; page++) {
		const [newest] = rows.filter(matches).sort((a, b) => b.id - a.id);
		if (newest) return newest;
		if (page === (list.pageCount ?? MAX_PAGES) || page === MAX_PAGES || !hasTimeLeft())
			return undefined;
		rows = await list.read(page + 1);
	}
	return undefined;
}
