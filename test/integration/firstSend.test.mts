import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import type { Sandbox } from '../../sandbox/server/sandbox.mts';
import { startSandbox } from '../../sandbox/server/sandbox.mts';
import { addressOf, expectNoSecret, runNode } from '../engine/engine.mts';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => {
	await sandbox.close();
});

test('three', async () => {
	const base = { node: WhatsCloud, credential: { type: WhatsCloudApi, data: addressOf(sandbox) } };
	const items = [
		{ json: { f: 'Ada', p: '+1 (555) 555-7001' } },
		{ json: { f: 'Bob', p: '15555557002' } },
		{ json: { f: 'Cleo', p: 15555557003 } },
	];
	const run = await runNode({
		...base,
		parameters: {
			resource: 'contact',
			operation: 'create',
			firstName: '={{ $json.f }}',
			lastName: 'X',
			phone: '={{ $json.p }}',
			statusId: { __rl: true, mode: 'id', value: '1' },
			sourceId: { __rl: true, mode: 'id', value: '1' },
		},
		items,
	});
	console.log(run.status, run.error, JSON.stringify(run.outputs), sandbox.requests.map((r) => r.method + ' ' + r.path));
	const send = await runNode({
		...base,
		parameters: { resource: 'message', operation: 'sendText', phoneNumber: '={{ $json.p }}', text: '=Hi {{ $json.f }}' },
		items,
	});
	console.log(send.status, send.error, JSON.stringify(send.outputs));
	for (const operation of ['get', 'getAll']) {
		const got = await runNode({
			...base,
			parameters: { resource: 'contact', operation, contactId: { __rl: true, mode: 'phone', value: '={{ $json.p }}' }, limit: 3 },
			items,
		});
		console.log(got.status, got.error, JSON.stringify(got.outputs).slice(0, 1500));
	}
	expectNoSecret(send, sandbox.token);
});
