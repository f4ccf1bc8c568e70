import {
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type IPairedItemData,
	NodeOperationError,
} from 'n8n-workflow';

import { toItems } from '../../../nodes/WhatsCloud/run/runItems';

const node = { name: 'Send', type: 'whatsCloud', onError: 'continueErrorOutput' } as INode;
const context = { getNode: () => node } as IExecuteFunctions;
const rows = ['Ada', 'Bea', 'Cleo'].map((name, index) => ({ name, order: 7 + index }));

/** What n8n 1 does (workflow-execute.js of n8n-core 1.84 and 1.109), which knows no item by `details`. */
function errorOutputOfN8n1(items: INodeExecutionData[]): INodeExecutionData[][] {
	const [done, failed]: INodeExecutionData[][] = [[], []];
	for (const item of items) {
		const keys = Object.keys(item.json).join();
		let isFailed = keys === 'error' || keys === 'error,message';
		if (item.error) {
			isFailed = true;
			item.error = undefined;
		}
		const row = rows[(item.pairedItem as IPairedItemData).item];
		if (isFailed) failed?.push({ ...item, json: { ...row, ...item.json } });
		else done?.push(item);
	}
	return [done ?? [], failed ?? []];
}

test('in n8n 1, too, a failed item leaves by the error output with its row', () => {
	const error = new NodeOperationError(node, 'No contact', { description: 'Create it first' });
	const [done, failed] = errorOutputOfN8n1(
		toItems(context, [
			{ index: 0, json: rows[0] ?? {}, outputs: [{ message_id: 'wamid.1' }] },
			{ index: 1, json: rows[1] ?? {}, error },
			{ index: 2, json: rows[2] ?? {}, outputs: [{ message_id: 'wamid.3' }] },
		]),
	);
	expect(done?.map(({ json }) => json)).toEqual([
		{ message_id: 'wamid.1' },
		{ message_id: 'wamid.3' },
	]);
	expect(failed).toEqual([
		{
			json: { ...rows[1], error: 'No contact', details: 'Create it first' },
			pairedItem: { item: 1 },
		},
	]);
});
