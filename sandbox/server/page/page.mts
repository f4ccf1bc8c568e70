import type { FastifyInstance } from 'fastify';
import type { Account } from '../account.mts';

export function addPage(app: FastifyInstance, account: Account): void {
	app.get('/', (_request, reply) =>
		reply.type('text/plain').send(`Sandbox of ${account.subdomain}`),
	);
}
