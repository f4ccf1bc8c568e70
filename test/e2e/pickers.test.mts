import { loggedIn, sharedStage } from './stage.mts';

jest.setTimeout(30_000);

const stage = sharedStage();
const n8n = loggedIn(stage);
const nodeType = 'n8n-nodes-whatscloud.whatsCloud';

async function searchMethodOf(parameter: string): Promise<string> {
	const types = await n8n.nodeTypes();
	const properties = types.find(({ name }) => name === nodeType)?.properties ?? [];
	const modes = properties.find(({ name }) => name === parameter)?.modes ?? [];
	const method = modes.find(({ name }) => name === 'list')?.typeOptions?.searchListMethod;
	if (method === undefined) throw new Error(`${parameter} has no list to choose from.`);
	return method;
}

async function namesFor(parameter: string, filter?: string): Promise<string[]> {
	const { id, name } = stage.credential;
	const { results } = await n8n.resourceLocatorResults(
		{
			nodeType,
			typeVersion: 1,
			path: `parameters.${parameter}`,
			methodName: await searchMethodOf(parameter),
			parameters: { resource: 'contact', operation: 'create' },
			credentials: { whatsCloudApi: { id, name } },
		},
		{ filter },
	);
	return results.map((result) => result.name);
}

describe('the pickers, asked as the editor asks them', () => {
	test.each([
		['statusId', 'New'],
		['sourceId', 'whatsapp'],
	])('%s offers the records of the account', async (parameter, known) => {
		expect(await namesFor(parameter)).toContain(known);
	});

	test('searches', async () => {
		expect(await namesFor('statusId', 'qualif')).toEqual(['Qualified']);
	});
});
