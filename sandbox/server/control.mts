import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Account } from './account.mts';
import { behaviourFrom, behaviourSchema } from './behaviour.mts';
import { checked, newest } from './checked.mts';
import { faultSchema } from './faults.mts';
import { generations } from './generations.mts';
import { normalise, type Input } from './input.mts';
import { routes } from './api.mts';
import type { Call } from './call.mts';
import { Refusal, type Answer } from './envelope.mts';
import { sampleMedia } from './sampleMedia.mts';

const rateLimitSchema = z
	.object({ max: z.number().int().min(1), windowMs: z.number().int().min(1) })
	.nullable();

const behaviourChange = behaviourSchema
	.partial()
	.extend({ server: z.enum(generations).optional() });

const nullableText = z.string().nullable();
/** Tests may store what the API would refuse, but only in the columns' types. */
const contactSchema = z
	.object({
		firstname: z.string(),
		lastname: z.string(),
		company: nullableText,
		type: z.string(),
		description: nullableText,
		country_id: z.number().nullable(),
		zip: nullableText,
		city: nullableText,
		state: nullableText,
		address: nullableText,
		assigned_id: z.number().nullable(),
		status_id: z.number(),
		source_id: z.number(),
		email: nullableText,
		website: nullableText,
		phone: nullableText,
		is_enabled: z.boolean(),
		group_id: z.unknown(),
		custom_fields_data: z.unknown(),
		is_opted_out: z.boolean().nullable(),
		opted_out_date: nullableText,
		facebook_psid: nullableText,
	})
	.partial()
	.strict();

const contactInsert = z.object({
	contacts: z.array(contactSchema),
	createdAt: z.string().nullable().optional(),
	showAfterMs: z.number().int().min(0).optional(),
});

const backup = z.object({ createdUntil: z.string() });

/** One fault, or several under `faults`. */
const faultInput = z.union([
	faultSchema.transform((fault) => [fault]),
	z.object({ faults: z.array(faultSchema) }).transform(({ faults }) => faults),
]);

function answerOf(error: unknown): Answer {
	if (error instanceof Refusal) return error.answer;
	throw error;
}

/** Looking on and taking part from another process; none of this exists on the real server. */
export function addControl(app: FastifyInstance, account: Account, reset: () => void): void {
	const changed = () => account.changes.emit('change');

	app.get('/sandbox/requests', ({ query }) => newest(account.requests.entries, query));
	app.get('/sandbox/messages', ({ query }) => newest(account.messages.entries, query));
	app.get('/sandbox/contacts', ({ query }) => newest(account.data.contacts.all(), query));

	app.post('/sandbox/contacts', ({ body }, reply) => {
		const input = checked(contactInsert, body, reply);
		if (!input) return reply;
		const { contacts, ...options } = input;
		const inserted = account.data.insertContacts(contacts, options);
		changed();
		return reply.code(201).send({ ids: inserted.map(({ id }) => id) });
	});

	// What a person does in WhatsCloud's dashboard: the same writes, but webhooks tell of them on every server.
	app.route<{ Params: { resource: string; id?: string } }>({
		method: ['POST', 'PUT', 'DELETE'],
		url: '/sandbox/dashboard/:resource/:id?',
		async handler({ method, params, body }, reply) {
			const { resource, id = '' } = params;
			const path = id === '' ? `/${resource}` : `/${resource}/:id`;
			const route = routes.find((one) => one.method === method && one.path === path);
			if (!route || resource === 'messages') return await reply.code(404).send('No such record\n');
			const input = normalise(body ?? {}) as Input;
			const call: Call = { account, input, query: {}, id, url: '', by: 'dashboard' };
			const answer = await Promise.resolve(route.handle(call)).catch(answerOf);
			changed();
			return await reply.code(answer.status).type(answer.contentType).send(answer.body);
		},
	});

	app.post('/sandbox/restore', ({ body }, reply) => {
		const input = checked(backup, body, reply);
		if (!input) return reply;
		account.data.restoreContacts(input.createdUntil);
		changed();
		return reply.code(204).send();
	});

	app.post('/sandbox/reset', (_request, reply) => {
		reset();
		return reply.code(204).send();
	});

	app.get('/sandbox/behaviour', () => account.behaviour);
	app.post('/sandbox/behaviour', ({ body }, reply) => {
		const input = checked(behaviourChange, body, reply);
		if (!input) return reply;
		const { server, ...switches } = input;
		if (server) account.server = server;
		Object.assign(account.behaviour, server && behaviourFrom(server), switches);
		changed();
		return account.behaviour;
	});

	app.get('/sandbox/faults', () => account.faults.list());
	app.post('/sandbox/faults', ({ body }, reply) => {
		const faults = checked(faultInput, body, reply);
		if (!faults) return reply;
		for (const fault of faults) account.faults.add(fault);
		changed();
		return reply.code(201).send(account.faults.list());
	});
	app.delete('/sandbox/faults', (_request, reply) => {
		account.faults.clear();
		changed();
		return reply.code(204).send();
	});

	app.get('/sandbox/rate-limit', () => ({ rateLimit: account.rateLimiter.limit ?? null }));
	app.put('/sandbox/rate-limit', ({ body }, reply) => {
		const input = checked(z.object({ rateLimit: rateLimitSchema }), body, reply);
		if (!input) return reply;
		account.rateLimiter.limit = input.rateLimit ?? undefined;
		account.rateLimiter.restart();
		changed();
		return input;
	});

	app.get<{ Params: { name: string } }>('/sandbox/media/:name', ({ params }, reply) => {
		const file = Object.hasOwn(sampleMedia, params.name) ? sampleMedia[params.name] : undefined;
		return file
			? reply.type(file.mime).send(file.content)
			: reply.code(404).send('No such sample\n');
	});

	app.get<{ Params: { '*': string } }>('/storage/*', ({ params }, reply) => {
		const file = account.storedFiles.get(params['*']);
		if (!file) return reply.code(404).send('Not kept\n');
		// Whatever was uploaded must not run as a page of this server.
		return reply
			.headers({ 'content-security-policy': 'sandbox', 'x-content-type-options': 'nosniff' })
			.type(/^image\/(png|jpeg)$/.test(file.mime) ? file.mime : 'application/octet-stream')
			.send(file.content);
	});
}
