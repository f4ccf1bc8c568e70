import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { bearerToken, refuseAccess, tooManyRequests } from './access.mts';
import type { Account } from './account.mts';
import type { Call, Route } from './call.mts';
import {
	FrameworkFailure,
	frameworkError,
	htmlPage,
	json,
	phpJson,
	Refusal,
	type Answer,
} from './envelope.mts';
import type { FaultEffect } from './faults.mts';
import { normalise, readBody, type Input } from './input.mts';
import type { TooFast } from './messages/meta.mts';
import type { RequestRecord } from './requestLog.mts';
import { contactRoutes } from './routes/contacts.mts';
import { groupRoutes, sourceRoutes, statusRoutes } from './routes/labels.mts';
import { messageRoutes } from './routes/messages.mts';
import { messageBotRoutes, templateBotRoutes, templateRoutes } from './routes/readOnly.mts';

export const apiPath = '/api/v1';

export const routes: Route[] = [
	...contactRoutes,
	...statusRoutes,
	...sourceRoutes,
	...groupRoutes,
	...templateRoutes,
	...templateBotRoutes,
	...messageBotRoutes,
	...messageRoutes,
];

type Handler = (input: Input, record: RequestRecord, tooFast?: TooFast) => Answer | Promise<Answer>;

const pathOf = (request: FastifyRequest) => request.url.split('?')[0] ?? '';

function openRecord(account: Account, request: FastifyRequest): RequestRecord {
	const { authorization, ...headers } = request.headers as Record<string, string | undefined>;
	const token = bearerToken(authorization);
	const record: RequestRecord = {
		number: account.nextRequestNumber++,
		at: account.now().toISOString(),
		method: request.method,
		path: pathOf(request),
		query: request.query as Input,
		headers: headers as Record<string, string>,
		authorization: token === undefined ? 'none' : token === account.token ? 'right' : 'wrong',
		body: {},
		files: [],
		status: 0,
		durationMs: 0,
		processed: false,
		faults: [],
	};
	account.requests.add(record);
	return record;
}

/** A failure outside a handler's own net gets the framework's answer. */
async function answered(handle: () => Answer | Promise<Answer>, accept?: string): Promise<Answer> {
	try {
		return await handle();
	} catch (error) {
		if (error instanceof Refusal) return error.answer;
		if (error instanceof FrameworkFailure) {
			return frameworkError(error.status, error.message, accept);
		}
		throw error;
	}
}

/** As debug pages and some proxies do, for whom the token is a header like any other. */
function echo(
	{ headers }: FastifyRequest,
	{ status, style }: Extract<FaultEffect, { kind: 'echo' }>,
): Answer {
	const authorization = headers.authorization ?? '';
	if (style === 'json') return json(status, { message: `Refused: ${authorization}`, headers });
	if (style === 'page') return htmlPage(status, `Refused: ${authorization}`);
	const location = `https://example.com/?${encodeURIComponent(authorization)}`;
	return { ...htmlPage(status), headers: { 'x-request-authorization': authorization, location } };
}

/** What a fault answers with; nothing where it lets the request through or cuts the connection. */
function faultAnswer({ request }: Exchange, fault: FaultEffect): Answer | undefined {
	switch (fault.kind) {
		case 'echo':
			return echo(request, fault);
		case 'answer': {
			const isText = typeof fault.body === 'string';
			const body = isText ? String(fault.body) : phpJson(fault.body ?? { message: 'Server Error' });
			const contentType = isText ? 'text/html; charset=UTF-8' : 'application/json';
			return { contentType, ...fault, body };
		}
		case 'html':
			return htmlPage(fault.status, 'The sandbox was told to answer with a page');
		case 'empty':
			return { status: fault.status, contentType: 'text/html; charset=UTF-8', body: '' };
		case 'tooMany':
			return fault.style === 'body'
				? tooManyRequests(fault.retryAfter)
				: {
						...htmlPage(429, 'Too Many Requests'),
						headers: { 'retry-after': String(fault.retryAfter) },
					};
		case 'redirect':
			return { ...htmlPage(fault.status, 'Redirecting'), headers: { location: fault.to } };
		case 'reset':
		case 'delay':
		case 'truncate':
		case 'tooFast':
			return undefined;
	}
}

const timingOf = (fault: FaultEffect) =>
	'when' in fault ? fault.when : fault.kind === 'truncate' ? 'after' : 'before';

interface Exchange {
	account: Account;
	request: FastifyRequest;
	reply: FastifyReply;
	record: RequestRecord;
}

function close({ account, record }: Exchange, startedAt: number, status: number): void {
	record.status = status;
	record.durationMs = Math.round(performance.now() - startedAt);
	account.changes.emit('change');
}

function deliver(
	{ account, reply }: Exchange,
	{ status, contentType, body, headers }: Answer,
): void {
	const date = account.now().toUTCString();
	void reply
		.code(status)
		.headers({
			'cache-control': 'no-cache, private',
			date,
			...headers,
			'content-type': contentType,
		})
		.send(Buffer.from(body)); // Of a text, Fastify would complete the content type.
}

function reset({ reply }: Exchange): void {
	reply.hijack();
	reply.raw.socket?.resetAndDestroy();
}

/** Announces the whole body, sends half of it and hangs up. */
function truncate({ reply }: Exchange, { status, contentType, body }: Answer): void {
	reply.hijack();
	const bytes = Buffer.from(body);
	reply.raw.writeHead(status, { 'content-type': contentType, 'content-length': bytes.length });
	reply.raw.write(bytes.subarray(0, bytes.length / 2), () => reply.raw.destroy());
}

