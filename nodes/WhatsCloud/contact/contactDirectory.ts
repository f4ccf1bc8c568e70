import type { Api } from '../api/api';
import { ApiError } from '../api/errors/ApiError';
import type { ApiRecord } from '../api/pages';
import { createContactIndex } from './contactIndex';
import { ContactPages, newestByPhone } from './contactPages';
import type { Existence, Sample } from './existence';
import { createExistenceProbe, habitsOf, masksOf, storedNumber } from './existence';

/** Finds contacts by phone number or e-mail; the API itself can't (contract, section 4). */
export interface ContactDirectory {
	/**
	 * The newest contact of the person with this phone, however the number is written. Undefined only when
	 * that is sure. Reads no further than needed.
	 * @throws ApiError, also when it can't be told whether there is one
	 */
	find(phone: string): Promise<ApiRecord | undefined>;
	/** Who has this e-mail, if it is one of the newest contacts. @throws ApiError */
	findByEmail(email: string): Promise<ApiRecord | undefined>;
	/** A contact that was created or changed meanwhile; its id may be unknown (quirk 5). */
	remember(contact: ApiRecord): void;
	/** A contact that was deleted meanwhile. */
	forget(id: number): void;
}

/** A search for the owner of an e-mail only explains an error: it must not cost minutes. */
const MAX_PAGES_FOR_EMAIL = 10;
/** From here on the user should know what the look-ups cost. */
const MANY_REQUESTS = 10;

/** Others change contacts meanwhile. What was read may be as old as this, */
const MAX_AGE_MS = 5 * 60_000;
/** or older where there is much to read again: at 60 requests a minute, a tenth of them. */
const MAX_AGE_PER_REQUEST_MS = 10 * 1_000;

interface OpenDirectory {
	directory: ContactDirectory;
	isOld(): boolean;
	/** Requests for pages, also those of the directories before. */
	requests(): number;
}

const directories = new WeakMap<Api, OpenDirectory>();

/** One directory serves all items of an execution, so that each page is read once; in long runs, now and then. */
export function contactDirectory(api: Api): ContactDirectory {
	let opened = directories.get(api);
	if (!opened || opened.isOld()) {
		opened = openDirectory(api, opened?.requests() ?? 0);
		directories.set(api, opened);
	}
	return opened.directory;
}

