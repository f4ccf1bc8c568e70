import { createHash } from 'node:crypto';
import axios from 'axios';
import type { INode, INodeParameters } from 'n8n-workflow';
import type { SentMessage } from '../../sandbox/server/sandbox.mts';
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
let picture: Buffer;

const customers = [
	{ phone: '15550200001', name: 'Ada', order: '1001', day: 'Monday' },
	{ phone: '15550200002', name: 'Bo', order: '1002', day: 'Tuesday "sharp"' },
	{ phone: '15550200003', name: 'Çağla', order: '1003', day: 'Friday 🎉' },
];

beforeAll(async () => {
	const { data } = await axios.get<ArrayBuffer>(`${stage.sandboxUrl}/sandbox/media/flyer.png`, {
		responseType: 'arraybuffer',
	});
	picture = Buffer.from(data);
});

/** Turns the item's base64 text into a file of the item, kept on disk as n8n does by default. */
const toFile: INode = {
	id: 'file',
	name: 'Picture',
	type: 'n8n-nodes-base.convertToFile',
	typeVersion: 1.1,
	position: [0, 0],
	parameters: {
		operation: 'toBinary',
		sourceProperty: 'picture',
		options: { fileName: 'flyer.png', mimeType: 'image/png' },
	},
};

const templateParameters: INodeParameters = {
	resource: 'message',
	operation: 'sendTemplate',
	phoneNumber: "={{ $('Customers').item.json.phone }}",
	template: { __rl: true, mode: 'name', value: 'spring_flyer' },
	headerMediaSource: 'binary',
	headerBinaryPropertyName: 'data',
	contactIfNew: { firstName: "={{ $('Customers').item.json.name }}" },
};

test('sends a template with a picture of the item and three variables through the resource mapper', async () => {
	const fields = await n8n.resourceMapperFields({
		nodeType: 'n8n-nodes-whatscloud.whatsCloud',
		typeVersion: 1,
		path: 'parameters.templateVariables',
		methodName: 'getTemplateVariables',
		parameters: templateParameters,
		credentials: { whatsCloudApi: { id: stage.credential.id, name: stage.credential.name } },
	});
	// The picture comes from the item, so that only the variables of the body are asked for.
	expect(fields.fields.map(({ id }) => id)).toEqual(['field_1', 'field_2', 'field_3']);

	const workflow = await n8n.createWorkflow(
		inARow('Flyer', [
			manualTrigger,
			itemsNode(
				'Customers',
				customers.map((customer) => ({ ...customer, picture: picture.toString('base64') })),
			),
			toFile,
			whatsCloudNode(stage, 'Send', {
				...templateParameters,
				templateVariables: {
					mappingMode: 'defineBelow',
					value: {
						field_1: "={{ $('Customers').item.json.name }}",
						field_2: "={{ $('Customers').item.json.order }}",
						field_3: "={{ $('Customers').item.json.day }}",
					},
					matchingColumns: [],
					schema: fields.fields as unknown as INodeParameters[],
					attemptToConvertTypes: false,
					convertFieldsToString: false,
				},
			}),
		]),
	);
	const execution = await n8n.waitForExecution(await n8n.runWorkflow(workflow.id, 'Manual'));
	expect(execution.data.resultData.error).toBeUndefined();

	const [sent = []] = outputsOf(execution, 'Send');
	expect(sent.map(({ json }) => json.phone)).toEqual(customers.map(({ phone }) => phone));
	const messages = await inSandbox<SentMessage>(stage, 'messages');
	const sha256 = createHash('sha256').update(picture).digest('hex');
	expect(
		sent.map(({ json }) => messages.find(({ wamid }) => wamid === json.message_id)),
	).toMatchObject(
		customers.map(({ phone, name, order, day }) => ({
			kind: 'template',
			phone,
			template: { name: 'spring_flyer', body: [name, order, day] },
			media: { type: 'image', bytes: picture.length, sha256 },
		})),
	);
});
