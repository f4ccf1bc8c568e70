import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
	ICredentialType,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IPollFunctions,
} from 'n8n-workflow';
import {
	addressOf,
	type Credential,
	expectNoSecret,
	type NodeOptions,
	runListSearch,
	runLoadOptions,
	runNode,
	runPoll,
	runResourceMapping,
} from '../engine/engine.mts';

const token = 'secret/token+of=the test';

class ProbeApi implements ICredentialType {
	name = 'probeApi';
	displayName = 'Probe API';
	properties = [
		{ displayName: 'URL', name: 'url', type: 'string' as const, default: '' },
		{ displayName: 'Token', name: 'token', type: 'string' as const, default: '' },
		{ displayName: 'Version', name: 'version', type: 'string' as const, default: 'v1' },
	];
	authenticate = {
		type: 'generic' as const,
		properties: {
			headers: { Authorization: '=Bearer {{$credentials.token}}' },
			qs: { version: '={{$credentials.version}}' },
		},
	};
}

const describeNode = (rest: Partial<INodeTypeDescription>): INodeTypeDescription => ({
	displayName: 'Probe',
	name: 'probe',
	group: ['transform'],
	version: 1,
	description: 'Asks the server of the test',
	defaults: { name: 'Probe' },
	inputs: ['main'],
	outputs: ['main'],
	credentials: [{ name: 'probeApi', required: true }],
	properties: [],
	...rest,
});

interface Address {
	url: string;
}
interface Answer {
	query: string;
}
interface Ledger {
	done?: Record<string, IDataObject>;
}

/** Asks for one path per item; what is in its ledger it does not ask for again. */
class Probe implements INodeType {
	description = describeNode({
		properties: [
			{ displayName: 'Path', name: 'path', type: 'string', default: '/people/ada' },
			{ displayName: 'Ledger', name: 'ledger', type: 'boolean', default: false },
			{
				displayName: 'For Agents',
				name: 'forAgents',
				type: 'string',
				default: 'shown',
				displayOptions: { show: { '@tool': [true] } },
			},
		],
	});

	methods = {
		listSearch: {
			async people(this: ILoadOptionsFunctions, filter?: string, paginationToken?: string) {
				const { url } = await this.getCredentials<Address>('probeApi');
				const qs = { filter, page: paginationToken };
				const request = { baseURL: url, url: '/people/list', qs };
				const answer = (await this.helpers.httpRequestWithAuthentication.call(
					this,
					'probeApi',
					request,
				)) as Answer;
				const next: unknown = Number(paginationToken ?? 1) + 1;
				return {
					results: [{ name: answer.query, value: 1 }],
					paginationToken: next as string,
				};
			},
		},
		loadOptions: {
			path(this: ILoadOptionsFunctions) {
				const path = this.getCurrentNodeParameter('path') as string;
				return Promise.resolve([
					{ name: path, value: JSON.stringify(this.getNodeParameter('ledger')) },
				]);
			},
		},
		resourceMapping: {
			columns() {
				const column = { required: false, defaultMatch: false, display: true, type: 'string' };
				return Promise.resolve({
					fields: ['first', 'second', 'second'].map((id, index) => ({
						...column,
						id,
						displayName: `${id} ${index}`,
						type: 'string' as const,
					})),
				});
			},
		},
	};

	async execute(this: IExecuteFunctions) {
		const out: INodeExecutionData[] = [];
		const ledger = this.getContext('node') as Ledger;
		this.addExecutionHints({ message: 'Asked the server', location: 'outputPane' });
		for (const [i, item] of this.getInputData().entries()) {
			const path = this.getNodeParameter('path', i) as string;
			const key = `${this.getWorkflowDataProxy(i).$runIndex as number}:${i}`;
			const known = ledger.done?.[key];
			if (known) {
				out.push({ json: { ...known, known: true }, pairedItem: { item: i } });
				continue;
			}
			try {
				const { url } = await this.getCredentials<Address>('probeApi');
				const request: IHttpRequestOptions = { baseURL: url, url: path };
				const json = (await this.helpers.httpRequestWithAuthentication.call(
					this,
					'probeApi',
					request,
				)) as IDataObject;
				if (this.getNodeParameter('ledger', i) === true) {
					ledger.done = { ...ledger.done, [key]: json };
				}
				this.logger.debug('Asked', { path });
				out.push({ json: { ...json, input: item.json.id ?? null }, pairedItem: { item: i } });
			} catch (error) {
				if (!this.continueOnFail()) throw error;
				const { message } = error as Error;
				out.push({ json: { error: message }, pairedItem: { item: i } });
			}
		}
		return [out];
	}
}

