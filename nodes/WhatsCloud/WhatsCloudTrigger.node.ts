import type {
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { editorMethods } from './editor';
import { propertiesOf } from './fields/collections';
import { notice } from './fields/values';
import { fields, poll } from './newContacts/poll';

const realContact = notice(
	'<b>Fetch Test Event</b> brings the newest contact of your account. What the workflow then sends, it really sends. For messages, use the <b>WhatsCloud Webhook Trigger</b>.',
);

export class WhatsCloudTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WhatsCloud Trigger',
		name: 'whatsCloudTrigger',
		icon: {
			light: 'file:../../icons/whatscloud.svg',
			dark: 'file:../../icons/whatscloud.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: 'New contacts',
		// The node creator shows it for both nodes.
		description: 'Send WhatsApp messages, manage contacts, and start workflows for new contacts',
		defaults: { name: 'WhatsCloud Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'whatsCloudApi', required: true, testedBy: 'testWhatsCloudApi' }],
		properties: [
			{
				displayName: 'Event',
				name: 'event',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Contact Created',
						value: 'contactCreated',
						action: 'On contact created (polls)',
						description: 'A contact was added: by hand, by an import, by a message or by the API',
					},
				],
				default: 'contactCreated',
				description: 'What starts the workflow',
			},
			...propertiesOf({ realContact, ...fields }),
		],
	};

	methods = editorMethods([fields]);

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll(this);
	}
}
