import type { Api } from '../../api/api';
import { ApiError } from '../../api/errors/ApiError';
import type { ApiRecord, Page } from '../../api/pages';
import { isLastPage, LARGEST_PAGE } from '../../api/pages';
import { Passes } from '../../api/listPasses';

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