const seen: string[] = [];
let failing = new Set<string>();
/** Paths in `failing` answer 500, once each. */
const answer = (request: IncomingMessage, response: ServerResponse): void => {
	const { pathname, search } = new URL(request.url ?? '', 'http://server');
	seen.push(pathname);
	const send = (status: number, body: unknown) => {
		response.writeHead(status, { 'content-type': 'application/json' });
		response.end(JSON.stringify(body));
	};
	if (pathname === '/slow') return;
	if (failing.delete(pathname)) {
		send(500, { message: 'Failed this once' });
	} else if (request.headers.authorization !== `Bearer ${token}`) {
		send(401, { message: 'Unauthenticated.' });
	} else if (pathname.startsWith('/people/')) {
		send(200, { name: pathname.slice('/people/'.length), query: search });
	} else {
		send(404, { message: 'Contact not found' });
	}
};
const server = createServer(answer);
let credential: Credential;
let probe: NodeOptions;
const people: INodeExecutionData[] = [
	{ json: { id: 1, path: '/people/ada' } },
	{ json: { id: 2, path: '/nobody' } },
	{ json: { id: 3, path: '/people/cleo' } },
];
const failingFirst = [people[1], people[0], people[2]] as INodeExecutionData[];
const byPath = { path: '={{ $json.path }}' };

beforeAll(async () => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	credential = { type: ProbeApi, data: { url, token } };
	probe = { node: Probe, credential };
});
afterAll(() => {
	server.close();
	server.closeAllConnections();
});
beforeEach(() => {
	seen.length = 0;
	failing = new Set();
});

