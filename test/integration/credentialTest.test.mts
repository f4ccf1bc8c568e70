import { CredentialTestContext } from 'n8n-core';
import type { INodeCredentialTestResult } from 'n8n-workflow';

import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import { addressOf } from '../engine/engine.mts';
import { generations, useAccount } from './account.mts';

describe.each(generations)("the credential's test, %s server", (server) => {
	const account = useAccount({ server });
	const method = new WhatsCloud().methods.credentialTest?.['testWhatsCloudApi'];
	const result = async (entered = {}) => {
		const data = { ...addressOf(account.sandbox), ...entered };
		const credential = { id: '', name: '', type: 'whatsCloudApi', data };
		return await (method?.call(
			new CredentialTestContext(),
			credential,
		) as Promise<INodeCredentialTestResult>);
	};

	test('says yes to an account that answers, with one request', async () => {
		expect(await result()).toEqual({ status: 'OK', message: 'Connected to WhatsCloud' });
		expect(account.requests()).toHaveLength(1);
	});

	test('says yes to a token that may not read contacts, and what it lacks', async () => {
		account.sandbox.behaviour.abilities = ['messages.send'];
		expect(await result()).toEqual({
			status: 'OK',
			message: expect.stringMatching(
				/^Connected to WhatsCloud\. The API token lacks the permission "contacts\.read"/,
			) as string,
		});
	});

	test('says yes where the rate limit is used up, without waiting', async () => {
		account.sandbox.rateLimit = { max: 1, windowMs: 60_000 };
		await account.search('searchSources');
		expect(await result()).toEqual({
			status: 'OK',
			message: expect.stringMatching(/^Connected to WhatsCloud\. The rate limit/) as string,
		});
	});

	test.each([
		[{ apiToken: 'b'.repeat(64) }, /^WhatsCloud refuses the API token/],
		[{ subdomain: 'nobody' }, /^WhatsCloud does not know this subdomain/],
		[{ subdomain: '' }, /^The WhatsCloud credential has no subdomain/],
	])('says no to %j', async (entered, message) => {
		expect(await result(entered)).toEqual({
			status: 'Error',
			message: expect.stringMatching(message) as string,
		});
	});

	test('says no to an API that is switched off', async () => {
		account.sandbox.behaviour.apiEnabled = false;
		expect(await result()).toMatchObject({ status: 'Error' });
	});

	test.each(
		(['page', 'json', 'header'] as const).flatMap((style) =>
			[200, 401, 502].map((status) => [style, status] as const),
		),
	)('shows no token that the server repeats in a %s, %i', async (style, status) => {
		account.sandbox.faults.add({ kind: 'echo', status, style });
		const { status: verdict, message } = await result();
		expect(verdict).toBe('Error');
		// Of long texts an error shows the beginning.
		expect(message).not.toContain(account.sandbox.token.slice(0, 12));
	});

	test('sends the token to no other address', async () => {
		account.sandbox.faults.add({ kind: 'redirect', to: 'http://127.0.0.1:9/' });
		const { status, message } = await result();
		expect(status).toBe('Error');
		expect(message).toContain(
			'another address ("http://127.0.0.1:9/"), where the token was not sent',
		);
	});
});
