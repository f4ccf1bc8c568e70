import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { alphabetically } from '../text';
import type { EventName } from '../events/webhookEvent';

const EVENTS: Record<EventName, Pick<INodePropertyOptions, 'name' | 'description'>> = {
	messageReceived: {
		name: 'Message Received',
		description: 'Somebody wrote to you, or pressed a button',
	},
	messageSent: { name: 'Message Sent', description: 'A message of yours has left for WhatsApp' },
	messageDelivered: {
		name: 'Message Delivered',
		description: 'A message of yours has reached the phone',
	},
	messageRead: { name: 'Message Read', description: 'A message of yours was read' },
	messageFailed: {
		name: 'Message Failed',
		description: 'A message of yours could not be delivered, with the reason',
	},
	contactCreated: { name: 'Contact Created', description: 'A contact was added' },
	contactUpdated: { name: 'Contact Updated', description: 'A contact was changed' },
	contactDeleted: { name: 'Contact Deleted', description: 'A contact was deleted' },
	statusCreated: { name: 'Status Created', description: 'A status for contacts was added' },
	statusUpdated: { name: 'Status Updated', description: 'A status for contacts was changed' },
	statusDeleted: { name: 'Status Deleted', description: 'A status for contacts was deleted' },
	sourceCreated: { name: 'Source Created', description: 'A source of contacts was added' },
	sourceUpdated: { name: 'Source Updated', description: 'A source of contacts was changed' },
	sourceDeleted: { name: 'Source Deleted', description: 'A source of contacts was deleted' },
	templateUpdated: {
		name: 'Template Updated',
		description: 'WhatsApp approved, refused or paused a template',
	},
	other: { name: 'Other', description: 'Everything else that WhatsCloud sends, as it came' },
};

/** One notice each, because n8n shows no line breaks within one. */
const steps = [
	'1. Publish the workflow and copy the production URL from above. The test URL is another address, and works only while you test here.',
	'2. In WhatsCloud, open the system settings and paste it. For messages: WebHooks re-send, method POST, field "messages". For contacts, statuses and sources: Webhook management, with the switches for what you need.',
	'3. Write to your WhatsApp number, or change a contact. To try it without WhatsCloud, use the <a href="https://github.com/whatscloud/n8n-nodes-whatscloud#try-it-in-five-minutes-without-an-account">sandbox</a>.',
].map(
	(displayName, index): INodeProperties => ({
		displayName,
		name: `step${index + 1}`,
		type: 'notice',
		default: '',
	}),
);

export const webhookProperties: INodeProperties[] = [
	...steps,
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		noDataExpression: true,
		required: true,
		options: Object.entries(EVENTS)
			.map(([value, words]) => ({ ...words, value }))
			.sort(alphabetically(({ name }) => name)),
		default: ['messageReceived'],
		description: 'What starts the workflow; other events are answered and dropped',
	},
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description:
			'Whether to give the fields people use only, instead of adding the whole delivery to each item',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		// n8n hands over the body unread, so that what is too large or broken is refused here.
		default: { binaryData: true },
		options: [
			{
				displayName: 'Accept Unsigned Deliveries',
				name: 'acceptUnsigned',
				type: 'boolean',
				default: false,
				description:
					'Whether to accept deliveries without a signature although the credential has a webhook secret. Forwarded WhatsApp messages have none on older servers. A wrong signature is always refused.',
			},
			{
				displayName: 'Leave Body Unread',
				name: 'binaryData',
				type: 'hidden',
				default: true,
			},
		],
		description: 'Further settings',
	},
];
