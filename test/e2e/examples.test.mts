import { exampleWorkflows, withCredential } from '../../sandbox/n8n/exampleWorkflows.mts';
import type { N8nClient } from '../../sandbox/n8n/n8nClient.mts';
import { loggedIn, sharedStage } from './stage.mts';

jest.setTimeout(60_000);

const stage = sharedStage();
let n8n: N8nClient;

beforeAll(async () => {
	n8n = await loggedIn(stage);
});

describe.each(exampleWorkflows())('examples/$file', ({ workflow }) => {
	it('names its credential only, so that it fits any account', () => {
		for (const { credentials = {} } of workflow.nodes) {
			for (const reference of Object.values(credentials)) {
				expect(Object.keys(reference)).toEqual(['name']);
			}
		}
	});

	it('explains itself on a sticky note', () => {
		expect(workflow.nodes.map(({ type }) => type)).toContain('n8n-nodes-base.stickyNote');
	});

	it('imports and runs every node', async () => {
		const { id } = await n8n.createWorkflow(
			withCredential(workflow, stage.credential.type, stage.credential),
		);
		const trigger = workflow.nodes.find(({ type }) => type.endsWith('manualTrigger'));
		expect(trigger).toBeDefined();
		const executionId = await n8n.runWorkflow(id, trigger?.name ?? '');
		const execution = await n8n.waitForExecution(executionId);

		const { runData, error } = execution.data.resultData;
		expect(error).toBeUndefined();
		expect(execution.status).toBe('success');
		const steps = workflow.nodes.filter(({ type }) => !type.endsWith('stickyNote'));
		expect(Object.keys(runData).sort()).toEqual(steps.map(({ name }) => name).sort());
	});
});
