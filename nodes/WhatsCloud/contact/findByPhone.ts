import type { Api } from '../api/api';
import { ApiError, refusedFields } from '../api/errors/ApiError';
import type { ApiRecord } from '../api/pages';
import { LARGEST_PAGE } from '../api/pages';
import { phoneDigits, phoneKey, phoneSpellings, samePhone } from '../checks/phone';
import { readRecord } from '../records';

/** Rows of the list may serve so long: requests are the account's currency. Older ones are read anew by their id. */
const FRESH_MS = 5 * 60_000;
/** From here on the user should know what the look-ups cost. */
const MANY_REQUESTS = 10;
/** Room for contacts that others create at the same time. */
const SMALL_PAGE = 100;

interface Known {
	contact: ApiRecord;
	/** When it was read or written. */
	since: number;
}

/**
 * Finds contacts by phone number, which the API itself can't. It knows the contacts that this run has read and
 * written, and nothing of other runs.
 *
 * The list is read from its newest contact on until the number is found. Where much of it is left, the server is
 * asked instead whether the number is taken, in each way in which it may be stored.
 */
export class ContactDirectory {
	private readonly api: Api;
	/** The newest first. */
	private readonly byPerson = new Map<string, Known[]>();
	private readonly byId = new Map<number, Known>();
	/** Deleted: rows that are read later may be older than that. */
	private readonly gone = new Set<number>();
	/** Created by this run, on servers that do not tell the new id. */
	private readonly withoutId = new Map<string, ApiRecord>();

	/** Which contacts the list has shown that were there when it was begun, less those that this run deleted. */
	private readonly listed = new Set<number>();
	/** How many rows were read, from the newest on; less the deleted ones, since the others moved up. */
	private position = 0;
	private isAtEnd = false;
	/** All contacts were seen that were there when the list was begun. */
	private isWhole = false;
	/** Of the list when it was begun; undefined where the server does not count. */
	private total: number | undefined;
	/** Until when the list is known: what came later was not seen. */
	private readUntil = 0;
	private pageSize = 1;
	/** The highest id when the list was begun: ids grow. */
	private newestId = Infinity;
	private ways: string[] = [];
	private reading: Promise<void> | undefined;

	private readonly began = Date.now();
	private requests = 0;
	private questions = 0;
	private isLogged = false;

	constructor(api: Api) {
		this.api = api;
	}

	/**
	 * The newest contact of the person with this number, however it is written, as it was at most so long ago.
	 * Undefined only where it is sure that there is none. @throws ApiError
	 */
	async find(phone: string, maxAgeMs = FRESH_MS): Promise<ApiRecord | undefined> {
		for (;;) {
			const known = await this.look(phone);
			if (!known || Date.now() - known.since < maxAgeMs) return known?.contact;
			const { id } = known.contact;
			const now = await readRecord(this.api, 'contacts', { id }).catch(missing);
			if (now) this.remember(now);
			else this.forget(id);
			if (samePhone(now?.phone, phone)) return now;
		}
	}

	/**
	 * Reads what came since the list was begun: as far as it takes to find those with these numbers or, without
	 * numbers, down to a contact that was known before. @throws ApiError
	 */
	async readNewest(phones: string[] = []): Promise<void> {
		const size = Math.max(SMALL_PAGE, Math.ceil(phones.length * 1.1));
		const before = new Set(this.listed);
		const began = Date.now();
		let pages = 0;
		let isCaughtUp = false;
		for await (const { records, isEnd } of this.api.pages('contacts', size)) {
			this.requests++;
			this.add(records);
			isCaughtUp ||= isEnd || records.some(({ id }) => before.has(id));
			if (phones.length === 0 && isCaughtUp) break;
			if (phones.length > 0 && phones.every((phone) => this.stored(phone))) break;
			if (phones.length > 0 && ++pages * records.length > phones.length + 2 * SMALL_PAGE) break;
		}
		if (isCaughtUp) this.readUntil = began;
	}

	/** The contact with exactly this number, as far as it is known. */
	stored(phone: string): ApiRecord | undefined {
		return this.ofPerson(phone).find((contact) => contact.phone === phone);
	}

	/** The contacts of the person with this number that are known, the newest first. */
	idsOf(phone: string): number[] {
		return this.ofPerson(phone).map(({ id }) => id);
	}

	/** A contact that this run created or changed, or read by its id. A new one may have no id yet. */
	remember(contact: ApiRecord): void {
		if (Number.isNaN(contact.id)) {
			this.withoutId.set(phoneKey(contact.phone), contact);
			return;
		}
		this.detach(contact.id);
		this.attach(contact, 'unshift');
	}

	/** A contact that is no longer there. */
	forget(id: number): void {
		this.detach(id);
		this.gone.add(id);
		if (!this.listed.delete(id)) return;
		this.position = Math.max(0, this.position - 1);
		if (this.total !== undefined) this.total--;
	}

