import { useSession } from './session.mts';

jest.setTimeout(120_000);

const session = useSession();

beforeAll(async () => {
	await session.editor.openNewWorkflow();
});

const inOrder = (names: string[]) => [...names].sort((a, b) => a.localeCompare(b));

describe('a node that is filled in by hand', () => {
	test('offers resources and operations in alphabetical order', async () => {
		const { editor, picture, stage } = session;
		await editor.addNode('Send a text message');
		await editor.chooseCredential(stage.credential.name);

		// n8n adds the last entry to every node whose credential its HTTP Request node can use.
		const own = (names: string[]) => names.filter((name) => name !== 'Custom API Call');
		const resources = own(await editor.openMenu('resource'));
		await picture('resources');
		expect(resources).toEqual(inOrder(resources));
		expect(resources).toContain('Message Bot');
		await editor.chooseFromMenu('Contact');

		const operations = own(await editor.openMenu('operation'));
		await picture('operations');
		expect(operations).toEqual(inOrder(operations));
		expect(operations).toContain('Create or Update');
		await editor.chooseFromMenu('Get');
	});

	test('searches contacts by name and number, and gets the chosen one', async () => {
		const { editor, picture } = session;
		expect(await editor.openPicker('contactId')).toContain('Ada Example (+15555550101)');
		await picture('contact-picker');
		expect(await editor.searchPicker('Modèle')).toEqual(['Éloïse Modèle (+15555550105)']);
		await picture('contact-picker-search');
		await editor.choosePicked('Éloïse');
		expect(await editor.pickedIn('contactId')).toBe('Éloïse Modèle (+15555550105)');

		const [columns = [], row = []] = await editor.execute();
		await picture('contact');
		expect(row[columns.indexOf('firstname')]).toBe('Éloïse');
	});

	test('says in words what the server refused', async () => {
		const { editor, picture } = session;
		await editor.openMenu('operation');
		await editor.chooseFromMenu('Create');
		await editor.fill('firstName', 'Ada');
		await editor.fill('lastName', 'Again');
		await editor.fill('phone', '+1 555 555 0102');
		await editor.openPicker('statusId');
		await editor.choosePicked('New');
		await editor.openPicker('sourceId');
		await editor.choosePicked('website');

		const { title, text } = await editor.executeAndFail();
		await picture('error-422');
		expect(title).toMatch(/phone/i);
		expect(text).not.toMatch(/422|SQLSTATE|stack/);
	});
});
