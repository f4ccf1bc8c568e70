import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../sandbox/server/sandbox.mts';
import { type Account, locator, useAccount } from './account.mts';

jest.mock(
	'n8n-workflow',
	() => jest.requireActual<typeof import('./shortWaits.mts')>('./shortWaits.mts').n8nWorkflow,
);

const account = useAccount({ server: 'A' });

const contact = (operation: string, parameters: object = {}) => ({
	...{ resource: 'contact', operation, contactId: locator('id', 1) },
	...parameters,
});
const person = {
	...{ firstName: 'Ann', lastName: 'Archer', phone: '15555557001' },
	...{ statusId: locator('id', 1), sourceId: locator('id', 1) },
};
const create = contact('create', person);
const read = contact('get');
const list = contact('getAll');
const update = contact('update', { updateFields: { city: 'Oslo' } });
const send = (operation: string, parameters: object) => ({
	...{ resource: 'message', operation, phoneNumber: '15555550101' },
	...parameters,
});
const text = send('sendText', { text: 'Hello' });
const media = send('sendMedia', {
	...{ mediaType: 'image', mediaSource: 'url', mediaUrl: 'https://example.com/a.png' },
});
const template = send('sendTemplate', {
	template: locator('id', 1),
	templateVariables: { mappingMode: 'defineBelow', value: {} },
});
const status = (operation: string, parameters: object) => ({
	...{ resource: 'status', operation, statusId: locator('id', 1) },
	...parameters,
});

/** The server's answer, whatever was asked for. */
const answers = (status: number, body: unknown, headers = {}): Fault => ({
	...{ kind: 'answer', status, body, headers },
});
const failure = (message: string, more: object = {}) => ({ status: 'error', message, ...more });
const database =
	"SQLSTATE[22001]: Data too long for column 'zip' at row 1 (SQL: update `contacts`)";
const meta = JSON.stringify({
	error: {
		message: '(#131047) Re-engagement message',
		code: 131047,
		error_data: { details: 'More than 24 hours have passed' },
	},
});

const WRONG_BASE_URL =
	"The base URL of the WhatsCloud credential does not lead to WhatsCloud's API";

interface Row {
	condition: string;
	run: Parameters<Account['attempt']>[0];
	/** Puts the account into the condition. */
	given?: Fault | (() => void) | { entered: Record<string, string> };
	title: string;
	/** Words of the description: what to do. */
	advice: string;
	/** How the tests' own fault differs: answered after the server has done its work. */
	outcome?: 'unknown';
}

const behave = (changes: Partial<Account['sandbox']['behaviour']>) => () => {
	Object.assign(account.sandbox.behaviour, changes);
};

