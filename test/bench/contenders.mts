import type { NodeParameterValueType } from 'n8n-workflow';

import type { Contender } from './stage.mts';

type Options = Record<string, NodeParameterValueType>;

export function ours(name: string, parameters: Options): Contender {
	return { name, type: 'n8n-nodes-whatscloud.whatsCloud', typeVersion: 1, parameters };
}

export function floor(name: string, root: string, parameters: Options): Contender {
	const type = 'n8n-nodes-whatscloud-floor.floor';
	return { name, type, typeVersion: 1, parameters: { root, ...parameters } };
}

/** n8n's HTTP Request node as its users set it up for this API. */
function httpRequest(name: string, parameters: Options): Contender {
	return {
		name,
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		parameters: {
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'whatsCloudApi',
			options: {},
			...parameters,
		},
		onError: 'continueRegularOutput',
	};
}

export const sendText = {
	resource: 'message',
	operation: 'sendText',
	phoneNumber: '={{ $json.to }}',
	text: '={{ $json.text }}',
};

export function httpSend(root: string): Contender {
	return httpRequest('HTTP Request', {
		method: 'POST',
		url: `${root}/messages/send`,
		sendBody: true,
		specifyBody: 'keypair',
		bodyParameters: {
			parameters: [
				{ name: 'phone_number', value: '={{ $json.to }}' },
				{ name: 'message_body', value: '={{ $json.text }}' },
			],
		},
	});
}

export function httpList(root: string, perPage: number): Contender {
	return httpRequest(`HTTP Request, ${perPage} per page`, {
		url: `${root}/contacts`,
		sendQuery: true,
		queryParameters: { parameters: [{ name: 'per_page', value: String(perPage) }] },
		options: {
			pagination: {
				pagination: {
					paginationMode: 'updateAParameterInEachRequest',
					parameters: {
						parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }],
					},
					paginationCompleteWhen: 'other',
					completeExpression:
						'={{ $response.body.data.current_page >= $response.body.data.last_page }}',
					limitPagesFetched: false,
					requestInterval: 0,
				},
			},
		},
	});
}

export const contactFields = {
	resource: 'contact',
	firstName: '=First {{ $json.i }}',
	lastName: 'Bench',
	phone: '={{ $json.to }}',
	statusId: { __rl: true, mode: 'id', value: '1' },
	sourceId: { __rl: true, mode: 'id', value: '1' },
};

export const getByPhone = {
	resource: 'contact',
	operation: 'get',
	contactId: { __rl: true, mode: 'phone', value: '={{ $json.to }}' },
};
