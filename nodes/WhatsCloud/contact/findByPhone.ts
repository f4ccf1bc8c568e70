import type { IDataObject } from 'n8n-workflow';

import type { Api } from '../api/api';
import { ApiError, refusedFields } from '../api/errors/ApiError';
import type { Pass } from '../api/lists';
import type { ApiRecord } from '../api/pages';
import { phoneDigits, phoneKey, phoneSpellings, samePhone } from '../checks/phone';
import { readRecord, refusal } from '../records';
import type { Presentation } from './contactRecord';
import { presented } from './contactRecord';

/** Rows of the list may serve so long, which saves requests. Older ones are read anew by their id. */
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
class ContactDirectory {
	private readonly api: Api;
	private readonly list: Pass;
	/** The newest first. */
	private readonly byPerson = new Map<string, Known[]>();
	private readonly byId = new Map<number, Known>();
	/** Deleted: rows that are read later may be older than that. */
	private readonly gone = new Set<number>();
	/** Created by this run, on servers that do not tell the new id. */
	private readonly withoutId = new Map<string, ApiRecord>();
	/** Until when the list is known: what came later was not seen. */
	private knownUntil = 0;
	private ways: string[] | undefined;
	private readonly began = Date.now();
	private requests = 0;
	private questions = 0;
	/** Until a refusal has not named all fields that are wrong. */
	private mayAsk = true;

