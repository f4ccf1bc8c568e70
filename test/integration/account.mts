import type {
	IDataObject,
	INodeExecutionData,
	INodeListSearchResult,
	INodeParameters,
	INodePropertyOptions,
} from 'n8n-workflow';

import { WhatsCloudApi } from '../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../nodes/WhatsCloud/WhatsCloud.node';
import {
	type Generation,
	generations,
	type RequestRecord,
	type Sandbox,
	type SandboxOptions,
} from '../../sandbox/server/sandbox.mts';
import {
	addressOf,
	expectNoSecret,
	runListSearch,
	runLoadOptions,
	runNode,
	type NodeRun,
	type RunOptions,
} from '../engine/engine.mts';
import { type Chosen, expectFitsSchema } from './outputSchema.mts';
import { useSandbox } from './useSandbox.mts';

export { type Generation, generations };

// The engine, the sandbox and other tests share a busy machine.
jest.setTimeout(60_000);

interface More extends Pick<RunOptions, 'settings' | 'timezone' | 'retryOf' | 'asTool'> {
	/** What the user entered in the credential, as far as it is not right. */
	entered?: Partial<ReturnType<typeof addressOf>>;
}

/** A WhatsCloud account and the node with its credential, in n8n's engine. */
export interface Account<Parameters extends INodeParameters = INodeParameters & Chosen> {
	readonly sandbox: Sandbox;
	/** One item per JSON object; fails when the node stops. What comes out fits the output preview. */
	run(parameters: Parameters, items?: IDataObject[], more?: More): Promise<IDataObject[]>;
	/** Like `run`, for runs that stop or have failed items. */
	attempt(parameters: Parameters, items?: IDataObject[], more?: More): Promise<NodeRun>;
	/** The requests that reached the server, such as `PUT contacts/41`. */
	requests(): string[];
	/** The bodies of those requests, in their order. */
	bodies(request: string): RequestRecord['body'][];
	search(method: string, filter?: string, page?: string): Promise<INodeListSearchResult>;
	options(method: string, entered?: More['entered']): Promise<INodePropertyOptions[]>;
}

/** One account for the tests of a block, back to its start before each of them. */
export function useAccount(options?: SandboxOptions): Account {
	const server = useSandbox(options);

	const setting = (entered: More['entered'] = {}) => ({
		node: WhatsCloud,
		credential: { type: WhatsCloudApi, data: { ...addressOf(server.sandbox), ...entered } },
	});
	const attempt: Account['attempt'] = async (
		parameters,
		jsons = [{}],
		{ entered, ...more } = {},
	) => {
		const items: INodeExecutionData[] = jsons.map((json) => ({ json }));
		const run = await runNode({ ...setting(entered), ...more, parameters, items });
		expectNoSecret(run, server.sandbox.token);
		const outputs = run.outputs.flat();
		for (const output of run.outputs) expectLinkedInOrder(output, items.length);
		if (parameters.simplify !== false) {
			for (const { json } of outputs) {
				if (json.error === undefined) expectFitsSchema(parameters, withoutNames(json));
			}
		}
		return run;
	};
	return {
		get sandbox() {
			return server.sandbox;
		},
		attempt,
		run: async (...given) => {
			const run = await attempt(...given);
			if (run.error) throw run.error;
			expect(run.status).toBe('success');
			return run.outputs.flat().map(({ json }) => json);
		},
		requests: () => server.sandbox.requests.map(nameOf),
		bodies: (request) =>
			server.sandbox.requests
				.filter((record) => nameOf(record) === request)
				.map(({ body }) => body),
		search: async (method, filter, page) => await runListSearch(setting(), method, filter, page),
		options: async (method, entered) => await runLoadOptions(setting(entered), method),
	};
}

/**
 * The tests of one operation on each generation of the server. They fail unless the operation has run there
 * with three items that differ: what works for one item may use the first item's values for all.
 */
export function describeOperation(
	resource: string,
	operation: string,
	tests: (account: OperationAccount, server: Generation) => void,
): void {
	describe.each(generations)(`${resource} ${operation}, %s server`, (server) => {
		const account = useAccount({ server });
		let mostItems = 0;
		const chosen = (parameters: INodeParameters) => ({ resource, operation, ...parameters });
		const counted = (items: IDataObject[] = []) => {
			const differing = new Set(items.map((item) => JSON.stringify(item)));
			mostItems = Math.max(mostItems, differing.size);
			return items.length > 0 ? items : undefined;
		};
		tests(
			Object.create(account, {
				run: {
					value: async (parameters: INodeParameters, items?: IDataObject[], more?: More) =>
						await account.run(chosen(parameters), counted(items), more),
				},
				attempt: {
					value: async (parameters: INodeParameters, items?: IDataObject[], more?: More) =>
						await account.attempt(chosen(parameters), counted(items), more),
				},
			}) as OperationAccount,
			server,
		);
		test('has run with three differing items', () => {
			expect(mostItems).toBeGreaterThanOrEqual(3);
		});
	});
}

/** An account whose runs have the resource and the operation set, unless the parameters name others. */
export type OperationAccount = Account<INodeParameters>;

/** A resource locator with a fixed value or an expression. */
export function locator(mode: 'id' | 'list' | 'phone' | 'name', value: string | number) {
	return { __rl: true, mode, value };
}

/** The preview shows what comes without options. */
function withoutNames(json: IDataObject): IDataObject {
	const names = ['status_name', 'source_name', 'group_names'];
	return Object.fromEntries(Object.entries(json).filter(([key]) => !names.includes(key)));
}

function nameOf({ method, path }: RequestRecord): string {
	return `${method} ${path.split('/').slice(4).join('/')}`;
}

/** Every output is linked to an item, and they come in the order of the items. */
function expectLinkedInOrder(outputs: INodeExecutionData[], itemCount: number): void {
	const indexes = outputs.map(({ pairedItem }) =>
		typeof pairedItem === 'object' && !Array.isArray(pairedItem) ? pairedItem.item : undefined,
	);
	expect(indexes).toEqual([...indexes].sort((a, b) => Number(a) - Number(b)));
	for (const index of indexes) {
		expect(index).toBeGreaterThanOrEqual(0);
		expect(index).toBeLessThan(itemCount);
	}
}
