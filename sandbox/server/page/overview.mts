import type { Account } from '../account.mts';
import { apiPath } from '../api.mts';
import type { Behaviour } from '../behaviour.mts';
import type { ListedFault } from '../faults.mts';
import { serverOf, type Generation, type ServerSwitch } from '../generations.mts';
import { metaRefusal } from '../messages/meta.mts';
import type { RateLimit } from '../rateLimit.mts';
import type { Contact } from '../records.mts';
import type { Attempt, Delivery } from '../webhooks/deliver.mts';
import { shownMessages, type ShownMessage } from './shownMessages.mts';

const shownContacts = 100;
const mostMessages = 300;
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

export interface ShownDelivery extends Pick<Delivery, 'number' | 'at' | 'event' | 'state'> {
	attempts: number;
	last?: Attempt;
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
	messages: ShownMessage[];
	deliveries: ShownDelivery[];
	webhooks: {
		recordsUrl: string | null;
		messagesUrl: string | null;
		messagesUrlAtStart: string | null;
	};
	requests: ShownRequest[];
	server: Generation;
	/** How many of its switches are other than in that generation. */
	changedSwitches: number;
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

const isRefused = ({ phone }: Contact) => metaRefusal(phone ?? '') !== undefined;

/** By name; at the end those whom no message reaches, as everybody begins with the first one. */
function byName(a: Contact, b: Contact): number {
	return (
		Number(isRefused(a)) - Number(isRefused(b)) ||
		`${a.firstname} ${a.lastname}`.localeCompare(`${b.firstname} ${b.lastname}`)
	);
}

/** Those with messages first, the last written to at the top, then the newest others in the order of names. */
function shownIds({ data }: Account, messages: ShownMessage[]): Set<number> {
	const written = messages.map(({ contactId }) => contactId);
	const newest = data.contacts.all().slice(-shownContacts).sort(byName);
	return new Set([...written.reverse(), ...newest.map(({ id }) => id)]);
}

function shownDelivery({ number, at, event, state, attempts }: Delivery): ShownDelivery {
	return { number, at, event, state, attempts: attempts.length, last: attempts.at(-1) };
}

export function overview(account: Account): Overview {
	const { url, subdomain, data, requests, server, behaviour, rateLimiter, faults } = account;
	const { recordsUrl, messagesUrl } = account.webhookSettings;
	const messages = shownMessages(account, mostMessages);
	return {
		baseUrl: `${url}${apiPath}/`,
		subdomain,
		contacts: [...shownIds(account, messages)]
			.map((id) => shownContact(account, id))
			.filter((contact) => contact !== undefined),
		contactCount: data.contacts.size,
		messages,
		deliveries: account.deliveries.entries.slice(-shownRequests).reverse().map(shownDelivery),
		webhooks: {
			...{ recordsUrl, messagesUrl },
			messagesUrlAtStart: account.webhooksAtStart.messagesUrl,
		},
		requests: requests.entries
			.slice(-shownRequests)
			.reverse()
			.map(({ number, at, method, path, status, durationMs, faults: happened }) => ({
				...{ number, at, method, path, status, durationMs, faults: happened },
			})),
		server,
		changedSwitches: Object.entries(serverOf(server)).filter(
			([name, value]) => JSON.stringify(value) !== JSON.stringify(behaviour[name as ServerSwitch]),
		).length,
		behaviour,
		rateLimit: rateLimiter.limit ?? null,
		faults: faults.list().map(faultText),
	};
}
