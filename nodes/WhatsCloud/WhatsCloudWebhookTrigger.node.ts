import type {
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { alphabetically } from './checks/text';
import { editorMethods } from './editor';
import { collection, propertiesOf, shownFor } from './fields/collections';
import { choices, notice, toggle } from './fields/values';
import type { Fields } from './operation';
import type { EventName } from './webhook/body';
import { MESSAGE_TYPES } from './webhook/meta';
import { runWebhook } from './webhook/runWebhook';

/** Their values in words are their names: messageReceived is "Message Received". */
const EVENTS: Record<EventName, string> = {
	messageReceived:
		'Somebody wrote to you, pressed a button, or sent an order, a location or a form',
	messageEdited: 'Somebody changed what they wrote to you',
	messageDeleted: 'Somebody took back what they wrote to you',
	messageEcho: 'One of your own people wrote from the WhatsApp app on the phone',
	messageSent: 'A message of yours was sent to WhatsApp',
	messageDelivered: 'A message of yours has reached the phone',
	messageRead: 'A message of yours was read',
	messageFailed: 'A message of yours could not be delivered, with the reason',
	numberChanged: 'Somebody has a new WhatsApp number',
	contactCreated: 'A contact was added in the dashboard',
	contactUpdated: 'A contact was changed',
	contactDeleted: 'A contact was deleted',
	statusCreated: 'A status for contacts was added',
	statusUpdated: 'A status for contacts was changed',
	statusDeleted: 'A status for contacts was deleted',
	sourceCreated: 'A source of contacts was added',
	sourceUpdated: 'A source of contacts was changed',
	sourceDeleted: 'A source of contacts was deleted',
	templateUpdated: 'WhatsApp approved, refused or paused a template',
	other: 'Everything else that WhatsCloud sends, as it came',
};

function inWords(event: string): string {
	return event.replace(/[A-Z]/g, ' $&').replace(/^./, (first) => first.toUpperCase());
}

/** One notice each, because n8n shows no line breaks within one. */
const steps = [
	'1. Publish the workflow. Unfold "Webhook URLs" above, choose "Production URL" and copy it. The test URL works only while you test here.',
	'2. In WhatsCloud, open the system settings and paste it. For messages: WebHooks re-send, method POST, field "messages". For contacts, statuses and sources: Webhook management, with the switches for what you need.',
	'3. Write to your WhatsApp number, or change a contact. To try it without WhatsCloud, use the <a href="https://github.com/whatscloud/n8n-nodes-whatscloud#try-it-without-an-account">sandbox</a>.',
].map((words, index) => [`step${index + 1}`, notice(words)] as const);

const events = choices({
	displayName: 'Events',
	noDataExpression: true,
	required: true,
	options: Object.entries(EVENTS)
		.map(([value, description]) => ({
			name: inWords(value),
			value,
			description,
			// The other trigger has one, too.
			...(value === 'contactCreated' && { action: 'On contact created (at once)' }),
		}))
		.sort(alphabetically(({ name }) => name)),
	description: 'What starts the workflow; other events are answered and dropped',
});

const options = collection({
	displayName: 'Options',
	placeholder: 'Add option',
	description: 'Further settings',
	fields: {
		acceptUnsigned: toggle({
			displayName: 'Accept Unsigned Deliveries',
			description:
				"Whether to accept forwarded WhatsApp messages without a signature although the credential has a webhook secret: older servers send Meta's own body unsigned. Everything else without a signature, and a wrong signature, is always refused.",
		}),
		binaryData: {
			property: { displayName: 'Leave Body Unread', type: 'hidden', default: true },
			read: () => undefined,
		},
		messageTypes: choices({
			displayName: 'Message Types',
			options: Object.entries(MESSAGE_TYPES).map(([value, name]) => ({ name, value })),
			description:
				'Of received messages, only these; none chosen means all. Other events are not affected.',
		}),
	},
});

const fields: Fields = {
	...Object.fromEntries(steps),
	events: { ...events, property: { ...events.property, default: ['messageReceived'] } },
	pollForAll: shownFor(
		{ events: ['contactCreated'] },
		notice(
			'WhatsCloud does not report contacts that an incoming message or an import has made; newer servers do not report those made through the API either. To get every new contact, use the WhatsCloud Trigger, which polls.',
		),
	),
	simplify: toggle({
		displayName: 'Simplify',
		default: true,
		description:
			'Whether to give only the fields people use, instead of adding to each item what WhatsCloud delivered for it',
	}),
	// n8n hands over the body unread, so that what is too large or broken is refused here.
	options: { ...options, property: { ...options.property, default: { binaryData: true } } },
};

/** WhatsCloud's API can neither register a URL nor tell whether one is there: the user pastes it. */
const isPasted = async () => await Promise.resolve(true);
const pastedByHand = { checkExists: isPasted, create: isPasted, delete: isPasted };

export class WhatsCloudWebhookTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WhatsCloud Webhook Trigger',
		name: 'whatsCloudWebhookTrigger',
		icon: {
			light: 'file:../../icons/whatscloud.svg',
			dark: 'file:../../icons/whatscloud.dark.svg',
		},
		group: ['trigger'],
		// Version 1 can have n8n leave the body unread: see the option binaryData.
		version: 1,
		subtitle:
			'={{ $parameter["events"].map((event) => event.replace(/[A-Z]/g, " $&").replace(/^./, (first) => first.toUpperCase())).join(", ") }}',
		description:
			'Starts the workflow at once when a WhatsApp message arrives, is delivered, read or fails, or when a contact, status or source changes',
		eventTriggerDescription: 'Waiting for WhatsCloud to call the test URL',
		activationMessage:
			'Paste the production URL into WhatsCloud, if it is not there yet: under "WebHooks re-send" for messages, under "Webhook management" for contacts, statuses and sources.',
		defaults: { name: 'WhatsCloud Webhook Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'whatsCloudApi', required: false, testedBy: 'testWhatsCloudApi' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				// Otherwise n8n answers with the first item.
				responseData: '',
				path: 'webhook',
			},
		],
		properties: propertiesOf(fields),
	};

	webhookMethods = { default: pastedByHand };

	methods = editorMethods([]);

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await runWebhook(this);
	}
}
