import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import axios from 'axios';
import { folders } from '../../sandbox/n8n/folders.mts';
import { freePort } from '../../sandbox/n8n/freePort.mts';
import { N8nClient } from '../../sandbox/n8n/n8nClient.mts';
import { startN8n } from '../../sandbox/n8n/startN8n.mts';
import { startStage } from '../../sandbox/n8n/startStage.mts';
import { newOwner } from '../../sandbox/n8n/trialState.mts';
import type { SentMessage } from '../../sandbox/server/sandbox.mts';
import { inARow, itemsNode, manualTrigger, outputsOf, whatsCloudNode } from './workflows.mts';

jest.setTimeout(180_000);

test('guarantee: A question from before a restart of n8n can be answered after it.', async () => {
	const userFolder = mkdtempSync(join(folders.endToEnd, 'n8n-'));
	const port = await freePort();
	const ports = async () => ({ n8n: port, sandbox: await freePort() });
	const before = await startStage({ userFolder, ports, sandbox: {}, say: () => undefined });
	try {
		const owner = newOwner();
		const n8n = new N8nClient(before.n8nUrl);
		await n8n.setUpOwner(owner);
		const { id: credentialId } = await n8n.createCredential(before.credential);
		const stage = {
			...{ n8nUrl: before.n8nUrl, sandboxUrl: before.sandboxUrl, owner, session: n8n.session },
			credential: { ...before.credential, id: credentialId },
		};
		const ask = whatsCloudNode(stage, 'Ask', {
			...{ resource: 'message', operation: 'sendAndWait', responseType: 'freeText' },
			...{ phoneNumber: '15550167001', message: 'Ready? {link}' },
			contactIfNew: { firstName: 'Ada' },
		});
		const { id } = await n8n.createWorkflow(
			inARow('Ask', [manualTrigger, itemsNode('Order', [{ order: 17 }]), ask]),
		);
		const executionId = await n8n.runWorkflow(id, 'Manual');
		await n8n.waitForPause(executionId);
		const { data: sent } = await axios.get<SentMessage[]>(`${before.sandboxUrl}/sandbox/messages`);
		const link = /https?:\/\/\S+/.exec(sent.at(-1)?.text ?? '')?.[0] ?? '';
		await before.stop();

		const after = await startN8n({ userFolder, port });
		try {
			await axios.post(link, new URLSearchParams({ answer: 'Yes, after the restart' }));
			const execution = await n8n.waitForExecution(executionId);
			expect(outputsOf(execution, 'Ask').flat()).toMatchObject([
				{ json: { data: { text: 'Yes, after the restart' } } },
			]);
		} finally {
			await after.stop();
		}
	} finally {
		await before.stop();
		rmSync(userFolder, { recursive: true, force: true });
	}
});
