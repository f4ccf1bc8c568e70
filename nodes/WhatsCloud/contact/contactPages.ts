import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { ApiError } from '../api/errors/ApiError';
import type { ApiRecord, Page } from '../api/pages';
import { isLastPage, LARGEST_PAGE } from '../api/pages';
import { Passes } from '../api/listPasses';

/** The account's contacts page by page, the newest first; each page is read once in a run. */
export class ContactPages {
	isAtEnd = false;
	/** All pages were read, and they held all contacts. */
	isWhole = false;
	/** In the order of the list. */
	readonly read: Page[] = [];
	/** How many places of the list were read, less those that deletions of this run have closed. */
	private position = 0;
	private reading: Promise<ApiRecord[]> | undefined;

	private readonly api: Api;

	constructor(api: Api) {
		this.api = api;
	}

	get requests(): number {
		return this.read.length;
	}

	/** How many pages are not read yet; Infinity where the server does not tell. */
	get left(): number {
		const last = this.read.at(-1);
		if (this.isAtEnd) return 0;
		if (last?.total === undefined) return Infinity;
		return Math.ceil(Math.max(0, last.total - this.position) / this.size);
	}

	/** One page more; who asks while one is being read waits for that one. @throws ApiError */
	async next(): Promise<ApiRecord[]> {
		this.reading ??= this.readOn().finally(() => (this.reading = undefined));
		return await this.reading;
	}

	/** The last page, which does not count as read. Undefined where its number is not known, or the server does not give it. */
	async oldest(): Promise<ApiRecord[] | undefined> {
		const last = this.read[0]?.lastPage;
		if (last === undefined) return undefined;
		const page = await this.api.page('contacts', last, this.size).catch((error: unknown) => {
			if (!(error instanceof ApiError)) throw error;
		});
		return page?.records;
	}

	/** A contact of the pages read so far was deleted, and those after it moved up. */
	closeGap(): void {
		this.position = Math.max(0, this.position - 1);
	}

	/** In which pages are asked for: that of the first page, as the server gave it. */
	private get size(): number {
		const [first] = this.read;
		return Math.max(1, first?.perPage ?? first?.records.length ?? 1);
	}

	private async readOn(): Promise<ApiRecord[]> {
		const number = Math.floor(this.position / this.size) + 1;
		const page = await this.api.page('contacts', number, this.read[0] ? this.size : LARGEST_PAGE);
		this.read.push(page);
		this.position = (number - 1) * this.size + page.records.length;
		this.isAtEnd = isLastPage(page, number, number === 1 ? LARGEST_PAGE : this.size);
		if (this.isAtEnd) {
			const passes = new Passes();
			passes.add(this.read);
			this.isWhole = passes.isWhole;
		}
		return page.records;
	}
}

const SMALL_PAGE = 100;

/**
 * Finds contacts that were just created by the phone they were created with, because some servers do not
 * say the new id (quirk 5). Reads the newest contacts, in as few pages as can hold them all. @throws ApiError
 */
export async function newestByPhone(
	api: Api,
	phones: ReadonlySet<string>,
): Promise<Map<string, ApiRecord>> {
	const found = new Map<string, ApiRecord>();
	if (phones.size === 0) return found;
	let pagesLeft = 0;
	for await (const page of api.pages('contacts', pageSizeFor(phones.size))) {
		pagesLeft ||= Math.ceil(phones.size / Math.max(1, page.records.length)) + 2;
		for (const record of page.records) {
			const phone = String(record.phone);
			if (phones.has(phone) && !found.has(phone)) found.set(phone, record);
		}
		if (found.size === phones.size || --pagesLeft === 0) break;
	}
	return found;
}

/** Room for contacts that others create meanwhile. */
function pageSizeFor(phones: number): number {
	return Math.max(SMALL_PAGE, Math.ceil(phones * 1.1));
}

const NOT_FOUND = {
	id: null,
	note: 'The contact was created. WhatsCloud did not say its ID, and it was not found among the newest contacts.',
};

/**
 * Fills in the ids that the server kept to itself (quirk 5), for all items with one look at the newest
 * contacts. A contact that is not found keeps what was sent, with a note, because it was created.
 */
export async function withNewIds(api: Api, outputs: IDataObject[]): Promise<IDataObject[]> {
	const isMissing = ({ id }: IDataObject) => id === undefined;
	const phones = new Set(outputs.filter(isMissing).map(({ phone }) => String(phone)));
	// That the ids can't be read must not look like a failure to create.
	const found = await newestByPhone(api, phones).catch(() => new Map<string, ApiRecord>());
	return outputs.map((output) => {
		if (!isMissing(output)) return output;
		const record = found.get(String(output.phone)) as IDataObject | undefined;
		return record ?? { ...output, ...NOT_FOUND };
	});
}
