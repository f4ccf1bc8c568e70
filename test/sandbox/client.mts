import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/server/sandbox.mts';
import bodies from './fixtures/bodies.json';

export interface Reply {
	status: number;
	/** The parsed body, or undefined where it is no JSON. */
	body: unknown;
	text: string;
	headers: Headers;
}

type Body = object | string | FormData | URLSearchParams;

export interface Client {
	sandbox: Sandbox;
	request: (
		method: string,
		path: string,
		body?: Body,
		headers?: Record<string, string>,
	) => Promise<Reply>;
	get: (path: string) => Promise<Reply>;
	post: (path: string, body: Body) => Promise<Reply>;
	put: (path: string, body: Body) => Promise<Reply>;
	remove: (path: string) => Promise<Reply>;
}

/** A body as the contract has it. */
export function expected(name: keyof typeof bodies): unknown {
	return bodies[name];
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

export interface Question {
	method?: string;
	headers?: Record<string, string>;
	body?: BodyInit;
}

export async function ask(url: string, init: Question = {}): Promise<Reply> {
	const response = await fetch(url, { redirect: 'manual', ...init });
	const text = await response.text();
	return { status: response.status, body: parsed(text), text, headers: response.headers };
}

/** Text is sent as it stands, as JSON; forms get their own content type from fetch. */
function encoded(body: Body | undefined): Question {
	if (body === undefined) return { headers: {} };
	if (body instanceof FormData || body instanceof URLSearchParams) return { body, headers: {} };
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return { body: text, headers: { 'Content-Type': 'application/json' } };
}

const opened: Sandbox[] = [];

/** A test that fails half way leaves no server behind, which would keep jest from ending. */
afterAll(() => Promise.all(opened.map((sandbox) => sandbox.close())));

export async function openClient(options?: SandboxOptions): Promise<Client> {
	// The recorded bodies are those of A, the oldest; what differs later is in generations.test.mts.
	const sandbox = await startSandbox({ randomSeed: 1, server: 'A', ...options });
	opened.push(sandbox);
	const request: Client['request'] = (method, path, body, headers) => {
		const { headers: contentType, ...rest } = encoded(body);
		return ask(`${sandbox.baseUrl}${sandbox.subdomain}${path}`, {
			...rest,
			method,
			headers: {
				Accept: 'application/json',
				Authorization: `Bearer ${sandbox.token}`,
				...contentType,
				...headers,
			},
		});
	};
	return {
		sandbox,
		request,
		get: (path) => request('GET', path),
		post: (path, body) => request('POST', path, body),
		put: (path, body) => request('PUT', path, body),
		remove: (path) => request('DELETE', path),
	};
}

/** One sandbox for a test file, back to its start after every test. */
export function useClient(options?: SandboxOptions): { readonly current: Client } {
	const holder = {} as { current: Client };
	beforeAll(async () => {
		holder.current = await openClient(options);
	});
	afterEach(() => {
		holder.current.sandbox.reset();
	});
	return holder;
}

export function errorsOf(reply: Reply): Record<string, string[]> {
	return (reply.body as { errors: Record<string, string[]> }).errors;
}

export function dataOf(reply: Reply): Record<string, unknown> {
	return (reply.body as { data: Record<string, unknown> }).data;
}

export const fixedNow = () => new Date('2026-01-16T10:00:00Z');
