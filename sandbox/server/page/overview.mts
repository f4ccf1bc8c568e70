import type { Account } from '../account.mts';
import { apiPath } from '../api.mts';
import type { Behaviour } from '../behaviour.mts';
import type { ListedFault } from '../faults.mts';
import type { RateLimit } from '../rateLimit.mts';
import type { SentMessage } from '../records.mts';

const shownContacts = 100;
const shownMessages = 300;
const shownRequests = 40;

export interface ShownContact {
	id: number;
	name: string;
	phone: string;
	type: string;
	status: string;
	color: string;
}

export interface ShownRequest {
	number: number;
	at: string;
	method: string;
	path: string;
	status: number;
	durationMs: number;
	faults: string[];
}

function faultText({ kind, left, times, skip, ...details }: ListedFault): string {
	const words = [kind, ...Object.values<unknown>(details)].map((value) =>
		JSON.stringify(value).replaceAll('"', ''),
	);
	const count = times === undefined ? '' : ` (${left} of ${times})`;
	const later = skip === undefined ? '' : ` after ${skip} others`;
	return `${words.join(' ')}${later}${count}`;
}

/** What the page shows, in one piece. */
export interface Overview {
	baseUrl: string;
	subdomain: string;
	contacts: ShownContact[];
	contactCount: number;
	messages: SentMessage[];
	requests: ShownRequest[];
	behaviour: Behaviour;
	rateLimit: RateLimit | null;
	faults: string[];
}

function shownContact({ data }: Account, id: number): ShownContact | undefined {
	const contact = data.contacts.get(id);
	if (!contact) return undefined;
	const status = data.statuses.get(contact.status_id);
	return {
		id,
		name: `${contact.firstname} ${contact.lastname}`.trim(),
		phone: contact.phone ?? '',
		type: contact.type,
		status: status?.name ?? '',
		color: status?.color ?? '',
	};
}

/** Those with messages first, the last written to at the top, then the newest. */
function shownIds({ data, messages }: Account): Set<number> {
	const written = messages.entries.slice(-shownMessages).map(({ contactId }) => contactId);
	const newest = data.contacts
		.all()
		.slice(-shownContacts)
		.map(({ id }) => id);
	return new Set([...written.reverse(), ...newest.reverse()]);
}

export function overview(account: Account): Overview {
	const { url, subdomain, data, messages, requests, behaviour, rateLimiter, faults } = account;
	return {
		baseUrl: `${url}${apiPath}/`,
		subdomain,
		contacts: [...shownIds(account)]
			.map((id) => shownContact(account, id))
			.filter((contact) => contact !== undefined),
		contactCount: data.contacts.size,
		messages: messages.entries.slice(-shownMessages),
		requests: requests.entries
			.slice(-shownRequests)
			.reverse()
			.map(({ number, at, method, path, status, durationMs, faults: happened }) => ({
				...{ number, at, method, path, status, durationMs, faults: happened },
			})),
		behaviour,
		rateLimit: rateLimiter.limit ?? null,
		faults: faults.list().map(faultText),
	};
}
