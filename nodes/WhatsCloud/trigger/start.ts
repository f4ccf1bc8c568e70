import { createdAt } from '../api/createdAt';
import type { ApiRecord } from '../api/pages';
import type { Reader } from './reader';
import { highestId, newestDate, sizeOf } from './reader';
import type { FirstState, TriggerState } from './state';
import { isSettledIn } from './state';

const SECOND_MS = 1_000;
const LARGE_PAGE = 1_000;
/** Pages of contacts without a date that are read to find the highest id among them. */
const MAX_UNDATED_PAGES = 20;

/**
 * Where a trigger begins: with the second of the newest contact, whose contacts are not settled yet.
 * @param from the moment to begin with instead, in milliseconds
 */
export async function startingPoint(
	reader: Reader,
	now: number,
	from?: number,
): Promise<TriggerState> {
	const newest = newestDate(reader.newest);
	const start = from === undefined ? newest : from - (from % SECOND_MS);
	return {
		since: Math.max(0, start - SECOND_MS),
		settled: [],
		newest: [newest, now],
		undated: await highestOldId(reader),
	};
}

/** The highest of the newest contacts and of those at the end of the list. */
async function highestOldId(reader: Reader): Promise<number> {
	const { newest } = reader;
	const size = sizeOf(newest);
	let { total } = newest;
	let highest = highestId(newest.records);
	let number = Math.ceil(total / size);
	for (let reads = 0; number > 1 && reads < MAX_UNDATED_PAGES; reads++) {
		const page = await reader.readPage(number, size);
		highest = highestId(page.records, highest);
		if (page.total !== total) {
			total = page.total;
			number = Math.ceil(total / size);
		} else if (page.records.some((record) => createdAt(record) < newestDate(newest))) break;
		else number--;
	}
	return highest;
}

/** Where version 0.1.0 stopped: at the newest contact that it has settled. @param grace in milliseconds */
export async function takenOver(
	reader: Reader,
	before: FirstState,
	{ now, grace }: { now: number; grace: number },
): Promise<TriggerState> {
	const isKnown = ({ id }: ApiRecord) => isSettledIn(before, id);
	let page = reader.newest;
	for (let number = 1; !page.records.some(isKnown) && page.records.length > 0; number++) {
		page =
			number === 1
				? await reader.readFirst(LARGE_PAGE)
				: await reader.readPage(number, sizeOf(page));
	}
	const known = page.records.find(isKnown);
	return {
		since: known ? createdAt(known) - grace : 0,
		settled: [],
		newest: [0, now],
		undated: before.cursor,
		takenOver: before,
	};
}
