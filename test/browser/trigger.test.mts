import { useSession } from './session.mts';

jest.setTimeout(120_000);

const session = useSession();

describe('the trigger', () => {
	test('fetches the newest contact as a test event', async () => {
		const { editor, picture, stage } = session;
		await editor.openEmptyWorkflow();
		await editor.searchNodes('whatscloud');
		await editor.openActions('WhatsCloud');
		await editor.chooseAction('On contact created (polls)');
		await editor.chooseCredential(stage.credential.name);
		await picture('trigger');

		const [columns = [], ...events] = await editor.fetchTestEvent();
		await picture('trigger-test-event');
		expect(columns).toEqual(expect.arrayContaining(['id', 'firstname', 'phone']));
		expect(events).toHaveLength(1);
	});
});