function openDirectory(api: Api, requestsBefore: number): OpenDirectory {
	const opened = Date.now();
	const index = createContactIndex();
	const pages = new ContactPages(api);
	const habits = habitsOf(api.account);
	const probe = createExistenceProbe(api, habits);
	let sample: Sample = { masks: [] };
	let sampling: Promise<void> | undefined;
	let isListWhole = false;
	let readingAgain: ReturnType<Api['read']> | undefined;
	let lookUps = 0;
	let resolving: Promise<void> | undefined;
	const requests = () => requestsBefore + pages.requests;

	async function readOn(): Promise<void> {
		const isFirst = pages.requests === 0;
		const records = await pages.next();
		index.addRead(records);
		if (isFirst) takeSample();
		isListWhole ||= pages.isWhole;
		if (requests() >= MANY_REQUESTS) api.hint('lookUps', costHint(requests()));
	}

	/** Reads the list again, more than once if need be, where pages turned while they were read. */
	async function readAgain(): Promise<void> {
		readingAgain ??= api.read('contacts').catch((error: unknown) => {
			readingAgain = undefined;
			throw error;
		});
		const { records, isWhole } = await readingAgain;
		index.addRead(records);
		isListWhole = isWhole;
	}

	function takeSample(): void {
		const newest = pages.read.flatMap(({ records }) => records);
		sample = {
			stored: storedNumber(newest),
			masks: [masksOf(newest), habits.oldestMasks ?? []],
		};
	}

	/** The oldest contacts may have come from another program, which writes numbers in its own way. */
	async function sampleOldest(): Promise<void> {
		if (habits.oldestMasks) return;
		const oldest = await pages.oldest();
		habits.oldestMasks = oldest && masksOf(oldest);
		takeSample();
	}

	/** Nobody knows how many look-ups will follow: as many as there were is the guess that can't cost much. */
	function isCheaperThan(pagesToRead: number, phone: string): boolean {
		return probe.cost(phone, sample) * lookUps <= pagesToRead;
	}

	async function look(phone: string): Promise<ApiRecord | undefined> {
		let existence: Existence | undefined;
		for (let found = index.byPhone(phone); !found && !pages.isAtEnd; found = index.byPhone(phone)) {
			const mayAsk = pages.requests > 0 && existence === undefined;
			if (mayAsk && isCheaperThan(pages.left, phone)) {
				existence = await probe.ask(phone, sample);
				if (existence === 'free') {
					await (sampling ??= sampleOldest());
					existence = await probe.ask(phone, sample);
				}
				if (existence === 'free') return index.byPhone(phone);
			} else {
				await readOn();
			}
		}
		return index.byPhone(phone) ?? (await conclude(phone, existence));
	}

	/** All pages were read, and the contact was on none of them. */
	async function conclude(phone: string, asked?: Existence): Promise<ApiRecord | undefined> {
		let existence = asked;
		if (!isListWhole && !existence && isCheaperThan(2 * pages.requests, phone)) {
			existence = await probe.ask(phone, sample);
		}
		if (existence === 'free') return undefined;
		if (!isListWhole) await readAgain();
		const found = index.byPhone(phone);
		if (found) return found;
		if (!isListWhole) {
			if ((existence ?? (await probe.ask(phone, sample))) === 'free') return undefined;
			throw notSure(phone, 'the list of contacts could not be read whole');
		}
		if (existence !== 'taken' || !(await probe.confirm(phone, sample))) return undefined;
		throw notSure(phone, 'the number is taken, but no contact in the list has it');
	}

	/** One look for all contacts whose ids are not known yet. */
	async function resolveIds(): Promise<void> {
		const phones = index.withoutId().map(({ phone }) => String(phone));
		for (const record of (await newestByPhone(api, new Set(phones))).values()) index.set(record);
	}

	/** The contact when its id is known. A look that is under way may have begun before it was created. */
	async function withId(phone: string): Promise<ApiRecord | undefined> {
		for (let look = 1; look <= 2; look++) {
			const found = index.byPhone(phone);
			if (!lacksId(found)) return found;
			await (resolving ??= resolveIds().finally(() => (resolving = undefined)));
		}
		const found = index.byPhone(phone);
		if (lacksId(found)) throw notSure(phone, 'it was created just now, and its ID is not known');
		return found;
	}

	const directory: ContactDirectory = {
		find: async (phone) => {
			lookUps++;
			return (await look(phone)) && (await withId(phone));
		},
		findByEmail: async (email) => {
			const most = pages.requests + MAX_PAGES_FOR_EMAIL;
			while (!index.byEmail(email) && !pages.isAtEnd && pages.requests < most) await readOn();
			return index.byEmail(email);
		},
		remember: (contact) => {
			index.set(contact);
		},
		forget: (id) => {
			if (index.remove(id)) pages.closeGap();
		},
	};
	return {
		directory,
		requests,
		isOld: () =>
			// A list that turns while it is read is too dear to be read once more.
			!readingAgain &&
			Date.now() - opened > Math.max(MAX_AGE_MS, pages.requests * MAX_AGE_PER_REQUEST_MS),
	};
}

function lacksId(contact: ApiRecord | undefined): boolean {
	return contact !== undefined && Number.isNaN(contact.id);
}

function notSure(phone: string, why: string): ApiError {
	return new ApiError(
		{ method: 'GET', path: 'contacts' },
		{
			title: `It is not known which contact has the phone number ${phone}: ${why}`,
			description:
				'Nothing was changed, so that no contact is created twice. The list of contacts changes at the moment, so try this item again later. If you know the ID of the contact, use the operation "Update" By ID.',
			outcome: 'refused',
		},
	);
}

function costHint(requests: number): string {
	return `Finding contacts by phone number took ${requests} requests, because WhatsCloud has no search and its list of contacts is read page by page. Keep the ID of a contact, which every operation puts out, and use By ID: that takes none.`;
}
