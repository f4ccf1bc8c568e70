import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
	Icon,
} from 'n8n-workflow';

import type { WhatsCloudCredentials } from '../nodes/WhatsCloud/api/credential';
import { checkSameServer, tokenOf } from '../nodes/WhatsCloud/api/credential';

export class WhatsCloudApi implements ICredentialType {
	name = 'whatsCloudApi';

	displayName = 'WhatsCloud API';

	documentationUrl = 'https://github.com/whatscloud/n8n-nodes-whatscloud#credentials';

	icon: Icon = {
		light: 'file:../icons/whatscloud.svg',
		dark: 'file:../icons/whatscloud.dark.svg',
	};

	properties: INodeProperties[] = [
		{
			displayName:
				'In WhatsCloud, open the system settings, then API management. Switch the API on, generate a token and save: the page shows all three values.',
			name: 'whereToFind',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://whatscloud.pro/api/v1/',
			description: 'The address of the API, as WhatsCloud shows it under API management',
		},
		{
			displayName: 'Subdomain',
			name: 'subdomain',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. mycompany',
			description: 'The word after /api/v1/ in the addresses that WhatsCloud shows',
		},
		{
			displayName: 'API Token',
			name: 'apiToken',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'The token that WhatsCloud generates; a new one replaces the one before',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Usually stays empty. Only for the WhatsCloud Webhook Trigger, which then refuses what WhatsCloud has not signed with it: enter it if your WhatsCloud gave you one.',
		},
	];

	/**
	 * A function, because an expression would be evaluated anew for every request. n8n's HTTP Request node
	 * comes here, too, with any address and with the options of n8n's older request helper.
	 */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions & { uri?: string },
	): Promise<IHttpRequestOptions> => {
		const account = credentials as unknown as WhatsCloudCredentials;
		const { url = request.uri ?? '' }: Partial<IHttpRequestOptions> = request;
		checkSameServer(account, url, request.baseURL);
		const headers = { ...request.headers, Authorization: `Bearer ${tokenOf(account)}` };
		return { ...request, headers, sendCredentialsOnCrossOriginRedirect: false };
	};
}