// In the order of the contract's table of errors (section 2).
const rows: Row[] = [
	{
		condition: 'unknown tenant in the path',
		run: list,
		given: { entered: { subdomain: 'nobody' } },
		title: 'WhatsCloud does not know this subdomain',
		advice: 'correct the subdomain',
	},
	{
		condition: 'unknown tenant, newer versions',
		run: create,
		given: answers(400, failure('Validation failed', { errors: 'Invalid tenant subdomain' })),
		title: 'WhatsCloud does not know this subdomain',
		advice: 'correct the subdomain',
	},
	{
		condition: 'API never configured, list',
		run: list,
		given: behave({ apiConfigured: false }),
		title: 'WhatsCloud does not allow this: API settings not found for this tenant',
		advice: 'is the API switched on',
	},
	{
		condition: 'API switched off',
		run: list,
		given: behave({ apiEnabled: false }),
		title: 'WhatsCloud does not allow this: API access is disabled',
		advice: 'is the API switched on',
	},
	{
		condition: 'no bearer token',
		run: list,
		given: answers(401, failure('API token is required')),
		title: 'WhatsCloud refuses the API token: API token is required',
		advice: 'generate a new token',
	},
	{
		condition: 'wrong or replaced token',
		run: list,
		given: { entered: { apiToken: 'another' } },
		title: 'WhatsCloud refuses the API token: Invalid API token',
		advice: 'generate a new token',
	},
	{
		condition: 'ability missing',
		run: text,
		given: behave({ abilities: ['contacts.read'] }),
		title: 'The API token lacks the permission "messages.send"',
		advice: 'generate a new token',
	},
	{
		condition: 'too many requests',
		run: { ...list, options: { onRateLimit: 'fail' } },
		given: { kind: 'tooMany', retryAfter: 45 },
		title: 'The rate limit of your WhatsCloud account is used up',
		advice: 'requests again in 45 seconds',
	},
	{
		condition: 'field rules',
		run: status('create', { name: 'New', color: '#112233' }),
		title: 'WhatsCloud refuses the input: Name: The name has already been taken.',
		advice: 'Names must be unique',
	},
	{
		condition: 'field rules, several fields and nested names',
		run: text,
		given: answers(
			422,
			failure('Validation failed', {
				errors: { 'contact.country': ['Too long.'], phone_number: ['Wrong.', 'Short.'] },
			}),
		),
		title: 'WhatsCloud refuses the input: Contact If New > Country: Too long.',
		advice: 'Phone Number: Wrong. Short.',
	},
	{
		condition: 'phone taken',
		run: contact('create', { ...person, phone: '15555550102' }),
		title: 'WhatsCloud refuses the input: Phone: The phone has already been taken.',
		advice: 'use the operation "Create or Update"',
	},
	{
		// n8n writes a text of its own over one with a code that it knows, here EEXIST.
		condition: 'words with a code in them',
		run: create,
		given: answers(422, failure('No', { errors: { city: ['The preexisting city stays.'] } })),
		title: 'WhatsCloud refuses the input: City: The preexisting city stays.',
		advice: 'Correct the value',
	},
	{
		condition: 'record missing',
		run: status('get', { statusId: locator('id', 77) }),
		title: 'There is no status with the ID 77',
		advice: 'Choose the status from the list',
	},
	{
		condition: 'missing contact, 200 and null',
		run: contact('get', { contactId: locator('id', 77) }),
		title: 'There is no contact with the ID 77',
		advice: 'Choose the contact from the list',
	},
	{
		condition: 'delete of the default status',
		run: status('delete', {}),
		title: 'WhatsCloud does not delete this status: Cannot delete the default status',
		advice: 'make another one the default',
	},
	{
		condition: 'delete of a status in use',
		run: status('delete', { statusId: locator('id', 4) }),
		title: 'WhatsCloud does not delete this status: The Status ID is already being used',
		advice: 'give those contacts another one first',
	},
	{
		condition: "plan's contact limit",
		run: create,
		given: behave({ contactLimit: 0 }),
		title:
			'WhatsCloud does not allow this: You have reached the maximum number of contacts allowed. Please upgrade your plan to create more.',
		advice: 'limit of contacts',
	},
	{
		condition: "plan's conversation limit",
		run: text,
		given: answers(403, failure('Limit reached', { limit_reached: true })),
		title: 'WhatsCloud does not allow this: Limit reached',
		advice: 'its limit of contacts or conversations',
	},
	{
		condition: 'phone unknown and no contact given',
		run: { ...text, phoneNumber: '15555559999' },
		title:
			'WhatsCloud has no contact with this phone number: Contact not found and auto-creation is disabled',
		advice: 'fill in a field of "Contact If New"',
	},
	{
		condition: 'template unknown, wrong language or not approved',
		run: template,
		given: answers(404, failure('Template not found', { errors: { template: ['hello is gone'] } })),
		title: "This template can't be sent: hello is gone",
		advice: 'Load the templates from WhatsApp again',
	},
	{
		condition: 'template variables missing',
		run: template,
		given: answers(
			422,
			failure('Template validation failed', {
				errors: { template_fields: ['field_2 (Body parameter 2 required)'] },
			}),
		),
		title: "This template can't be sent: field_2 (Body parameter 2 required)",
		advice: 'a value for every variable',
	},
	{
		condition: 'header media refused',
		run: template,
		given: answers(422, failure('Refused', { errors: { header_media: ['Too large'] } })),
		title: 'WhatsCloud refuses the input: File in the header: Too large',
		advice: 'Correct the value',
	},
	{
		condition: 'media file refused',
		run: media,
		given: answers(422, failure('Invalid file extension for image. Allowed: jpeg, png')),
		title: 'WhatsCloud refuses the message: Invalid file extension for image. Allowed: jpeg, png',
		advice: 'check its type and size',
	},
	{
		condition: 'media_url cannot be downloaded',
		run: media,
		given: { kind: 'answer', status: 200, body: '', contentType: 'text/html' },
		title: 'WhatsCloud could not download the file from the media URL',
		advice: 'open it in a private browser window',
	},
	{
		condition: 'WhatsApp not connected, text',
		run: text,
		given: behave({ whatsappConnected: false }),
		title: 'WhatsCloud refuses the message: WhatsApp connection is not configured for this tenant',
		advice: 'your WhatsApp number is connected',
	},
	{
		condition: 'WhatsApp not connected, template',
		run: template,
		given: behave({ whatsappConnected: false }),
		title: 'WhatsCloud refuses the message',
		advice: 'your WhatsApp number is connected',
	},
	{
		condition: 'Meta refused, text and media',
		run: text,
		given: answers(500, failure('Failed to send', { error: meta })),
		title: 'WhatsApp refused the message: (#131047) Re-engagement message',
		advice: 'Nothing was sent. More than 24 hours have passed. The contact wrote',
	},
	{
		condition: 'Meta refused, template',
		run: template,
		given: answers(500, failure('', { errors: { whatsapp: [''] } })),
		title:
			'It is not known whether this message was sent: WhatsCloud says that WhatsApp refused the template, and gives no reason',
		advice: 'As a rule, nothing was sent. Usual causes',
		outcome: 'unknown',
	},
	{
		condition: 'Meta refused, template, with its words',
		run: template,
		given: answers(
			500,
			failure('No', { errors: { whatsapp: ['(#132012) Parameter format does not match'] } }),
		),
		title: 'WhatsApp refused the template: (#132012) Parameter format does not match',
		advice: 'Nothing was sent. A value for the template has the wrong form',
	},
	{
		condition: 'Meta refused, template, for a reason of its own',
		run: template,
		given: answers(500, failure('No', { errors: { whatsapp: ['Something else'] } })),
		title: 'WhatsApp refused the template: Something else',
		advice: 'Nothing was sent. Usual causes',
	},
	{
		condition: 'the contact has opted out',
		run: text,
		given: answers(
			403,
			failure('Contact has opted out of receiving messages', { error_code: 'CONTACT_OPTED_OUT' }),
		),
		title: 'The contact has opted out of receiving messages',
		advice: 'Nothing was sent. WhatsCloud sends to this contact again when',
	},
	{
		condition: 'contact could not be made during a send',
		run: text,
		given: answers(500, failure('Failed to create contact')),
		title:
			'It is not known whether this message was sent: the server answered with error 500: Failed to create contact',
		advice: 'repeat this item only if it is missing',
		outcome: 'unknown',
	},
	{
		condition: 'other failure, changing',
		run: update,
		given: {
			...answers(500, failure('Failed to update contact', { error: database })),
			method: 'PUT',
		},
		title: 'WhatsCloud has a problem of its own: error 500: Failed to update contact',
		advice: 'A value of this item may be too long',
		outcome: 'unknown',
	},
	{
		condition: 'other failure, creating',
		run: create,
		given: answers(500, failure('Failed to create contact', { error: database })),
		title:
			'It is not known whether this contact was created: the server answered with error 500: Failed to create contact',
		advice: 'Look in WhatsCloud whether it is there',
		outcome: 'unknown',
	},
	{
		condition: 'other failure, reading',
		run: read,
		given: answers(500, failure('failed_to_fetch_contact', { error: database })),
		title: 'WhatsCloud has a problem of its own: error 500',
		advice: 'Try again later',
	},
	{
		condition: 'other failure in sends',
		run: template,
		given: answers(500, failure('Failed', { errors: { system: [database] } })),
		title:
			'It is not known whether this message was sent: the server answered with error 500: Failed',
		advice: 'To avoid doing it twice',
		outcome: 'unknown',
	},
	{
		condition: "failure outside a handler's own net",
		run: list,
		given: answers(500, { message: 'Server Error' }),
		title: 'WhatsCloud has a problem of its own: error 500',
		advice: 'Try again later',
	},
	{
		condition: "failure outside a handler's own net, send",
		run: text,
		given: answers(500, { message: 'Server Error' }),
		title: 'It is not known whether this message was sent: the server answered with error 500',
		advice: 'Look in WhatsCloud whether it is there',
		outcome: 'unknown',
	},
	...(
		[
			[400, create, 'WhatsCloud refuses the input', 'Correct the value'],
			[403, create, 'WhatsCloud does not allow this', 'is the API switched on'],
			[404, text, 'WhatsCloud has no contact with this phone number', 'Create the contact first'],
			[404, read, 'There is no contact with the ID 1', 'Choose the contact from the list'],
			[422, create, 'WhatsCloud refuses the input', 'Correct the value'],
			[422, text, 'WhatsCloud refuses the message', 'your WhatsApp number is connected'],
			[500, list, 'WhatsCloud has a problem of its own: error 500', 'Try again later'],
		] as const
	).map(
		([code, run, title, advice]): Row => ({
			condition: `a key in place of words, ${code}`,
			run,
			given: answers(code, failure('some_key_without_words')),
			title,
			advice,
		}),
	),
	{
		condition: 'keys in place of the words for fields',
		run: create,
		given: answers(
			422,
			failure('validation_failed', {
				errors: { status_id: ['selected_status_does_not_belong_to_tenant'] },
			}),
		),
		title: 'WhatsCloud refuses the input: Status: selected status does not belong to tenant',
		advice: 'Choose a status and a source that your account has',
	},
	{
		condition: 'unknown path',
		run: list,
		given: answers(404, { message: 'The route api/v9/demo/contacts could not be found.' }),
		title: `${WRONG_BASE_URL}: the server answered with error 404`,
		advice: 'enter the base URL',
	},
	{
		condition: 'wrong verb',
		run: list,
		given: answers(405, { message: 'The PATCH method is not supported for this route.' }),
		title: `${WRONG_BASE_URL}: the server answered with error 405`,
		advice: 'enter the base URL',
	},
	{
		condition: 'body larger than the server accepts',
		run: media,
		given: answers(413, { message: 'The POST data is too large.' }),
		title: 'This is too large for the WhatsCloud server',
		advice: 'can be made smaller',
	},
	{
		condition: 'body larger than the web server accepts, its page',
		run: media,
		given: { kind: 'html', status: 413 },
		title: 'This is too large for the WhatsCloud server',
		advice: 'can be made smaller',
	},
	{
		condition: 'single upload above the limit',
		run: media,
		given: answers(
			422,
			failure('Validation failed', {
				errors: { media_file: ['The media file failed to upload.'] },
			}),
		),
		title: 'WhatsCloud refuses the input: Input Binary Field: The media file failed to upload.',
		advice: 'make it smaller',
	},
	{
		condition: 'maintenance',
		run: list,
		given: answers(503, { message: 'Service Unavailable' }),
		title: 'WhatsCloud has a problem of its own: error 503',
		advice: 'Try again later',
	},
	{
		condition: 'maintenance that tells how long it lasts',
		run: list,
		given: answers(503, { message: 'Service Unavailable' }, { 'retry-after': '1200' }),
		title: 'WhatsCloud has a problem of its own: error 503',
		advice: 'takes requests again in 20 minutes. Try again later',
	},
	{
		condition: "a proxy's page",
		run: list,
		given: { kind: 'html', status: 403 },
		title: `${WRONG_BASE_URL}: a web page answers, "The sandbox was told to answer with a page"`,
		advice: 'enter the base URL',
	},
	{
		condition: 'a web page instead of the API',
		run: list,
		given: { kind: 'html', status: 200 },
		title: `${WRONG_BASE_URL}: a web page answers, "The sandbox was told to answer with a page"`,
		advice: 'enter the base URL',
	},
	{
		condition: 'an empty answer to a question',
		run: list,
		given: { kind: 'empty' },
		title: `${WRONG_BASE_URL}: the answer was empty`,
		advice: 'enter the base URL',
	},
	{
		condition: 'a redirect',
		run: list,
		given: { kind: 'redirect', to: 'https://example.com/login' },
		title: `${WRONG_BASE_URL}: the server wants to send the request on to another address ("https://example.com/login"), where the token was not sent`,
		advice: 'enter the base URL',
	},
	{
		condition: 'an empty answer to a message',
		run: text,
		given: { kind: 'empty', when: 'after' },
		title: 'It is not known whether this message was sent: the answer was empty',
		advice: 'repeat this item only if it is missing',
		outcome: 'unknown',
	},
	{
		condition: 'half an answer to a new contact',
		run: create,
		given: { kind: 'truncate', method: 'POST' },
		title: 'It is not known whether this contact was created: no complete answer came',
		advice: 'repeat this item only if it is missing. The error code is ECONNRESET.',
		outcome: 'unknown',
	},
	{
		condition: 'no answer to a message',
		run: text,
		given: { kind: 'reset', when: 'after' },
		title: 'It is not known whether this message was sent: no complete answer came',
		advice: 'repeat this item only if it is missing. The error code is ECONNRESET.',
		outcome: 'unknown',
	},
	{
		condition: 'a server that is not there',
		run: list,
		given: { entered: { baseUrl: 'http://127.0.0.1:9/api/v1/' } },
		title: "WhatsCloud can't be reached",
		advice: 'start it, and check its port',
	},
];

