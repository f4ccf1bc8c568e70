import type { WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import type { Contact, SentMessage } from '../../sandbox/server/sandbox.mts';
import { loggedIn, sharedStage } from './stage.mts';
import {
	inARow,
	inSandbox,
	itemsNode,
	manualTrigger,
	outputsOf,
	whatsCloudNode,
} from './workflows.mts';

jest.setTimeout(60_000);

const stage = sharedStage();
const n8n = loggedIn(stage);
const people = [
	{ firstName: 'Ada', lastName: 'Osei', phone: '15550100001', text: 'First' },
	{ firstName: 'Bo', lastName: 'Lind', phone: '15550100002', text: 'Second, with "quotes"' },
	{ firstName: 'Çağla', lastName: 'Ünal', phone: '15550100003', text: 'Third 🎉' },
];

function createAndGreet(): WorkflowFile {
	return inARow('Create and greet', [
		manualTrigger,
		itemsNode('People', people),
		whatsCloudNode(stage, 'Create', {
			resource: 'contact',
			operation: 'create',
			firstName: '={{ $json.firstName }}',
			lastName: '={{ $json.lastName }}',
			phone: '={{ $json.phone }}',
			statusId: { __rl: true, mode: 'id', value: '1' },
			sourceId: { __rl: true, mode: 'id', value: '1' },
		}),
		whatsCloudNode(stage, 'Send', {
			resource: 'message',
			operation: 'sendText',
			phoneNumber: '={{ $json.phone }}',
			// Reaches back over the contact node: works only if items stay linked one to one.
			text: "={{ $('People').item.json.text }}",
		}),
	]);
}

describe('Manual Trigger, three items, contact create, send text', () => {
	test('leaves three contacts and three messages, linked item by item', async () => {
		const workflow = await n8n.createWorkflow(createAndGreet());
		const execution = await n8n.waitForExecution(await n8n.runWorkflow(workflow.id, 'Manual'));

		const { error } = execution.data.resultData;
		expect(error).toBeUndefined();
		expect(execution.status).toBe('success');

		const [created = []] = outputsOf(execution, 'Create');
		const [sent = []] = outputsOf(execution, 'Send');
		expect(created.map((item) => item.json.phone)).toEqual(people.map(({ phone }) => phone));
		expect(created.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(sent.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(sent.map((item) => typeof item.json.message_id)).toEqual(['string', 'string', 'string']);

		const contacts = await inSandbox<Contact>(stage, 'contacts');
		const messages = await inSandbox<SentMessage>(stage, 'messages');
		expect(
			// The send has put a + before the stored number.
			people.map(({ phone }) => contacts.find((contact) => contact.phone === `+${phone}`)),
		).toMatchObject(
			people.map(({ firstName }, index) => ({
				id: created[index]?.json.id,
				firstname: firstName,
			})),
		);
		// Each person one message; between people the order is free, since lanes run in parallel.
		const textsTo = (id: unknown) =>
			messages.filter(({ contactId }) => contactId === id).map(({ text }) => text);
		expect(created.map((item) => textsTo(item.json.id))).toEqual(people.map(({ text }) => [text]));
	});
});
