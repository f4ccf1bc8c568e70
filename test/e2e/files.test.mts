import type { INode, IWorkflowSettings } from 'n8n-workflow';

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

/** Makes a text file of each item, under the binary field `data`. */
const toFile: INode = {
	id: 'File',
	name: 'File',
	type: 'n8n-nodes-base.convertToFile',
	typeVersion: 1.1,
	position: [0, 0],
	parameters: {
		operation: 'toText',
		sourceProperty: 'text',
		options: { fileName: '={{ $json.name }}' },
	},
};

test.each<[what: string, settings: IWorkflowSettings, field: string]>([
	['by name', {}, 'data'],
	['as an object', {}, '={{ $binary.data }}'],
	['of an earlier node', {}, "={{ $('File').item.binary.data }}"],
	['by name, binary mode combined', { binaryMode: 'combined' }, 'data'],
	['as an object, binary mode combined', { binaryMode: 'combined' }, '={{ $json._files.data }}'],
])('files of three items arrive: %s', async (what, settings, field) => {
	const texts = ['one', 'two, with ünïcode', 'three'].map((text) => `${what}: ${text}`);
	const workflow = await n8n.createWorkflow({
		...inARow(`Files ${what}`, [
			manualTrigger,
			itemsNode(
				'Texts',
				texts.map((text, index) => ({ text, name: `Note ${index}.txt` })),
			),
			toFile,
			...(what === 'of an earlier node'
				? [itemsNode('Others', [{ a: 1 }, { a: 2 }, { a: 3 }])]
				: []),
			whatsCloudNode(stage, 'Send', {
				resource: 'message',
				operation: 'sendMedia',
				phoneNumber: '15555550101',
				mediaType: 'document',
				mediaSource: 'binary',
				binaryPropertyName: field,
			}),
		]),
		settings,
	});
	const execution = await n8n.waitForExecution(await n8n.runWorkflow(workflow.id, 'Manual'));
	expect(execution.data.resultData.error).toBeUndefined();
	const [sent = []] = outputsOf(execution, 'Send');
	const messages = await inSandbox<SentMessage>(stage, 'messages');
	const media = sent.map(
		({ json }) => messages.find(({ wamid }) => wamid === json.message_id)?.media,
	);
	expect(media.map((file) => [file?.filename, file?.bytes])).toEqual(
		texts.map((text, index) => [`Note ${index}.txt`, Buffer.byteLength(text)]),
	);
});
