import { UnreadableList } from './reader';

/** Contacts without a date are shown with the moment of the answer as theirs; so much may they differ. */
export const MOMENT_MS = 5_000;

/** Where in a page the rows begin that stand behind older ones. @throws UnreadableList */
export function startOfUndated(dates: number[]): number {
	let start = Infinity;
	let oldest = Infinity;
	const later: number[] = [];
	dates.forEach((date, index) => {
		if (date > oldest) {
			later.push(date);
			start = Math.min(start, index);
		} else if (date < oldest) oldest = date;
	});
	if (Math.max(...later) - Math.min(...later) > MOMENT_MS) throw new UnreadableList('notSorted');
	return start;
}
