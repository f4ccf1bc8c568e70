import { createContext, runInContext } from 'node:vm';

import { parseBody } from '../../../nodes/WhatsCloud/api/envelope';
import { apiRoot, tokenOf } from '../../../nodes/WhatsCloud/api/credential';
import { errorFor } from '../../../nodes/WhatsCloud/api/errors/situations';
import { excerpt } from '../../../nodes/WhatsCloud/api/errors/words';
import { tokenEraser } from '../../../nodes/WhatsCloud/api/http';
import { fromModelText } from '../../../nodes/WhatsCloud/checks/json';
import { phoneDigits, phoneKey } from '../../../nodes/WhatsCloud/checks/phone';
import { fileNameIn } from '../../../nodes/WhatsCloud/files/download';
import { contentOf, plainName, withEnding } from '../../../nodes/WhatsCloud/files/formats';
import { questionPage } from '../../../nodes/WhatsCloud/question/question';
import { fillTemplate } from '../../../nodes/WhatsCloud/template/choose';
import { templateOf, variablesOf } from '../../../nodes/WhatsCloud/template/template';
import { readDelivery } from '../../../nodes/WhatsCloud/webhook/delivery';
import { FIELDS, itemWith, valuesWith } from './fields.mts';

// Texts of people and servers may be long, and n8n stands still while a pattern works on them.

/** So long that work which grows with its square takes far more than the time, and all else far less. */
const LENGTH = 40_000;
const MOST_MS = 800;

/** Beginnings that find no end make a pattern try again and again. */
const LONG_TEXTS = [
	...['a', '1', ' ', '\n', '/', '.', '-', '_', '"', '\\', '`', '@', '<', '{', '[', '(', '+'],
	...[
		'\u200b',
		'\u{1f600}',
		'=',
		';',
		',',
		"'",
		'1 ',
		'a.',
		'a_',
		'"a',
		'\\"',
		'``` ',
		'{{1',
		'{{1}}',
	],
	...[
		'<a',
		'<!---->',
		'<!--',
		'<script',
		'<script>',
		'<title',
		'; ',
		'; filename="',
		"filename*=a''",
	],
	...['[object A', 'Input: ', '{"a":', '1.', '%20', 'contacts.', 'mailto:', '(1)', 'https://'],
].map((part) => {
	const long = part.repeat(LENGTH / part.length);
	return `${long}x${long}\u0000x!`;
});
LONG_TEXTS.push(`Input:${' '.repeat(LENGTH)}x`);

const bodyOf = (text: string) => ({
	template_name: text,
	language: text,
	status: 'APPROVED',
	category: text,
	header_data_format: 'TEXT',
	header_data_text: text,
	header_params_count: 1,
	body_data: text,
	body_params_count: 3,
	buttons_data: JSON.stringify([{ type: 'URL', text, url: text }]),
});

const request = { method: 'POST', path: 'contacts' } as const;
/** Whatever takes a text from outside. */
const ENTRIES: Array<[name: string, entry: (text: string) => unknown]> = [
	...FIELDS.map(([name, field]): (typeof ENTRIES)[number] => [
		`a field such as ${name}`,
		(text) => {
			for (const value of valuesWith(text, field.property)) {
				attempt(() => field.read(value, 'Field', itemWith(text)));
			}
		},
	]),
	['phoneDigits', phoneDigits],
	['phoneKey', phoneKey],
	['fromModelText', fromModelText],
	['parseBody', parseBody],
	['parseBody of a text in JSON', (text) => parseBody(JSON.stringify({ message: text }))],
	['excerpt', excerpt],
	['base URL', (baseUrl) => apiRoot({ baseUrl, subdomain: 'demo', apiToken: 't' })],
	['subdomain', (subdomain) => apiRoot({ baseUrl: 'a.example', subdomain, apiToken: 't' })],
	['token', (apiToken) => tokenOf({ apiToken })],
	[
		'an answer without the token',
		(text) => tokenEraser({ apiToken: 'Token-123' })({ status: 200, headers: { a: text }, text }),
	],
	...[200, 400, 403, 404, 422, 500].flatMap((status): typeof ENTRIES => [
		[
			`an answer ${status}`,
			(text) => errorFor(request, { response: { status, headers: {}, text } }),
		],
		[
			`a message with ${status}`,
			(message) => {
				const body = { message, errors: { [message]: [message] }, error: message };
				const headers = { 'retry-after': message };
				errorFor(request, { response: { status, headers, text: '' }, body });
			},
		],
	]),
	['a template', (text) => variablesOf(templateOf(bodyOf(text)))],
	[
		'a value for a template',
		(text) => {
			const hello = templateOf({ ...bodyOf('Hello {{1}}'), buttons_data: '[]' });
			fillTemplate(hello, { field_1: text, header_field_1: text });
		},
	],
	['the beginning of a file', (text) => contentOf(Buffer.from(text, 'latin1'))],
	['the name in a header', fileNameIn],
	['the name of a file', (text) => plainName(withEnding(text, 'pdf'))],
	[
		'a question',
		(text) =>
			questionPage(
				{ title: text, text, buttonLabel: text, answerLabel: text, thankYou: text },
				text,
			),
	],
	['a delivery', (text) => delivered(text)],
	['a message delivered', (text) => delivered(JSON.stringify(messageOf(text)))],
];

function delivered(raw: string): unknown {
	return readDelivery(Buffer.from(raw), {}, new Date(0));
}

function messageOf(text: string): object {
	const messages = [{ from: text, id: text, timestamp: text, type: 'text', text: { body: text } }];
	const value = { messages, contacts: [{ wa_id: text, profile: { name: text } }], metadata: {} };
	return {
		object: 'whatsapp_business_account',
		entry: [{ changes: [{ field: 'messages', value }] }],
	};
}

function attempt(action: () => unknown): void {
	try {
		action();
	} catch {
		// A refusal is an answer, too.
	}
}

const context = createContext({ run: () => undefined });

test.each(ENTRIES)('%s answers long texts of all kinds', (_name, entry) => {
	for (const text of LONG_TEXTS) {
		context['run'] = () => {
			attempt(() => entry(text));
		};
		// Ends a pattern that would go on for hours.
		const isAnswered = () => {
			try {
				runInContext('run()', context, { timeout: MOST_MS });
				return true;
			} catch {
				return false;
			}
		};
		// Twice: the machine may have been busy with something else.
		if (!isAnswered() && !isAnswered())
			throw new Error(`It does not end with ${text.slice(0, 30)}…`);
	}
});
