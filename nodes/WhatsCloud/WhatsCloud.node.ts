import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { contact } from './contact/operations';
import { describe, editorMethods, subtitleOf } from './editor';
import { sendText } from './message/send';
import { sendAndWait } from './message/sendAndWait';
import { sendMedia } from './message/sendMedia';
import { sendTemplate } from './message/sendTemplate';
import type { Resource } from './operation';
import { group, messageBot, source, status, templateBot } from './records';
import { answerQuestion, resumeWebhooks } from './question/question';
import { runItems } from './run/runItems';
import { templateResource } from './template/choose';

const message: Resource = {
	value: 'message',
	name: 'Message',
	default: 'sendText',
	operations: [sendAndWait, sendMedia, sendTemplate, sendText],
};

export const resources = [
	contact,
	group,
	message,
	messageBot,
	source,
	status,
	templateResource,
	templateBot,
];

export class WhatsCloud implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WhatsCloud',
		name: 'whatsCloud',
		icon: {
			light: 'file:../../icons/whatscloud.svg',
			dark: 'file:../../icons/whatscloud.dark.svg',
		},
		group: ['output'],
		version: 1,
		subtitle: subtitleOf(resources),
		description: 'Manage contacts and send WhatsApp messages with WhatsCloud',
		defaults: { name: 'WhatsCloud' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		webhooks: resumeWebhooks,
		waitingNodeTooltip: 'Waiting for the answer on the page behind the link',
		credentials: [{ name: 'whatsCloudApi', required: true, testedBy: 'testWhatsCloudApi' }],
		properties: describe(resources, 'message'),
	};

	methods = editorMethods(
		resources.flatMap(({ operations }) => operations.map(({ fields }) => fields)),
	);

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await Promise.resolve(answerQuestion(this));
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runItems(this, resources);
	}
}