test.each(rows)('$condition: $title', async ({ run, given = () => undefined, ...expected }) => {
	const entered = 'entered' in given ? given.entered : {};
	if (typeof given === 'function') given();
	else if ('kind' in given) {
		// Sends look the template up first; a fault is meant for what they send.
		const isSend = run.resource === 'message';
		account.sandbox.faults.add({ ...(isSend && { path: '/messages/*' }), ...given });
	}
	const { error, status } = await account.attempt(run, [{}], { entered });

	expect(status).toBe('error');
	expect(error?.message).toBe(expected.title);
	expect(error?.description).toContain(expected.advice);
	// A person reads both: no raw database text, no codes of the program, sentences with an end.
	const words = `${String(error?.message)} ${String(error?.description)}`;
	expect(words).not.toMatch(/SQLSTATE|`|undefined|null|\[object|[{}]|\n\n|\.\.(?!\.)/);
	expect(error?.description).toMatch(/[.?…/]$/);
	expect(error && 'context' in error ? error.context : {}).toMatchObject({
		outcome: expected.outcome ?? 'refused',
	});
});

test('the details hold what the server said, for whoever is asked for help (quirk 36)', async () => {
	account.sandbox.faults.add({ ...answers(500, failure('Failed', { error: database })) });
	const { error } = await account.attempt(read);
	const { data } = (error as unknown as { context: { data: IDataObject } }).context;
	expect(data).toMatchObject({ message: 'Failed', error: database });
});

test('of a very long answer, the details hold the first words', async () => {
	account.sandbox.faults.add(answers(500, failure('Failed', { error: 'long '.repeat(5_000) })));
	const { error } = await account.attempt(read);
	const { data } = (error as unknown as { context: { data: unknown } }).context;
	expect(data).toMatch(/^\{"status":"error","message":"Failed"/);
	expect(String(data).length).toBeLessThan(200);
});

test('a failing item under Continue names its reason, and the others go on', async () => {
	const run = await account.attempt(
		contact('get', { contactId: locator('id', '={{ $json.id }}') }),
		[{ id: 1 }, { id: 77 }, { id: 2 }],
		{ settings: { onError: 'continueRegularOutput' } },
	);
	expect(run.outputs.flat().map(({ json }) => [json.id, json.error])).toEqual([
		[1, undefined],
		[77, 'There is no contact with the ID 77'],
		[2, undefined],
	]);
});
