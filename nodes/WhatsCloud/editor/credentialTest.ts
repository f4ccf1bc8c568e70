import type {
	ICredentialTestFunctions,
	ICredentialsDecrypted,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { ApiError } from '../api/errors/ApiError';
import { createApi } from '../api/api';
import type { WhatsCloudCredentials } from '../api/credential';
import { accountKey, apiRoot, bearer, tokenEraser } from '../api/credential';
import { missingAbility } from '../api/errors/facts';
import { networkFailure } from '../api/transport';
import { InputError } from '../checks/text';

const TIMEOUT_MS = 20_000;

/**
 * Says success only to a real list of WhatsCloud's API. A token without the right to read contacts is a
 * good token all the same (quirk 35).
 */
export async function testWhatsCloudApi(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const credentials = credential.data as unknown as WhatsCloudCredentials;
	try {
		const root = apiRoot(credentials);
		const eraseToken = tokenEraser(credentials);
		// n8n gives a credential test no other way to send a request.
		const { request } = this.helpers;
		const api = createApi({
			account: accountKey(root),
			send: async ({ method, path, query }) => {
				const answer: unknown = await request({
					method,
					uri: `${root}/${path}`,
					qs: query,
					headers: { Accept: 'application/json', Authorization: bearer(credentials) },
					timeout: TIMEOUT_MS,
					followRedirect: false,
					simple: false,
					resolveWithFullResponse: true,
					json: false,
				}).catch((error: unknown) => {
					throw networkFailure(error);
				});
				const { statusCode, headers, body } = answer as {
					statusCode: number;
					headers: Record<string, string>;
					body: unknown;
				};
				return eraseToken({
					status: statusCode,
					headers,
					text: typeof body === 'string' ? body : JSON.stringify(body ?? ''),
				});
			},
			onRateLimit: 'fail',
			wait: async () => await Promise.resolve(),
		});
		await api.rows('contacts', 0, 1);
	} catch (error) {
		return verdict(error);
	}
	return { status: 'OK', message: 'Connected to WhatsCloud' };
}

function verdict(error: unknown): INodeCredentialTestResult {
	if (error instanceof ApiError && (missingAbility(error) || error.status === 429)) {
		return {
			status: 'OK',
			message: `Connected to WhatsCloud. ${error.message}. ${error.description}`,
		};
	}
	if (error instanceof ApiError || error instanceof InputError) {
		return { status: 'Error', message: `${error.message}. ${error.description ?? ''}`.trim() };
	}
	throw error;
}
