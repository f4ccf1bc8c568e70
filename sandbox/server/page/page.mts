import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Account } from '../account.mts';
import { internationalNumber } from '../messages/internationalNumber.mts';
import { chatView } from './chats.mts';
import { documentHtml } from './document.mts';
import { overview } from './overview.mts';
import { livePage } from './script.mts';
import { style } from './style.mts';
import { pageTools } from './tools.mts';
import { webhookCard } from './webhookCard.mts';
import { writtenKinds } from './written.mts';

const contentPolicy = (ownUrl: string) =>
	[
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"connect-src 'self'",
		// Media carry the numeric address, though the page may be open under the name localhost.
		`img-src 'self' ${ownUrl} data:`,
		"form-action 'none'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
	].join('; ');

/** The parts are functions of this program; their source runs in the browser. */
const script = `const tools = (${pageTools.toString()})();
(${livePage.toString()})(tools, {
	chats: (${chatView.toString()})(tools, ${internationalNumber.toString()}, (${writtenKinds.toString()})()),
	webhooks: (${webhookCard.toString()})(tools),
});
`;

/** Many changes in a moment are one for a viewer. */
const quietMs = 150;

/** Tells the page whenever something changed; it then asks for the overview itself. */
function streamChanges({ changes }: Account, reply: FastifyReply): void {
	reply.hijack();
	const { raw } = reply;
	raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
	raw.write(': connected\n\n');
	let timer: NodeJS.Timeout | undefined;
	const tell = () => {
		timer ??= setTimeout(() => {
			timer = undefined;
			raw.write('data: changed\n\n');
		}, quietMs);
	};
	changes.on('change', tell);
	raw.on('close', () => {
		changes.off('change', tell);
		clearTimeout(timer);
	});
}

/** A page for people, at `/`: what arrived, and the switches. */
export function addPage(app: FastifyInstance, account: Account): void {
	app.get('/', (_request, reply) =>
		reply
			.headers({
				'content-security-policy': contentPolicy(account.url),
				'cache-control': 'no-store',
			})
			.type('text/html')
			.send(documentHtml(overview(account))),
	);
	app.get('/page.css', (_request, reply) => reply.type('text/css').send(style));
	app.get('/page.js', (_request, reply) => reply.type('text/javascript').send(script));
	app.get('/sandbox/overview', () => overview(account));
	app.get('/sandbox/token', () => ({ token: account.token }));
	app.get('/sandbox/events', (_request, reply) => {
		streamChanges(account, reply);
		return reply;
	});
}
