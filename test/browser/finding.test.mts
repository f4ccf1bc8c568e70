import { useSession } from './session.mts';

jest.setTimeout(120_000);

const session = useSession();

describe('finding the node', () => {
	test('by typing "whatsapp" or "whatscloud", and reading what it can do', async () => {
		const { editor, picture } = session;
		await editor.openNewWorkflow();
		expect(await editor.searchNodes('whatsapp')).toContain('WhatsCloud');
		await picture('find-whatsapp');
		expect(await editor.searchNodes('whatscloud')).toContain('WhatsCloud');
		await picture('find-whatscloud');
		for (const words of ['whatscloud send', 'send template', 'whatscloud template'])
			expect(await editor.searchNodes(words)).toContain('WhatsCloud');
		await picture('find-whatscloud-template');
		const actions = await editor.openActions('WhatsCloud');
		await editor.showAction('Send a text message');
		await picture('actions');
		expect(actions).toEqual(
			expect.arrayContaining([
				'CONTACT ACTIONS',
				'Create or update a contact',
				'MESSAGE ACTIONS',
				'Send a template message',
			]),
		);
	});

	test('as what starts a workflow', async () => {
		const { editor, picture } = session;
		await editor.openEmptyWorkflow();
		expect(await editor.searchNodes('whatsapp')).toContain('WhatsCloud');
		expect(await editor.openActions('WhatsCloud')).toContain('On contact created (polls)');
		await picture('triggers');
	});
});

describe('the icon', () => {
	test.each([
		['Dark theme', /whatscloud\.dark\.svg$/],
		['Light theme', /whatscloud\.svg$/],
	] as const)('suits the %s', async (theme, file) => {
		const { editor, page, picture } = session;
		await editor.chooseTheme(theme);
		await editor.openNewWorkflow();
		await editor.addNode('Send a text message');
		await editor.closeNode();
		await page.getByText('Send Text: message').waitFor();
		const icon = editor.iconOf('Send a text message');
		expect(await icon.getAttribute('src')).toMatch(file);
		await picture(`icon-${theme}`.replace(' ', '-').toLowerCase());
	});
});