/** Carries out the faults of one moment; says whether the request is done with. */
async function carryOut(
	exchange: Exchange,
	faults: FaultEffect[],
	answer: Answer | undefined,
): Promise<{ ended: boolean; status: number }> {
	for (const fault of faults) {
		if (fault.kind === 'delay') {
			await sleep(fault.ms, undefined, { ref: false });
			continue;
		}
		if (fault.kind === 'reset') {
			reset(exchange);
			return { ended: true, status: 0 };
		}
		if (fault.kind === 'truncate' && answer) {
			truncate(exchange, answer);
			return { ended: true, status: answer.status };
		}
		const instead = faultAnswer(exchange, fault);
		if (!instead) continue;
		deliver(exchange, instead);
		return { ended: true, status: instead.status };
	}
	return { ended: false, status: 0 };
}

/** The way of every API request: log, faults, handler, faults, answer. */
async function serve(
	account: Account,
	request: FastifyRequest,
	reply: FastifyReply,
	handle: Handler,
): Promise<void> {
	const startedAt = performance.now();
	const record = openRecord(account, request);
	const exchange = { account, request, reply, record };
	const { input, files } = await readBody(request);
	record.files = files.map(({ field, name, mime, bytes, sha256 }) => ({
		...{ field, name, mime, bytes, sha256 },
	}));
	const fileFields = new Set(files.map(({ field }) => field));
	record.body = Object.fromEntries(Object.entries(input).filter(([name]) => !fileFields.has(name)));
	const pathInTenant = record.path.split('/').slice(4).join('/');
	const { method, query } = record;
	const faults = account.faults.take({ method, path: `/${pathInTenant}`, query });
	record.faults = faults.map(({ kind }) => kind);

	const before = await carryOut(
		exchange,
		faults.filter((fault) => timingOf(fault) === 'before'),
		undefined,
	);
	if (before.ended) {
		close(exchange, startedAt, before.status);
		return;
	}
	const tooFast = faults.find((fault) => fault.kind === 'tooFast')?.code;
	const answer = await answered(() => handle(input, record, tooFast), request.headers.accept);
	const late = faults.filter((fault) => timingOf(fault) === 'after');
	const after = await carryOut(exchange, late, answer);
	if (!after.ended) deliver(exchange, answer);
	close(exchange, startedAt, after.ended ? after.status : answer.status);
}

function guarded(account: Account, request: FastifyRequest, route: Route): Handler {
	const { subdomain = '', id = '' } = request.params as Partial<Record<string, string>>;
	const { authorization, host = '' } = request.headers;
	return (input, record, tooFast) => {
		const refusal = refuseAccess(account, { subdomain, authorization }, route.ability);
		if (refusal) return refusal;
		record.processed = true;
		account.data.endTransactions();
		const query = normalise(request.query) as Input;
		const call: Call = {
			// The framework reads a write's fields from the query too.
			...{ account, input: { ...query, ...input }, query, id, by: 'api' },
			url: `http://${host}${pathOf(request)}`,
			tooFast,
		};
		return route.handle(call);
	};
}

const methodsWithHead = (methods: string[]) =>
	methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));

function isMissing({ behaviour }: Account, { method, path }: Route): boolean {
	return behaviour.missingRoutes.includes(`${method} ${path}`);
}

/** The verbs that the path has, for the framework's 405. */
function supportedMethods(account: Account, path: string): string[] {
	const [, , , , ...parts] = path.split('/');
	const methods = routes
		.filter((route) => !isMissing(account, route))
		.filter(({ path: pattern }) => {
			const expected = pattern.slice(1).split('/');
			return (
				expected.length === parts.length &&
				expected.every((part, index) => part === ':id' || part === parts[index])
			);
		})
		.map(({ method }) => method);
	return methodsWithHead(methods);
}

function unrouted(account: Account, request: FastifyRequest): Answer {
	const { accept } = request.headers;
	const path = pathOf(request).replace(/\/+$/, '');
	const name = path.slice(1);
	const supported = path.startsWith(`${apiPath}/`) ? supportedMethods(account, path) : [];
	if (account.behaviour.v2 && path.startsWith('/api/v2/')) {
		return json(401, { error: { code: 'unauthenticated', message: 'Unauthenticated.' } });
	}
	if (supported.length === 0) {
		return frameworkError(404, `The route ${name} could not be found.`, accept);
	}
	const allow = supported.join(', ');
	const problem = `The ${request.method} method is not supported for route ${name}.`;
	return frameworkError(405, `${problem} Supported methods: ${allow}.`, accept, { allow });
}

/** In front of everything else: the framework looks at these before it looks for a route. */
function refuseGlobally({ behaviour }: Account, request: FastifyRequest): Answer | undefined {
	const { accept, 'content-length': length } = request.headers;
	if (behaviour.maintenance) return frameworkError(503, 'Service Unavailable', accept);
	if (behaviour.postSizeLimit !== null && Number(length ?? 0) > behaviour.postSizeLimit) {
		return frameworkError(413, 'The POST data is too large.', accept);
	}
	return undefined;
}

export function addApi(app: FastifyInstance, account: Account): void {
	for (const route of routes) {
		app.route({
			method: route.method as HTTPMethods,
			url: `${apiPath}/:subdomain${route.path}`,
			handler: (request, reply) =>
				serve(
					account,
					request,
					reply,
					(...exchange) =>
						refuseGlobally(account, request) ??
						(isMissing(account, route)
							? unrouted(account, request)
							: guarded(account, request, route)(...exchange)),
				),
		});
	}
	app.setNotFoundHandler((request, reply) =>
		!request.url.startsWith('/api/')
			? reply.code(404).type('text/plain').send('The sandbox has no such page.\n')
			: serve(
					account,
					request,
					reply,
					() => refuseGlobally(account, request) ?? unrouted(account, request),
				),
	);
}
