import { ApiError } from './errors/ApiError';
import type { Client } from './client';
import type { ApiRequest } from './http';
import { mayBeTooMuch } from './http';
import type { Page } from './pages';
import { readPage } from './pages';

/** Fewer requests are more speed while 60 a minute are allowed. No page is ever larger. */
export const LARGEST_PAGE = 1_000;
/** Every known server takes a page of this size (quirk 2). */
const SAFE_PAGE = 100;

export interface FirstPage {
	page: Page;
	/** The page size to ask for in the pages after it. */
	size: number;
}

/** Reads pages as large as the server manages, and remembers how large that is. */
export interface PageReader {
	/** Page 1, in the size wanted or the largest that the server takes. @throws ApiError */
	first(path: string, query: ApiRequest['query'], wanted: number): Promise<FirstPage>;
	/** The first page in the size that the server manages, any other in exactly this size. @throws ApiError */
	page(path: string, page: number, perPage: number): Promise<Page>;
	/** @throws ApiError */
	read(path: string, page: number, size: number, query?: ApiRequest['query']): Promise<Page>;
	/**
	 * Whether smaller pages may work where one after the first failed; from then on, pages are smaller.
	 * @param served how many records the server gave for a page
	 */
	shrinksAfter(error: unknown, served: number): boolean;
}

export function createPageReader(client: Pick<Client, 'getBody'>): PageReader {
	let largest = LARGEST_PAGE;

	const shrink = (size: number | undefined) => {
		largest = Math.min(largest, size ?? largest);
		return size !== undefined;
	};

	const first: PageReader['first'] = async (path, query, wanted) => {
		for (;;) {
			const size = Math.min(wanted, largest);
			const canShrink = size > SAFE_PAGE;
			const page = await readPage(client, path, { page: 1, size, query, canShrink }).catch(
				(error: unknown) => {
					if (!shrink(refusedSize(error, size) ?? halfSize(error, size))) throw error;
				},
			);
			if (page) return { page, size };
		}
	};

	return {
		first,
		page: async (path, page, perPage) => {
			const size = Math.min(perPage, LARGEST_PAGE);
			if (page === 1) return (await first(path, undefined, size)).page;
			return await readPage(client, path, { page, size });
		},
		read: async (path, page, size, query) => await readPage(client, path, { page, size, query }),
		shrinksAfter: (error, served) => shrink(halfSize(error, served)),
	};
}

function halfSize(error: unknown, size: number): number | undefined {
	if (!(error instanceof ApiError) || size <= SAFE_PAGE || !mayBeTooMuch(error)) return undefined;
	return Math.max(SAFE_PAGE, Math.floor(size / 2));
}

/** Refused by validation, or by a server whose memory does not hold the page. */
function refusedSize(error: unknown, size: number): number | undefined {
	if (!(error instanceof ApiError) || size <= SAFE_PAGE) return undefined;
	const { status } = error;
	return status === 400 || status === 422 || status === 500 ? SAFE_PAGE : undefined;
}
