import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exampleWorkflows, withCredential } from '../../sandbox/n8n/exampleWorkflows.mts';
import { folders } from '../../sandbox/n8n/folders.mts';
import { installTarball } from '../../sandbox/n8n/installTarball.mts';
import { N8nClient, type WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';
import { packPackage } from '../../sandbox/n8n/packPackage.mts';
import { type RunningN8n, startN8n } from '../../sandbox/n8n/startN8n.mts';
import { newOwner } from '../../sandbox/n8n/trialState.mts';
import { startSandbox } from '../../sandbox/server/sandbox.mts';
import { outputsOf } from './workflows.mts';

jest.setTimeout(240_000);

const TRIGGER = 'When clicking ‘Execute workflow’';
const people = Array.from({ length: 20 }, (_, index) => ({
	phone: `1555017${String(index + 1).padStart(4, '0')}`,
	first_name: `Person ${index + 1}`,
}));

/** The example, to these people instead of its own. */
function campaign(): WorkflowFile {
	const example = exampleWorkflows().find(({ file }) => file.includes('survives-a-restart'));
	if (!example) throw new Error('The example is missing');
	const nodes = example.workflow.nodes.map((node) =>
		node.name === 'People'
			? { ...node, parameters: { jsCode: `return ${JSON.stringify(people)};` } }
			: node,
	);
	return { ...example.workflow, nodes };
}

// Told to end, n8n lets a run go on for so long; killed, it ends at once.
test.each(['SIGTERM', 'SIGKILL'] as const)(
	'guarantee: The campaign that survives a restart writes to nobody twice, and lists whom you have to check. (%s)',
	async (signal) => {
		const userFolder = mkdtempSync(join(folders.endToEnd, 'n8n-'));
		await installTarball(userFolder, await packPackage(() => undefined));
		const sandbox = await startSandbox({});
		const start = async () =>
			await startN8n({ userFolder, env: { N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '1' } });
		let n8n: RunningN8n = await start();
		try {
			sandbox.data.insertContacts(people.map(({ phone }) => ({ phone })));
			// So slow that n8n ends while a message is under way, accepted and not answered.
			sandbox.faults.add({ kind: 'delay', ms: 400, when: 'after', path: '/messages/template' });
			const owner = newOwner();
			const before = new N8nClient(n8n.url);
			await before.setUpOwner(owner);
			const credential = await before.createCredential({
				name: 'WhatsCloud account',
				type: 'whatsCloudApi',
				data: {
					baseUrl: sandbox.baseUrl,
					subdomain: sandbox.subdomain,
					apiToken: sandbox.token,
				},
			});
			const { id } = await before.createWorkflow(
				withCredential(campaign(), 'whatsCloudApi', credential),
			);
			await before.runWorkflow(id, TRIGGER);
			while (sandbox.messages.length < 7) await delay(10);
			process.kill(n8n.pid, signal);
			await n8n.ended;
			const sentBefore = sandbox.messages.length;
			expect(sentBefore).toBeLessThan(people.length);

			sandbox.faults.clear();
			n8n = await start();
			const after = new N8nClient(n8n.url);
			await after.logIn(owner);
			const execution = await after.waitForExecution(await after.runWorkflow(id, TRIGGER));
			expect(execution.data.resultData.error?.message).toBeUndefined();
			const toCheck = outputsOf(execution, 'Who is to be checked').flat();
			// Who was under way when n8n ended is told, and not written to again.
			expect(toCheck.map(({ json }) => json.state)).toEqual(toCheck.map(() => 'sending'));
			expect(toCheck.length).toBeLessThanOrEqual(1);

			const reached = sandbox.messages.map(({ phone }) => phone);
			expect(new Set(reached).size).toBe(reached.length);
			const told = new Set([...reached, ...toCheck.map(({ json }) => json.phone)]);
			expect([...told].sort()).toEqual(people.map(({ phone }) => phone).sort());
		} finally {
			await n8n.stop();
			await sandbox.close();
			rmSync(userFolder, { recursive: true, force: true });
		}
	},
);
