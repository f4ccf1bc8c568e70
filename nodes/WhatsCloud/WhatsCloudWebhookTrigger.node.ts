import type {
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { testWhatsCloudApi } from './n8n/credentialTest';
import { runWebhook } from './n8n/runWebhook';
import { webhookProperties } from './n8n/webhookProperties';

/** WhatsCloud's API can neither register a URL nor tell whether one is there: the user pastes it. */
const pastedByHand = {
	checkExists: async () => await Promise.resolve(true),
	create: async () => await Promise.resolve(true),
	delete: async () => await Promise.resolve(true),
};

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
		subtitle: '={{ $parameter["events"].join(", ") }}',
		description:
			'Starts the workflow at once when a WhatsApp message arrives, is delivered, read or fails, or when a contact, status or source changes',
		eventTriggerDescription: 'Waiting for WhatsCloud to call the test URL',
		activationMessage:
			'Paste the production URL into WhatsCloud, if it is not there yet: under "WebHooks re-send" for messages, under "Webhook management" for contacts, statuses and sources.',
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'<b>While you build</b>, press "Execute step". The test URL then takes one event, for up to two minutes. WhatsCloud must have the test URL for that, or send the event from the sandbox of this package.<br /><br /><b>When the workflow is ready</b>, publish it, and paste the production URL into WhatsCloud. Those executions are in the list of executions, not here.',
				active:
					'<b>While you build</b>, press "Execute step". The test URL then takes one event, for up to two minutes. WhatsCloud must have the test URL for that, or send the event from the sandbox of this package.<br /><br /><b>The published workflow</b> starts by itself when WhatsCloud calls the production URL. Those executions are in the <a data-key="executions">list of executions</a>, not here.',
			},
			activationHint:
				'The test URL works only after you pressed the button. Publish the workflow, and WhatsCloud can call the production URL at any time.',
		},
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
		properties: webhookProperties,
	};

	webhookMethods = { default: pastedByHand };

	methods = { credentialTest: { testWhatsCloudApi } };

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await runWebhook(this);
	}
}