	private async look(phone: string): Promise<Known | undefined> {
		let isTaken: boolean | undefined;
		let mayAsk = true;
		const created = this.withoutId.get(phoneKey(phone));
		if (created) await this.readNewest([String(created.phone)]);
		while (!this.known(phone) && !this.isAtEnd) {
			const left = this.total === undefined ? undefined : this.total - this.position;
			if (this.listed.size > 0 && mayAsk && this.isCheaperToAsk(phone, left)) {
				isTaken = await this.isTaken(phone);
				mayAsk = false;
				if (isTaken === false) return this.known(phone);
			} else {
				await this.readOn();
			}
		}
		return this.known(phone) ?? (await this.conclude(phone, isTaken));
	}

	/** The list was read to its end, and the person was not in it. @throws ApiError where that proves nothing */
	private async conclude(phone: string, asked?: boolean): Promise<Known | undefined> {
		if (Date.now() - this.readUntil >= FRESH_MS) await this.readNewest();
		if (this.isWhole || this.known(phone)) return this.known(phone);
		let isTaken = asked;
		if (isTaken === undefined && this.isCheaperToAsk(phone, this.total)) {
			isTaken = await this.isTaken(phone);
		}
		if (isTaken !== false) {
			await this.api.once('contacts, read again', async () => await this.readAgain());
			if (this.isWhole || this.known(phone)) return this.known(phone);
			isTaken ??= await this.isTaken(phone);
		}
		if (isTaken === false) return this.known(phone);
		throw notSure(phone);
	}

	private known(phone: string): Known | undefined {
		return this.byPerson.get(phoneKey(phone))?.[0];
	}

	private ofPerson(phone: string): ApiRecord[] {
		return (this.byPerson.get(phoneKey(phone)) ?? []).map(({ contact }) => contact);
	}

	/** The next rows; who asks while some are being read waits for those. @throws ApiError */
	private async readOn(): Promise<void> {
		const read = async () => {
			const isFirst = this.listed.size === 0;
			const rows = await this.api.rows('contacts', this.position, LARGEST_PAGE);
			if (isFirst) {
				this.readUntil = Date.now();
				this.total = rows.total;
				this.pageSize = Math.max(1, rows.size);
				this.newestId = Math.max(...rows.records.map(({ id }) => id));
				this.ways = waysOfWriting(rows.records);
			}
			this.add(rows.records);
			this.position += rows.records.length;
			this.isAtEnd = rows.isEnd;
			// One page shows all at one moment; of several, rows may have changed places in between.
			this.isWhole = rows.isEnd && (isFirst || this.hasSeenAll);
			this.tellCost();
		};
		this.reading ??= read().finally(() => (this.reading = undefined));
		await this.reading;
	}

	/**
	 * Rows of one second change places between two pages. What was missed at the borders is seen in pages with other
	 * borders, unless the list changes all the time.
	 */
	private async readAgain(): Promise<void> {
		const size = Math.ceil(this.pageSize * 0.9);
		for await (const { records } of this.api.pages('contacts', size)) {
			this.requests++;
			this.add(records);
		}
		this.isWhole = this.hasSeenAll;
		if (this.isWhole) return;
		const { records, isWhole } = await this.api.read('contacts');
		this.add(records);
		this.isWhole = isWhole || this.hasSeenAll;
	}

	private get hasSeenAll(): boolean {
		return this.listed.size >= (this.total ?? Infinity);
	}

	private add(contacts: ApiRecord[]): void {
		for (const contact of contacts) {
			if (this.gone.has(contact.id)) continue;
			if (!this.byId.has(contact.id)) this.attach(contact, 'push');
			if (contact.id <= this.newestId) this.listed.add(contact.id);
		}
	}

	private attach(contact: ApiRecord, place: 'push' | 'unshift'): void {
		const known = { contact, since: Date.now() };
		this.byId.set(contact.id, known);
		const key = phoneKey(contact.phone);
		if (this.withoutId.get(key)?.phone === contact.phone) this.withoutId.delete(key);
		const ofPerson = this.byPerson.get(key) ?? [];
		if (key !== '') this.byPerson.set(key, ofPerson);
		ofPerson[place](known);
	}

	private detach(id: number): void {
		const known = this.byId.get(id);
		this.byId.delete(id);
		const ofPerson = this.byPerson.get(phoneKey(known?.contact.phone)) ?? [];
		if (known && ofPerson.includes(known)) ofPerson.splice(ofPerson.indexOf(known), 1);
	}

	/** Asks as long as all questions of the run together cost less than it does to read so many rows. */
	private isCheaperToAsk(phone: string, rows = Infinity): boolean {
		if (this.api.server.knows('namesAllWrongFields') === false) return false;
		const questions = this.questions + spellings(phone, this.ways).length;
		if (questions >= rows / this.pageSize) return false;
		this.questions = questions;
		return true;
	}

