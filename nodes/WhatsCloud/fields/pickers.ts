import type { ApiRecord } from '../api/pages';
import { toWhatsAppNumber } from '../checks/phone';
import { dropDown, multiDropDown, picker, pickerOr, pickerOrName } from './recordPicker';

const nameOf = ({ name }: ApiRecord) => String(name);
const nameAndState = ({ name, is_bot_active: active }: ApiRecord) =>
	`${String(name)} (${isActive(active) ? 'active' : 'not active'})`;

const statuses = { path: 'statuses', label: nameOf };
const sources = { path: 'sources', label: nameOf };
const groups = { path: 'groups', label: nameOf };

export const contactId = pickerOr(
	{
		displayName: 'Contact',
		description: 'The contact: from the list, by its ID, or by its phone number',
		path: 'contacts',
		searchMethod: 'searchContacts',
		isLong: true,
		label: nameAndPhone,
	},
	{
		displayName: 'By Phone Number',
		name: 'phone',
		placeholder: 'e.g. 15555550101',
		hint: 'With the country code; spaces and + do not matter',
	},
	(phone) => ({ phone: toWhatsAppNumber(phone) }),
);

export const statusId = pickerOrName(
	{
		displayName: 'Status',
		description: 'The status, such as New or Qualified: from the list, by its ID or by its name',
		searchMethod: 'searchStatuses',
		...statuses,
	},
	'Qualified',
);

export const sourceId = pickerOrName(
	{
		displayName: 'Source',
		description:
			'The source, which tells where contacts come from, such as facebook or whatsapp: from the list, by its ID or by its name',
		searchMethod: 'searchSources',
		...sources,
	},
	'facebook',
);

export const groupId = picker({
	displayName: 'Group',
	description: 'The group of contacts: from the list or by its ID',
	searchMethod: 'searchGroups',
	...groups,
});

export const templateBotId = picker({
	displayName: 'Template Bot',
	description: 'The bot, which answers with a template: from the list or by its ID',
	path: 'templatebots',
	searchMethod: 'searchTemplateBots',
	label: nameAndState,
});

export const messageBotId = picker({
	displayName: 'Message Bot',
	description: 'The bot, which answers with a message: from the list or by its ID',
	path: 'messagebots',
	searchMethod: 'searchMessageBots',
	label: nameAndState,
});

export const statusDropDown = dropDown({
	displayName: 'Status Name or ID',
	description: 'The status of the contact',
	loadMethod: 'loadStatuses',
	...statuses,
});

export const sourceDropDown = dropDown({
	displayName: 'Source Name or ID',
	description: 'Where the contact comes from',
	loadMethod: 'loadSources',
	...sources,
});

export const groupDropDown = dropDown({
	displayName: 'Group Name or ID',
	description: 'A group that the contact is in',
	loadMethod: 'loadGroups',
	...groups,
});

export const groupsDropDown = multiDropDown({
	displayName: 'Group Names or IDs',
	description:
		'All groups that the contact shall be in, in place of those it is in now. To keep those, use the operations Add to Group and Remove From Group',
	loadMethod: 'loadGroups',
	...groups,
});

/** Contacts may lack a name, or a phone number. */
function nameAndPhone({ firstname, lastname, phone }: ApiRecord): string {
	const name = [firstname, lastname].filter(Boolean).join(' ');
	return name && phone ? `${name} (${String(phone)})` : name || String(phone);
}

/** Template bots say 1 or 0, message bots true or false (contract, 5.6). */
function isActive(value: unknown): boolean {
	return value === true || Number(value) === 1;
}
