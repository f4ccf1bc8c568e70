import axios from 'axios';

import { useSession } from './session.mts';

jest.setTimeout(120_000);

const session = useSession();
const control = async (path: string, body: object = {}) => {
	await axios.post(`${session.stage.sandboxUrl}/sandbox/${path}`, body);
};

beforeAll(async () => {
	const contacts = Array.from({ length: 2_500 }, () => ({ firstname: 'Person' }));
	await control('behaviour', { pageSizeLimit: { max: 100, above: 'clamp' } });
	await control('contacts', { contacts, createdAt: '2021-01-01T00:00:00Z' });
	const zoe = { firstname: 'Zoe', lastname: 'Oldest', phone: '15555559999' };
	await control('contacts', { contacts: [zoe], createdAt: '2020-01-01T00:00:00Z' });
});

afterAll(async () => {
	await control('reset');
});

test('a search in a long list says how far it came, and goes on when the list is scrolled', async () => {
	const { editor, picture, stage } = session;
	await editor.openNewWorkflow();
	await editor.addNode('Get a contact');
	await editor.chooseCredential(stage.credential.name);
	await editor.openPicker('contactId');
	await editor.searchPickerFor('Zoe', 'Searched the newest 2,000 of ');
	await picture('long-list-search');
	await editor.scrollPickerFor('Zoe Oldest');
	await picture('long-list-found');
	await editor.choosePicked('Zoe Oldest');
	const [columns = [], row = []] = await editor.execute();
	expect(row[columns.indexOf('firstname')]).toBe('Zoe');
});
