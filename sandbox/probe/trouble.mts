import { Trouble } from './account.mts';
import { isObject, listIn, messageIn } from './answers.mts';
import type { Reply } from './wire.mts';

const texts: [status: number, message: RegExp, words: string][] = [
	[
		404,
		/api settings/i,
		'The API was never set up for this account. In WhatsCloud: system settings, API management, generate a token and save.',
	],
	[
		403,
		/disabled/i,
		'The API is switched off for this account. In WhatsCloud: system settings, API management.',
	],
	[
		401,
		/./,
		'WhatsCloud does not know this token. Copy it anew from system settings, API management.',
	],
	[503, /./, 'The server is in maintenance. Try again later.'],
];

/** What keeps the first look at the contacts from being one, in words; nothing where all is well. */
export function troubleIn(reply: Reply): Trouble | undefined {
	const { status, headers, body, text } = reply;
	const message = messageIn(reply);
	if (status >= 300 && status < 400) {
		const leadsTo = headers.get('location') ?? 'nowhere';
		const host = URL.canParse(leadsTo) ? new URL(leadsTo).origin : leadsTo;
		return new Trouble(`The server sends on to ${host}. Enter that address as base URL.`);
	}
	if (isObject(body) && body['errors'] === 'Invalid tenant subdomain') {
		return new Trouble('WhatsCloud does not know this subdomain.');
	}
	const known = texts.find(([code, pattern]) => code === status && pattern.test(message));
	if (known) return new Trouble(known[2]);
	if (status === 403 && /ability/.test(message)) return undefined;
	if (body === undefined) {
		const what = /^\s*</.test(text) ? 'A page for people' : 'Something else';
		return new Trouble(
			`${what} came instead of WhatsCloud's answer (HTTP ${status}), perhaps from a proxy. Check the base URL.`,
		);
	}
	if (status !== 200 || !listIn(reply)) {
		return new Trouble(
			`This server does not answer as WhatsCloud does (HTTP ${status}). Check the base URL; it ends in /api/v1/`,
		);
	}
	return undefined;
}
