import { counted } from '../../text';
import type { Shortfall } from '../listPasses';

/** What a user is told when a list may lack records. */
export function shortfallWarning(path: string, { read, total, passes }: Shortfall): string {
	const records = path.replace(/bots$/, ' bots');
	const came = total === undefined ? counted(read) : `${counted(read)} of ${counted(total)}`;
	return [
		`Some ${records} may be missing: ${came} came when WhatsCloud's list was read ${passes} times.`,
		'The list changes while it is read, or many were created in the same second, and WhatsCloud gives those in another order each time.',
		'Run the node again to see the others.',
	].join(' ');
}
