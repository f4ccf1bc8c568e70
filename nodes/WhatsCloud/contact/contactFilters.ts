import type { ApiRecord } from '../api/pages';
import { createdAt } from '../api/pages';
import { filtersOf } from '../fields/collections';
import { dateTime, email, optionalText, toggle } from '../fields/values';
import { groupDropDown, sourceDropDown, statusDropDown } from '../fields/pickers';
import { InputError, shown } from '../checks/text';
import type { Values } from '../operation';
import { phoneDigits, samePhone } from '../checks/phone';
import { type } from './contactFields';
import { hasOptedOut } from './contactRecord';
import { isInGroup } from './groups';

const phoneText = optionalText({
	displayName: 'Phone',
	placeholder: 'e.g. 15555550101',
	description:
		'The whole phone number with the country code; spaces, dashes, brackets and + do not matter',
});

const phoneFilter: typeof phoneText = {
	...phoneText,
	read: (value, label, context) => {
		const given = phoneText.read(value, label, context);
		if (given === undefined || phoneDigits(given) !== '') return given;
		throw new InputError(`"${label}" is not a phone number`, `The value is: ${shown(given)}`);
	},
};

export const filters = filtersOf({
	description: 'Only contacts for which all of these hold; without a filter, all contacts',
	fields: {
		createdAfter: dateTime({
			displayName: 'Created After',
			description: 'Only contacts that were created after this moment',
		}),
		createdBefore: dateTime({
			displayName: 'Created Before',
			description: 'Only contacts that were created before this moment',
		}),
		email: email({
			displayName: 'Email',
			description: 'The whole e-mail address; capitals do not matter',
		}),
		groupId: groupDropDown,
		optedOut: toggle({
			displayName: 'Opted Out',
			default: true,
			description:
				'Whether the contact has opted out of messages. Only the newest versions of WhatsCloud know it.',
		}),
		phone: phoneFilter,
		sourceId: sourceDropDown,
		statusId: statusDropDown,
		type,
	},
});

type Filters = Values<{ filters: typeof filters }>['filters'];

/** What newer servers filter by themselves; the others ignore it (quirk 4). */
export function serverFilters({ type: kind, statusId, sourceId }: Filters) {
	const query = { type: kind, status_id: statusId, source_id: sourceId };
	const set = Object.entries(query).filter(([, value]) => value !== undefined);
	return Object.fromEntries(set) as Record<string, string | number>;
}

/** Whether a contact passes; undefined without a filter. Values are compared as text (quirk 4). */
export function contactMatcher(wanted: Filters): ((contact: ApiRecord) => boolean) | undefined {
	if (Object.keys(wanted).length === 0) return undefined;
	return (contact) =>
		isSame(contact, 'type', wanted.type) &&
		isSame(contact, 'status_id', wanted.statusId) &&
		isSame(contact, 'source_id', wanted.sourceId) &&
		isSame(contact, 'email', wanted.email) &&
		(wanted.phone === undefined || samePhone(contact.phone, wanted.phone)) &&
		(wanted.groupId === undefined || isInGroup(contact, wanted.groupId)) &&
		(wanted.optedOut === undefined || hasOptedOut(contact) === wanted.optedOut) &&
		(wanted.createdAfter === undefined || createdAt(contact) > wanted.createdAfter.getTime()) &&
		(wanted.createdBefore === undefined || createdAt(contact) < wanted.createdBefore.getTime());
}

function isSame(contact: ApiRecord, field: string, wanted: unknown): boolean {
	return (
		wanted === undefined || String(contact[field]).toLowerCase() === String(wanted).toLowerCase()
	);
}
