import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import qs from 'qs';
import { parseForm, parseJson } from './input.mts';

/** Above what any behaviour switch allows; uploads are hashed while they arrive. */
const bodyLimit = 256 * 1024 * 1024;

const loopbackName = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;
/** The name under which Docker's containers reach this computer. */
const ownName = /^(localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal)(:\d+)?$/i;

/**
 * The server listens on loopback, but a browser on the same computer could still be led here: by a
 * host name that resolves to 127.0.0.1 (DNS rebinding) or by a form on somebody's page.
 */
function comesFromHere({ headers }: FastifyRequest): boolean {
	const { host = '', origin } = headers;
	if (!ownName.test(host)) return false;
	return origin === undefined || loopbackName.test(origin.replace(/^https?:\/\//, ''));
}

export async function createHttpServer(): Promise<FastifyInstance> {
	const app = fastify({
		bodyLimit,
		forceCloseConnections: true,
		routerOptions: {
			ignoreTrailingSlash: true,
			maxParamLength: 5000,
			querystringParser: (text) => qs.parse(text, { duplicates: 'last' }),
		},
	});
	app.addHook('onRequest', async (request, reply) => {
		if (!comesFromHere(request)) {
			await reply.code(403).send('The sandbox answers only to this computer.\n');
		}
	});
	app.removeAllContentTypeParsers();
	app.addContentTypeParser(/^[^;]*[/+]json/i, { parseAs: 'string' }, (_request, body, done) => {
		done(null, parseJson(String(body)));
	});
	await app.register(formbody, { parser: parseForm });
	await app.register(multipart, { limits: { fileSize: bodyLimit, fieldSize: bodyLimit } });
	// A body of another type is read and ignored, as PHP does.
	app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => {
		done(null, {});
	});
	return app;
}