describe('an execution', () => {
	test('resolves expressions per item, fills in defaults and links the output to the input', async () => {
		const run = await runNode({
			...probe,
			parameters: { path: '=/people/{{ $json.id }}-{{ $itemIndex }}' },
			items: people,
		});
		expect(run.status).toBe('success');
		expect(run.outputs).toEqual([
			[1, 2, 3].map((id, item) => ({
				json: { name: `${id}-${item}`, query: '?version=v1', input: id },
				pairedItem: { item },
			})),
		]);
		expect(run.hints).toEqual([{ message: 'Asked the server', location: 'outputPane' }]);
		expect(run.logs).toContainEqual({
			level: 'debug',
			message: 'Asked',
			metadata: { path: '/people/2-1' },
		});
		expect(run.decrypts).toBe(6);
		expectNoSecret(run, token);
	});

	test('keeps the logs of two runs at the same time apart', async () => {
		const runs = await Promise.all(
			['/people/ada', '/people/bea'].map((path) => runNode({ ...probe, parameters: { path } })),
		);
		const asked = runs.map(({ logs }) =>
			logs.filter(({ message }) => message === 'Asked').map(({ metadata }) => metadata),
		);
		expect(asked).toEqual([[{ path: '/people/ada' }], [{ path: '/people/bea' }]]);
	});

	test('stops with a NodeApiError on 404, and stores neither its cause nor the token', async () => {
		const run = await runNode({ ...probe, parameters: { path: '/nobody' } });
		expect(run.status).toBe('error');
		expect(run.outputs).toEqual([]);
		expect(run.error).toMatchObject({
			name: 'NodeApiError',
			message: 'The resource you are requesting could not be found',
			description: 'Contact not found',
			httpCode: '404',
		});
		expect(run.error).not.toHaveProperty('cause');
		expectNoSecret(run, token);
	});

	test('lets a failing item through the regular output', async () => {
		const run = await runNode({
			...probe,
			parameters: byPath,
			items: people,
			settings: { onError: 'continueRegularOutput' },
		});
		expect(run.status).toBe('success');
		expect(run.outputs).toHaveLength(1);
		expect(run.outputs[0]?.map(({ json }) => json.name ?? json.error)).toEqual([
			'ada',
			'The resource you are requesting could not be found',
			'cleo',
		]);
	});

	test('moves a failing item to the error output and puts its input data back', async () => {
		const run = await runNode({
			...probe,
			parameters: byPath,
			items: people,
			settings: { onError: 'continueErrorOutput' },
		});
		expect(run.outputs[0]?.map(({ json }) => json.name)).toEqual(['ada', 'cleo']);
		expect(run.outputs[1]).toEqual([
			{
				json: {
					id: 2,
					path: '/nobody',
					error: 'The resource you are requesting could not be found',
				},
				pairedItem: { item: 1 },
			},
		]);
	});

	test('puts the input through the success output when the node itself throws under Continue', async () => {
		class Throws implements INodeType {
			description = describeNode({ name: 'throws', credentials: [] });

			execute(): Promise<INodeExecutionData[][]> {
				throw new Error('Thrown in spite of Continue');
			}
		}
		const settings = { onError: 'continueErrorOutput' as const };
		const run = await runNode({ node: Throws, items: people, settings });
		expect(run.outputs.map((items) => items.map(({ json }) => json))).toEqual([
			people.map(({ json }) => json),
		]);
		expect(run.taskData[0]?.error?.message).toBe('Thrown in spite of Continue');
	});

	test('names the network error when nothing answers', async () => {
		const data = { ...credential.data, url: 'http://127.0.0.1:1' };
		const run = await runNode({ ...probe, credential: { ...credential, data } });
		expect(run.error).toMatchObject({ name: 'NodeApiError', httpCode: 'ECONNREFUSED' });
		expectNoSecret(run, token);
	});

	test('sends a request with the wrong token twice', async () => {
		const wrong = { ...credential, data: { ...credential.data, token: 'wrong' } };
		const run = await runNode({ ...probe, credential: wrong });
		expect(run.error).toMatchObject({ httpCode: '401' });
		expect(seen).toEqual(['/people/ada', '/people/ada']);
	});

	test('has no credential to decrypt when none is set', async () => {
		const run = await runNode({ node: Probe });
		expect(run.error?.message).toBe('Node does not have any credentials set');
	});

	test('is cancelled in the middle of a request', async () => {
		const slow = { ...probe, parameters: { path: '/slow' } };
		const run = await runNode({ ...slow, cancelAfter: 50 });
		expect(run.status).toBe('canceled');
		expect(run.durationMs).toBeLessThan(1000);
		const cancel = new Promise<void>((resolve) => {
			server.once('request', () => {
				resolve();
			});
		});
		expect((await runNode({ ...slow, cancel })).status).toBe('canceled');
	});

	test('runs the variant for AI agents under a type ending in Tool', async () => {
		const node = new Probe();
		const types: string[] = [];
		const execute = async function (this: IExecuteFunctions) {
			types.push(this.getNode().type, this.getNodeParameter('forAgents', 0, 'hidden') as string);
			return await Probe.prototype.execute.call(this);
		};
		const watched = Object.assign(node, { execute });
		const asTool = await runNode({ ...probe, node: watched, asTool: true });
		await runNode({ ...probe, node: watched });
		expect(types).toEqual([
			'n8n-nodes-whatscloud.probeTool',
			'shown',
			'n8n-nodes-whatscloud.probe',
			'hidden',
		]);
		expect(asTool.outputs[0]?.[0]?.json).toMatchObject({ name: 'ada' });
		const failed = await runNode({ ...probe, asTool: true, parameters: { path: '/nobody' } });
		expect(failed.outputs).toEqual([
			[{ json: { error: 'The resource you are requesting could not be found' } }],
		]);
	});
});

