import type { ApiRecord, Page } from '../api/pages';

/** Where the trigger gets its contacts from; each call is one request. */
export interface ContactSource {
	/**
	 * A page of the contact list, pages counted from 1. Sorted by `created_at`, newest first (on one
	 * server perhaps oldest first), without a second key (quirk 3). The server may serve smaller pages
	 * than asked for. `lastPage` and `total` are missing in some list shapes (quirk 1).
	 * @throws BudgetSpent
	 */
	readPage(page: number, perPage: number): Promise<Pick<Page, 'records' | 'lastPage' | 'total'>>;
	/**
	 * One contact, or undefined when there is none with this id (quirk 6).
	 * @throws BudgetSpent
	 */
	readContact(id: number): Promise<ApiRecord | undefined>;
}