	constructor(api: Api) {
		this.api = api;
		this.list = api.passOf('contacts');
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
			const now = await readRecord(this.api, 'contacts', { id }).catch((error: unknown) => {
				if (error instanceof ApiError && error.status === 404) return undefined;
				throw error;
			});
			if (now) this.remember(now);
			else this.forget(id);
			if (samePhone(now?.phone, phone)) return now;
		}
	}

	/**
	 * Reads what came since the list was begun: as far as it takes to find those with these numbers or, without
	 * numbers, down to a contact of the list. @throws ApiError
	 */
	async readNewest(phones: string[] = []): Promise<void> {
		const size = Math.max(SMALL_PAGE, Math.ceil(phones.length * 1.1));
		const most = phones.length > 0 ? phones.length + 2 * SMALL_PAGE : Infinity;
		for await (const { from, records } of this.api.pages('contacts', size)) {
			this.reportRequests();
			this.add(records);
			const isFound = phones.every((phone) => this.stored(phone));
			const isListed = phones.length > 0 || records.some(({ id }) => this.list.has(id));
			if ((isFound && isListed) || from + records.length >= most) break;
		}
	}

	/** The contact with exactly this number, as far as it is known. */
	stored(phone: string): ApiRecord | undefined {
		return this.ofPerson(phone).find((contact) => contact.phone === phone);
	}

	/** The contacts of the person with this number that are known, the newest first. */
	ofPerson(phone: string): ApiRecord[] {
		return (this.byPerson.get(phoneKey(phone)) ?? []).map(({ contact }) => contact);
	}

	/** A contact that this run created or changed, or read by its id. A new one may have no id yet. */
	remember(contact: ApiRecord): void {
		if (Number.isNaN(contact.id)) {
			this.withoutId.set(phoneKey(contact.phone), contact);
			return;
		}
		this.detach(contact.id);
		this.attach(contact);
	}

	forget(id: number): void {
		this.detach(id);
		this.gone.add(id);
		this.list.noteDeleted(id);
	}

	private async look(phone: string): Promise<Known | undefined> {
		const created = this.withoutId.get(phoneKey(phone));
		if (created) await this.readNewest([String(created.phone)]);
		let isTaken: boolean | undefined;
		let mayAsk = true;
		while (!this.known(phone) && !this.list.isEnd) {
			const { at, total = Infinity } = this.list;
			if (at > 0 && mayAsk && this.reserveQuestions(phone, total - at)) {
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
		const now = Date.now();
		if (now - this.knownUntil >= FRESH_MS) {
			await this.readNewest();
			this.knownUntil = now;
		}
		const isWhole = await this.api.once('contacts, read whole', () => this.readWhole());
		// That reading may be older than a contact that this run has created.
		const isKnown = isWhole && !this.withoutId.has(phoneKey(phone));
		if (isKnown || this.known(phone)) return this.known(phone);
		if ((asked ?? (await this.isTaken(phone))) === false) return this.known(phone);
		throw refusal('contacts', {
			title: `It is not known which contact has the phone number ${phone}: the list of contacts could not be read whole`,
			description:
				'Nothing was changed, so that no contact is created twice. The list of contacts changes at the moment, so try this item again later. If you know the ID of the contact, use the operation "Update" By ID.',
		});
	}

	private known(phone: string): Known | undefined {
		return this.byPerson.get(phoneKey(phone))?.[0];
	}

	private async readOn(): Promise<void> {
		const { at, records } = this.list;
		if (at === 0) this.knownUntil = Date.now();
		await this.list.readOn();
		this.add(records.slice(at));
		this.reportRequests();
	}

	/** Whether all contacts are known then. */
	private async readWhole(): Promise<boolean> {
		const { records, isWhole, repeated } = await this.api.readRest('contacts');
		this.add(records);
		this.reportRequests(repeated);
		return isWhole;
	}

	private add(contacts: ApiRecord[]): void {
		for (const contact of contacts)
			if (!this.byId.has(contact.id) && !this.gone.has(contact.id)) this.attach(contact);
	}

	private attach(contact: ApiRecord): void {
		const known = { contact, since: Date.now() };
		this.byId.set(contact.id, known);
		const key = phoneKey(contact.phone);
		if (this.withoutId.get(key)?.phone === contact.phone) this.withoutId.delete(key);
		const others = this.byPerson.get(key) ?? [];
		const newestFirst = [known, ...others].sort((a, b) => b.contact.id - a.contact.id);
		if (key !== '') this.byPerson.set(key, newestFirst);
	}

	private detach(id: number): void {
		const key = phoneKey(this.byId.get(id)?.contact.phone);
		this.byId.delete(id);
		const others = this.byPerson.get(key)?.filter(({ contact }) => contact.id !== id);
		if (others) this.byPerson.set(key, others);
	}

	/** Whether to ask: all questions of the run together must cost less than it does to read so many rows. */
	private reserveQuestions(phone: string, rows: number): boolean {
		if (!this.mayAsk) return false;
		const questions = this.questions + this.spellings(phone).length;
		if (questions >= rows / this.list.size) return false;
		this.questions = questions;
		return true;
	}

	/** Whether the number is stored in one of the ways asked for; undefined where the server does not tell. */
	private async isTaken(phone: string): Promise<boolean | undefined> {
		for (const spelling of this.spellings(phone)) {
			const isTaken = await this.isStoredAs(spelling);
			if (isTaken !== false) return isTaken;
		}
		return false;
	}

	/**
	 * Asks for a contact that can't be created. The server checks all rules at once, so `phone` is among the wrong
	 * fields exactly if the number is taken. Undefined for any other answer.
	 */
	private async isStoredAs(phone: string): Promise<boolean | undefined> {
		this.reportRequests();
		const impossible = { phone, email: NO_ADDRESS, status_id: 'x', source_id: 'x' };
		const error = await this.api.post('contacts', impossible).catch((reason: unknown) => {
			if (reason instanceof ApiError && reason.status !== 429) return reason;
			throw reason;
		});
		if (!(error instanceof ApiError) || error.outcome === 'unknown') return undefined;
		const wrong = refusedFields(error);
		const namesAll = ['email', 'status_id', 'source_id'].every((field) => wrong.has(field));
		this.mayAsk = namesAll;
		return namesAll ? wrong.has('phone') : undefined;
	}

	/** Each form in which the number may be stored, the likeliest first. */
	private spellings(phone: string): string[] {
		const ways = (this.ways ??= waysOfWriting(this.list.records));
		return phoneSpellings(phone).flatMap((digits) => {
			const blank = '#'.repeat(digits.length);
			const plain = [blank, `+${blank}`, `00${blank}`];
			const isFitting = (way: string) => way.replace(/[^#]/g, '') === blank;
			const fitting = new Set([...ways, ...plain].filter(isFitting));
			const rare = [...fitting].filter((way) => !plain.includes(way)).slice(MOST_OTHER_WAYS);
			return [...fitting]
				.filter((way) => !rare.includes(way))
				.map((way) => [...digits].reduce((text, digit) => text.replace('#', digit), way));
		});
	}

	/** Counts them; a hint says what they cost once they are many. */
	private reportRequests(count = 1): void {
		this.requests += count;
		if (this.requests < MANY_REQUESTS) return;
		const seconds = Math.round((Date.now() - this.began) / 1000);
		this.api.hint(
			'lookUps',
			`Finding contacts by phone number took ${this.requests} requests and ${seconds} seconds. WhatsCloud has no search, so its list of contacts is read page by page. Keep the ID of a contact, which every operation puts out, and use By ID: that takes one request.`,
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

/** What a create or an upsert has put out. */
interface Written {
	params: Presentation & { phone: string };
	output: IDataObject;
}

const NOT_FOUND = {
	id: null,
	note: 'The contact was created. WhatsCloud did not say its ID, and it was not found among the newest contacts.',
};

/**
 * Fills in the ids that some servers keep to themselves (quirk 5), for all items with one look at the newest
 * contacts. The same look shows where somebody else has created the same person at the same moment, in another
 * national form of the number, which the server takes for another number.
 */
export async function withNewIds(api: Api, written: Written[]): Promise<IDataObject[]> {
	const directory = contactDirectory(api);
	const mayHaveTwin = ({ output, params }: Written) =>
		output.created === true && phoneSpellings(params.phone).length > 1;
	const sought = new Set(written.filter((one) => lacksId(one.output) || mayHaveTwin(one)));
	const phones = [...sought].map(({ params }) => params.phone);
	// That the list can't be read must not look like a failure to create.
	if (phones.length > 0) await directory.readNewest(phones).catch(() => undefined);
	const complete = async (one: Written): Promise<IDataObject> => {
		const { params } = one;
		let { output } = one;
		if (lacksId(output)) {
			const found = directory.stored(params.phone);
			const [record] = found ? await presented(api, [found], params) : [NOT_FOUND];
			output = { ...output, ...record };
		}
		const others = sought.has(one) ? directory.ofPerson(params.phone) : [];
		const ids = [output.id, ...others.map(({ id }) => id).filter((id) => id !== output.id)];
		if (ids.length < 2) return output;
		const note = `The contacts with the IDs ${ids.join(' and ')} have the same phone number, written in two ways. Somebody else may have created one at the same moment. Delete one of them.`;
		api.hint('twins', note);
		return { ...output, note };
	};
	return await Promise.all(written.map(complete));
}

function lacksId({ id }: IDataObject): boolean {
	return !Number.isInteger(id);
}