describe('Retry On Fail', () => {
	const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

	test('repeats the whole node under Continue when the first item failed: nine requests for three', async () => {
		const settings = { ...retry, onError: 'continueRegularOutput' as const };
		const options = { ...probe, parameters: byPath, settings };
		await runNode({ ...options, items: failingFirst });
		expect(seen).toEqual([1, 2, 3].flatMap(() => ['/nobody', '/people/ada', '/people/cleo']));
	});

	test('repeats nothing under Continue when only a later item failed', async () => {
		const settings = { ...retry, onError: 'continueRegularOutput' as const };
		await runNode({ ...probe, parameters: byPath, items: people, settings });
		expect(seen).toEqual(['/people/ada', '/nobody', '/people/cleo']);
	});

	test('repeats items that were done, unless a ledger in the node context remembers them', async () => {
		const items = ['ada', 'bea', 'cleo'].map((name) => ({ json: { path: `/people/${name}` } }));
		failing = new Set(['/people/bea']);
		await runNode({ ...probe, parameters: byPath, items, settings: retry });
		expect(seen).toEqual(['ada', 'bea', 'ada', 'bea', 'cleo'].map((name) => `/people/${name}`));

		seen.length = 0;
		failing = new Set(['/people/bea']);
		const parameters = { ...byPath, ledger: true };
		const run = await runNode({ ...probe, parameters, items, settings: retry });
		expect(seen).toEqual(['ada', 'bea', 'bea', 'cleo'].map((name) => `/people/${name}`));
		expect(run.outputs[0]?.map(({ json }) => json.known ?? false)).toEqual([true, false, false]);
	});
});

describe('Retry execution', () => {
	const items = ['ada', 'bea', 'cleo'].map((name) => ({ json: { path: `/people/${name}` } }));

	test('goes on from the ledger of the failed execution, again and again from the same one', async () => {
		failing = new Set(['/people/bea']);
		const options = { ...probe, parameters: { ...byPath, ledger: true }, items };
		const failed = await runNode(options);
		expect(failed.status).toBe('error');
		expect(Object.keys((failed.context as Ledger).done ?? {})).toEqual(['0:0']);

		for (const attempt of ['first', 'second']) {
			seen.length = 0;
			const retried = await runNode({ ...options, retryOf: failed.runData });
			expect([attempt, retried.status, seen]).toEqual([
				attempt,
				'success',
				['/people/bea', '/people/cleo'],
			]);
			expect(retried.outputs[0]?.map(({ json }) => json.name)).toEqual(['ada', 'bea', 'cleo']);
		}
	});

	test('takes up a loop in the round that failed', async () => {
		failing = new Set(['/people/bea']);
		const options = { ...probe, parameters: { ...byPath, ledger: true }, items, batchSize: 1 };
		const failed = await runNode(options);
		expect(failed.status).toBe('error');
		expect(failed.taskData).toHaveLength(2);
		const retried = await runNode({ ...options, retryOf: failed.runData });
		expect(retried.status).toBe('success');
		expect(retried.taskData).toHaveLength(3);
		expect(seen).toEqual(['ada', 'bea', 'bea', 'cleo'].map((name) => `/people/${name}`));
	});

	test('goes on after a cancelled execution too', async () => {
		const slow = [{ json: { path: '/people/ada' } }, { json: { path: '/slow' } }];
		const options = { ...probe, parameters: { ...byPath, ledger: true }, items: slow };
		const cancelled = await runNode({ ...options, cancelAfter: 200 });
		expect(cancelled.status).toBe('canceled');
		seen.length = 0;
		await runNode({ ...options, retryOf: cancelled.runData, cancelAfter: 200 });
		expect(seen).toEqual(['/slow']);
	});
});

