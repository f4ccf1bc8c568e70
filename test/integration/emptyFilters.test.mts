import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloudTrigger } from '../../nodes/WhatsCloud/WhatsCloudTrigger.node';
import { addressOf, runPoll } from '../engine/engine.mts';
import { useAccount, generations } from './account.mts';

// Without the filter, all records would come, and the next node may delete them or write to them.

const CONTACT_FILTERS = {
	createdAfter: 'Created After',
	createdBefore: 'Created Before',
	email: 'Email',
	groupId: 'Group Name or ID',
	phone: 'Phone',
	sourceId: 'Source Name or ID',
	statusId: 'Status Name or ID',
	type: 'Type',
};
const TEMPLATE_FILTERS = { category: 'Category', language: 'Language', status: 'Status' };

const FILTERS = [
	...Object.entries(CONTACT_FILTERS).map(([name, label]) => ['contact', name, label] as const),
	...Object.entries(TEMPLATE_FILTERS).map(([name, label]) => ['template', name, label] as const),
];

describe.each(generations)('%s server', (server) => {
	const account = useAccount({ server });

	test.each(FILTERS)('%s: an empty filter %s is refused', async (resource, name, label) => {
		const parameters = {
			...{ resource, operation: 'getAll', returnAll: true },
			filters: { [name]: '={{ $json.wanted }}' },
		};
		for (const item of [{ wanted: '' }, { wanted: null }, { other: 1 }, { wanted: ' \u200b' }]) {
			const { error, outputs } = await account.attempt(parameters, [item]);
			expect(error?.message).toBe(`"Filters > ${label}" is empty`);
			expect(error?.description).toContain('remove this filter');
			expect(outputs.flat()).toEqual([]);
		}
		expect(account.requests()).toEqual([]);
	});

	test.each(['contact', 'template'])('%s: a model leaves a filter empty', async (resource) => {
		const all = await account.run({ resource, operation: 'getAll', returnAll: true });
		const empty = Object.fromEntries(
			FILTERS.flatMap(([of, name]) => (of === resource ? [[name, '={{ $json.wanted }}']] : [])),
		);
		const asked = await account.attempt(
			{ resource, operation: 'getAll', returnAll: true, filters: empty },
			[{ wanted: '' }],
			{ asTool: true },
		);
		const ids = asked.outputs.flat().map(({ json }) => json.id);
		expect(ids.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
		expect(all.length).toBeGreaterThan(2);
	});

	test('of three items, only the one with an empty filter fails', async () => {
		const phones = ['15555550101', '', '15555550103'];
		const { outputs } = await account.attempt(
			{ resource: 'contact', operation: 'getAll', filters: { phone: '={{ $json.phone }}' } },
			phones.map((phone) => ({ phone })),
			{ settings: { onError: 'continueErrorOutput' } },
		);
		const [found, failed] = outputs.map((output) =>
			output.map(({ json, pairedItem }) => [json.error ?? json.phone, pairedItem]),
		);
		expect(failed).toEqual([['"Filters > Phone" is empty', { item: 1 }]]);
		expect(found?.map(([, pairedItem]) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
	});

	test.each(['groupId', 'sourceId', 'statusId', 'type'] as const)(
		'the trigger refuses an empty filter %s',
		async (name) => {
			const setting = {
				node: WhatsCloudTrigger,
				credential: { type: WhatsCloudApi, data: addressOf(account.sandbox) },
				parameters: { filters: { [name]: '' } },
			};
			const words = `"Filters > ${CONTACT_FILTERS[name]}" is empty`;
			expect((await runPoll(setting)).error).toMatchObject({ message: words });
			// n8n gives up a trigger whose first poll fails when n8n starts.
			const started = await runPoll({ ...setting, activation: 'init' });
			expect(started.result).toBeNull();
			expect(started.logs.map(({ message }) => message)).toEqual([expect.stringContaining(words)]);
			const { error } = await runPoll({ ...setting, after: started, activation: 'init' });
			expect(error).toMatchObject({ message: words });
			expect(account.requests()).toEqual([]);
		},
	);
});
