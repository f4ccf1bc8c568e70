import { useSession } from './session.mts';

jest.setTimeout(120_000);

const session = useSession();

describe('the credential, filled in by hand', () => {
	test('is refused in words, and taken once it is right', async () => {
		const { editor, picture, stage } = session;
		const { baseUrl, subdomain, apiToken } = stage.credential.data as Record<
			'baseUrl' | 'subdomain' | 'apiToken',
			string
		>;
		await editor.openNewWorkflow();
		await editor.addNode('Get many contacts');
		await editor.startCredential();
		await picture('credential-empty');

		const wrong = { baseUrl, subdomain: 'nobody', apiToken: 'f'.repeat(64) };
		expect(await editor.saveCredential(wrong)).toContain(
			'WhatsCloud does not know this subdomain.',
		);
		await picture('credential-wrong-subdomain');

		expect(await editor.saveCredential({ subdomain })).toContain(
			'WhatsCloud refuses the API token',
		);
		await picture('credential-wrong-token');

		expect(await editor.saveCredential({ apiToken })).toBeUndefined();
		const [columns, ...contacts] = await editor.execute();
		await picture('contacts');
		expect(columns).toEqual(expect.arrayContaining(['id', 'firstname', 'phone']));
		expect(contacts.length).toBeGreaterThan(5);
	});
});