describe('a loop', () => {
	test('runs the node once per batch, with one context and a run index that tells the runs apart', async () => {
		const items = ['ada', 'bea', 'cleo'].map((name) => ({ json: { path: `/people/${name}` } }));
		const run = await runNode({
			...probe,
			parameters: { ...byPath, ledger: true },
			items,
			batchSize: 2,
		});
		expect(run.taskData).toHaveLength(2);
		expect(Object.keys((run.context as Ledger).done ?? {})).toEqual(['0:0', '0:1', '1:0']);
		expect(run.outputs[0]?.map(({ json }) => json.name)).toEqual(['ada', 'bea', 'cleo']);
		expect(run.runData.resultData.lastNodeExecuted).toBe('Loop');
	});
});

describe('a credential', () => {
	test('may authenticate by a function', async () => {
		class Signed extends ProbeApi {
			authenticate = ((data: IDataObject, request: IHttpRequestOptions) =>
				Promise.resolve({
					...request,
					headers: { Authorization: `Bearer ${data.token as string}` },
				})) as unknown as ProbeApi['authenticate'];
		}
		const run = await runNode({ ...probe, credential: { ...credential, type: Signed } });
		expect(run.status).toBe('success');
	});

	test('is made from the address of a sandbox', () => {
		const account = { url: 'http://127.0.0.1:4000', subdomain: 'acme', token: 'abc' };
		expect(addressOf(account)).toEqual({
			baseUrl: 'http://127.0.0.1:4000/api/v1/',
			subdomain: 'acme',
			apiToken: 'abc',
		});
	});

	test('fetches an expired token before the second try', async () => {
		class Expiring extends ProbeApi {
			properties = [
				...new ProbeApi().properties.filter(({ name }) => name !== 'token'),
				{
					displayName: 'Token',
					name: 'token',
					type: 'hidden' as const,
					typeOptions: { expirable: true },
					default: '',
				},
			] as unknown as ProbeApi['properties'];
			preAuthentication = () => Promise.resolve({ token });
		}
		const stale = { type: Expiring, data: { ...credential.data, token: 'stale' } };
		const run = await runNode({ ...probe, credential: stale });
		expect(run.status).toBe('success');
		expect(seen).toHaveLength(2);
	});
});

describe('the editor', () => {
	test('searches a list page by page and turns a numeric page token into text', async () => {
		const first = await runListSearch(probe, 'people', 'a b');
		expect(first).toEqual({
			results: [{ name: '?filter=a%20b&version=v1', value: 1 }],
			paginationToken: '2',
		});
		const second = await runListSearch(probe, 'people', 'a b', first.paginationToken as string);
		expect(second.paginationToken).toBe('3');
	});

	test('sees the current parameters, defaults included', async () => {
		expect(await runLoadOptions({ ...probe, parameters: { path: '/x' } }, 'path')).toEqual([
			{ name: '/x', value: 'false' },
		]);
	});

	test('keeps the first of two columns with one id', async () => {
		const { fields } = await runResourceMapping(probe, 'columns');
		expect(fields.map(({ displayName }) => displayName)).toEqual(['first 0', 'second 1']);
	});
});