	/** Whether the number is stored in one of the ways asked for; undefined where the server does not tell. */
	private async isTaken(phone: string): Promise<boolean | undefined> {
		for (const spelling of spellings(phone, this.ways)) {
			const wrong = await this.wrongFields(spelling);
			if (!wrong || wrong.has('phone')) return wrong && true;
		}
		return false;
	}

	/**
	 * Which fields the server names of a contact that can't be created. It checks all rules at once, so `phone` is
	 * among them exactly if the number is taken. Undefined for any other answer.
	 */
	private async wrongFields(phone: string): Promise<Set<string> | undefined> {
		this.requests++;
		const impossible = { phone, email: NO_ADDRESS, status_id: 'x', source_id: 'x' };
		const error = await this.api.post('contacts', impossible).catch((reason: unknown) => {
			if (reason instanceof ApiError && reason.status !== 429) return reason;
			throw reason;
		});
		if (!(error instanceof ApiError) || error.outcome === 'unknown') return undefined;
		const wrong = refusedFields(error);
		const namesAll = ['email', 'status_id', 'source_id'].every((field) => wrong.has(field));
		this.api.server.learn('namesAllWrongFields', namesAll);
		return namesAll ? wrong : undefined;
	}

	private tellCost(): void {
		if (++this.requests < MANY_REQUESTS) return;
		const seconds = Math.round((Date.now() - this.began) / 1000);
		const why =
			'WhatsCloud has no search, so its list of contacts is read page by page. Keep the ID of a contact, which every operation puts out, and use By ID: that takes one request.';
		if (!this.isLogged && this.total !== undefined) {
			const pages = Math.ceil(this.total / this.pageSize);
			this.api.log(`Looking for contacts by phone number in a list of ${pages} pages. ${why}`);
		}
		this.isLogged = true;
		this.api.hint(
			'lookUps',
			`Finding contacts by phone number took ${this.requests} requests and ${seconds} seconds. ${why}`,
		);
	}
}

const directories = new WeakMap<Api, ContactDirectory>();

/** One directory serves all items of a run, so that each page is read once. */
export function contactDirectory(api: Api): ContactDirectory {
	const directory = directories.get(api) ?? new ContactDirectory(api);
	directories.set(api, directory);
	return directory;
}

/** No address by any rule, and longer than storage holds. Trimming and shortening leave it none. */
const NO_ADDRESS = 'only asks whether the phone number is taken '.repeat(6);

/** Numbers as digits alone, with + and with 00 are always asked for, and so many others of those seen. */
const MOST_OTHER_WAYS = 2;

/** Each form in which the number may be stored, the likeliest first. @param ways the commonest first */
function spellings(phone: string, ways: string[]): string[] {
	return phoneSpellings(phone).flatMap((digits) => {
		const blank = '#'.repeat(digits.length);
		const plain = [blank, `+${blank}`, `00${blank}`];
		const seen = ways.filter((way) => way.replace(/[^#]/g, '') === blank);
		const others = seen.filter((way) => !plain.includes(way)).slice(0, MOST_OTHER_WAYS);
		const likely = seen.filter((way) => plain.includes(way) || others.includes(way));
		return [...new Set([...likely, ...plain])].map((way) => filled(way, digits));
	});
}

/** How these contacts' numbers are written, with `#` for each digit, the commonest way first: `+# (###) ###`. */
function waysOfWriting(contacts: ApiRecord[]): string[] {
	const counts = new Map<string, number>();
	for (const contact of contacts) {
		const phone = String(contact.phone ?? '');
		// The zeros of an international prefix stay.
		let prefix = phone.replace(/\D/g, '').length - phoneDigits(phone).length;
		const way = phone.replace(/\d/g, (digit) => (prefix-- > 0 ? digit : '#'));
		counts.set(way, (counts.get(way) ?? 0) + 1);
	}
	return [...counts].sort(([, a], [, b]) => b - a).map(([way]) => way);
}

function filled(way: string, digits: string): string {
	let place = 0;
	return way.replace(/#/g, () => digits.charAt(place++));
}

function missing(error: unknown): undefined {
	if (error instanceof ApiError && error.notFound) return undefined;
	throw error;
}

function notSure(phone: string): ApiError {
	return new ApiError(
		{ method: 'GET', path: 'contacts' },
		{
			title: `It is not known which contact has the phone number ${phone}: the list of contacts could not be read whole`,
			description:
				'Nothing was changed, so that no contact is created twice. The list of contacts changes at the moment, so try this item again later. If you know the ID of the contact, use the operation "Update" By ID.',
			outcome: 'refused',
		},
	);
}
