import { N8nClient, type Workflow, type WorkflowFile } from '../../sandbox/n8n/n8nClient.mts';

/** n8n 1 has no publishing: a workflow is active or not, and its triggers have started when it answers. */
export class N8n1Client extends N8nClient {
	async createWorkflow(workflow: WorkflowFile): Promise<Workflow> {
		return await this.rest('POST', '/workflows', {
			...workflow,
			active: false,
			settings: { executionOrder: 'v1' },
		});
	}

	async activateWorkflow({ id }: Pick<Workflow, 'id'>): Promise<void> {
		await this.updateWorkflow(id, { active: true });
	}

	async deactivateWorkflow(id: string): Promise<void> {
		await this.updateWorkflow(id, { active: false });
	}

	async runWorkflow(workflowId: string, triggerName: string): Promise<string> {
		const { executionId } = await this.rest<{ executionId: string }>(
			'POST',
			`/workflows/${workflowId}/run`,
			{
				workflowData: await this.workflow(workflowId),
				triggerToStartFrom: { name: triggerName },
			},
		);
		return executionId;
	}

	/** n8n 1 answers only when the new execution has ended, without its id. */
	async retryExecution(id: string): Promise<string> {
		const { workflowId } = await this.rest<{ workflowId: string }>('GET', `/executions/${id}`);
		await this.rest('POST', `/executions/${id}/retry`, { loadWorkflow: false });
		const retried = (await this.executionsOf(workflowId)).find(({ retryOf }) => retryOf === id);
		if (!retried) throw new Error(`Execution ${id} was not retried.`);
		return retried.id;
	}
}