describe('a poll', () => {
	interface Polled {
		polls?: number;
		marks?: string[];
	}
	class Watch implements INodeType {
		description = describeNode({ name: 'watch', group: ['trigger'], inputs: [], polling: true });

		poll(this: IPollFunctions) {
			const state = this.getWorkflowStaticData('node') as Polled;
			state.polls = (state.polls ?? 0) + 1;
			if (state.polls === 3) throw new Error('Failed in the third poll');
			const json = {
				polls: state.polls,
				mode: this.getMode(),
				activation: this.getActivationMode(),
				budget: this.getPollBudgetMs(),
			};
			return Promise.resolve(state.polls === 1 ? null : [[{ json }]]);
		}
	}

	test('finds its static data in the next poll, also what a failed one wrote', async () => {
		const watch = { node: Watch, credential };
		const first = await runPoll(watch);
		expect(first).toMatchObject({
			result: null,
			staticData: { polls: 1 },
			staticDataChanged: true,
			emitted: [],
		});
		const second = await runPoll({ ...watch, after: first });
		expect(second.result?.[0]?.[0]?.json).toEqual({
			polls: 2,
			mode: 'trigger',
			activation: 'activate',
			budget: 300_000,
		});
		const third = await runPoll({ ...watch, after: second });
		expect(third.error).toMatchObject({ message: 'Failed in the third poll' });
		expect(third.staticData).toEqual({ polls: 3 });
		expect(second.staticData).toEqual({ polls: 2 });
	});

	test('starts from stored static data, in the given mode and with the given budget', async () => {
		const manual = { node: Watch, mode: 'manual' as const, budgetMs: 36_000 };
		const run = await runPoll({ ...manual, credential, staticData: { polls: 7 } });
		expectNoSecret(run, token);
		expect(run.result?.[0]?.[0]?.json).toEqual({
			polls: 8,
			mode: 'manual',
			activation: 'manual',
			budget: 36_000,
		});
	});

	test('does not get a push to a list stored that it made itself', async () => {
		class Pushes extends Watch {
			poll(this: IPollFunctions) {
				const state = this.getWorkflowStaticData('node') as Polled;
				if (state.marks) state.marks.push('second');
				else state.marks = ['first'];
				return Promise.resolve(null);
			}
		}
		const first = await runPoll({ node: Pushes });
		const second = await runPoll({ node: Pushes, after: first });
		expect([first.staticDataChanged, second.staticDataChanged]).toEqual([true, false]);
		expect(second.staticData).toEqual({ marks: ['first', 'second'] });
	});
});

describe('binary data', () => {
	class Echo implements INodeType {
		description = describeNode({ name: 'echo', credentials: [] });

		async execute(this: IExecuteFunctions) {
			const [item] = this.getInputData();
			const { id, fileName } = item?.binary?.data ?? {};
			const read = await this.helpers.getBinaryDataBuffer(0, 'data');
			const written = await this.helpers.prepareBinaryData(read, 'copy.txt', 'text/plain');
			const stored = { in: id?.split(':')[0], out: written.id?.split(':')[0] };
			const json = { ...stored, fileName, text: read.toString() };
			return [[{ json, binary: { data: written }, pairedItem: { item: 0 } }]];
		}
	}
	const data = Buffer.from('héllo').toString('base64');
	const items = [
		{ json: {}, binary: { data: { data, mimeType: 'text/plain', fileName: 'a.txt' } } },
	];

	test('travels in the item in memory mode', async () => {
		const run = await runNode({ node: Echo, items, binaryMode: 'default' });
		expect(run.outputs[0]?.[0]?.json).toEqual({ fileName: 'a.txt', text: 'héllo' });
		expect(run.outputs[0]?.[0]?.binary?.data?.data).toBe(data);
	});

	test('travels as a reference in filesystem mode', async () => {
		const run = await runNode({ node: Echo, items, binaryMode: 'filesystem' });
		expect(run.outputs[0]?.[0]?.json).toEqual({
			in: 'filesystem-v2',
			out: 'filesystem-v2',
			fileName: 'a.txt',
			text: 'héllo',
		});
		expect(run.outputs[0]?.[0]?.binary?.data?.data).toBe('filesystem-v2');
	});
});

describe('the guard against leaks', () => {
	test.each([
		['an output', { outputs: [[{ json: { deep: [token] } }]] }],
		['a URL', { logs: [{ message: `GET /?t=${encodeURIComponent(token)}` }] }],
		['a cause', { error: new Error('Outer', { cause: new Error(`Bearer ${token}`) }) }],
		['basic authentication', { context: { header: Buffer.from(token).toString('base64') } }],
	])('finds the token in %s', (_place, result) => {
		expect(() => {
			expectNoSecret(result, token);
		}).toThrow();
		expect(() => {
			expectNoSecret(result, 'another token');
		}).not.toThrow();
	});
});
