import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
	IBinaryKeyData,
	IDataObject,
	INodeExecutionData,
	INodeParameters,
} from 'n8n-workflow';

import { WhatsCloudApi } from '../../../credentials/WhatsCloudApi.credentials';
import { WhatsCloud } from '../../../nodes/WhatsCloud/WhatsCloud.node';
import type { RequestRecord, SandboxOptions } from '../../../sandbox/server/sandbox.mts';
import {
	addressOf,
	expectNoSecret,
	type NodeRun,
	runListSearch,
	runNode,
	type RunOptions,
	runResourceMapping,
} from '../../engine/engine.mts';
import { expectFitsSchema } from '../outputSchema.mts';
import { useSandbox } from '../useSandbox.mts';

/** A phone number of the sandbox's own contacts comes first, then numbers that nobody has. */
export const KNOWN = '15555550101';
export const NEW_CONTACT = { contactIfNew: { firstName: 'New' } };

export interface File {
	name?: string;
	type: string;
	content: Buffer | string;
}

/** An input item with files under the names of their binary properties. */
export function item(json: IDataObject, files: Record<string, File> = {}): INodeExecutionData {
	const binary: IBinaryKeyData = Object.fromEntries(
		Object.entries(files).map(([property, { name, type, content }]) => [
			property,
			{
				data: Buffer.from(content).toString('base64'),
				mimeType: type,
				...(name !== undefined && { fileName: name }),
			},
		]),
	);
	return Object.keys(binary).length > 0 ? { json, binary } : { json };
}

export function sha256(content: Buffer | string): string {
	return createHash('sha256').update(content).digest('hex');
}

type More = Partial<Pick<RunOptions, 'settings' | 'binaryMode' | 'retryOf' | 'asTool' | 'node'>>;

/** The node with an account of its own in the server.sandbox, back to the start before each test. */
export function useMessages(operation: string, options?: SandboxOptions) {
	const server = useSandbox(options);

	const setting = (parameters: INodeParameters) => ({
		node: WhatsCloud,
		credential: { type: WhatsCloudApi, data: addressOf(server.sandbox) },
		parameters: { resource: 'message', operation, ...parameters },
	});
	const attempt = async (
		parameters: INodeParameters,
		items: INodeExecutionData[] = [{ json: {} }],
		more: More = {},
	): Promise<NodeRun> => {
		const run = await runNode({ ...setting(parameters), ...more, items });
		expectNoSecret(run, server.sandbox.token);
		// A run that waits has put out nothing of its own yet.
		if (parameters.simplify !== false && run.status !== 'waiting') {
			for (const { json } of run.outputs.flat()) {
				if (json.error === undefined) expectFitsSchema({ resource: 'message', operation }, json);
			}
		}
		return run;
	};
	const sends = (): readonly RequestRecord[] =>
		server.sandbox.requests.filter(({ method }) => method === 'POST');

	return {
		get sandbox() {
			return server.sandbox;
		},
		attempt,
		/** One output for each item; fails when the node stops or an item fails. */
		send: async (...given: Parameters<typeof attempt>): Promise<IDataObject[]> => {
			const run = await attempt(...given);
			if (run.error) throw run.error;
			const outputs = run.outputs.flat();
			expect(outputs.filter(({ json }) => json.error !== undefined)).toEqual([]);
			expect(outputs.map(({ pairedItem }) => pairedItem)).toEqual(
				(given[1] ?? [{}]).map((_, index) => ({ item: index })),
			);
			return outputs.map(({ json }) => json);
		},
		/** The error of a run that stopped; nothing was sent. */
		refused: async (...given: Parameters<typeof attempt>): Promise<string> => {
			const run = await attempt(...given);
			expect(run.status).toBe('error');
			expect(sends()).toEqual([]);
			expect(server.sandbox.messages).toEqual([]);
			return `${run.error?.message ?? ''} | ${String(run.error?.description ?? '')}`;
		},
		/** The contact with these digits, whether or not it is stored with a +. */
		contactWith: (digits: string) =>
			server.sandbox.data.contacts.find(({ phone }) => phone?.replace('+', '') === digits),
		/** The requests that were to send something. */
		sends,
		bodies: () => sends().map(({ body }) => body),
		files: () => sends().map(({ files }) => files),
		lookUps: () =>
			server.sandbox.requests
				.filter(({ method }) => method === 'GET')
				.map(({ path }) => path.split('/').slice(4).join('/')),
		mapper: async (parameters: INodeParameters) =>
			await runResourceMapping(setting(parameters), 'getTemplateVariables'),
		search: async (filter?: string) =>
			await runListSearch(setting({}), 'searchApprovedTemplates', filter),
	};
}

export interface Page {
	status?: number;
	type?: string;
	content?: Buffer | string;
	/** The header Content-Disposition. */
	disposition?: string;
	redirectTo?: string;
	/** Sends the head, and the content bit by bit without end. */
	endless?: boolean;
}

/** A web server with files, that remembers who asked for what. */
export function useFiles(pages: Record<string, Page>) {
	let server: Server;
	const asked: Array<{ path: string; headers: IncomingHttpHeaders }> = [];
	beforeAll(async () => {
		server = createServer((request, response) => {
			const path = request.url ?? '/';
			asked.push({ path, headers: request.headers });
			const page = pages[path.split('?')[0] ?? ''] ?? { status: 404, content: 'Not here' };
			const { status = 200, type = 'text/plain', content = '', redirectTo, endless } = page;
			const { disposition } = page;
			if (redirectTo !== undefined) {
				response.writeHead(302, { location: redirectTo }).end();
				return;
			}
			response.writeHead(status, {
				'content-type': type,
				...(disposition !== undefined && { 'content-disposition': disposition }),
			});
			if (!endless) {
				response.end(content);
				return;
			}
			const timer = setInterval(() => response.write(Buffer.alloc(1024 * 1024)), 1);
			response.on('close', () => {
				clearInterval(timer);
			});
		});
		await new Promise<void>((listening) => {
			server.listen(0, '127.0.0.1', listening);
		});
	});
	beforeEach(() => {
		asked.length = 0;
	});
	afterAll(async () => {
		server.closeAllConnections();
		await new Promise((closed) => server.close(closed));
	});
	return {
		asked,
		url: (path: string) =>
			`http://127.0.0.1:${String((server.address() as AddressInfo).port)}${path}`,
	};
}
